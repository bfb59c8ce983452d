"""What may be asked of a video, and what can't go together."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from sluice.geometry import Fit
from sluice.kinds.base import FileRef, Options, refused_option
from sluice.kinds.frame_rate import frame_rate, frame_rate_between
from sluice.kinds.spans import EARLIEST
from sluice.kinds.video.codecs import HOLDERS, AudioCodec, Container, PixelFormat, Quality, VideoCodec
from sluice.kinds.video.rules import problems

DEFAULT_RESOLUTION = 720
DEFAULT_LOUDNESS = -16.0
FrameRate = Annotated[float | str, frame_rate_between(0.1, 240)]


class Position(StrEnum):
    TOP_LEFT = "top_left"
    TOP = "top"
    TOP_RIGHT = "top_right"
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM = "bottom"
    BOTTOM_RIGHT = "bottom_right"


Length = Annotated[str, Field(pattern=r"^((100|\d{1,2}(\.\d{1,3})?)%|([1-3]?\d{1,3}|40[0-8]\d|409[0-6])px)$")]
"""Of the picture that comes out: a share of the side that it is measured along (`12.5%`), or pixels (`40px`)."""


class _Mark(Options):
    position: Position = Field(Position.BOTTOM_RIGHT, description="One of nine places.")
    margin_percent: float = Field(3, ge=0, le=40, description="Distance from the edges, of the picture's short side.")
    x: Length | None = Field(None, description="Distance from the left or right edge, instead of margin_percent.")
    y: Length | None = Field(None, description="Distance from the upper or lower edge, instead of margin_percent.")
    opacity: float = Field(0.8, gt=0, le=1, description="1 hides what is below.")

    @model_validator(mode="after")
    def distances_from_edges(self) -> Self:
        words = self.position.value.split("_")
        if self.x is not None and not {"left", "right"}.intersection(words):
            raise refused_option("x", "it counts from the left or the right edge, and the position is at neither")
        if self.y is not None and not {"top", "bottom"}.intersection(words):
            raise refused_option("y", "it counts from the upper or the lower edge, and the position is at neither")
        return self


class ImageMark(_Mark):
    """A picture on top of the film, such as a station's sign; its own transparency is kept."""

    file: FileRef = Field(description="A PNG, JPEG or WebP.")
    width_percent: float = Field(15, ge=1, le=100, description="Of the picture's width.")
    width: Length | None = Field(None, description="Instead of width_percent; with a height it is stretched to both.")
    height: Length | None = Field(None, description="Its own shape is kept when one of the two is absent.")


def _printable(text: str) -> str:
    if not text.strip() or not all(c.isprintable() for c in text):
        raise ValueError("a text is one line of printable characters")
    return text


class TextMark(_Mark):
    """A line of text on top of the film, white with a dark edge."""

    text: Annotated[str, AfterValidator(_printable)] = Field(min_length=1, max_length=200)
    height_percent: float = Field(5, ge=1, le=50, description="Height of the letters, of the picture's height.")


class BurnIn(Options):
    """Subtitles to draw into the picture: a file, or a text stream of the source."""

    file: FileRef | None = Field(None, description="An SRT, WebVTT or ASS file in UTF-8 (or Windows-1252).")
    stream: int | None = Field(None, ge=0, le=31, description="Counted among the source's subtitles, from 0.")

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        if (self.file is None) == (self.stream is None):
            raise ValueError("name either a file or a stream of the source")
        return self


class VideoOptions(Options):
    """One playable file. Without any option: H.264/AAC MP4, 720 pixels on the short side at most, index in front.

    The picture comes out upright with square pixels and even sides, and without its metadata, in any case.
    """

    # `copy` is a method of every model, so the field behind the option has another name
    model_config = ConfigDict(serialize_by_alias=True)

    container: Container = Field(Container.MP4, description="mp4, webm, mkv, mov, flv or ts.")
    codec: VideoCodec | None = Field(None, description="h264, h265, av1 or vp9; h264 when absent, vp9 in webm.")
    copy_streams: bool = Field(
        False,
        alias="copy",
        description="Put the streams into the container as they are; fails when they don't fit, and never re-encodes.",
    )

    start: float | None = Field(
        None, ge=EARLIEST, description="Seconds; negative ones from the end. The beginning when absent."
    )
    end: float | None = Field(
        None, ge=EARLIEST, description="Seconds; negative ones from the end. The end when absent."
    )

    resolution: int | None = Field(
        None, ge=16, le=4320, description="Short side in pixels; 720 unless width or height is given."
    )
    width: int | None = Field(None, ge=16, le=8192, description="Pixels, rounded down to an even number.")
    height: int | None = Field(None, ge=16, le=8192, description="Pixels, rounded down to an even number.")
    fit: Fit = Field(
        Fit.CONTAIN,
        description="With both sides: contain (inside the box), cover (cut), fill (stretch), pad (black bars).",
    )
    upscale: bool = Field(False, description="Whether the picture may grow; the box shrinks to the picture else.")
    turn_box: bool = Field(
        False, description="For an upright film width is the height and height the width: the box turns with it."
    )
    fps: FrameRate | None = Field(
        None, description='Frames per second, such as 25 or "30000/1001"; the source\'s when absent.'
    )

    quality: Quality | None = Field(None, description="Constant quality: very_low … very_high; medium when absent.")
    crf: float | None = Field(
        None, description="The codec's own factor: 1 to 51 (h264, h265), 1 to 63 (av1, vp9; whole numbers)."
    )
    video_bitrate: int | None = Field(None, ge=10_000, le=200_000_000, description="Bits per second, on average.")
    passes: Literal[1, 2] | None = Field(
        None, description="With video_bitrate; 2 looks at the film first. Not for av1."
    )
    target_vmaf: float | None = Field(
        None, ge=30, le=99, description="Find the crf at which the film scores this, by samples; see result.vmaf."
    )
    gop_seconds: float | None = Field(None, ge=0.1, le=20, description="Longest distance between keyframes.")
    bit_depth: Literal[8, 10] | None = Field(
        None, description="8 when absent: HDR is tone-mapped. 10 keeps HDR; for h265, av1 and vp9."
    )
    pixel_format: PixelFormat | None = Field(None, description="yuv420p of the bit depth when absent.")

    audio_codec: AudioCodec | None = Field(
        None, description="aac, opus, mp3, ac3, flac, copy or none; aac when absent, opus in webm."
    )
    audio_bitrate: int | None = Field(
        None, ge=16_000, le=640_000, description="Bits per second; for stereo 128000 (aac), 96000 (opus) when absent."
    )
    audio_channels: Literal[1, 2, 6, 8] | None = Field(None, description="The source's, at most 2, when absent.")
    audio_sample_rate: Literal[8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000] | None = (
        Field(None, description="Hertz; the source's when absent.")
    )
    normalize_loudness: bool = Field(False, description="EBU R 128, in two passes, to loudness_lufs.")
    loudness_lufs: float | None = Field(None, ge=-40, le=-8, description="-16 when absent; implies the normalising.")

    watermark: ImageMark | None = Field(None, description="A picture on top.")
    watermark_text: TextMark | None = Field(None, description="A line of text on top.")
    subtitles: BurnIn | None = Field(None, description="Drawn into the picture.")
    keep_metadata: bool = Field(False, description="Title, dates, places and chapters of the source; stripped else.")

    @model_validator(mode="after")
    def together(self) -> Self:
        for field, message in problems(self):
            raise refused_option(field, message)
        return self

    @property
    def video_codec(self) -> VideoCodec:
        return self.codec or HOLDERS[self.container].video[0]

    @property
    def sound(self) -> AudioCodec:
        return self.audio_codec or HOLDERS[self.container].audio[0]

    @property
    def pixels(self) -> PixelFormat:
        ten = self.bit_depth == 10
        return self.pixel_format or (PixelFormat.YUV420P10 if ten else PixelFormat.YUV420P)

    @property
    def loudness(self) -> float | None:
        """The integrated loudness to reach, in LUFS, or None."""
        if self.loudness_lufs is not None:
            return self.loudness_lufs
        return DEFAULT_LOUDNESS if self.normalize_loudness else None

    @property
    def rate(self) -> Fraction | None:
        """The frames a second that were asked for."""
        return frame_rate(self.fps) if self.fps is not None else None
