"""The joined film as MP4 or MOV, its index in front. Pure.

Boxes that describe are the encoder's own; only tables, durations and edit lists are ours.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, lcm

from sluice.chunking.boxes import (
    Edit,
    box,
    boxes,
    child,
    chunk_tables,
    edit_list,
    full_box,
    key_table,
    optional,
    run_lengths,
    size_table,
)
from sluice.chunking.joined import Picture, Piece, Run, Sound, Stored, interleaved

_MDAT_HEAD = 16
_MOST_TIMESCALE = 0x7FFFFFFF
_FINE = 90_000
# Of sound in one file: they are taken over as they are.
_KEPT_TABLES = ("stsd", "stts", "ctts", "stss", "stsz", "sgpd", "sbgp")
# In a box of groups: where the one group's number of samples lies, and how long the box is then.
_GROUP_COUNT, _ONE_GROUP = slice(12, 16), 20


def pieces(ftyp: bytes, trak: bytes, film: Picture, heard: Sound | None) -> Iterator[Piece]:
    """The file; `ftyp` and `trak` are contents of those boxes in a chunk."""
    runs = list(interleaved(film, heard))
    lengths = [sum(s.length for s in _stored(run, film, heard)) for run in runs]
    head = box("ftyp", ftyp)
    size = len(head) + len(_moov(trak, film, heard, runs, [0] * len(runs)))
    places, at = [], size + _MDAT_HEAD
    for length in lengths:
        places.append(at)
        at += length
    moov = _moov(trak, film, heard, runs, places)
    mdat = (1).to_bytes(4) + b"mdat" + (_MDAT_HEAD + sum(lengths)).to_bytes(8)
    front = head + moov + mdat
    yield Piece(len(front), (), lambda _: front)
    for run, length in zip(runs, lengths, strict=True):
        yield Piece(length, tuple(_stored(run, film, heard)))


def _stored(run: Run, film: Picture, heard: Sound | None) -> Iterator[Stored]:
    if run.is_sound:
        assert heard, "a run of sound is of the sound"
        return heard.stored(run.first, run.last)
    return film.stored(run.first, run.last)


def _moov(trak: bytes, film: Picture, heard: Sound | None, runs: Sequence[Run], places: Sequence[int]) -> bytes:
    timescale = _timescale(film.timescale, heard.track.timescale if heard else 1)
    ends = Fraction(film.dts[-1] - film.dts[0] + film.last_duration, film.timescale)
    shown = Fraction(film.start, film.timescale)
    picture_edits = _edits(shown, ends, film.pts[0] - film.dts[0], timescale)
    tracks = [_picture_track(trak, film, picture_edits, timescale, *_own(runs, places, is_sound=False))]
    total = shown + ends
    if heard:
        edits = [edit._replace(duration=edit.duration * timescale // heard.timescale) for edit in heard.track.edits]
        tracks.append(_sound_track(heard, edits, timescale, *_own(runs, places, is_sound=True)))
        total = max(total, Fraction(sum(edit.duration for edit in edits), timescale))
    return box("moov", _film_header(timescale, total, len(tracks)), *tracks)


def _timescale(picture: int, sound: int) -> int:
    common = lcm(picture, sound)
    return common if common <= _MOST_TIMESCALE else _FINE


def _own(runs: Sequence[Run], places: Sequence[int], *, is_sound: bool) -> tuple[list[int], list[int]]:
    """Samples a run, and where each run lies, of one track."""
    own = [(run, place) for run, place in zip(runs, places, strict=True) if run.is_sound is is_sound]
    return [run.last - run.first for run, _ in own], [place for _, place in own]


def _edits(start: Fraction, length: Fraction, skipped: int, timescale: int) -> list[Edit]:
    """Nothing until the start, then the track from behind its lead-in on."""
    empty = [Edit(round(start * timescale), -1)] if round(start * timescale) else []
    return [*empty, Edit(ceil(length * timescale), skipped)]


def _film_header(timescale: int, length: Fraction, tracks: int) -> bytes:
    matrix = b"".join(n.to_bytes(4) for n in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
    return full_box(
        "mvhd", bytes(16), timescale.to_bytes(4), ceil(length * timescale).to_bytes(8), (0x10000).to_bytes(4),
        (0x100).to_bytes(2), bytes(10), matrix, bytes(24), (tracks + 1).to_bytes(4), version=1,
    )  # fmt: skip


def _picture_track(
    trak: bytes, film: Picture, edits: Sequence[Edit], timescale: int, runs: list[int], places: list[int]
) -> bytes:
    durations = film.durations
    shifts = (pts - dts for pts, dts in zip(film.pts, film.dts, strict=True))
    stbl = child(trak, "mdia", "minf", "stbl")
    tables = [
        box("stsd", child(stbl, "stsd")),
        run_lengths("stts", durations),
        run_lengths("ctts", shifts),
        key_table(film.keys),
        size_table(film.sizes),
        chunk_tables(runs, places),
    ]
    return _track(trak, 1, sum(durations), edits, timescale, tables)


def _sound_track(heard: Sound, edits: Sequence[Edit], timescale: int, runs: list[int], places: list[int]) -> bytes:
    stbl = child(heard.track.boxes, "mdia", "minf", "stbl")
    if len(heard.keys) == 1:
        kept = [box(name, table) for name in _KEPT_TABLES if (table := optional(stbl, name)) is not None]
    else:
        kept = list(_sound_tables(stbl, heard))
    tables = [*kept, chunk_tables(runs, places)]
    return _track(heard.track.boxes, 2, sum(heard.samples.durations), edits, timescale, tables)


def _sound_tables(stbl: bytes, heard: Sound) -> Iterator[bytes]:
    """The tables of sound in several files, from those of the first: every sample is of one group, or of none."""
    yield box("stsd", child(stbl, "stsd"))
    yield run_lengths("stts", heard.samples.durations)
    yield size_table(heard.samples.sizes)
    groups, members = optional(stbl, "sgpd"), optional(stbl, "sbgp")
    if groups is not None and members is not None and len(members) == _ONE_GROUP:
        told = bytearray(members)
        told[_GROUP_COUNT] = len(heard.samples.sizes).to_bytes(4)
        yield box("sgpd", groups) + box("sbgp", bytes(told))


def _track(
    trak: bytes, number: int, ticks: int, edits: Sequence[Edit], timescale: int, tables: Sequence[bytes]
) -> bytes:
    """The track of a chunk's file with other tables, durations and edits; `ticks` is how long its samples are."""
    mdia = child(trak, "mdia")
    length = sum(edit.duration for edit in edits)
    inner = [
        box(b.name, *_with_tables(b.content, tables)) if b.name == "minf" else box(b.name, b.content)
        for b in boxes(mdia)
        if b.name != "mdhd"
    ]
    media = box("mdia", _lasting("mdhd", child(mdia, "mdhd"), ticks), *inner)
    listed = edit_list(edits) if edits else b""
    return box("trak", _numbered(child(trak, "tkhd"), number, length), listed, media)


def without_tables(trak: bytes) -> bytes:
    """The track's boxes without all that grows with the film."""
    mdia = child(trak, "mdia")
    entries = box("stsd", child(mdia, "minf", "stbl", "stsd"))
    inner = (
        box(b.name, *_with_tables(b.content, [entries])) if b.name == "minf" else box(b.name, b.content)
        for b in boxes(mdia)
    )
    return box("tkhd", child(trak, "tkhd")) + box("mdia", *inner)


def _with_tables(minf: bytes, tables: Sequence[bytes]) -> Iterator[bytes]:
    for found in boxes(minf):
        yield box("stbl", *tables) if found.name == "stbl" else box(found.name, found.content)


def _lasting(name: str, content: bytes, duration: int) -> bytes:
    """mdhd with another duration, in its long form: flags, timescale and what follows the duration are kept."""
    at = 20 if content[0] else 12
    timescale, rest = content[at : at + 4], content[at + 4 + (8 if content[0] else 4) :]
    return full_box(name, bytes(16), timescale, duration.to_bytes(8), rest, version=1)


def _numbered(content: bytes, number: int, duration: int) -> bytes:
    """tkhd with another number and duration, in its long form."""
    rest = content[36:] if content[0] else content[24:]
    flags = int.from_bytes(content[1:4])
    return full_box("tkhd", bytes(16), number.to_bytes(4), bytes(4), duration.to_bytes(8), rest, version=1, flags=flags)
