"""screenshot: stills at given times."""

from math import ceil
from typing import Any

from pydantic import Field, model_validator

from sluice.geometry import fitted
from sluice.kinds.base import Kind, Options, needs_film
from sluice.media import MediaInfo
from sluice.pictures import DEFAULT_QUALITY, Pictures, StillFormat, drawing
from sluice.sampling import middles
from sluice.tasks import Failure
from sluice.times import Time, seconds

# 200 outputs are what a subtask may list, and one of them is the zip.
MOST_STILLS = 199
DEFAULT_TIMES = ("10%", "50%", "90%")


class ScreenshotOptions(Options):
    """When: `times`, `count` or `interval_seconds`, one of the three. And how."""

    times: tuple[Time, ...] | None = Field(
        None,
        min_length=1,
        max_length=MOST_STILLS,
        description='Seconds (12.5) or percent of the duration ("10%"). '
        f"Where nothing says when: {', '.join(DEFAULT_TIMES)}.",
    )
    count: int | None = Field(None, ge=1, le=MOST_STILLS, description="So many, spread evenly over the film.")
    interval_seconds: float | None = Field(
        None, ge=0.04, le=86_400, description=f"One every so often, from the start; at most {MOST_STILLS} of them."
    )
    width: int | None = Field(None, ge=16, le=8192, description="Pixels at most; the source's when absent.")
    height: int | None = Field(None, ge=16, le=8192, description="Pixels at most. The shape is kept, nothing upscaled.")
    format: StillFormat = Field("jpeg", description="jpeg, png or webp.")
    quality: int = Field(DEFAULT_QUALITY, ge=1, le=100, description="Of jpeg and webp; png loses nothing.")

    @model_validator(mode="before")
    @classmethod
    def one_way_of_saying_when(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        given = [name for name in ("times", "count", "interval_seconds") if data.get(name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} each say when: give one of them")
        return data if given else {**data, "times": DEFAULT_TIMES}


def still_times(options: ScreenshotOptions, duration: float) -> list[float]:
    """The seconds that the options ask for in a film of this length."""
    if options.count:
        return middles(duration, options.count)
    if options.interval_seconds:
        return [number * options.interval_seconds for number in range(_every(options.interval_seconds, duration))]
    return [seconds(time, duration) for time in options.times or DEFAULT_TIMES]


def pictures(options: ScreenshotOptions, media: MediaInfo) -> Pictures:
    """The stills as they are published."""
    assert media.main_video, "a source without picture is refused before"
    geometry = fitted(media.main_video.display_size, options.width, options.height, step=1)
    drawn = drawing(media.main_video, geometry, options.format, options.quality)
    return Pictures(still_times(options, media.duration or 0.0), geometry.size, drawn)


def refuse(options: ScreenshotOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no moving picture, times past its end, and more stills than can be listed."""
    if refusal := needs_film(options, media):
        return refusal
    duration = media.duration or 0.0
    late = next((t for t in options.times or () if not isinstance(t, str) and t > duration), None)
    if late is not None:
        message = f"The film ends at {duration:.2f} s, so there is no still at {late:g} s."
        return Failure(code="time_past_end", message=message)
    if options.interval_seconds and _every(options.interval_seconds, duration) > MOST_STILLS:
        shortest = ceil(duration / MOST_STILLS * 10) / 10
        message = (
            f"interval_seconds asks for more than {MOST_STILLS} stills; this film can have one every {shortest:g}."
        )
        return Failure(code="limit_exceeded", message=message)
    return None


def _every(interval: float, duration: float) -> int:
    return max(1, ceil(round(duration / interval, 6)))


KIND = Kind(
    name="screenshot",
    state="Screenshot",
    function="screenshot",
    summary="Stills at given times, one by one and as a zip.",
    options=ScreenshotOptions,
    refuse=refuse,
    pictures=pictures,
)
