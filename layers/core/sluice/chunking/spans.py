"""Which frames each chunk owns, and what of the source its worker has to read and decode for them. Pure.

Every picture of the output belongs to one chunk: the one within whose times, on the output's own clock, it is shown. A
worker decodes from a keyframe on, drops what isn't its own after the filters that look at neighbours, and encodes the
rest. All clocks begin where the output of an encode in one go begins.
"""

import base64
from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from sluice.chunking import matroska, mp4
from sluice.chunking.boxes import Malformed
from sluice.chunking.mp4 import Frames
from sluice.chunking.plan import cuts

# The most pictures that a codec of ours may show out of the order of decoding.
REORDERED = 16
_MILLISECOND = Fraction(1, 1000)
# How often a frame may be read, on the average; what a worker holds at once.
_MOST_OFTEN, _MOST_CHUNK_BYTES = 4, 1_000_000_000
# Four hours in the shortest chunks, and to spare.
MOST_CHUNKS = 10_000
# Ticks a second that microseconds still tell apart.
_FINEST = 500_000


class Wanted(NamedTuple):
    """What is asked of the output.

    `start` is where the source's first moment lies on the output's clock, in seconds; `first` where its picture begins.
    `begin` and `length` limit what is made. `tick` is the output's unit of time, `rate` the frames a second that are
    made of the source's, if others. With `context` a worker needs neighbours beyond its own frames.
    """

    first: Fraction
    start: Fraction
    begin: Fraction | None
    length: Fraction | None
    duration: float
    tick: Fraction
    rate: Fraction | None
    context: bool


class Span(NamedTuple):
    """One chunk: pictures shown in [begin, end) seconds of the output are its own (None: no bound).

    `shift`, in seconds, turns the clock of what the worker reads into the output's. `frames` that are expected, None
    when only the worker can count them. `bytes` of the source; `input` is what the worker needs to read them, as JSON.
    """

    begin: float | None
    end: float | None
    seconds: float
    shift: float
    frames: int | None
    bytes: int
    input: Mapping[str, Any]


def checked(spans: Sequence[Span], size: int) -> Sequence[Span]:
    """These chunks of a file of so many bytes, if they may be true.

    Raises: Malformed when a worker would read more than there is, or more than it can hold.
    """
    if any(not 0 <= span.bytes <= _MOST_CHUNK_BYTES for span in spans):
        raise Malformed("its keyframes are too far apart, or not in their order")
    if sum(span.bytes for span in spans) > _MOST_OFTEN * size:
        raise Malformed("its frames lie one in the other")
    return spans


def _cut(times: Sequence[float], begin: float, end: float, chunk: float) -> list[int]:
    """Which keyframes begin a chunk.

    Raises: Malformed for a film that would last for years.
    """
    if end - begin > MOST_CHUNKS * chunk:
        raise Malformed("its index tells of too long a film")
    return cuts(times, begin, end, chunk)


# ── MP4, MOV ──────────────────────────────────────────────────────────────────────────────────


def mp4_spans(found: Frames, wanted: Wanted, chunk: float) -> list[Span]:
    """The chunks of a film whose every frame is known.

    Raises: Malformed when it can't be cut exactly.
    """
    return Film(found, wanted).spans(chunk)


class Film:
    """The frames that will be made, on the output's clock, and the samples that they are in."""

    def __init__(self, found: Frames, wanted: Wanted):
        self.track, self.samples, self.wanted = found.track, found.track.samples, wanted
        if self.track.timescale > _FINEST:
            raise Malformed("its clock is finer than ffmpeg's own")
        pts = self.samples.pts
        first = min(time for time, shown in zip(pts, found.shown, strict=True) if shown)
        self.offset = round(wanted.first * self.track.timescale) - first
        own = sorted(time for time, shown in zip(pts, found.shown, strict=True) if shown)
        self.shown = array("q", self._asked(own))
        if not self.shown:
            raise Malformed("none of its frames is asked for")
        # ffmpeg and this index would speak of two films
        length = Fraction(self.shown[-1] - self.shown[0], self.track.timescale)
        if wanted.duration and length > 2 * wanted.duration + 60:
            raise Malformed("its frames last longer than the film")
        self._must_be_regular()
        self.read = 0

    def _asked(self, times: Sequence[int]) -> Sequence[int]:
        """Those between start and end; at the end it is the output's stamp that counts, as for ffmpeg's `-t`."""
        first = bisect_left(times, -self.offset) if self.wanted.begin is not None else 0
        kept = times[first:]
        if self.wanted.length is None or not kept:
            return kept
        unit, length = 1 / self.wanted.rate if self.wanted.rate else self.wanted.tick, self.wanted.length
        return kept[: bisect_left(kept, length, key=lambda time: round(self.seconds(time) / unit) * unit)]

    def _must_be_regular(self) -> None:
        """No two frames at one moment of the output: which of them stays depends on all that came before."""
        if self.wanted.rate:
            return
        slots = [round(self.seconds(time) / self.wanted.tick) for time in self.shown]
        if any(later <= earlier for earlier, later in pairwise(slots)):
            raise Malformed("its frames are closer together than its frame rate says")

    def seconds(self, time: int) -> Fraction:
        """When a sample's time is, on the output's clock."""
        return Fraction(time + self.offset, self.track.timescale)

    def spans(self, chunk: float) -> list[Span]:
        keys = self.keys()
        times = [float(self.seconds(self.samples.pts[key])) for key in keys]
        last = float(self.seconds(self.shown[-1]))
        chosen = [keys[n] for n in _cut(times, times[0], last, chunk)]
        bounds = [self.shown[0], *(self.samples.pts[key] for key in chosen[1:])]
        return [
            self._span(keys, chosen[n], begin, end, is_first=n == 0)
            for n, (begin, end) in enumerate(pairwise([*bounds, None]))
            if begin is not None
        ]

    def keys(self) -> list[int]:
        """The samples that chunks can begin with, in the order of their times, the one that begins it all first."""
        pts = self.samples.pts
        every = [n for n, key in enumerate(self.samples.keys) if key]
        before = [n for n in every if pts[n] <= self.shown[0]]
        if not before:
            raise Malformed("it doesn't begin with a keyframe")
        rising = [before[-1]]
        for number in every:
            if number > rising[-1] and self.shown[0] < pts[number] <= self.shown[-1] and pts[number] > pts[rising[-1]]:
                rising.append(number)
        return rising

    def _span(self, keys: list[int], key: int, begin: int, end: int | None, *, is_first: bool) -> Span:
        first, last = self._decoded(keys, key, end)
        # a frame may be needed by its own chunk and, as its neighbour, by those beside it
        self.read += last - first
        if self.read > _MOST_OFTEN * len(self.samples.pts):
            raise Malformed("its frames are too far from their order")
        own = self.shown[bisect_left(self.shown, begin) : len(self.shown) if end is None else self._place(end)]
        length = (self.shown[-1] if end is None else end) - begin
        is_last = end is None and self.wanted.length is None
        return Span(
            begin=self._bound(begin) if not is_first or self._drops(first, last, begin) else None,
            end=None if is_last else self._bound(end) if end is not None else self._after(self.shown[-1]),
            seconds=length / self.track.timescale,
            shift=self.shift(first, last),
            frames=self._expected(own, end),
            bytes=sum(self.samples.sizes[first:last]),
            input=self.input(first, last),
        )

    def shift(self, first: int, last: int) -> float:
        """Seconds that turn the clock of a small film of the samples [first, last) into the output's."""
        least = min(self.samples.pts[n] - self.samples.dts[n] for n in range(first, last))
        return (self.samples.dts[first] + least + self.offset) / self.track.timescale

    def input(self, first: int, last: int) -> dict[str, Any]:
        """What a worker needs to make that small film."""
        head, mdat = mp4.small_film(self.track, first, last)
        places = [[self.samples.offsets[n], self.samples.sizes[n]] for n in range(first, last)]
        return {"form": "mp4", "head": coded(head), "mdat": coded(mdat), "samples": places}

    def _decoded(self, keys: list[int], key: int, end: int | None) -> tuple[int, int]:
        """The samples to decode: from the chunk's keyframe to the last one that is shown before its end."""
        pts, count = self.samples.pts, len(self.samples.pts)
        stop = self.shown[-1] + 1 if end is None else end
        after = bisect_left(self.shown, stop)
        last = key
        for n in range(key, count):
            if pts[n] < stop:
                last = n
            elif n - last > 4 * REORDERED and end is not None:
                break
        if not self.wanted.context or end is None:
            return key, last + 1 if end is not None or self.wanted.length is not None else count
        needed = set(self.shown[after : after + 2])
        beyond = [n for n in range(last, min(count, last + 4 * REORDERED)) if pts[n] in needed]
        before = keys.index(key)
        return (keys[max(0, before - 1)] if before else key), max([last, *beyond]) + 1

    def _place(self, time: int) -> int:
        return bisect_left(self.shown, time)

    def _drops(self, first: int, last: int, begin: int) -> bool:
        return any(self.samples.pts[n] < begin for n in range(first, last))

    def _bound(self, time: int) -> float:
        """The moment of a frame itself: a bound is rounded to the clock that it is held against, and that hits it."""
        seconds, rate = self.seconds(time), self.wanted.rate
        return float(slot(seconds, rate) / rate if rate else seconds)

    def _after(self, time: int) -> float:
        """A bound behind the last frame."""
        rate, length = self.wanted.rate, self.wanted.length or Fraction(0)
        return float(ceil(length * rate) / rate if rate else self.seconds(time + 1))

    def _expected(self, own: Sequence[int], end: int | None) -> int | None:
        if not self.wanted.rate:
            return len(own)
        if end is None:
            return None
        return slot(self.seconds(end), self.wanted.rate) - slot(self.seconds(own[0]), self.wanted.rate)


def slot(time: Fraction, rate: Fraction) -> int:
    """The picture of a constant rhythm that a frame becomes; ffmpeg's `fps` rounds to the nearest, halves away."""
    return int(time * rate + Fraction(1, 2)) if time >= 0 else -int(-time * rate + Fraction(1, 2))


def coded(content: bytes) -> str:
    """Bytes as a recipe, which is JSON, has them."""
    return base64.b64encode(content).decode()


# ── Matroska, WebM ────────────────────────────────────────────────────────────────────────────


def matroska_spans(found: matroska.Index, wanted: Wanted, chunk: float) -> list[Span]:
    """The chunks of a film of which only the keyframes are known.

    Raises: Malformed when it can't be cut exactly.
    """
    if wanted.begin is not None or wanted.length is not None:
        raise Malformed("a stretch of it is asked for, and its frames aren't known")
    offset = round(wanted.start / _MILLISECOND)
    keys = [cue for cue in found.cues if cue.position < found.end]
    times = [float((cue.time + offset) * _MILLISECOND) for cue in keys]
    chosen = _cut(times, times[0], wanted.duration, chunk)
    spans = []
    for place, number in enumerate(chosen):
        following = chosen[place + 1] if place + 1 < len(chosen) else None
        spans.append(_matroska_span(found, wanted, keys, (number, following), offset))
    return spans


def _matroska_span(
    found: matroska.Index, wanted: Wanted, keys: Sequence[matroska.Cue], between: tuple[int, int | None], offset: int
) -> Span:
    first, following = between
    entered = keys[max(0, first - 1)] if wanted.context else keys[first]
    end = keys[following] if following is not None else None
    stop = end.position if end else found.end
    until = end.time if end else round(wanted.duration * 1000) - offset
    return Span(
        begin=_millisecond_bound(keys[first].time + offset, wanted) if first else None,
        end=_millisecond_bound(end.time + offset, wanted) if end else None,
        seconds=max(1, until - keys[first].time) / 1000,
        shift=offset / 1000,
        frames=None,
        bytes=stop - keys[first].position,
        input={
            "form": "matroska",
            "head": coded(found.head),
            "track": found.track,
            "position": entered.position,
            "stop": stop,
            "end": found.end,
            "first": entered.time if first else None,
            "own": [keys[first].time if first else None, end.time if end else None],
            "beyond": 2 if wanted.context else 0,
        },
    )


def _millisecond_bound(time: int, wanted: Wanted) -> float:
    seconds = time * _MILLISECOND
    return float(slot(seconds, wanted.rate) / wanted.rate if wanted.rate else seconds)
