"""Boxes as an attacker writes them: nothing is checked."""

import struct
from collections.abc import Sequence


def box(name: str, *contents: bytes, size: int | None = None) -> bytes:
    """A box that says it has this size, or its own."""
    body = b"".join(contents)
    return struct.pack(">I", (len(body) + 8 if size is None else size) & 0xFFFFFFFF) + name.encode("latin-1") + body


def full(name: str, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(name, bytes([version]), flags.to_bytes(3, "big"), *contents)


def table(name: str, entries: Sequence[Sequence[int]], count: int | None = None, form: str = "I") -> bytes:
    """A table that says it has `count` entries, or as many as it has."""
    packed = b"".join(struct.pack(f">{len(entry)}{form}", *entry) for entry in entries)
    return full(name, struct.pack(">I", len(entries) if count is None else count), packed)


def track(
    *tables: bytes, number: int = 1, handler: str = "vide", timescale: int = 25, entry: bytes | None = None,
    edits: bytes = b"", size: tuple[int, int] = (64, 64), duration: int = 25,
) -> bytes:  # fmt: skip
    """A track with these tables in its stbl."""
    matrix = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    tkhd = full("tkhd", bytes(8), struct.pack(">I", number), bytes(28), matrix,
                struct.pack(">II", size[0] << 16 & 0xFFFFFFFF, size[1] << 16 & 0xFFFFFFFF), flags=3)  # fmt: skip
    mdhd = full("mdhd", bytes(8), struct.pack(">II", timescale, duration & 0xFFFFFFFF), bytes(4))
    hdlr = full("hdlr", bytes(4), handler.encode(), bytes(13))
    dinf = box("dinf", full("dref", struct.pack(">I", 1), full("url ", flags=1)))
    stbl = box("stbl", full("stsd", struct.pack(">I", 1), entry or visual(size)), *tables)
    return box("trak", tkhd, edits, box("mdia", mdhd, hdlr, box("minf", full("vmhd", bytes(8)), dinf, stbl)))


def visual(size: tuple[int, int] = (64, 64), kind: str = "jpeg", more: bytes = b"") -> bytes:
    head = bytes(6) + b"\0\1" + bytes(16) + struct.pack(">HH", size[0] & 0xFFFF, size[1] & 0xFFFF)
    return box(
        kind, head, struct.pack(">II", 0x480000, 0x480000), bytes(4), b"\0\1", bytes(32), b"\0\x18\xff\xff", more
    )


def film(*tracks: bytes, timescale: int = 25, duration: int = 25, more: bytes = b"", data: bytes = bytes(64)) -> bytes:
    """A whole file: its index in front, then data."""
    mvhd = full("mvhd", bytes(8), struct.pack(">II", timescale, duration & 0xFFFFFFFF), bytes(80))
    return box("ftyp", b"isom", bytes(4), b"isom") + box("moov", mvhd, *tracks, more) + box("mdat", data)
