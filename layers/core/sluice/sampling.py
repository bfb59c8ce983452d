"""Where to look in a film, and what each look stands for. Pure."""

from collections.abc import Iterable
from itertools import pairwise
from math import ceil
from typing import NamedTuple


class Span(NamedTuple):
    """[start, end) in seconds."""

    start: float
    end: float


def middles(duration: float | None, count: int) -> list[float]:
    """The middles of so many equal stretches, so every moment has a look within half of one.

    A picture, and a film of less than a second, is looked at where it begins.
    """
    if not duration or duration < 1:
        return [0.0]
    return [round((number + 0.5) * duration / count, 3) for number in range(count)]


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
