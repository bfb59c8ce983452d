"""Where to look in a film, what each look stands for, and what the looking costs. Pure."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

# What a seek costs, as the length of film that is decoded in the same time: «Stills» in docs/decisions.md.
SEEK_WORTH_SECONDS = 5.0
# Times are often written to the millisecond, and a frame that begins within it is meant.
TOLERANCE = 0.001


class Span(NamedTuple):
    """[start, end) in seconds."""

    start: float
    end: float


def middles(duration: float, count: int, stretch: float | None = None) -> list[float]:
    """The middles of so many equal stretches, so every moment has a look within half of one.

    They are as long as fill the duration, or `stretch` seconds: then the last middle may lie past the end, which keeps
    the times even.
    """
    length = stretch or duration / count
    return [(number + 0.5) * length for number in range(count)]


def look_times(duration: float | None, count: int) -> list[float]:
    """Middles to the millisecond; a picture, and a film of less than a second, is looked at where it begins."""
    if not duration or duration < 1:
        return [0.0]
    return [round(time, 3) for time in middles(duration, count)]


def count_of(duration: float, interval: float | None, *, automatic: float, most: int) -> int:
    """How many looks an interval asks for. Without one: one each `automatic` seconds, and no more than `most`."""
    if interval is None:
        return min(most, max(1, ceil(duration / automatic)))
    return max(1, ceil(duration / interval))


def spans(times: Iterable[float], duration: float) -> dict[float, Span]:
    """What each look stands for: halfway to its neighbours. Together they are [0, duration), where there is one."""
    looks = sorted(set(times))
    if not looks:
        return {}
    between = (min(duration, round((a + b) / 2, 3)) for a, b in pairwise(looks))
    return {look: Span(*borders) for look, borders in zip(looks, pairwise([0.0, *between, duration]), strict=True)}


# ── the cost, as seconds of film that are decoded ─────────────────────────────────────────────


def cost(times: Sequence[float]) -> float:
    """Of looking at these rising times, by the cheaper of the two ways."""
    return times[-1] if in_one_pass(times) else len(times) * SEEK_WORTH_SECONDS


def in_one_pass(times: Sequence[float]) -> bool:
    """Whether one pass up to the last time costs less than a seek for each."""
    return len(times) > 1 and evenly_spaced(times) and times[-1] < len(times) * SEEK_WORTH_SECONDS


def evenly_spaced(times: Sequence[float]) -> bool:
    """Rising by the same step, to the rounding of a millisecond."""
    step = (times[-1] - times[0]) / (len(times) - 1)
    return step > 0 and all(abs(later - time - step) <= 2 * TOLERANCE for time, later in pairwise(times))


def shared_pass(looks: Sequence[Sequence[float]]) -> bool:
    """Whether one pass for all of them decodes no more than the dearest of them does by itself.

    So sharing never makes anybody wait longer, and saves what all the others would cost.
    """
    even = all(len(times) > 1 and evenly_spaced(times) for times in looks)
    return even and max(times[-1] for times in looks) <= max(map(cost, looks))
