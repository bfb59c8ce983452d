"""Matroska and WebM as sources: their keyframes from the Cues, their frames from the clusters. Pure.

Where frames lie isn't told before they come, so a chunk is known by the keyframes that it lies between, and the worker
that has read its clusters finds the frames in them.
"""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from math import inf
from operator import itemgetter
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


class Reader:
    """The film's frames in bytes that begin with a cluster and come in pieces; no byte is looked at twice."""

    def __init__(self, track: int):
        self._track = track
        self._pieces: list[bytes] = []
        # how many bytes there must be for the next element to be whole; those that are done with
        self._wanted = self._passed = 0
        # where the cluster ends that is being read, and what its frames' times count from
        self._end, self._time = -1.0, 0
        self._stopped = False

    def feed(self, content: bytes) -> list[tuple[int, Block]]:
        """The frames that are whole by now, each with the time of its cluster; none after what isn't as it should be.

        Raises: Malformed for frames that are laced together.
        """
        self._pieces.append(content)
        if self._stopped or sum(map(len, self._pieces)) < self._wanted:
            return []
        rest, at, found = b"".join(self._pieces), 0, []
        while (part := ebml.header(rest, at)) is not None:
            place = self._passed + at
            if self._opens(part, place):
                at = part.start
                continue
            self._stopped = part.size == ebml.UNKNOWN or place < self._end < self._passed + part.end
            if self._stopped or part.end > len(rest):
                break
            if place < self._end and (block := self._taken(rest, part, at)):
                found.append((self._time, block))
            at = part.end
        self._pieces, self._passed = [rest[at:]], self._passed + at
        self._wanted = part.end - at if part and part.size != ebml.UNKNOWN else 0
        return found

    def _opens(self, part: ebml.Element, place: int) -> bool:
        """Whether a cluster begins here: one without an end goes on to the next one's beginning."""
        if part.id != ebml.CLUSTER or place < self._end < inf:
            return False
        self._end = inf if part.size == ebml.UNKNOWN else self._passed + part.end
        self._time = 0
        return True

    def _taken(self, content: bytes, part: ebml.Element, at: int) -> Block | None:
        if part.id == _CLUSTER_TIME:
            self._time = ebml.whole(content, part)
        elif part.id in {_SIMPLE_BLOCK, _BLOCK_GROUP}:
            return _block(content, part, at, self._track, self._time)
        return None


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


class Needed:
    """The frames from the keyframe `first` on to what is shown last before `end`, and so many `beyond`.

    Frames that are shown before a keyframe but come after it (open GOPs) come before all that are shown after it.
    """

    def __init__(self, track: int, first: int | None, end: int | None, beyond: int):
        self._reader = Reader(track)
        self._first, self._last, self._beyond = first, end, beyond
        self._begun = first is None
        self._after = 0
        self._kept: list[tuple[int, Block]] = []

    def are_complete(self, content: bytes) -> bool:
        """Take the bytes that come next; whether the chunk's frames are all there with them."""
        for time, block in self._reader.feed(content):
            self._begun = self._begun or (block.key and block.time == self._first)
            if not self._begun:
                continue
            self._after += self._last is not None and block.time > self._last
            if self._after > self._beyond:
                return True
            # the next chunk's keyframe as well: those shown before it may need it
            self._kept.append((time, block))
        return False

    def clusters(self) -> list[Cluster]:
        """What was kept.

        Raises: Malformed when there is no such keyframe.
        """
        if not self._begun:
            raise Malformed("its table of keyframes (Cues) names what is none")
        grouped = groupby(self._kept, key=itemgetter(0))
        return [Cluster(time, tuple(block for _, block in same)) for time, same in grouped]
