"""Boxes of the ISO base media file format (ISO 14496-12): read, write, and the sample tables in them. Pure."""

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice, pairwise
from typing import NamedTuple

HEADER = 8
_LONG_HEADER = 16
# Four hours at more than a hundred frames a second. A few bytes may tell of any number.
_MOST_SAMPLES = 2_000_000


class Malformed(Exception):
    """The file isn't built as the format asks for, or in a way that isn't read here; the message says which."""


class Box(NamedTuple):
    name: str
    content: bytes


class Edit(NamedTuple):
    """`duration` in the film's timescale; `media_time` in the track's, -1 for nothing shown."""

    duration: int
    media_time: int


class Samples(NamedTuple):
    """One entry a sample, in the order of decoding. Times in ticks of the track; `offsets` in bytes of the file."""

    dts: "array[int]"
    pts: "array[int]"
    durations: "array[int]"
    sizes: "array[int]"
    offsets: "array[int]"
    keys: bytearray


class Track(NamedTuple):
    """`entry` is the sample description box whole, `header` the tkhd box's content."""

    handler: str
    timescale: int
    header: bytes
    entries: bytes
    edits: tuple[Edit, ...]
    samples: Samples
    boxes: bytes


def boxes(content: bytes) -> Iterator[Box]:
    """The boxes side by side in these bytes.

    Raises: Malformed.
    """
    at = 0
    while at + HEADER <= len(content):
        size, start = int.from_bytes(content[at : at + 4]), at + HEADER
        if size == 1:
            size, start = int.from_bytes(content[at + 8 : at + 16]), at + _LONG_HEADER
        size = size or len(content) - at
        if size < start - at or at + size > len(content):
            raise Malformed("a box is larger than what holds it")
        yield Box(content[at + 4 : at + 8].decode("latin-1"), content[start : at + size])
        at += size


def child(content: bytes, *path: str) -> bytes:
    """The content of the box at this path.

    Raises: Malformed when it isn't there.
    """
    for name in path:
        found = optional(content, name)
        if found is None:
            raise Malformed(f"there is no {name} box")
        content = found
    return content


def optional(content: bytes, name: str) -> bytes | None:
    return next((box.content for box in boxes(content) if box.name == name), None)


def box(name: str, *contents: bytes) -> bytes:
    """A box around its contents, one after the other."""
    size = HEADER + sum(map(len, contents))
    return b"".join([size.to_bytes(4), name.encode("latin-1"), *contents])


def full_box(name: str, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(name, bytes([version]), flags.to_bytes(3), *contents)


# ── reading a track ───────────────────────────────────────────────────────────────────────────


def tracks(moov: bytes, handler: str) -> Iterator[Track]:
    """The tracks of this kind ("vide", "soun") of a film whose samples are all told in its moov.

    One after the other and no others: a few bytes tell of millions of samples, and a file may have many such tracks.

    Raises: Malformed, also for fragmented films.
    """
    if optional(moov, "mvex") is not None:
        raise Malformed("its index is in fragments")
    for found in boxes(moov):
        if found.name == "trak" and _handler(found.content) == handler:
            yield _track(found.content)


def track_at(moov: bytes, number: int, handler: str) -> Track:
    """The track of this number among all of them, from nought on.

    Raises: Malformed, also when it isn't of this kind, and for fragmented films.
    """
    if optional(moov, "mvex") is not None:
        raise Malformed("its index is in fragments")
    found = next(islice((one.content for one in boxes(moov) if one.name == "trak"), number, None), None)
    if found is None or _handler(found) != handler:
        raise Malformed("its tracks aren't in the order of its streams")
    return _track(found)


def film_timescale(moov: bytes) -> int:
    mvhd = child(moov, "mvhd")
    return _whole(mvhd, 20 if mvhd[:1] == b"\1" else 12, 4)


def _handler(trak: bytes) -> str:
    return child(trak, "mdia", "hdlr")[8:12].decode("latin-1")


def _track(trak: bytes) -> Track:
    mdhd, stbl = child(trak, "mdia", "mdhd"), child(trak, "mdia", "minf", "stbl")
    timescale = _whole(mdhd, 20 if mdhd[:1] == b"\1" else 12, 4)
    if not timescale:
        raise Malformed("its timescale is nought")
    return Track(
        handler=_handler(trak),
        timescale=timescale,
        header=child(trak, "tkhd"),
        entries=child(stbl, "stsd"),
        edits=tuple(_edits(trak)),
        samples=_samples(stbl),
        boxes=trak,
    )


def _edits(trak: bytes) -> Iterator[Edit]:
    edts = optional(trak, "edts")
    elst = optional(edts, "elst") if edts is not None else None
    if elst is None:
        return
    form, step = (">Qqhh", 20) if elst[:1] == b"\1" else (">Iihh", 12)
    for at in range(8, 8 + step * _whole(elst, 4, 4), step):
        duration, media_time, rate, _ = _unpacked(form, elst, at)
        if rate != 1 and media_time >= 0:
            raise Malformed("an edit changes the speed")
        yield Edit(duration, media_time)


def _samples(stbl: bytes) -> Samples:
    sizes = _sizes(stbl)
    count = len(sizes)
    durations = _runs(child(stbl, "stts"), count)
    dts = array("q", [0])
    for duration in durations[:-1] if count else ():
        dts.append(dts[-1] + duration)
    shifts = optional(stbl, "ctts")
    offsets = _runs(shifts, count, signed=True) if shifts is not None else array("q", bytes(8 * count))
    pts = array("q", (d + o for d, o in zip(dts, offsets, strict=False)))
    return Samples(dts[:count], pts, durations, sizes, _offsets(stbl, sizes), _keys(stbl, count))


def _sizes(stbl: bytes) -> "array[int]":
    stsz = optional(stbl, "stsz")
    if stsz is None:
        raise Malformed("its sample sizes are packed")
    usual, count = _whole(stsz, 4, 4), _whole(stsz, 8, 4)
    if count > _MOST_SAMPLES or (not usual and len(stsz) < 12 + 4 * count):
        raise Malformed("it tells of more samples than it has")
    return array("q", [usual]) * count if usual else array("q", struct.unpack_from(f">{count}I", stsz, 12))


def _runs(table: bytes, count: int, *, signed: bool = False) -> "array[int]":
    """The values of a run-length table, one a sample."""
    values: array[int] = array("q")
    form = ">Ii" if signed else ">II"
    for at in range(8, 8 + 8 * _whole(table, 4, 4), 8):
        length, value = _unpacked(form, table, at)
        if len(values) + length > count:
            raise Malformed("a table tells of more samples than there are")
        values.extend(array("q", [value]) * length)
    if len(values) != count:
        raise Malformed("a table tells of fewer samples than there are")
    return values


def _keys(stbl: bytes, count: int) -> bytearray:
    """1 where decoding can begin; without a table every sample is such a one."""
    stss = optional(stbl, "stss")
    if stss is None:
        return bytearray(b"\1" * count)
    keys = bytearray(count)
    for at in range(8, 8 + 4 * _whole(stss, 4, 4), 4):
        number = _whole(stss, at, 4)
        if not 1 <= number <= count:
            raise Malformed("a keyframe is no sample")
        keys[number - 1] = 1
    return keys


def _offsets(stbl: bytes, sizes: Sequence[int]) -> "array[int]":
    """Where each sample lies, from the chunks that hold them (stsc, stco or co64)."""
    places = _chunk_offsets(stbl)
    stsc = child(stbl, "stsc")
    groups = [_unpacked(">III", stsc, at) for at in range(8, 8 + 12 * _whole(stsc, 4, 4), 12)]
    offsets: array[int] = array("q")
    for (first, per_chunk, entry), following in pairwise([*groups, (len(places) + 1, 0, 0)]):
        if entry != 1:
            raise Malformed("its samples are of more than one description")
        # going back would make every group as long as the table
        if not 1 <= first <= following[0]:
            raise Malformed("its groups of chunks aren't in their order")
        for place in places[first - 1 : following[0] - 1]:
            for _ in range(min(per_chunk, len(sizes) - len(offsets))):
                offsets.append(place)
                place += sizes[len(offsets) - 1]
    if len(offsets) != len(sizes):
        raise Malformed("it has fewer chunks than samples need")
    return offsets


def _chunk_offsets(stbl: bytes) -> Sequence[int]:
    long = optional(stbl, "co64")
    table, form, step = (long, "Q", 8) if long is not None else (child(stbl, "stco"), "I", 4)
    count = _whole(table, 4, 4)
    if count > _MOST_SAMPLES or len(table) < 8 + step * count:
        raise Malformed("its chunk table is cut off")
    return struct.unpack_from(f">{count}{form}", table, 8)


def _whole(content: bytes, at: int, length: int) -> int:
    if at + length > len(content):
        raise Malformed("a box is cut off")
    return int.from_bytes(content[at : at + length])


def _unpacked(form: str, content: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, content, at)
    except struct.error as error:
        raise Malformed("a box is cut off") from error


# ── writing tables ────────────────────────────────────────────────────────────────────────────


def run_lengths(name: str, values: Iterable[int], *, signed: bool = False) -> bytes:
    """stts or ctts: how many samples in a row have the same value."""
    runs = [(sum(1 for _ in same), value) for value, same in groupby(values)]
    form = ">Ii" if signed else ">II"
    return full_box(name, len(runs).to_bytes(4), b"".join(struct.pack(form, *run) for run in runs), version=signed)


def key_table(keys: Iterable[int]) -> bytes:
    """stss, or nothing when every sample is a key."""
    numbers = [number for number, key in enumerate(keys, start=1) if key]
    return full_box("stss", len(numbers).to_bytes(4), struct.pack(f">{len(numbers)}I", *numbers))


def size_table(sizes: Sequence[int]) -> bytes:
    return full_box("stsz", bytes(4), len(sizes).to_bytes(4), struct.pack(f">{len(sizes)}I", *sizes))


def chunk_tables(runs: Sequence[int], places: Sequence[int]) -> bytes:
    """stsc and co64: `runs` samples lie together at each of the `places`."""
    starts = [(n, run) for n, run in enumerate(runs, start=1) if n == 1 or runs[n - 2] != run]
    grouped = b"".join(struct.pack(">III", first, run, 1) for first, run in starts)
    return full_box("stsc", len(starts).to_bytes(4), grouped) + full_box(
        "co64", len(places).to_bytes(4), struct.pack(f">{len(places)}Q", *places)
    )


def edit_list(edits: Sequence[Edit]) -> bytes:
    entries = b"".join(struct.pack(">Qqhh", edit.duration, edit.media_time, 1, 0) for edit in edits)
    return box("edts", full_box("elst", len(edits).to_bytes(4), entries, version=1))
