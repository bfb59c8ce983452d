"""Faults put into real files, from a seed."""

import random
import re
from collections.abc import Callable

Mutate = Callable[[bytearray, random.Random], None]

_EXTREMES = (0, 1, 7, 0x7F, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
_NAMES = re.compile(
    rb"moov|mvhd|trak|tkhd|mdia|mdhd|minf|stbl|stsd|stts|stsc|stsz|stco|ctts|elst|moof|traf|trun|tfhd|mdat|"
    rb"avc1|avcC|esds|LIST|strh|strf|idx1|fmt |data|IHDR|IDAT|VP8 |OggS|fLaC|ID3|FLV"
)
_ELEMENTS = re.compile(rb"\x1a\x45\xdf\xa3|\x18\x53\x80\x67|\x15\x49\xa9\x66|\x16\x54\xae\x6b|\x1c\x53\xbb\x6b|"
                       rb"\x1f\x43\xb6\x75|\x11\x4d\x9b\x74|\xae|\xa3|\xbb")  # fmt: skip


def mutated(content: bytes, rng: random.Random, number: int) -> tuple[str, bytes]:
    """The name of the fault, and the file with it; numbers go round through all faults."""
    fault = _FAULTS[number % len(_FAULTS)]
    damaged = bytearray(content)
    fault(damaged, rng)
    return fault.__name__.lstrip("_"), bytes(damaged)


def _truncated(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(1, len(content)) :]


def _flipped(content: bytearray, rng: random.Random) -> None:
    for _ in range(1 + len(content) // 2000):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)


def _lying(content: bytearray, rng: random.Random) -> None:
    """The number before or after a name that the format knows is another: lengths, counts, sizes."""
    places = [found.start() + rng.choice((-4, 4, 8, 12)) for found in _NAMES.finditer(content)]
    for at in rng.sample(places, min(3, len(places))):
        content[max(0, at) : max(0, at) + 4] = rng.choice(_EXTREMES).to_bytes(4, rng.choice(("big", "little")))


def _misled(content: bytearray, rng: random.Random) -> None:
    """The bytes after an element's id, where EBML has its length, are others."""
    places = [found.end() for found in _ELEMENTS.finditer(content)]
    for at in rng.sample(places, min(3, len(places))):
        content[at : at + 2] = rng.choice((b"\x01\xff", b"\xff\xff", b"\x7f\xfe", b"\x00\x00", b"\x10\x00"))


def _doubled(content: bytearray, rng: random.Random) -> None:
    first, last = _stretch(content, rng)
    content[rng.randrange(len(content)) : 0] = content[first:last]


def _swapped(content: bytearray, rng: random.Random) -> None:
    first, last = _stretch(content, rng)
    moved = content[first:last]
    del content[first:last]
    at = rng.randrange(len(content) + 1)
    content[at:at] = moved


def _blanked(content: bytearray, rng: random.Random) -> None:
    first, last = _stretch(content, rng)
    content[first:last] = bytes([rng.choice((0, 255))]) * (last - first)


def _headless(content: bytearray, rng: random.Random) -> None:
    """The head stays and noise follows."""
    keep = min(len(content) - 1, rng.randrange(32, 2000))
    content[keep:] = rng.randbytes(len(content) - keep)


def _atoms(content: bytearray, rng: random.Random) -> None:
    """Two names of the format change places."""
    found = list(_NAMES.finditer(content))
    if len(found) > 1:
        one, other = (match.start() for match in rng.sample(found, 2))
        content[one : one + 4], content[other : other + 4] = content[other : other + 4], content[one : one + 4]


def _stretch(content: bytearray, rng: random.Random) -> tuple[int, int]:
    first = rng.randrange(len(content))
    return first, min(len(content), first + rng.randrange(1, 1 + len(content) // 4))


_FAULTS: tuple[Mutate, ...] = (
    _truncated, _flipped, _lying, _misled, _doubled, _swapped, _blanked, _headless, _atoms,
)  # fmt: skip
