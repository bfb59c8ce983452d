"""Pictures that are small files and would be large in memory, and others that don't say what they are."""

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.attack import Attack

_SIDES = (30_000, 65_535, 2**31 - 1)


def attacks(photo: bytes) -> Iterator[Attack]:
    for name, content in {**_large(photo), **_odd(photo)}.items():
        yield Attack(name, content, "picture", "uploads/picture.png")


def _large(photo: bytes) -> dict[str, bytes]:
    few = zlib.compress(bytes(1000))
    webp = b"VP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\xff\xff" * 2
    lossless = b"VP8L" + struct.pack("<I", 8) + b"\x2f\xff\xff\xff\x0f" + bytes(3)
    return {
        **{f"png of {side} squared": _png(side, few) for side in _SIDES},
        "png of all its rows": _png(20_000, zlib.compress(bytes(2_000_000), 9)),
        "jpeg of most pixels": _resized(photo, 65_500),
        "webp of most pixels": b"RIFF" + struct.pack("<I", 4 + len(webp)) + b"WEBP" + webp,
        "lossless webp of most pixels": b"RIFF" + struct.pack("<I", 4 + len(lossless)) + b"WEBP" + lossless,
        "gif of most pixels": _gif(65_535, 1),
        "gif of many frames": _gif(4_000, 3_000),
        "bmp of most pixels": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, 30_000, 30_000, 1, 24, *[0] * 6),
        "bmp upside down": b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, -(2**31), -(2**31), 1, 24, *[0] * 6),
        "qoi of most pixels": b"qoif" + struct.pack(">IIBB", 40_000, 40_000, 4, 0) + b"\xfd" * 1000,
        "psd of most pixels": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 30_000, 30_000, 8, 3) + bytes(16),
        "tiff of most pixels": _tiff(60_000, 60_000),
        "tiff that leads to itself": _tiff(64, 64, following=8),
        "jxl of most pixels": b"\xff\x0a" + b"\xff" * 200,
    }


def _odd(photo: bytes) -> dict[str, bytes]:
    zeros = zlib.compress(bytes(50_000_000), 9)
    notes = b"\xff\xe1\xff\xffExif\0\0II*\0" + bytes(100)
    return {
        "png with a packed text": _png(64, zlib.compress(bytes(12_352)), _part(b"zTXt", b"Comment\0\0" + zeros)),
        "png with a packed profile": _png(64, zlib.compress(bytes(12_352)), _part(b"iCCP", b"p\0\0" + zeros)),
        "png with packed words": _png(64, zlib.compress(bytes(12_352)), _part(b"iTXt", b"Comment\0\1\0\0\0" + zeros)),
        "png with too many rows": _png(64, zeros),
        "png of endless frames": _png(64, zlib.compress(bytes(12_352)), _part(b"acTL", b"\xff" * 8)),
        "png whose parts lie": _png(64, b"").replace(b"\0\0\0\0IDAT", b"\x7f\xff\xff\xffIDAT"),
        "png of no pixels": _png(0, b""),
        "jpeg with notes that lie": photo[:2] + notes + photo[2:],
        "jpeg without end": photo[:2] + b"\xff\xff" * 100_000,
        "jpeg of a thousand scans": photo[:-2] + photo[photo.rfind(b"\xff\xda") : -2] * 1000,
        "jpeg of two sizes": photo[:-2] + photo[2:].replace(b"\xff\xc0\0\x11\x08\0\x40", b"\xff\xc0\0\x11\x08\xff\x40"),
        "heic without items": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x0cmeta\0\0\0\0",
        "avif of most pixels": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + _items(),
    }  # fmt: skip


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _png(side: int, rows: bytes, *more: bytes) -> bytes:
    head = _part(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _part(b"IDAT", rows) + _part(b"IEND", b"")


def _resized(photo: bytes, side: int) -> bytes:
    """The photo with another size in its header (SOF0)."""
    at = photo.index(b"\xff\xc0") + 5
    return photo[:at] + struct.pack(">HH", side, side) + photo[at + 4 :]


def _gif(side: int, frames: int) -> bytes:
    frame = b"\x21\xf9\4\0\0\0\0\0\x2c\0\0\0\0" + struct.pack("<HH", side, side) + b"\0\2\2\x44\1\0"
    return b"GIF89a" + struct.pack("<HH", side, side) + b"\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b"\x3b"


def _tiff(width: int, height: int, following: int = 0) -> bytes:
    tags = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 2**31}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", following)


def _items() -> bytes:
    size = struct.pack(">I4sIII", 20, b"ispe", 0, 60_000, 60_000)
    properties = struct.pack(">I4s", 16 + len(size), b"iprp") + struct.pack(">I4s", 8 + len(size), b"ipco") + size
    return struct.pack(">I4sI", 12 + len(properties), b"meta", 0) + properties
