"""What segments say of themselves: codec, timescale, times and byte ranges, read from their boxes (ISO 14496-12)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, NamedTuple

_HEADER = 8
GAP = (_HEADER).to_bytes(4) + b"free"
# Bytes of a sample entry before the boxes within it.
_VISUAL_ENTRY = 78
_TFHD_BASE_OFFSET, _TFHD_DESCRIPTION, _TFHD_DURATION = 0x1, 0x2, 0x8
_TRUN_OFFSET, _TRUN_FIRST_FLAGS, _TRUN_DURATION, _TRUN_SAMPLE_FIELDS = 0x1, 0x4, 0x100, (0x100, 0x200, 0x400, 0x800)


class Box(NamedTuple):
    """A box's four letters, and the bytes in it."""

    name: str
    content: bytes


class Fragment(NamedTuple):
    """A moof with its mdat: `offset` and `size` in bytes of the file, `start` and `duration` in ticks."""

    offset: int
    size: int
    start: int
    duration: int


class Segment(NamedTuple):
    """What a player fetches at once: `start` and `duration` in ticks of the track, `size` in bytes."""

    start: int
    duration: int
    size: int


@dataclass(frozen=True)
class Track:
    """One rendition as it lies in its folder: an init file and segments numbered from 1."""

    codec: str
    timescale: int
    segments: tuple[Segment, ...]

    @property
    def end(self) -> Fraction:
        """Seconds."""
        last = self.segments[-1]
        return Fraction(last.start + last.duration, self.timescale)

    def seconds(self, segment: Segment) -> Fraction:
        return Fraction(segment.duration, self.timescale)

    @property
    def average_bitrate(self) -> int:
        return round(sum(s.size for s in self.segments) * 8 / self.end)

    def peak_bitrate(self, target: Fraction | float) -> int:
        """The highest rate of any run of segments that lasts half to one and a half times `target` (RFC 8216, 4.1)."""
        rates = [self.average_bitrate]
        for first in range(len(self.segments)):
            seconds, size = Fraction(0), 0
            for segment in self.segments[first:]:
                seconds, size = seconds + self.seconds(segment), size + segment.size
                if seconds > target * 3 / 2:
                    break
                if seconds >= target / 2:
                    rates.append(round(size * 8 / seconds))
        return max(rates)


def track(init: bytes, fragments: Sequence[Sequence[Fragment]]) -> Track:
    """A track from its init file and the fragments of each of its segments."""
    segments = tuple(
        Segment(parts[0].start, sum(p.duration for p in parts), sum(p.size for p in parts)) for parts in fragments
    )
    return Track(codec(init), timescale(init), segments)


def read_folder(folder: Path, init: str) -> Track:
    """The track whose segments lie in this folder."""
    return track((folder / init).read_bytes(), [fragments_of(path) for path in sorted(folder.glob("*.m4s"))])


def fragments_of(path: Path) -> list[Fragment]:
    with path.open("rb") as file:
        return list(fragments(file))


def fragments(file: IO[bytes]) -> Iterator[Fragment]:
    """The fragments in a file, without reading their samples."""
    at = 0
    while len(header := file.read(_HEADER)) == _HEADER:
        size, name = int.from_bytes(header[:4]), header[4:]
        if name == b"moof":
            moof_at, times = at, _times(file.read(size - _HEADER))
        elif name == b"mdat":
            yield Fragment(moof_at, at + size - moof_at, *times)
        at += size
        file.seek(at)


def spaced(source: Path, target: Path) -> list[Fragment]:
    """Copy a file with an empty box after each fragment; returns where the fragments lie now.

    ffmpeg 9 as a player asks for byte ranges that touch in one request, and loses its place in the answer.
    """
    moved = []
    found = fragments_of(source)
    with source.open("rb") as read, target.open("wb") as write:
        write.write(read.read(found[0].offset))
        for fragment in found:
            moved.append(fragment._replace(offset=write.tell()))
            read.seek(fragment.offset)
            write.write(read.read(fragment.size) + GAP)
    return moved


def _times(moof: bytes) -> tuple[int, int]:
    """Start and duration of a fragment with one track."""
    traf = _find(moof, "traf")
    tfdt = _find(traf, "tfdt")
    start = int.from_bytes(tfdt[4:12] if tfdt[0] else tfdt[4:8])
    usual = _usual_duration(_find(traf, "tfhd"))
    return start, sum(_run_duration(box.content, usual) for box in boxes(traf) if box.name == "trun")


def _usual_duration(tfhd: bytes) -> int:
    flags = int.from_bytes(tfhd[1:4])
    at = 8 + (8 if flags & _TFHD_BASE_OFFSET else 0) + (4 if flags & _TFHD_DESCRIPTION else 0)
    return int.from_bytes(tfhd[at : at + 4]) if flags & _TFHD_DURATION else 0


def _run_duration(trun: bytes, usual: int) -> int:
    flags, count = int.from_bytes(trun[1:4]), int.from_bytes(trun[4:8])
    if not flags & _TRUN_DURATION:
        return usual * count
    first = 8 + (4 if flags & _TRUN_OFFSET else 0) + (4 if flags & _TRUN_FIRST_FLAGS else 0)
    step = 4 * sum(1 for field in _TRUN_SAMPLE_FIELDS if flags & field)
    return sum(int.from_bytes(trun[at : at + 4]) for at in range(first, first + step * count, step))


def timescale(init: bytes) -> int:
    """Ticks a second."""
    mdhd = _find(init, "moov", "trak", "mdia", "mdhd")
    at = 20 if mdhd[0] else 12
    return int.from_bytes(mdhd[at : at + 4])


def codec(init: bytes) -> str:
    """The track's name in CODECS (RFC 6381)."""
    stsd = _find(init, "moov", "trak", "mdia", "minf", "stbl", "stsd")
    entry = next(boxes(stsd[8:]))
    inner = entry.content[_VISUAL_ENTRY:]
    if entry.name == "avc1":
        return f"avc1.{_find(inner, 'avcC')[1:4].hex()}"
    if entry.name == "hvc1":
        return _hevc(_find(inner, "hvcC"))
    if entry.name == "av01":
        return _av1(_find(inner, "av1C"))
    assert entry.name == "mp4a", f"nothing of ours is {entry.name}"
    return "mp4a.40.2"


def _hevc(record: bytes) -> str:
    """ISO 14496-15, annex E.3: profile, compatibility (its bits the other way round), tier and level, constraints."""
    profile = ("", "A", "B", "C")[record[1] >> 6] + str(record[1] & 0x1F)
    compatibility = int(f"{int.from_bytes(record[2:6]):032b}"[::-1], 2)
    tier = "H" if record[1] & 0x20 else "L"
    constraints = record[6:12].rstrip(b"\0")
    return ".".join(["hvc1", profile, f"{compatibility:X}", f"{tier}{record[12]}", *(f"{b:X}" for b in constraints)])


def _av1(record: bytes) -> str:
    """AV1 in ISO media, section 5: profile, level and tier, bit depth."""
    depth = 12 if record[2] & 0x20 else 10 if record[2] & 0x40 else 8
    return f"av01.{record[1] >> 5}.{record[1] & 0x1F:02}{'H' if record[2] & 0x80 else 'M'}.{depth:02}"


def boxes(content: bytes) -> Iterator[Box]:
    """The boxes side by side in these bytes."""
    at = 0
    while at + _HEADER <= len(content):
        size = int.from_bytes(content[at : at + 4])
        yield Box(content[at + 4 : at + 8].decode("latin-1"), content[at + _HEADER : at + size])
        at += max(size, _HEADER)


def _find(content: bytes, *path: str) -> bytes:
    """What is in the box at this path."""
    for name in path:
        content = next(box.content for box in boxes(content) if box.name == name)
    return content
