"""MP4 and MOV whose index lies, and other films: sizes, counts, times."""

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.attack import Attack
from tests.hostile.boxes import box, film, full, table, track, visual

_MANY, _HUGE = 0xFFFFFFFF, 2**63
_JPEG = b"\xff\xd8\xff\xd9"
# the tables of ten samples
_USUAL = {
    "stts": table("stts", [(10, 1)]),
    "stsc": table("stsc", [(1, 10, 1)]),
    "stsz": full("stsz", struct.pack(">II", 4, 10)),
    "stco": table("stco", [(48,)]),
}


def _tables(**other: bytes) -> list[bytes]:
    return list({**_USUAL, **other}.values())


def _sizes(usual: int, count: int, entries: int = 0) -> bytes:
    return full("stsz", struct.pack(">II", usual, count), struct.pack(">I", 4) * entries)


def _edits(count: int, entries: int, duration: int = 1, time: int = 0) -> bytes:
    listed = struct.pack(">Iihh", duration & 0xFFFFFFFF, time, 1, 0) * entries
    return box("edts", full("elst", struct.pack(">I", count), listed))


def _long_edits(duration: int, time: int) -> bytes:
    return box("edts", full("elst", struct.pack(">I", 1), struct.pack(">qqhh", duration, time, 1, 0), version=1))


def attacks(whole: bytes) -> Iterator[Attack]:
    for name, content in {**_lying_tables(), **_times(), **_bombs()}.items():
        yield Attack(name, content, "film")
    yield from _boxes(whole)
    yield from _others()


def _lying_tables() -> dict[str, bytes]:
    zigzag = table("stsc", [entry for _ in range(100_000) for entry in ((1, 0, 1), (2**31, 0, 1))])
    return {
        "endless sample sizes": film(track(*_tables(stsz=_sizes(0, _MANY)))),
        "endless samples of a size": film(track(*_tables(stsz=_sizes(4, _MANY)))),
        "endless times": film(track(*_tables(stts=table("stts", [(10, 1)], _MANY)))),
        "endless run of times": film(track(*_tables(stts=table("stts", [(_MANY, 1)])))),
        "endless chunks": film(track(*_tables(stco=table("stco", [(48,)], _MANY)))),
        "endless groups": film(track(*_tables(stsc=table("stsc", [(1, 1, 1)], _MANY)))),
        "groups there and back": film(track(*_tables(stsc=zigzag, stco=table("stco", [(48,)] * 100_000)))),
        "group of endless samples": film(track(*_tables(stsc=table("stsc", [(1, _MANY, 1)])))),
        "group nought": film(track(*_tables(stsc=table("stsc", [(0, 10, 1)])))),
        "chunk beyond the file": film(track(*_tables(stco=full("co64", struct.pack(">IQ", 1, _HUGE - 1))))),
        "chunk beyond all numbers": film(track(*_tables(stco=full("co64", struct.pack(">IQ", 1, 2**64 - 1))))),
        "samples larger than the file": film(track(*_tables(stsz=_sizes(_MANY, 10)))),
        "endless keyframes": film(track(*_tables(), table("stss", [(1,)], _MANY))),
        "keyframe that is no sample": film(track(*_tables(), table("stss", [(0,), (_MANY,)]))),
        "endless shifts": film(track(*_tables(), table("ctts", [(10, 1)], _MANY))),
        "shifts below nought": film(track(*_tables(), table("ctts", [(10, -(2**31))], form="i"))),
        "endless edits": film(track(*_tables(), edits=_edits(_MANY, 1))),
        "many edits": film(track(*_tables(), edits=_edits(50_000, 50_000))),
        "edit before all time": film(track(*_tables(), edits=_long_edits(2**62, -(2**62)))),
        "edit after all time": film(track(*_tables(), edits=_long_edits(-1, 2**62))),
        "descriptions without end": film(track(*_tables(), entry=visual() * 3000)),
        "long description": film(track(*_tables(), entry=visual(more=box("free", bytes(3_000_000))))),
        "no tables": film(track()),
        "overlapping samples": film(track(*_tables(
            stts=table("stts", [(100_000, 1)]), stsc=table("stsc", [(1, 1, 1)]), stsz=_sizes(40_000, 100_000),
            stco=table("stco", [(48,)] * 100_000))), data=_JPEG * 10_000),
    }  # fmt: skip


def _times() -> dict[str, bytes]:
    return {
        "timescale nought": film(track(*_tables(), timescale=0), timescale=0),
        "finest timescale": film(track(*_tables(), timescale=2**32 - 1), timescale=2**32 - 1),
        "one frame in seventy years": film(track(*_tables(stts=table("stts", [(10, 2**31)])), timescale=1)),
        "two thousand million frames a second": film(track(*_tables(), timescale=2**31 - 1)),
        "duration without end": film(track(*_tables(), duration=-1), duration=-1),
        "frames at one moment": film(track(*_tables(stts=table("stts", [(10, 0)])))),
        "times backwards": film(track(*_tables(stts=table("stts", [(10, -1)], form="i")))),
        "film of nought pixels": film(track(*_tables(), entry=visual((0, 0)), size=(0, 0))),
        "film of most pixels": film(track(*_tables(), entry=visual((65535, 65535)), size=(65535, 65535))),
    }


def _bombs() -> dict[str, bytes]:
    zeros = zlib.compress(bytes(60_000_000), 9)
    packed = box("cmov", box("dcom", b"zlib"), box("cmvd", struct.pack(">I", 60_000_000), zeros))
    promised = box("cmov", box("dcom", b"zlib"), box("cmvd", struct.pack(">I", 2**31 - 1), zeros[:100]))
    constant = [_sizes(4, 5_000_000), table("stts", [(5_000_000, 1)]), table("stsc", [(1, 5_000_000, 1)])]
    return {
        "packed index": box("ftyp", b"qt  ", bytes(8)) + box("moov", packed) + box("mdat", bytes(64)),
        "packed index of lies": box("ftyp", b"qt  ", bytes(8)) + box("moov", promised) + box("mdat", bytes(64)),
        "sixty tracks of five million samples": film(
            *(track(*constant, _USUAL["stco"], number=n) for n in range(1, 61))
        ),
        "three thousand tracks": film(*(track(*_tables(), number=n) for n in range(1, 3001))),
        "tag that is longer than the file": film(track(*_tables()), more=box("udta", box("\xa9nam", b"x", size=2**31))),
        "cover of a gigabyte": film(
            track(*_tables()),
            more=box("udta", full("meta", box("ilst", box("covr", box("data", bytes(8), size=2**30))))),
        ),
        "chapters without end": film(
            track(*_tables()), more=box("udta", full("chpl", bytes(4), b"\xff" + b"\0\0\0\0\0\0\0\1\xff" * 255))
        ),
    }


def _boxes(whole: bytes) -> Iterator[Attack]:
    head = box("ftyp", b"isom", bytes(4), b"isom")
    for side in (0, 1, 2, 7, 9, 2**31, 2**32 - 1):
        yield Attack(f"box of size {side}", head + box("moov", bytes(100), size=side) + whole, "film")
    for long in (0, 15, 2**62, 2**63, 2**64 - 1):
        yield Attack(f"long box of size {long}", head + box("moov", struct.pack(">Q", long), size=1) + whole, "film")
    nested = b"".join(struct.pack(">I4s", 8 * left, b"udta") for left in range(100_000, 0, -1))
    yield Attack("boxes in boxes", head + box("moov", nested), "film")
    yield Attack("a million boxes", head + struct.pack(">I4s", 8, b"free") * 1_000_000 + whole[28:], "film")
    yield Attack("a million fragments", film(track()) + (box("moof") + box("mdat")) * 500_000, "film")
    endless = box("moof", full("mfhd", bytes(4)), box("traf", full("tfhd", b"\0\0\0\1"), full("trun", b"\xff" * 4)))
    yield Attack("fragments that lie", film(track(), more=box("mvex", full("trex", b"\0\0\0\1", bytes(16)))) +
                 endless * 2000, "film")  # fmt: skip
    index = full("sidx", bytes(8), bytes(4), bytes(6), b"\xff\xff", (b"\x80\0\0\x20" + bytes(8)) * 65535)
    yield Attack("segment index that leads to itself", head + index + film(track(*_tables())), "film")
    yield Attack("two indexes", whole + whole, "film")


def _others() -> Iterator[Attack]:
    for rate in ("F1:2147483648", "F0:0", "F2147483647:1", "F-1:-1", "Fnan:inf"):
        yield Attack(f"y4m {rate}", f"YUV4MPEG2 W64 H64 {rate}\nFRAME\n".encode() + bytes(6144), "film")
    yield Attack("y4m of most pixels", b"YUV4MPEG2 W30000 H30000 F25:1\nFRAME\n" + bytes(1000), "film")
    for top, scale in ((1, 2**31), (2**31, 1), (0, 0), (2**32 - 1, 2**32 - 1)):
        head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, b"VP80", 64, 64, top, scale, 2**31, 0)
        frames = b"".join(struct.pack("<IQ", 4, time) + bytes(4) for time in (0, 2**62, 2**63, 1))
        yield Attack(f"ivf at {top} by {scale}", head + frames, "film")
    yield Attack("flv of nested values", _flv(b"\x03\0\1a" * 100_000), "film")
    for name, value in {"nan": float("nan"), "infinite": float("inf"), "backward": -1e308}.items():
        numbers = b"".join(
            len(key).to_bytes(2, "big") + key + b"\0" + struct.pack(">d", value)
            for key in (b"duration", b"framerate", b"width", b"height", b"videocodecid")
        )
        yield Attack(f"flv of {name} numbers", _flv(b"\x08\0\0\0\5" + numbers + b"\0\0\x09"), "film")
    yield Attack("ts of a thousand programs", _transport_stream(), "film")


def _flv(value: bytes) -> bytes:
    script = b"\x02\0\x0aonMetaData" + value
    tag = b"\x12" + len(script).to_bytes(3, "big") + bytes(7) + script
    video = b"\x09\0\0\5" + bytes(7) + b"\x22\0\0\0\0"
    return b"FLV\1\5\0\0\0\x09\0\0\0\0" + tag + struct.pack(">I", len(tag)) + video + struct.pack(">I", 16)


def _transport_stream() -> bytes:
    """Tables of programs that never are the same, and packets of all numbers; the checksums are wrong, or not asked."""
    packets = []
    for number in range(4000):
        section = struct.pack(">BHHBBB", 0, 0xB00D, number, 0xC1, 0, 0) + struct.pack(">HH", number, 0xE000 | number)
        packets.append(struct.pack(">BHB", 0x47, 0x4000, 0x10) + b"\0" + section)
        pes = b"\0\0\1\xe0\0\0\x80\xc0\x0a\x3f\xff\xff\xff\xff\x1f\xff\xff\xff\xff"
        packets.append(struct.pack(">BHB", 0x47, 0x4000 | number, 0x10) + pes)
    return b"".join(packet.ljust(188, b"\xff") for packet in packets)
