"""What a probe says of a file, in the words of the field. Pure values, no ffmpeg here."""

from fractions import Fraction
from math import ceil
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value; unknown members of older or newer records are passed over."""

    model_config = ConfigDict(frozen=True)


class Size(NamedTuple):
    """Pixels, as a viewer sees them."""

    width: int
    height: int


class VideoStream(Value):
    """`rotation` is clockwise, in degrees (0, 90, 180, 270); `frame_rate` and aspect are fractions as text.

    `base_rate` is the lowest rate on whose grid all frames lie, as ffmpeg guesses it: 30 for film of 24 to 30.
    """

    index: int
    codec: str
    profile: str | None = None
    width: int
    height: int
    rotation: int = 0
    sample_aspect_ratio: str = "1/1"
    frame_rate: str | None = None
    base_rate: str | None = None
    pixel_format: str | None = None
    bit_depth: int = 8
    hdr: str | None = None
    color_primaries: str | None = None
    color_transfer: str | None = None
    color_space: str | None = None
    interlaced: bool = False
    duration: float | None = None
    start: float = 0.0
    bitrate: int | None = None
    frames: int | None = None

    @property
    def display_size(self) -> Size:
        """The upright size with square pixels."""
        wide = round(self.width * Fraction(self.sample_aspect_ratio))
        upright = (wide, self.height) if self.rotation % 180 == 0 else (self.height, wide)
        return Size(max(1, upright[0]), max(1, upright[1]))

    @property
    def frames_per_second(self) -> Fraction | None:
        return Fraction(self.frame_rate) if self.frame_rate else None


class AudioStream(Value):
    """`sample_rate` in hertz, `bitrate` in bits per second."""

    index: int
    codec: str
    sample_rate: int | None = None
    channels: int | None = None
    layout: str | None = None
    bitrate: int | None = None
    language: str | None = None
    duration: float | None = None
    start: float = 0.0
    default: bool = False


class SubtitleStream(Value):
    index: int
    codec: str
    language: str | None = None


class MediaInfo(Value):
    """One source. `demuxer` is the name that ffmpeg is later forced to, `duration` in seconds, `size` in bytes."""

    container: str
    demuxer: str
    duration: float | None = None
    start: float = 0.0
    size: int | None = None
    bitrate: int | None = None
    is_picture: bool = False
    stream_count: int = 0
    video: tuple[VideoStream, ...] = ()
    audio: tuple[AudioStream, ...] = ()
    subtitles: tuple[SubtitleStream, ...] = ()
    has_cover: bool = False

    @property
    def main_video(self) -> VideoStream | None:
        """The picture that the film consists of: never the cover of an album."""
        return self.video[0] if self.video else None

    @property
    def main_audio(self) -> AudioStream | None:
        """The sound that the file marks as the one to play, or else the first."""
        return next((audio for audio in self.audio if audio.default), self.audio[0] if self.audio else None)


def fit_short_side(size: Size, short_side: int) -> Size:
    """The size with its shorter side at `short_side`, never upscaled, both sides even (4:2:0 needs it)."""
    scale = min(Fraction(1), Fraction(short_side, min(size)))
    return Size(even(size.width * scale), even(size.height * scale))


def even(length: Fraction | float) -> int:
    """The nearest even number of pixels, the lower one of two (an odd side must not grow), at least 2."""
    return max(2, ceil((Fraction(length) - 1) / 2) * 2)
