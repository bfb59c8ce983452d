"""Elements of EBML (RFC 8794), which Matroska and WebM (RFC 9559) are written in. Pure."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from sluice.chunking.boxes import Malformed

EBML, SEGMENT, SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER = (
    0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1F43B675,
)  # fmt: skip
UNKNOWN = -1
# The longest id and the longest size.
MOST_HEADER = 12
_MOST_NUMBER = 8


class Element(NamedTuple):
    """`start` is where its content begins; `size` of the content in bytes, UNKNOWN when it goes on to the end."""

    id: int
    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size


def header(content: bytes, at: int) -> Element | None:
    """The element that begins at `at`, or None when its header isn't whole."""
    if at >= len(content) or not content[at]:
        return None
    id_length = 9 - content[at].bit_length()
    size_at = at + id_length
    if size_at >= len(content) or not content[size_at]:
        return None
    length = 9 - content[size_at].bit_length()
    if size_at + length > len(content):
        return None
    size = int.from_bytes(content[size_at : size_at + length]) & ((1 << 7 * length) - 1)
    unknown = size == (1 << 7 * length) - 1
    return Element(int.from_bytes(content[at:size_at]), size_at + length, UNKNOWN if unknown else size)


def elements(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Element]:
    """The elements side by side.

    Raises: Malformed when one isn't whole.
    """
    end = len(content) if end is None else end
    while at < end:
        found = header(content, at)
        if found is None or found.size == UNKNOWN or found.end > end:
            raise Malformed("an element is cut off")
        yield found
        at = found.end


def whole(content: bytes, element: Element) -> int:
    """An unsigned number.

    Raises: Malformed when it is longer than the format has them.
    """
    if element.size > _MOST_NUMBER:
        raise Malformed("a number is too long")
    return int.from_bytes(content[element.start : element.end])


def number(content: bytes, element: Element) -> float:
    """A float of four or eight bytes."""
    found: float = struct.unpack(">f" if element.size == 4 else ">d", content[element.start : element.end])[0]
    return found


def vint(content: bytes, at: int) -> tuple[int, int]:
    """A number of variable length, and how long it is.

    Raises: Malformed.
    """
    if at >= len(content) or not content[at]:
        raise Malformed("a number is cut off")
    length = 9 - content[at].bit_length()
    return int.from_bytes(content[at : at + length]) & ((1 << 7 * length) - 1), length


# ── writing ───────────────────────────────────────────────────────────────────────────────────


def element(name: int, *contents: bytes) -> bytes:
    size = sum(map(len, contents))
    return element_head(name, size) + b"".join(contents)


def element_head(name: int, size: int) -> bytes:
    """Id and size, the size always in eight bytes, so that lengths can be told before the contents are."""
    return name.to_bytes((name.bit_length() + 7) // 8) + (size | 1 << 56).to_bytes(8)


def unsigned(name: int, value: int, length: int = 0) -> bytes:
    return element(name, value.to_bytes(length or max(1, (value.bit_length() + 7) // 8)))


def double(name: int, value: float) -> bytes:
    return element(name, struct.pack(">d", value))


def text(name: int, value: str) -> bytes:
    return element(name, value.encode())
