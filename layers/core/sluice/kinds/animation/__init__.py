"""animation: a short moving preview, of one stretch or of highlights stitched together."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sluice.geometry import Geometry, fitted
from sluice.kinds.base import Kind, Options, needs_film
from sluice.media import MediaInfo
from sluice.tasks import Failure
from sluice.times import Time, seconds

MOST_FRAMES = 300
# All frames wait in memory, four bytes a pixel, until the palette that they share has been found.
MOST_PIXELS = 150_000_000
# Less may lie between two frames and show nothing.
_SHORTEST_STRETCH = 0.1
# A highlight is long enough to see something in it.
_SHORTEST_HIGHLIGHT = 0.2


class AnimationOptions(Options):
    """A film of a few seconds without sound, upright and never upscaled."""

    format: Literal["gif", "webp"] = Field("gif", description="gif or webp (a third of the size).")
    start: Time | None = Field(None, description='Seconds or percent ("10%"). From the beginning when absent.')
    duration_seconds: float = Field(3.0, ge=0.1, le=30, description="Length; with highlights that of all together.")
    highlights: int | None = Field(
        None, ge=2, le=20, description="Stitched from so many stretches spread evenly over the film; without a start."
    )
    fps: float = Field(10.0, ge=1, le=50, description=f"Frames a second; {MOST_FRAMES} frames in all.")
    width: int = Field(320, ge=16, le=1280, description="Pixels at most.")
    height: int | None = Field(None, ge=16, le=1280, description="Pixels at most; the shape is kept.")
    quality: int = Field(75, ge=1, le=100, description="Of webp.")
    loop: bool = Field(True, description="Play for ever, or once.")

    @model_validator(mode="after")
    def within_bounds(self) -> Self:
        if self.highlights and self.start is not None:
            raise ValueError("highlights come from all over the film: leave start out")
        if self.duration_seconds * self.fps > MOST_FRAMES:
            raise ValueError(f"duration_seconds * fps is more than {MOST_FRAMES} frames")
        if self.highlights and self.duration_seconds / self.highlights < _SHORTEST_HIGHLIGHT:
            raise ValueError(f"each of the highlights would be shorter than {_SHORTEST_HIGHLIGHT} s")
        return self


def spans(options: AnimationOptions, media: MediaInfo) -> list[tuple[float, float]]:
    """Start and length of each stretch, in seconds, in order and without overlap."""
    end = picture_seconds(media)
    if not options.highlights:
        start = seconds(options.start or 0.0, media.duration or 0.0)
        start = max(0.0, min(start, end - _SHORTEST_STRETCH))
        return [(start, min(options.duration_seconds, end - start))]
    stretch = end / options.highlights
    length = min(options.duration_seconds / options.highlights, stretch)
    return [(number * stretch + (stretch - length) / 2, length) for number in range(options.highlights)]


def picture_seconds(media: MediaInfo) -> float:
    """How long there is something to see: sound may go on longer."""
    video, duration = media.main_video, media.duration or 0.0
    if not video or not video.duration:
        return duration
    return min(duration, max(0.0, video.start - media.start) + video.duration)


def geometry(options: AnimationOptions, media: MediaInfo) -> Geometry:
    assert media.main_video, "a source without picture is refused before"
    return fitted(media.main_video.display_size, options.width, options.height)


def refuse(options: AnimationOptions, media: MediaInfo) -> Failure | None:
    """Refuses what doesn't move, a start past the end, and more pixels than fit into memory."""
    if refusal := needs_film(options, media):
        return refusal
    start, end = seconds(options.start or 0.0, media.duration or 0.0), picture_seconds(media)
    if start >= end > 0:
        message = f"The picture ends at {end:.2f} s, so nothing moves from {options.start} on."
        return Failure(code="time_past_end", message=message)
    size = geometry(options, media).size
    if size.width * size.height * options.duration_seconds * options.fps > MOST_PIXELS:
        message = f"{size.width}x{size.height} is too large for that many frames: make it smaller, shorter or slower."
        return Failure(code="limit_exceeded", message=message)
    return None


KIND = Kind(
    name="animation",
    state="Animation",
    function="screenshot",
    summary="A moving preview as GIF or WebP: one stretch, or highlights stitched together.",
    options=AnimationOptions,
    refuse=refuse,
)
