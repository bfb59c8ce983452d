"""enhancement: a film that looks and sounds better, by ffmpeg's filters."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from sluice.kinds.base import Kind, Options, needs_film, refused_option
from sluice.kinds.frame_rate import frame_rate, frame_rate_between
from sluice.media import MediaInfo, VideoStream, fit_short_side
from sluice.tasks import Failure


class Strength(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


FrameRate = Annotated[float | str, frame_rate_between(1, 120)]


class PictureOptions(Options):
    """What is done to the picture, in the order in which it is done."""

    deblock: Strength | None = Field(None, description="Softens the edges of a poor encoder's blocks.")
    denoise: Strength | None = Field(None, description="Takes noise and grain away (hqdn3d).")
    stabilize: Strength | None = Field(None, description="Steadies a shaking camera, in two passes (vid.stab).")
    levels: Strength | None = Field(None, description="Stretches dark and bright to the full range, film-wide smooth.")
    contrast: float = Field(1.0, ge=0.2, le=3, description="1 changes nothing.")
    brightness: float = Field(0.0, ge=-0.5, le=0.5, description="0 changes nothing.")
    saturation: float = Field(1.0, ge=0, le=3, description="0 is grey, 1 changes nothing.")
    gamma: float = Field(1.0, ge=0.2, le=5, description="1 changes nothing, more brightens the dark parts.")
    upscale: int | None = Field(None, ge=64, le=2160, description="Short side in pixels to enlarge to (Lanczos).")
    sharpen: Strength | None = Field(None, description="Clearer edges that follow the local contrast (cas).")
    frame_rate: FrameRate | None = Field(None, description='Frames per second to end with, such as 60 or "30000/1001".')
    frame_rate_method: Literal["motion", "blend", "repeat"] = Field(
        "repeat",
        description="repeat or drop frames; blend neighbours; motion: new frames along the movement (slow).",
    )

    @model_validator(mode="after")
    def together(self) -> Self:
        if self.frame_rate is None and self.frame_rate_method != "repeat":
            raise refused_option("frame_rate_method", "it is for frame_rate, which is absent")
        return self

    @property
    def rate(self) -> Fraction | None:
        return frame_rate(self.frame_rate) if self.frame_rate is not None else None

    @property
    def asks_for_something(self) -> bool:
        return self != PictureOptions()


class SoundOptions(Options):
    """What is done to the sound, in the order in which it is done."""

    denoise: Strength | None = Field(None, description="Takes hiss and hum away (afftdn).")
    dialogue: Strength | None = Field(None, description="Lifts voices out of stereo sound (dialoguenhance).")
    loudness: float | None = Field(None, ge=-40, le=-8, description="LUFS to reach (EBU R 128), in two passes.")

    @property
    def asks_for_something(self) -> bool:
        return self != SoundOptions()


class EnhancementOptions(Options):
    """Nothing is done but what is named. Comes out as an H.264/AAC MP4 of the source's size and rate."""

    picture: PictureOptions = Field(PictureOptions(), description="denoise, sharpen, stabilize, …")
    sound: SoundOptions = Field(SoundOptions(), description="denoise, dialogue, loudness.")
    quality: Literal["medium", "high", "very_high"] = Field("high", description="Of the encoding.")

    @model_validator(mode="after")
    def does_something(self) -> Self:
        if not self.picture.asks_for_something and not self.sound.asks_for_something:
            raise refused_option("picture", "name at least one thing to enhance, in picture or in sound")
        return self


# Motion compensation costs a tenth of a second and more a frame of 720 lines.
MOST_MOTION_PIXELS = 1920 * 1080


def refuse(options: EnhancementOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no moving picture, sound that isn't there, and an enlarging that would make it smaller."""
    if refusal := needs_film(options, media):
        return refusal
    if options.sound.asks_for_something and not media.audio and not options.picture.asks_for_something:
        return Failure(code="source_has_no_audio", message="The file has no audio stream to enhance.")
    video = media.main_video
    assert video, "needs_film has seen to it"
    return _too_small(options, video) or _too_large_for_motion(options, video)


def _too_small(options: EnhancementOptions, video: VideoStream) -> Failure | None:
    short_side = min(video.display_size)
    if options.picture.upscale is None or options.picture.upscale >= short_side:
        return None
    message = f"The picture has {short_side} lines, so {options.picture.upscale} would make it smaller."
    return Failure(code="upscale_too_small", message=message)


def _too_large_for_motion(options: EnhancementOptions, video: VideoStream) -> Failure | None:
    size = fit_short_side(video.display_size, min(video.display_size))
    if options.picture.frame_rate_method != "motion" or size.width * size.height <= MOST_MOTION_PIXELS:
        return None
    message = "New frames along the movement are made for pictures up to 1920x1080; choose blend."
    return Failure(code="source_too_large", message=message)


KIND = Kind(
    name="enhancement",
    state="Enhance",
    function="transcode",
    summary="Denoise, sharpen, deblock, colour, frame rate, upscale, stabilise; sound: denoise, dialogue, loudness.",
    options=EnhancementOptions,
    refuse=refuse,
)
