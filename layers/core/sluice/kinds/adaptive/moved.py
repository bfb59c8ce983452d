"""A chunk's segments, which count from nought, moved to where they are in the film (ISO 14496-12). Pure."""

from typing import NamedTuple

from sluice.chunking.boxes import HEADER, Malformed

_LONG = 1
_FLAGS = 4
# Where the earliest time lies in a sidx: behind flags, stream and timescale.
_SIDX_TIME = 12


class Place(NamedTuple):
    """What is before a chunk: `ticks` of the track, and `fragments`."""

    ticks: int
    fragments: int


def moved(content: bytes, place: Place) -> bytes:
    """The same segment (or several), later by what is before it.

    Raises: Malformed for boxes that aren't as our own muxer writes them.
    """
    changed = bytearray(content)
    for name, at in _found(content, 0, len(content)):
        if name == "mfhd":
            _add(changed, at + _FLAGS, 4, place.fragments)
        elif name == "tfdt":
            _add(changed, at + _FLAGS, 8 if content[at] == _LONG else 4, place.ticks)
        elif name == "sidx":
            _add(changed, at + _SIDX_TIME, 8 if content[at] == _LONG else 4, place.ticks)
    return bytes(changed)


def frames(content: bytes) -> int:
    """How many samples the segment has."""
    found = _found(content, 0, len(content))
    return sum(int.from_bytes(content[at + 4 : at + 8]) for name, at in found if name == "trun")


def _found(content: bytes, at: int, end: int) -> list[tuple[str, int]]:
    """Every box and where its content begins, those within a fragment too."""
    found = []
    while at + HEADER <= end:
        size, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8].decode("latin-1")
        if size < HEADER or at + size > end:
            raise Malformed("a segment's box is cut off")
        found.append((name, at + HEADER))
        if name in {"moof", "traf"}:
            found += _found(content, at + HEADER, at + size)
        at += size
    return found


def _add(content: bytearray, at: int, length: int, more: int) -> None:
    value = int.from_bytes(content[at : at + length]) + more
    if value >= 1 << 8 * length:
        raise Malformed("a segment's time doesn't fit")
    content[at : at + length] = value.to_bytes(length)
