"""What a TrueType font can write: its `cmap` table. Pure but for the reading of the file.

https://learn.microsoft.com/typography/opentype/spec/cmap
"""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def characters(font: Path) -> frozenset[int]:
    """The code points that the font has a glyph for."""
    table = _table(font.read_bytes(), b"cmap")
    (count,) = struct.unpack_from(">H", table, 2)
    offsets = [struct.unpack_from(">I", table, 4 + 8 * number + 4)[0] for number in range(count)]
    return frozenset(code for offset in offsets for code in _codes(table[offset:]))


def missing(text: str, font: Path) -> str:
    """The letters of the text that would come out as empty boxes, each once."""
    known = characters(font)
    return "".join(dict.fromkeys(c for c in text if c.isalpha() and ord(c) not in known))


def _table(content: bytes, wanted: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", content, 4)
    for number in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, 12 + 16 * number)
        if tag == wanted:
            return content[offset : offset + length]
    raise ValueError(f"the font has no table {wanted!r}")


def _codes(subtable: bytes) -> Iterator[int]:
    """Of the two formats that modern fonts use: 4 for the first 65536 characters, 12 for all."""
    (form,) = struct.unpack_from(">H", subtable)
    if form == 12:
        (groups,) = struct.unpack_from(">I", subtable, 12)
        for number in range(groups):
            first, last, _ = struct.unpack_from(">III", subtable, 16 + 12 * number)
            yield from range(first, last + 1)
    elif form == 4:
        (doubled,) = struct.unpack_from(">H", subtable, 6)
        segments = doubled // 2
        ends = struct.unpack_from(f">{segments}H", subtable, 14)
        starts = struct.unpack_from(f">{segments}H", subtable, 16 + doubled)
        for first, last in zip(starts, ends, strict=True):
            yield from range(first, min(last, 0xFFFE) + 1)
