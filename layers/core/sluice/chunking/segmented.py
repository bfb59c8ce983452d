"""Chunks whose seams are segments' beginnings: at multiples of so many pictures of a constant rhythm. Pure.

The source's keyframes lie elsewhere, so a worker decodes from the last one before its first picture on. Among the
segments where a chunk may end, the one is taken that lies nearest behind a keyframe.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from sluice.chunking import matroska
from sluice.chunking.boxes import Malformed
from sluice.chunking.mp4 import Frames
from sluice.chunking.spans import MOST_CHUNKS, REORDERED, Film, Span, Wanted, coded, slot

# Of what there is to read and to decode: keyframes that are far apart make workers do others' work.
_MOST_TWICE = 2
_LEEWAY = 0.3
# Keyframes in one cluster, which lasts some seconds.
_MOST_KEYS = 300
_MILLISECOND = Fraction(1, 1000)


class Grid(NamedTuple):
    """`rate` pictures a second; `segment` of them are one."""

    rate: Fraction
    segment: int

    @property
    def seconds(self) -> float:
        return float(self.segment / self.rate)


def seams(keys: Sequence[float], length: float, grid: Grid, chunk: float) -> list[int]:
    """The pictures that chunks begin with; `keys` are the keyframes' seconds in rising order.

    No chunk is shorter than half of what it is to be, but for segments that are longer still.

    Raises: Malformed for a film that would last for years.
    """
    if length > MOST_CHUNKS * chunk:
        raise Malformed("its index tells of too long a film")
    chosen = [0]
    while (left := length - chosen[-1] * grid.seconds) >= 1.5 * chunk:
        near = [n for n in _near(chosen[-1], grid, chunk) if length - n * grid.seconds >= chunk / 2]
        if not near:
            break
        wanted = length - left + chunk
        chosen.append(
            min(near, key=lambda n: (_decoded_before(keys, n * grid.seconds), abs(n * grid.seconds - wanted)))
        )
    return [number * grid.segment for number in chosen]


def _near(last: int, grid: Grid, chunk: float) -> range:
    """The segments within leeway of where a chunk would end, or else the next one."""
    first = last + max(1, ceil(chunk * (1 - _LEEWAY) / grid.seconds))
    end = last + int(chunk * (1 + _LEEWAY) / grid.seconds)
    return range(first, max(first, end) + 1)


def _decoded_before(keys: Sequence[float], time: float) -> float:
    """Seconds between the last keyframe and this time, to the tenth: less makes no difference."""
    number = bisect_right(keys, time + 1e-6)
    return round(time - keys[number - 1], 1) if number else 0.0


# ── MP4, MOV ──────────────────────────────────────────────────────────────────────────────────


def mp4_segments(found: Frames, wanted: Wanted, grid: Grid, chunk: float) -> list[Span]:
    """The chunks of a film whose every frame is known.

    Raises: Malformed when it can't be cut exactly.
    """
    film = Film(found, wanted)
    pts, last_shown = film.samples.pts, film.shown[-1]
    if any(time > last_shown and not is_shown for time, is_shown in zip(pts, found.shown, strict=True)):
        raise Malformed("its edit list ends it before its last frame")
    keys = film.keys()
    count = slot(film.seconds(last_shown), grid.rate) + 1
    begins = seams([float(film.seconds(pts[key])) for key in keys], float(count / grid.rate), grid, chunk)
    bounds = list(zip(begins, [*begins[1:], None], strict=True))
    parts: list[tuple[int, int]] = []
    left = _MOST_TWICE * len(pts)
    for begin, end in bounds:
        first, last = _decoded(film, keys, grid, begin, end)
        parts.append((first, last))
        left -= last - first
        # at once: a few bytes tell of many chunks that all begin with one keyframe
        if left < 0:
            raise Malformed("its keyframes are too far apart")
    return [
        _span(
            grid, begin, end, count,
            shift=film.shift(first, last),
            size=sum(film.samples.sizes[first:last]),
            told={**film.input(first, last), "shown_from": _shown_from(film, first, last)},
        )
        for (first, last), (begin, end) in zip(parts, bounds, strict=True)
    ]  # fmt: skip


def _decoded(film: Film, keys: Sequence[int], grid: Grid, begin: int, end: int | None) -> tuple[int, int]:
    """The samples to decode: from the last keyframe before the first picture to behind what ends the last one."""
    pts, shown = film.samples.pts, film.shown
    place = bisect_right(keys, begin, key=lambda key: slot(film.seconds(pts[key]), grid.rate)) - 1
    if place < 0 and begin:
        raise Malformed("its picture begins late")
    entered = keys[max(0, place - 1 if film.wanted.context else place)]
    if end is None:
        return entered, len(pts)
    after = bisect_left(shown, end, key=lambda time: slot(film.seconds(time), grid.rate))
    # one more than what ends the last picture: deinterlacing looks at neighbours
    until, last = shown[min(after + 1, len(shown) - 1)], entered
    for number in range(entered, len(pts)):
        if pts[number] <= until:
            last = number
        elif number - last > 4 * REORDERED:
            break
    return entered, last + 1


def _shown_from(film: Film, first: int, last: int) -> float | None:
    """The first moment that the edit list lets be seen, where samples before it have to be decoded."""
    hides = any(film.samples.pts[number] < film.shown[0] for number in range(first, last))
    return float(film.seconds(film.shown[0])) if hides else None


def _span(
    grid: Grid, begin: int, end: int | None, count: int, *, shift: float, size: int, told: dict[str, Any]
) -> Span:
    """Pictures [begin, end) of so many in all; of the last chunk only the worker sees where it ends."""
    return Span(
        begin=float(begin / grid.rate) if begin else None,
        end=float(end / grid.rate) if end is not None else None,
        seconds=float(((count if end is None else end) - begin) / grid.rate),
        shift=shift,
        frames=end - begin if end is not None else None,
        bytes=size,
        input=told,
    )


# ── Matroska, WebM ────────────────────────────────────────────────────────────────────────────


def matroska_segments(found: matroska.Index, wanted: Wanted, grid: Grid, chunk: float) -> list[Span]:
    """The chunks of a film of which only the keyframes are known.

    Raises: Malformed when it can't be cut exactly.
    """
    offset = round(wanted.start / _MILLISECOND)
    keys = [cue for cue in found.cues if cue.position < found.end]
    times = [(cue.time + offset) * _MILLISECOND for cue in keys]
    # a file whose clock begins at an hour may say that it lasts an hour and more; the last chunk goes to the end anyway
    usual = max((later - earlier for earlier, later in pairwise(times)), default=Fraction(0))
    length = min(wanted.duration, float(times[-1] + usual))
    count = round(length * grid.rate)
    begins = seams([float(time) for time in times], length, grid, chunk)
    film = _Cued(found, keys, [slot(time, grid.rate) for time in times], offset, wanted.context)
    spans = [
        _span(grid, begin, end, count, shift=offset / 1000, **film.part(begin, end, grid))
        for begin, end in zip(begins, [*begins[1:], None], strict=True)
    ]
    # seconds that are decoded for their successors' sake
    twice = sum(float(span.begin) - (span.input["first"] + offset) / 1000 for span in spans if span.begin)
    if twice > (_MOST_TWICE - 1) * length:
        raise Malformed("its keyframes are too far apart")
    return spans


class _Cued(NamedTuple):
    """Its keyframes, and the pictures of the output that they come to be; `offset` in milliseconds."""

    source: matroska.Index
    keys: Sequence[matroska.Cue]
    slots: Sequence[int]
    offset: int
    context: bool

    def part(self, begin: int, end: int | None, grid: Grid) -> dict[str, Any]:
        place = bisect_right(self.slots, begin) - 1
        if place < 0 and begin:
            raise Malformed("its picture begins late")
        entered = self.keys[max(0, place - 1 if self.context else place)]
        position, stop, until = entered.position, self.source.end, None
        if end is not None:
            until = ceil(end / grid.rate / _MILLISECOND) - self.offset
            behind = bisect_right(self.keys, until, key=lambda key: key.time)
            # several keyframes may lie in one cluster
            near = self.keys[behind : behind + _MOST_KEYS]
            stop = next((key.position for key in near if key.position > position), stop)
        told = {
            "form": "matroska", "head": coded(self.source.head), "track": self.source.track,
            "position": position, "stop": stop, "end": self.source.end,
            "first": entered.time if begin else None, "own": [None, until],
            # enough that all frames shown before the end have come, whatever their order
            "beyond": REORDERED + 2,
        }  # fmt: skip
        return {"size": stop - position, "told": told}
