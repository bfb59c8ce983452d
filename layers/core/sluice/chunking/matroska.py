"""Matroska and WebM as sources: their keyframes from the Cues, their frames from the clusters. Pure.

Where frames lie isn't told before they come, so a chunk is known by the keyframes that it lies between, and the worker
that has read its clusters finds the frames in them.
"""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from sluice.chunking import ebml
from sluice.chunking.boxes import Malformed
from sluice.chunking.mp4 import Read

_HEAD_BYTES = 65_536
MOST_CUES_BYTES = 32_000_000
_MOST_HEAD_BYTES = 4_000_000
_TIMESTAMP_SCALE, _SEEK, _SEEK_ID, _SEEK_POSITION = 0x2AD7B1, 0x4DBB, 0x53AB, 0x53AC
_TRACK_ENTRY, _TRACK_NUMBER, _TRACK_TYPE, _ENCODINGS = 0xAE, 0xD7, 0x83, 0x6D80
_ENCODING, _ENCRYPTION = 0x6240, 0x5035
_CUE_POINT, _CUE_TIME, _CUE_POSITIONS, _CUE_TRACK, _CUE_CLUSTER = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
_CLUSTER_TIME, _SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK, _REFERENCE = 0xE7, 0xA3, 0xA0, 0xA1, 0xFB
_MILLISECOND = 1_000_000
_VIDEO = 1
_KEY, _INVISIBLE, _LACING = 0x80, 0x08, 0x06


class Cue(NamedTuple):
    """A keyframe: its time in milliseconds, and where the cluster begins that it is in."""

    time: int
    position: int


class Index(NamedTuple):
    """`head` is what comes before the clusters, without the parts that name places in the file; `end` is where the
    clusters are known to end.
    """

    head: bytes
    track: int
    cues: tuple[Cue, ...]
    end: int


class Block(NamedTuple):
    """One frame: its time in milliseconds, whether decoding can begin with it, and the element that holds it."""

    time: int
    key: bool
    raw: bytes


class Cluster(NamedTuple):
    """The film's frames of one cluster; `time` is what their own times count from."""

    time: int
    blocks: tuple[Block, ...]


def index(read: Read, size: int) -> Index:
    """The keyframes of the first film track.

    Raises: Malformed for files without Cues, with another unit of time than the millisecond, or encrypted.
    """
    found = _top_level(read, size)
    if ebml.INFO not in found or ebml.TRACKS not in found or ebml.CUES not in found:
        raise Malformed("it has no table of keyframes (Cues)")
    data = found[ebml.SEGMENT][0]
    info, tracks = (_read_whole(read, *found[name], _MOST_HEAD_BYTES) for name in (ebml.INFO, ebml.TRACKS))
    if _scale(info) != _MILLISECOND:
        raise Malformed("its times aren't in milliseconds")
    number = _film_track(tracks)
    cues = _cues(_read_whole(read, *found[ebml.CUES], MOST_CUES_BYTES), number, data)
    ends = [start for name, (start, _) in found.items() if name == ebml.CUES and start > cues[-1].position]
    return Index(_head(info, tracks), number, cues, min(ends, default=size))


def _head(info: bytes, tracks: bytes) -> bytes:
    """A file's beginning, to be followed by any clusters."""
    header = ebml.element(
        ebml.EBML, ebml.unsigned(0x42F7, 1), ebml.text(0x4282, "matroska"), ebml.unsigned(0x4287, 4),
        ebml.unsigned(0x4285, 2),
    )  # fmt: skip
    segment = ebml.SEGMENT.to_bytes(4) + b"\x01" + b"\xff" * 7
    return header + segment + ebml.element(ebml.INFO, info) + ebml.element(ebml.TRACKS, tracks)


def _top_level(read: Read, size: int) -> dict[int, tuple[int, int]]:
    """Where the parts' contents begin and how long they are, by id, from the head and what it points to."""
    head = read(0, _HEAD_BYTES)
    start = ebml.header(head, 0)
    segment = ebml.header(head, start.end) if start and start.id == ebml.EBML else None
    if segment is None or segment.id != ebml.SEGMENT:
        raise Malformed("it has no segment")
    found = {ebml.SEGMENT: (segment.start, size - segment.start)}
    at = segment.start
    while (part := ebml.header(head, at)) is not None and part.id != ebml.CLUSTER and part.size >= 0:
        found.setdefault(part.id, (part.start, part.size))
        at = part.end
    if ebml.SEEK_HEAD in found:
        # one place a name: each costs a read
        pointed = dict(_pointed(_read_whole(read, *found[ebml.SEEK_HEAD], _MOST_HEAD_BYTES)))
        for name in {ebml.CUES, ebml.INFO, ebml.TRACKS} & pointed.keys() - found.keys():
            there = segment.start + pointed[name]
            part = ebml.header(read(there, ebml.MOST_HEADER), 0) if there < size else None
            if part and part.id == name and part.size >= 0:
                found[name] = there + part.start, part.size
    return found


def _pointed(seek_head: bytes) -> Iterator[tuple[int, int]]:
    for seek in ebml.elements(seek_head):
        if seek.id == _SEEK:
            told = {e.id: ebml.whole(seek_head, e) for e in ebml.elements(seek_head, seek.start, seek.end)}
            yield told.get(_SEEK_ID, 0), told.get(_SEEK_POSITION, 0)


def _read_whole(read: Read, start: int, size: int, most: int) -> bytes:
    if size > most:
        raise Malformed("its index is too large")
    content = read(start, size)
    if len(content) < size:
        raise Malformed("its index is cut off")
    return content


def _scale(info: bytes) -> int:
    return next((ebml.whole(info, e) for e in ebml.elements(info) if e.id == _TIMESTAMP_SCALE), _MILLISECOND)


def _film_track(tracks: bytes) -> int:
    for entry in ebml.elements(tracks):
        told = {e.id: e for e in ebml.elements(tracks, entry.start, entry.end)} if entry.id == _TRACK_ENTRY else {}
        if _TRACK_TYPE in told and ebml.whole(tracks, told[_TRACK_TYPE]) == _VIDEO:
            if _ENCODINGS in told and _is_encrypted(tracks, told[_ENCODINGS]):
                raise Malformed("its film track is encrypted")
            return ebml.whole(tracks, told[_TRACK_NUMBER])
    raise Malformed("it has no film track")


def _is_encrypted(tracks: bytes, encodings: ebml.Element) -> bool:
    return any(
        part.id == _ENCRYPTION
        for encoding in ebml.elements(tracks, encodings.start, encodings.end)
        if encoding.id == _ENCODING
        for part in ebml.elements(tracks, encoding.start, encoding.end)
    )


def _cues(cues: bytes, track: int, data: int) -> tuple[Cue, ...]:
    """In the order of their times, one a time."""
    found = {}
    for point in ebml.elements(cues):
        if point.id == _CUE_POINT:
            # twice through rather than kept: a part may be two bytes long, and there may be millions
            parts = partial(ebml.elements, cues, point.start, point.end)
            time = next(ebml.whole(cues, e) for e in parts() if e.id == _CUE_TIME)
            for part in parts():
                told = (
                    {e.id: ebml.whole(cues, e) for e in ebml.elements(cues, part.start, part.end)}
                    if (part.id == _CUE_POSITIONS)
                    else {}
                )
                if told.get(_CUE_TRACK) == track:
                    found[time] = Cue(time, data + told[_CUE_CLUSTER])
    if not found:
        raise Malformed("its table of keyframes (Cues) names none of the film")
    return tuple(found[time] for time in sorted(found))


# ── clusters ──────────────────────────────────────────────────────────────────────────────────


def clusters(content: bytes, track: int) -> Iterator[Cluster]:
    """The film's frames in these bytes, which begin with a cluster; ends before what isn't whole.

    Raises: Malformed for frames that are laced together.
    """
    at = 0
    while (part := ebml.header(content, at)) is not None:
        if part.id == ebml.CLUSTER:
            end = len(content) if part.size == ebml.UNKNOWN else part.end
            cluster, at = _cluster(content, part.start, min(end, len(content)), track)
            yield cluster
            if at < end and part.size != ebml.UNKNOWN:
                return
        else:
            if part.size == ebml.UNKNOWN:
                return
            at = part.end


def _cluster(content: bytes, at: int, end: int, track: int) -> tuple[Cluster, int]:
    """The cluster, and where it was left: at its end, or before what isn't whole or is of the next one."""
    time, blocks = 0, []
    while at < end and (part := ebml.header(content, at)) is not None:
        if part.id == ebml.CLUSTER or part.size == ebml.UNKNOWN or part.end > end:
            break
        if part.id == _CLUSTER_TIME:
            time = ebml.whole(content, part)
        elif part.id in {_SIMPLE_BLOCK, _BLOCK_GROUP} and (block := _block(content, part, at, track, time)):
            blocks.append(block)
        at = part.end
    return Cluster(time, tuple(blocks)), at


def _block(content: bytes, part: ebml.Element, at: int, track: int, cluster: int) -> Block | None:
    """A frame of this track, or None for another's."""
    inner, key = part, None
    if part.id == _BLOCK_GROUP:
        members = list(ebml.elements(content, part.start, part.end))
        inner = next((e for e in members if e.id == _BLOCK), part)
        key = all(e.id != _REFERENCE for e in members)
    number, length = ebml.vint(content, inner.start)
    if number != track:
        return None
    place = inner.start + length
    flags = content[place + 2]
    if flags & (_LACING | _INVISIBLE):
        raise Malformed("its frames are laced or hidden")
    time = cluster + int.from_bytes(content[place : place + 2], signed=True)
    return Block(time, bool(flags & _KEY) if key is None else key, content[at : part.end])


def small_film(head: bytes, found: list[Cluster]) -> Iterator[bytes]:
    """A file with these frames only, at the times they have."""
    yield head
    for cluster in found:
        if cluster.blocks:
            yield ebml.element(
                ebml.CLUSTER, ebml.unsigned(_CLUSTER_TIME, cluster.time), *(block.raw for block in cluster.blocks)
            )


# ── what a chunk needs ────────────────────────────────────────────────────────────────────────


def from_keyframe(found: list[Cluster], first: int | None) -> list[Cluster]:
    """Without what comes before the keyframe that the chunk is entered at.

    Raises: Malformed when there is no such keyframe.
    """
    if first is None:
        return found
    kept, begun = [], False
    for cluster in found:
        blocks = []
        for block in cluster.blocks:
            begun = begun or (block.key and block.time == first)
            if begun:
                blocks.append(block)
        kept.append(cluster._replace(blocks=tuple(blocks)))
    if not begun:
        raise Malformed("its table of keyframes (Cues) names what is none")
    return kept


def needed(found: list[Cluster], first: int | None, end: int | None, beyond: int) -> list[Cluster] | None:
    """From the keyframe on to what is shown last before `end`, and so many frames `beyond`; None: more is to be read.

    Frames that are shown before a keyframe but come after it (open GOPs) come before all that are shown after it.
    """
    entered = from_keyframe(found, first)
    if end is None:
        return None
    kept: list[Cluster] = []
    after = 0
    for cluster in entered:
        blocks: list[Block] = []
        for block in cluster.blocks:
            after += block.time > end
            if after > beyond:
                return [*kept, cluster._replace(blocks=tuple(blocks))]
            # the next chunk's keyframe as well: those shown before it may need it
            blocks.append(block)
        kept.append(cluster._replace(blocks=tuple(blocks)))
    return None
