"""Which stretches are worth showing? A rule of thumb, not a model. Pure.

A stretch begins with a shot. It is worth more the faster it is cut, the more of it shows faces, the better its frames
look, and if somebody speaks. Each of these is measured against the film's own best, so a quiet film has highlights too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sluice.kinds.discovery.report import Highlight
from sluice.sampling import Span

WEIGHTS = {"fast cuts": 0.3, "faces": 0.3, "good pictures": 0.25, "speech": 0.15}
# A quality that reaches this part of the film's best is told as a reason.
REASON = 0.75
# More starts than this are thinned out; each is compared with all looks.
MAX_STARTS = 500


class Film(NamedTuple):
    """What is known. `cuts` are the starts of shots; `quality` the cover score and `faces` their number by look."""

    duration: float
    cuts: Sequence[float]
    quality: Mapping[float, float]
    faces: Mapping[float, int]
    speech: Sequence[Span] = ()


def highlights(film: Film, *, count: int, seconds: float) -> tuple[Highlight, ...]:
    """The best stretches that don't overlap, in order of time; a film shorter than one has itself."""
    windows = _windows(film, seconds)
    measured = {window: _qualities(window, film) for window in windows}
    peaks = {name: max((each[name] for each in measured.values()), default=0.0) for name in WEIGHTS}
    relative = {
        window: {name: value / peaks[name] if peaks[name] else 0.0 for name, value in qualities.items()}
        for window, qualities in measured.items()
    }
    ranked = sorted(windows, key=lambda window: (-_score(relative[window]), window.start))
    chosen = _apart(ranked, count)
    return tuple(_highlight(window, relative[window]) for window in sorted(chosen))


def _windows(film: Film, seconds: float) -> list[Span]:
    """A stretch from the start of each shot, and from each look whose shot goes on that long; none past the end."""
    length = min(seconds, film.duration)
    shots = sorted({0.0, *film.cuts})
    within = [look for look in film.quality if _shot_end(look, shots, film.duration) >= look + length]
    starts = sorted({round(min(start, film.duration - length), 3) for start in [*shots, *within]})
    step = max(1, -(-len(starts) // MAX_STARTS))
    return [Span(start, round(start + length, 3)) for start in starts[::step]]


def _shot_end(time: float, shots: Sequence[float], duration: float) -> float:
    following = bisect_right(shots, time)
    return shots[following] if following < len(shots) else duration


def _qualities(window: Span, film: Film) -> dict[str, float]:
    looks = [time for time in film.quality if window.start <= time < window.end]
    return {
        "fast cuts": float(_cuts_within(window, film.cuts)),
        "faces": sum(1 for time in looks if film.faces.get(time)) / max(1, len(looks)),
        "good pictures": sum(film.quality[time] for time in looks) / max(1, len(looks)),
        "speech": _shared(window, film.speech),
    }


def _cuts_within(window: Span, cuts: Sequence[float]) -> int:
    """Not counting the one that the window begins with."""
    return bisect_left(cuts, window.end) - bisect_left(cuts, window.start + 0.001)


def _shared(window: Span, spans: Iterable[Span]) -> float:
    """The part of the window that the spans fill."""
    shared = sum(max(0.0, min(window.end, span.end) - max(window.start, span.start)) for span in spans)
    return min(1.0, shared / max(0.001, window.end - window.start))


def _apart(ranked: Iterable[Span], count: int) -> list[Span]:
    chosen: list[Span] = []
    for window in ranked:
        if len(chosen) < count and all(window.end <= other.start or other.end <= window.start for other in chosen):
            chosen.append(window)
    return chosen


def _highlight(window: Span, relative: Mapping[str, float]) -> Highlight:
    reasons = tuple(name for name in WEIGHTS if relative[name] >= REASON)
    return Highlight(start=window.start, end=window.end, score=_score(relative), reasons=reasons)


def _score(relative: Mapping[str, float]) -> float:
    return round(100 * sum(weight * relative[name] for name, weight in WEIGHTS.items()), 2)
