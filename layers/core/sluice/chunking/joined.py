"""The joined film: the pictures of all chunks in one track, beside the sound. Pure.

What a file consists of is laid out before a byte of it is read, as pieces that can be made in any order: few bytes
of our own (indexes, headers), and stretches of the stored chunks. Memory and disk don't grow with the film.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

from sluice.chunking.boxes import Malformed, Samples, Track, film_timescale, tracks

INTERLEAVED_SECONDS = Fraction(1)
# Of an esds box by ffmpeg (ISO 14496-1, 7.2.6): from its name to the size of the buffer, that and two rates.
_RATES_AT, _RATES = 23, 11


class Stored(NamedTuple):
    """Bytes of a stored object: those from `offset` on."""

    key: str
    offset: int
    length: int


class Piece(NamedTuple):
    """A part of the output: what has to be read for it, in this order, and how it is made of that."""

    length: int
    needs: tuple[Stored, ...]
    make: Callable[[Sequence[bytes]], bytes] = b"".join


class Made(NamedTuple):
    """One chunk as its worker has described it. `pts` in ticks on the film's clock, in the order of decoding; the
    samples lie one behind the other from `offset` on.
    """

    key: str
    timescale: int
    pts: Sequence[int]
    sizes: Sequence[int]
    keys: Sequence[int]
    offset: int
    last_duration: int
    entries: str
    size: int
    etag: str


class Picture(NamedTuple):
    """All chunks as one track. `dts` are such that none is after its `pts`; `places` are where the samples lie."""

    timescale: int
    dts: "array[int]"
    pts: "array[int]"
    sizes: "array[int]"
    keys: bytearray
    places: tuple[Stored, ...]
    firsts: tuple[int, ...]
    last_duration: int

    @property
    def durations(self) -> "array[int]":
        return array("q", (b - a for a, b in zip(self.dts, [*self.dts[1:], self.dts[-1] + self.last_duration],
                                                 strict=True)))  # fmt: skip

    @property
    def start(self) -> int:
        return min(self.pts[: self.firsts[1]] if len(self.firsts) > 1 else self.pts)

    def stored(self, first: int, last: int) -> Iterator[Stored]:
        """Where the samples [first, last) lie, in as few stretches as there are chunks."""
        while first < last:
            chunk = bisect_left(self.firsts, first + 1) - 1
            stop = min(last, self.firsts[chunk + 1] if chunk + 1 < len(self.firsts) else last)
            place, began = self.places[chunk], self.firsts[chunk]
            offset = place.offset + sum(self.sizes[began:first])
            yield Stored(place.key, offset, sum(self.sizes[first:stop]))
            first = stop


def described(moov: bytes) -> dict[str, Any]:
    """What a worker says of the chunk that it has encoded, from the file's moov: all of `Made` but key and file.

    Raises: Malformed when the muxer has done what isn't expected of it.
    """
    track = one_track(moov, "vide")
    found = track.samples
    for place, size, following in zip(found.offsets, found.sizes, found.offsets[1:], strict=False):
        if place + size != following:
            raise Malformed("the chunk's samples don't lie one behind the other")
    start = shown_from(track, film_timescale(moov))
    return {
        "timescale": track.timescale,
        "pts": [pts + start for pts in found.pts],
        "sizes": list(found.sizes),
        "keys": [number for number, key in enumerate(found.keys) if key],
        "offset": found.offsets[0],
        "last_duration": found.durations[-1],
        "entries": track.entries.hex(),
    }


def one_track(moov: bytes, handler: str) -> Track:
    found = [track for track in tracks(moov, handler) if track.samples.sizes]
    if len(found) != 1:
        raise Malformed(f"a file of ours has one {handler} track")
    return found[0]


def shown_from(track: Track, timescale: int) -> int:
    """What turns the track's times into the film's: an edit list holds nothing at first, then skips the lead-in."""
    at = 0
    for edit in track.edits:
        if edit.media_time >= 0:
            return at - edit.media_time
        at += round(Fraction(edit.duration * track.timescale, timescale))
    return at


def picture(chunks: Sequence[Made]) -> Picture:
    """The chunks as one track.

    Raises: Malformed when they don't fit: another codec configuration, another clock, times that overlap.
    """
    first = chunks[0]
    if any((c.entries, c.timescale) != (first.entries, first.timescale) for c in chunks):
        raise Malformed("two chunks were encoded in different ways")
    pts, order, sizes, keys = array("q"), array("q"), array("q"), bytearray()
    firsts = []
    for chunk in chunks:
        rising = sorted(chunk.pts)
        if order and rising[0] <= order[-1]:
            raise Malformed("two chunks overlap in time")
        firsts.append(len(pts))
        pts.extend(chunk.pts)
        order.extend(rising)
        sizes.extend(chunk.sizes)
        flags = bytearray(len(chunk.pts))
        for number in chunk.keys:
            flags[number] = 1
        keys.extend(flags)
    late = max(early - shown for early, shown in zip(order, pts, strict=True))
    dts = array("q", (time - late for time in order))
    places = tuple(Stored(c.key, c.offset, sum(c.sizes)) for c in chunks)
    return Picture(first.timescale, dts, pts, sizes, keys, places, tuple(firsts), chunks[-1].last_duration)


class Sound(NamedTuple):
    """The sound: its track, its file's timescale, where it begins on the film's clock in ticks; and the files that it
    lies in, each from the sample of this number on.
    """

    track: Track
    timescale: int
    start: int
    keys: tuple[str, ...]
    firsts: tuple[int, ...] = (0,)

    @property
    def samples(self) -> Samples:
        return self.track.samples

    def stored(self, first: int, last: int) -> Iterator[Stored]:
        found = self.samples
        while first < last:
            file = bisect_left(self.firsts, first + 1) - 1
            end = min(last, self.firsts[file + 1] if file + 1 < len(self.firsts) else last)
            stop = first + 1
            while stop < end and found.offsets[stop] == found.offsets[stop - 1] + found.sizes[stop - 1]:
                stop += 1
            yield Stored(self.keys[file], found.offsets[first], sum(found.sizes[first:stop]))
            first = stop


class Heard(NamedTuple):
    """A file of sound, and which of its samples are wanted."""

    moov: bytes
    key: str
    own: slice = slice(None)


def sound(files: Sequence[Heard]) -> Sound:
    """The sound in these files, one behind the other; all but its samples is as in the first.

    Raises: Malformed when they don't fit.
    """
    first, *others = (one_track(file.moov, "soun") for file in files)
    if any((_config(t.entries), t.timescale) != (_config(first.entries), first.timescale) for t in others):
        raise Malformed("two parts of the sound were encoded in different ways")
    timescale = film_timescale(files[0].moov)
    start, keys = shown_from(first, timescale), tuple(file.key for file in files)
    if not others:
        return Sound(first, timescale, start, keys)
    parts = [_cut(track.samples, file.own) for track, file in zip([first, *others], files, strict=True)]
    firsts = tuple(accumulate((len(part.sizes) for part in parts[:-1]), initial=0))
    return Sound(_with_samples(first, timescale, _together(parts)), timescale, start, keys, firsts)


def _config(entries: bytes) -> bytes:
    """A description without the rates that the file's own packets have: they lie in front of the codec's own words."""
    at = entries.find(b"esds") + _RATES_AT
    return entries[:at] + entries[at + _RATES :]


def _cut(samples: Samples, own: slice) -> Samples:
    dts, pts, durations, sizes, offsets, keys = samples
    return Samples(dts[own], pts[own], durations[own], sizes[own], offsets[own], keys[own])


def _together(parts: Sequence[Samples]) -> Samples:
    """The samples of all parts, the times of each going on where the one before ended."""
    durations, sizes, offsets, keys = array("q"), array("q"), array("q"), bytearray()
    for part in parts:
        durations.extend(part.durations)
        sizes.extend(part.sizes)
        offsets.extend(part.offsets)
        keys.extend(part.keys)
    times = array("q", accumulate(durations[:-1], initial=0))
    return Samples(times, times, durations, sizes, offsets, keys)


def _with_samples(track: Track, timescale: int, samples: Samples) -> Track:
    """The track with these samples in place of its own, to whose end its edit list goes."""
    more = Fraction(sum(samples.durations) - sum(track.samples.durations), track.timescale)
    *before, last = track.edits or (None,)
    edits = track.edits
    if last is not None:
        edits = (*(edit for edit in before if edit), last._replace(duration=last.duration + round(more * timescale)))
    return track._replace(samples=samples, edits=edits)


class Run(NamedTuple):
    """Samples [first, last) of one track that lie together in the file; `is_sound` says of which."""

    is_sound: bool
    first: int
    last: int


def interleaved(film: Picture, heard: Sound | None) -> Iterator[Run]:
    """About a second of picture, a second of sound, and so on: a player needs both from near each other."""
    seen = heard_to = 0
    step, at = INTERLEAVED_SECONDS, Fraction(film.dts[0], film.timescale)
    while seen < len(film.dts) or (heard and heard_to < len(heard.samples.dts)):
        at += step
        stop = bisect_left(film.dts, int(at * film.timescale))
        if stop > seen:
            yield Run(False, seen, stop)
            seen = stop
        if heard:
            count = len(heard.samples.dts)
            ticks = int(at * heard.track.timescale) - heard.start
            until = bisect_left(heard.samples.dts, ticks) if seen < len(film.dts) else count
            if until > heard_to:
                yield Run(True, heard_to, until)
                heard_to = until


def parts(pieces: Sequence[Piece], least: int) -> Iterator[Sequence[Piece]]:
    """Pieces in a row that are together at least so many bytes; the last ones may be fewer."""
    gathered: list[Piece] = []
    size = 0
    for piece in pieces:
        gathered.append(piece)
        size += piece.length
        if size >= least:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


def merged(needs: Sequence[Stored]) -> list[Stored]:
    """The stretches to read so that every need lies within one: those that touch in one object are one."""
    found: list[Stored] = []
    for need in sorted(needs):
        last = found[-1] if found else None
        if last and last.key == need.key and need.offset <= last.offset + last.length:
            end = max(last.offset + last.length, need.offset + need.length)
            found[-1] = last._replace(length=end - last.offset)
        else:
            found.append(need)
    return found


def assembled(pieces: Sequence[Piece], read: Callable[[Stored], bytes]) -> bytes:
    """The bytes of these pieces."""
    stretches = merged([need for piece in pieces for need in piece.needs])
    content = {stretch: read(stretch) for stretch in stretches}

    def cut(need: Stored) -> bytes:
        for stretch, there in content.items():
            at = need.offset - stretch.offset
            if stretch.key == need.key and at >= 0 and at + need.length <= stretch.length:
                return there[at : at + need.length]
        raise AssertionError("every need lies in a stretch")

    return b"".join(piece.make([cut(need) for need in piece.needs]) for piece in pieces)
