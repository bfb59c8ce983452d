"""What the kinds share that look at frames evenly spread over a film, and find several parts of it out."""

from math import ceil
from typing import Any, TypeVar

from pydantic import Field

from sluice.sampling import count_of, look_times
from sluice.tasks import Failure

AUTOMATIC_INTERVAL_SECONDS = 2.0
AUTOMATIC_FRAMES = 100

Part = TypeVar("Part")


def interval_field(most: int) -> Any:
    """The option `sample_interval_seconds` of a kind that looks at `most` frames."""
    return Field(
        None,
        ge=0.1,
        le=3600,
        description="Time between two frames of a video that are looked at. Left out: "
        f"{AUTOMATIC_INTERVAL_SECONDS:g}, or more where {AUTOMATIC_FRAMES} frames wouldn't reach. "
        f"An interval that asks for more than {most} frames is refused.",
    )


def frame_times(duration: float | None, interval: float | None) -> list[float]:
    """Where to look, in seconds: evenly over the film."""
    return look_times(duration, _count(duration or 0.0, interval))


def too_many_frames(duration: float | None, interval: float | None, most: int) -> Failure | None:
    """Refuses an interval too short for this film."""
    if _count(duration or 0.0, interval) <= most:
        return None
    return Failure(
        code="limit_exceeded",
        message=f"A sample_interval_seconds of {interval:g} asks for more than {most} frames; "
        f"this video can have {ceil((duration or 0.0) / most * 10) / 10:g}.",
    )


def each_once(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Raises: ValueError."""
    if len(set(parts)) < len(parts):
        raise ValueError("a part is named once")
    return parts


def _count(duration: float, interval: float | None) -> int:
    return count_of(duration, interval, automatic=AUTOMATIC_INTERVAL_SECONDS, most=AUTOMATIC_FRAMES)
