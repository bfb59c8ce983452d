"""image: one picture from a picture, or from one frame of a film."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sluice.geometry import Fit, fitted
from sluice.kinds.base import Kind, Options, needs_picture
from sluice.media import MediaInfo
from sluice.pictures import DEFAULT_QUALITY, WHITE
from sluice.tasks import Failure
from sluice.times import Time, seconds

ImageFormat = Literal["jpeg", "png", "webp", "avif", "gif"]

# What a WebP's fourteen bits for each side can say.
MOST_WEBP_SIDE = 16_383
MOST_ANIMATED_SECONDS = 60


class ImageOptions(Options):
    """An upright picture without the camera's notes, never upscaled."""

    format: ImageFormat = Field("jpeg", description="jpeg, png, webp, avif or gif. A moving GIF stays so in gif, webp.")
    width: int | None = Field(None, ge=1, le=MOST_WEBP_SIDE, description="Pixels; with one side the shape is kept.")
    height: int | None = Field(None, ge=1, le=MOST_WEBP_SIDE, description="Pixels; the source's size without both.")
    fit: Fit = Field(
        Fit.CONTAIN,
        description="Into a box of both sides: contain it whole, cover the box and cut, fill it by stretching, pad it.",
    )
    quality: int = Field(DEFAULT_QUALITY, ge=1, le=100, description="Of jpeg, webp and avif; png loses nothing.")
    background: str = Field(
        WHITE,
        pattern="^#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?$",
        description="#rrggbb behind what is transparent in a jpeg, and of the bars; #rrggbbaa for bars in the others.",
    )
    time: Time | None = Field(None, description='Of a film: seconds or percent ("10%"). Its first frame when absent.')

    @model_validator(mode="after")
    def a_box_has_two_sides(self) -> Self:
        if self.fit is not Fit.CONTAIN and not (self.width and self.height):
            raise ValueError(f"fit {self.fit} needs both width and height")
        return self


def is_animated(options: ImageOptions, media: MediaInfo) -> bool:
    """Whether all of a moving GIF is wanted."""
    return media.demuxer == "gif" and options.format in {"gif", "webp"} and options.time is None


def refuse(options: ImageOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no picture, a time where there is none, and sizes that the format can't hold."""
    return needs_picture(options, media) or _bad_time(options, media) or _too_large(options, media)


def _bad_time(options: ImageOptions, media: MediaInfo) -> Failure | None:
    if options.time is None:
        return None
    if media.is_picture:
        return Failure(code="source_is_picture", message="The file is a still picture: it has no frame at a time.")
    duration = media.duration or 0.0
    if seconds(options.time, duration) > duration:
        message = f"The film ends at {duration:.2f} s, so there is no frame at {options.time} s."
        return Failure(code="time_past_end", message=message)
    return None


def _too_large(options: ImageOptions, media: MediaInfo) -> Failure | None:
    if is_animated(options, media) and (media.duration or 0.0) > MOST_ANIMATED_SECONDS:
        message = f"The GIF moves for more than {MOST_ANIMATED_SECONDS} s. Make an animation of a part, or a video."
        return Failure(code="limit_exceeded", message=message)
    video = media.main_video
    size = video and fitted(video.display_size, options.width, options.height, options.fit, step=1).size
    if options.format == "webp" and size and max(size) > MOST_WEBP_SIDE:
        message = f"A WebP has at most {MOST_WEBP_SIDE} pixels a side; this one would be {size.width}x{size.height}."
        return Failure(code="limit_exceeded", message=message)
    return None


KIND = Kind(
    name="image",
    state="Image",
    function="screenshot",
    summary="A picture converted, resized and turned upright; or one frame of a film.",
    options=ImageOptions,
    refuse=refuse,
)
