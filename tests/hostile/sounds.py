"""Sounds whose heads lie."""

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.attack import Attack, Lures


def attacks(song: bytes, lures: Lures) -> Iterator[Attack]:
    for name, content in {**_tagged(song, lures), **_waves(), **_others()}.items():
        yield Attack(name, content, "sound", "uploads/sound.mp3")


def _tag(*frames: bytes, size: int | None = None) -> bytes:
    body = b"".join(frames)
    return b"ID3\4\0\0" + _whole(len(body) if size is None else size) + body


def _whole(value: int) -> bytes:
    """Seven bits a byte, as ID3 writes sizes."""
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frame(name: bytes, content: bytes, flags: int = 0, size: int | None = None) -> bytes:
    return name + _whole(len(content) if size is None else size) + struct.pack(">H", flags) + content


def _tagged(song: bytes, lures: Lures) -> dict[str, bytes]:
    zeros = zlib.compress(bytes(60_000_000), 9)
    cover = b"\0image/png\0\3\0"
    large = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\0\xff\xff" * 2
    return {
        "tag larger than the file": _tag(size=2**28 - 1) + song,
        "tag in tags": _tag(size=10) * 5000 + song,
        "many tags": _tag(*[_frame(b"TXXX", b"\0k%d\0v" % n) for n in range(20_000)]) + song,
        "packed tag": _tag(_frame(b"TIT2", struct.pack(">I", 60_000_000) + zeros, flags=9)) + song,
        "packed tag that lies": _tag(_frame(b"TIT2", struct.pack(">I", 2**31 - 1) + zeros[:50], flags=9)) + song,
        "cover that lies": _tag(_frame(b"APIC", cover, size=2**28 - 1)) + song,
        "cover by an address": _tag(_frame(b"APIC", b"\0-->\0\3\0" + f"{lures.url}/cover".encode())) + song,
        "cover that is a playlist": _tag(_frame(b"APIC", cover + f"#EXTM3U\n{lures.url}/cover\n".encode())) + song,
        "cover of most pixels": _tag(_frame(b"APIC", cover + large)) + song,
        "tag of addresses": _tag(_frame(b"WOAF", lures.url.encode()), _frame(b"LINK", lures.url.encode())) + song,
        "chapters of all time": _tag(*[_frame(b"CHAP", b"c%d\0" % n + b"\xff" * 16) for n in range(5000)]) + song,
        "count of frames that lies": song.replace(b"Info\0\0\0", b"Info\xff\xff\xff"),
    }  # fmt: skip


def _waves() -> dict[str, bytes]:
    def wave(channels: int = 1, rate: int = 8000, bits: int = 16, size: int = 2**32 - 1, kind: int = 1) -> bytes:
        form = struct.pack("<HHIIHH", kind, channels, rate, rate & 0xFFFF, 2, bits)
        return b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", size) + bytes(4000)

    return {
        "wave without end": wave(),
        "wave of most channels": wave(channels=65_535),
        "wave of no channel": wave(channels=0),
        "wave of no rate": wave(rate=0),
        "wave of highest rate": wave(rate=2**32 - 1),
        "wave of no bits": wave(bits=0),
        "wave of many bits": wave(bits=65_535),
        "wave of unknown kind": wave(kind=0xFFFE),
        "long wave": wave().replace(b"RIFF", b"RF64") + b"ds64" + b"\xff" * 40,
    }


def _others() -> dict[str, bytes]:
    stream = b"fLaC\0\0\0\x22" + bytes(10) + b"\0\0\0\xf0" + b"\xff" * 20
    comment = struct.pack("<II", 0, 2**32 - 1)
    page = b"OggS\0\2" + b"\xff" * 8 + bytes(12) + b"\xff" + b"\xff" * 255 + b"\x01vorbis" + b"\xff" * 300
    return {
        "flac of no rate": stream,
        "flac of endless comments": stream + b"\x84\0\0\x08" + comment,
        "flac with a picture that lies": stream + b"\x86\0\0\x20" + struct.pack(">I", 2**32 - 1) * 8,
        "flac with a table of times": stream + b"\x03\xff\xff\xff" + b"\xff" * 5000,
        "ogg whose pages lie": page * 200,
        "ogg of a thousand streams": b"".join(page[:14] + struct.pack("<I", n) + page[18:] for n in range(1000)),
        "aac without end": b"\xff\xf1\x50\x80\x00\x1f\xfc" * 5000,
        "aiff of no rate": b"FORM\0\0\0\x2eAIFFCOMM\0\0\0\x12\0\1\xff\xff\xff\xff\0\x10" + b"\xff" * 10,
        "caf of no frames": b"caff\0\1\0\0desc" + struct.pack(">Q", 32) + b"\x7f\xf0" + bytes(6) + b"lpcm" + bytes(20),
        "amr of noise": b"#!AMR\n" + b"\x7c\xff" * 3000,
    }  # fmt: skip
