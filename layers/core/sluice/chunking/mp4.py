"""MP4 and MOV as sources: which frames there are and where they lie, from the moov box alone. Pure."""

from array import array
from collections.abc import Callable
from math import inf
from typing import NamedTuple

from sluice.chunking.boxes import (
    HEADER,
    Edit,
    Malformed,
    Track,
    box,
    chunk_tables,
    film_timescale,
    full_box,
    key_table,
    run_lengths,
    size_table,
    tracks,
)

# offset, length → those bytes, fewer at the end of the file
Read = Callable[[int, int], bytes]

_FIRST_LOOK = 64
MOST_INDEX_BYTES = 64_000_000
# Each of the outermost boxes costs a read; films have a handful. A description goes into every chunk's head.
_MOST_BOXES, _MOST_DESCRIPTION_BYTES = 1_000, 65_536
_SELF_CONTAINED = full_box("dref", (1).to_bytes(4), full_box("url ", flags=1))
_MEDIA_HEADS = {"vide": full_box("vmhd", bytes(8), flags=1), "soun": full_box("smhd", bytes(4))}


class Frames(NamedTuple):
    """A film's pictures in the order of decoding. `times` in ticks on the film's own clock, on which the first frame
    that is shown has `start`; `shown` is 0 for those that an edit list leaves out.
    """

    track: Track
    times: "array[int]"
    shown: bytearray


def moov(read: Read, size: int) -> bytes:
    """The index box of a file, found by its outermost boxes: a few small reads and one of the box itself.

    Raises: Malformed.
    """
    at = 0
    for _ in range(_MOST_BOXES):
        if at + HEADER > size:
            break
        head = read(at, _FIRST_LOOK)
        length, start = int.from_bytes(head[:4]), HEADER
        if length == 1:
            length, start = int.from_bytes(head[8:16]), 2 * HEADER
        length = length or size - at
        if length < start:
            break
        if head[4:8] == b"moov":
            if length > MOST_INDEX_BYTES:
                raise Malformed("its index is too large")
            return read(at + start, length - start)
        at += length
    raise Malformed("it has no index")


def video_frames(moov_box: bytes) -> Frames:
    """The first film track, as a player shows it.

    Raises: Malformed for what isn't read here: several edits, several descriptions, encryption.
    """
    track = next((t for t in tracks(moov_box, "vide") if t.samples.sizes), None)
    if track is None or not track.samples.sizes:
        raise Malformed("it has no film track")
    kind = track.entries[12:16]
    if track.entries[4:8] != (1).to_bytes(4) or kind == b"encv":
        raise Malformed("its film track is encrypted or changes its kind")
    if len(track.entries) > _MOST_DESCRIPTION_BYTES:
        raise Malformed("its description is too long")
    shown = _shown(track, film_timescale(moov_box))
    if not any(shown):
        raise Malformed("it shows no frame")
    return Frames(track, track.samples.pts, shown)


def _shown(track: Track, timescale: int) -> bytearray:
    """Which samples lie within the edit list's one stretch of the track."""
    begin, end = shown_stretch(track, timescale)
    return bytearray(begin <= pts < end for pts in track.samples.pts)


def shown_stretch(track: Track, timescale: int) -> tuple[float, float]:
    """From when to when the track is shown, in its ticks.

    Raises: Malformed when there are several such stretches.
    """
    stretches = [edit for edit in track.edits if edit.media_time >= 0]
    if len(stretches) > 1 or any(e.media_time < 0 for e in track.edits[1:]):
        raise Malformed("its edit list has several stretches")
    return _stretch(stretches[0], track.timescale, timescale) if stretches else (-inf, inf)


def _stretch(edit: Edit, ticks: int, timescale: int) -> tuple[int, float]:
    """As ffmpeg reckons: the duration rounded to the track's ticks, nought for all of it."""
    length = (2 * edit.duration * ticks + timescale) // (2 * timescale) if timescale else 0
    return edit.media_time, edit.media_time + length if length else inf


# ── a film of a few frames ────────────────────────────────────────────────────────────────────


def small_film(track: Track, first: int, last: int) -> tuple[bytes, bytes]:
    """ftyp and moov of a file with the samples [first, last) only, and the head of the mdat that must follow.

    Its first sample is decoded at nought. Everything else about picture or sound is as in the source: description,
    colours, shape of the pixels, rotation.
    """
    found = track.samples
    sizes = found.sizes[first:last]
    head = box("ftyp", b"isom", bytes(4), b"isom")
    mdat = (1).to_bytes(4) + b"mdat" + (2 * HEADER + sum(sizes)).to_bytes(8)

    def index(place: int) -> bytes:
        # ffmpeg moves all times where one of these is below nought
        shifts = [found.pts[n] - found.dts[n] for n in range(first, last)]
        least = min(shifts)
        stbl = box(
            "stbl",
            box("stsd", track.entries),
            run_lengths("stts", found.durations[first:last]),
            run_lengths("ctts", (shift - least for shift in shifts)),
            key_table(found.keys[first:last]),
            size_table(sizes),
            chunk_tables([len(sizes)], [place]),
        )
        return _moov(track, sum(found.durations[first:last]), stbl)

    length = len(head) + len(index(0)) + len(mdat)
    return head + index(length), mdat


def _moov(track: Track, duration: int, stbl: bytes) -> bytes:
    times = bytes(16) + track.timescale.to_bytes(4) + duration.to_bytes(8)
    matrix = b"".join(n.to_bytes(4) for n in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
    mvhd = full_box("mvhd", times, (0x10000).to_bytes(4), (0x100).to_bytes(2), bytes(10), matrix, bytes(24),
                    (2).to_bytes(4), version=1)  # fmt: skip
    media = box(
        "mdia",
        full_box("mdhd", times, (0x55C4).to_bytes(2), bytes(2), version=1),
        full_box("hdlr", bytes(4), track.handler.encode(), bytes(12), b"\0"),
        box("minf", _MEDIA_HEADS[track.handler], box("dinf", _SELF_CONTAINED), stbl),
    )
    return box("moov", mvhd, box("trak", box("tkhd", track.header), media))
