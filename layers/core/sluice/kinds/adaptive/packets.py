"""A sound's packets, out of the one segment that ffmpeg has written of a part, into those that players fetch. Pure.

Boxes of ISO 14496-12, as ffmpeg's own muxer writes them for CMAF, so that a set is the same whether one worker or
several have made its sound.
"""

import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from sluice.chunking.boxes import HEADER, Malformed, box, child, full_box
from sluice.chunking.sound_parts import FRAME

_RUN_OFFSET, _RUN_FIRST_FLAGS, _RUN_DURATION, _RUN_SIZE, _RUN_REST = 0x1, 0x4, 0x100, 0x200, (0x400, 0x800)
_BASE_OFFSET, _DESCRIPTION, _USUAL_DURATION, _USUAL_SIZE = 0x1, 0x2, 0x8, 0x10
_DEFAULTS = 0x2003A
# Samples that don't depend on others.
_FLAGS = 0x02000000
_STARTS_WITH_KEY = 0x80000000


class Packet(NamedTuple):
    """`duration` in ticks."""

    duration: int
    content: bytes


class Cutting(NamedTuple):
    """Where an encode in one go begins its segments: with the first packet that isn't before the mark."""

    seconds: Fraction
    rate: int

    def first(self, segment: int) -> int:
        """The packet that a segment begins with; segments are counted from nought."""
        return ceil(segment * self.seconds * self.rate / FRAME)

    def count(self, packets: int) -> int:
        """How many segments so many packets are."""
        return bisect_left(range(packets + 1), packets, key=self.first)


def packets(segment: bytes) -> Iterator[Packet]:
    """The packets of a segment in one fragment.

    Raises: Malformed.
    """
    traf, at = child(segment, "moof", "traf"), 0
    content = child(segment, "mdat")
    usual_duration, usual_size = _usual(child(traf, "tfhd"))
    for duration, size in _told(child(traf, "trun"), usual_duration, usual_size):
        yield Packet(duration, content[at : at + size])
        at += size
    if at != len(content):
        raise Malformed("a segment holds more than it tells of")


def _usual(tfhd: bytes) -> tuple[int, int]:
    """Duration and size of samples of which nothing else is said."""
    flags, at = int.from_bytes(tfhd[1:4]), 8
    found = {}
    for flag, length in ((_BASE_OFFSET, 8), (_DESCRIPTION, 4), (_USUAL_DURATION, 4), (_USUAL_SIZE, 4)):
        if flags & flag:
            found[flag] = int.from_bytes(tfhd[at : at + length])
            at += length
    return found.get(_USUAL_DURATION, 0), found.get(_USUAL_SIZE, 0)


def _told(trun: bytes, duration: int, size: int) -> Iterator[tuple[int, int]]:
    flags, count = int.from_bytes(trun[1:4]), int.from_bytes(trun[4:8])
    at = 8 + 4 * bool(flags & _RUN_OFFSET) + 4 * bool(flags & _RUN_FIRST_FLAGS)
    for _ in range(count):
        told = {}
        for flag in (_RUN_DURATION, _RUN_SIZE, *_RUN_REST):
            if flags & flag:
                told[flag] = int.from_bytes(trun[at : at + 4])
                at += 4
        yield told.get(_RUN_DURATION, duration), told.get(_RUN_SIZE, size)


def segments(found: Sequence[Packet], first: int, cutting: Cutting) -> Iterator[tuple[int, bytes]]:
    """The segments that these packets are, the first of which begins one, each with its number from 1 on."""
    number, at = cutting.count(first), 0
    while at < len(found):
        end = min(len(found), cutting.first(number + 1) - first)
        yield number + 1, _segment(number + 1, first + at, found[at:end], cutting.rate)
        number, at = number + 1, end


def _segment(number: int, first: int, found: Sequence[Packet], rate: int) -> bytes:
    content = box("mdat", *(packet.content for packet in found))
    start, moof = first * FRAME, _moof(number, first * FRAME, found)
    # the encoder's lead-in isn't heard
    begins = max(0, start - FRAME)
    lasts = max(0, start - FRAME + sum(packet.duration for packet in found) - begins)
    told = struct.pack(">IIQQHHIII", 1, rate, begins, 0, 0, 1, len(moof) + len(content), lasts, _STARTS_WITH_KEY)
    return box("styp", b"msdh", bytes(4), b"msdhmsix") + full_box("sidx", told, version=1) + moof + content


def _moof(number: int, start: int, found: Sequence[Packet]) -> bytes:
    head = full_box("tfhd", struct.pack(">IIIII", 1, 1, FRAME, len(found[0].content), _FLAGS), flags=_DEFAULTS)
    time = full_box("tfdt", start.to_bytes(8), version=1)
    lasting = any(packet.duration != FRAME for packet in found)
    fields = [field for p in found for field in ([p.duration] if lasting else []) + [len(p.content)]]
    flags = _RUN_OFFSET | _RUN_SIZE | (_RUN_DURATION if lasting else 0)

    def built(place: int) -> bytes:
        run = struct.pack(f">II{len(fields)}I", len(found), place, *fields)
        traf = box("traf", head, time, full_box("trun", run, version=1, flags=flags))
        return box("moof", full_box("mfhd", number.to_bytes(4)), traf)

    return built(len(built(0)) + HEADER)
