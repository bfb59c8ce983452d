"""adaptive: a ladder of renditions that players switch between, HLS and DASH from one set of CMAF segments."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from sluice.kinds.base import FileRef, Kind, Options, Reference, needs_film, refused_option
from sluice.media import MediaInfo
from sluice.tasks import Failure

MOST_RUNGS = 10
MOST_AUDIO_TRACKS = 8
MOST_SUBTITLES = 16
SMALLEST_SIDE = 16


class VideoCodec(StrEnum):
    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"


class RateControl(StrEnum):
    """How a rung's bitrate is meant: the most that constant quality may use, or the average to aim at."""

    CAPPED_CRF = "capped_crf"
    ABR = "abr"


class Encryption(StrEnum):
    NONE = "none"
    AES_128 = "aes-128"


class Rung(Options):
    """One step of the ladder. Without a bitrate it gets the one of the automatic ladder for its size."""

    short_side: int = Field(
        ge=16, le=4320, description="Pixels of the shorter side; rungs above the source are left out."
    )
    video_bitrate: int | None = Field(None, ge=20_000, le=200_000_000, description="Bits per second.")
    codec: VideoCodec | None = Field(None, description="h264, h265 or av1; the set's `codec` when absent.")


class SubtitleFile(Options):
    """A subtitle file (SubRip, WebVTT, ASS) to go with the set."""

    file: FileRef
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description="As in BCP 47: en, de, pt-BR.")
    name: str | None = Field(None, pattern=r'^[^"\x00-\x1f]{1,60}$', description="What a player's menu shows.")


def _automatic(ladder: object) -> object:
    return None if ladder == "auto" else ladder


class AdaptiveOptions(Options):
    ladder: Annotated[tuple[Rung, ...] | None, BeforeValidator(_automatic)] = Field(
        None,
        description="Up to ten rungs. Absent or `auto`: 240 … 2160 pixels by short side, none above the source.",
    )
    codec: VideoCodec = Field(VideoCodec.H264, description="h264, h265 or av1.")
    rate_control: RateControl = Field(
        RateControl.CAPPED_CRF,
        description="capped_crf: constant quality that never exceeds the rung's bitrate; abr: that bitrate on average.",
    )
    segment_seconds: float = Field(6.0, ge=1, le=12, description="Seconds; made a whole number of frames.")
    audio_bitrate: int = Field(128_000, ge=16_000, le=512_000, description="Bits per second of each sound track.")
    audio_channels: int = Field(2, ge=1, le=8, description="At most so many; more are folded down.")
    source_subtitles: bool = Field(True, description="Text subtitles inside the source become WebVTT renditions.")
    subtitles: tuple[SubtitleFile, ...] = Field((), max_length=MOST_SUBTITLES, description="Files to add as WebVTT.")
    iframes: bool = Field(True, description="A rendition of single pictures for fast forward and scrubbing (HLS).")
    encryption: Encryption = Field(
        Encryption.NONE,
        description="aes-128: whole segments, key beside the playlists; HLS only, there is no DASH manifest then.",
    )

    @model_validator(mode="after")
    def ladder_has_rungs(self) -> Self:
        if self.ladder is None:
            return self
        if not 1 <= len(self.ladder) <= MOST_RUNGS:
            raise refused_option("ladder", f"name 1 to {MOST_RUNGS} rungs, or leave it out")
        if len(set(self.ladder)) < len(self.ladder):
            raise refused_option("ladder", "two rungs are the same")
        return self


def references(options: AdaptiveOptions) -> Mapping[str, Reference]:
    return {f"subtitles.{n}.file": Reference(s.file, "subtitles") for n, s in enumerate(options.subtitles)}


def refuse(options: AdaptiveOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no moving picture, and a picture that is too small for its encoder."""
    if refusal := needs_film(options, media):
        return refusal
    assert media.main_video, "needs_film has seen to it"
    smallest = min(media.main_video.display_size)
    codecs = {rung.codec or options.codec for rung in options.ladder or ()} or {options.codec}
    if smallest < SMALLEST_SIDE and codecs != {VideoCodec.H264}:
        message = f"The picture is {smallest} pixels small; h265 and av1 need {SMALLEST_SIDE}. Choose h264."
        return Failure(code="source_too_small", message=message)
    return None


KIND = Kind(
    name="adaptive",
    state="Adaptive",
    function="transcode",
    summary="HLS and DASH from one set of CMAF segments: a ladder of renditions, sound tracks, subtitles.",
    options=AdaptiveOptions,
    refuse=refuse,
    references=references,
)
