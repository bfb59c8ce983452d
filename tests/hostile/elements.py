"""Matroska whose elements lie."""

import struct
import zlib
from collections.abc import Iterator

from tests.hostile.attack import Attack, Lures

_HEAD = bytes.fromhex("1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b614287810442858102")
_SEGMENT, _INFO, _TRACKS, _CUES, _CLUSTER, _SEEK, _CHAPTERS, _TAGS, _ATTACHMENTS = (
    0x18538067, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1F43B675, 0x114D9B74, 0x1043A770, 0x1254C367, 0x1941A469,
)  # fmt: skip
_UNKNOWN = b"\x01" + b"\xff" * 7
_JPEG = b"\xff\xd8\xff\xd9"


def element(name: int, *contents: bytes, size: int | None = None) -> bytes:
    body = b"".join(contents)
    length = struct.pack(">Q", 1 << 56 | (len(body) if size is None else size) & ((1 << 56) - 1))
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + length + body


def number(name: int, value: int) -> bytes:
    return element(name, value.to_bytes(8, "big"))


def _track(*more: bytes, size: tuple[int, int] = (64, 64)) -> bytes:
    picture = element(0xE0, number(0xB0, size[0]), number(0xBA, size[1]))
    return element(0xAE, number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), element(0x86, b"V_MJPEG"), picture, *more)


def _info(scale: int = 1_000_000, duration: float = 1000.0, *more: bytes) -> bytes:
    return element(_INFO, number(0x2AD7B1, scale), element(0x4489, struct.pack(">d", duration)), *more)


def _block(time: int = 0, flags: int = 0x80, content: bytes = _JPEG) -> bytes:
    return element(0xA3, b"\x81" + struct.pack(">h", time) + bytes([flags]) + content)


def cluster(*blocks: bytes, time: int = 0) -> bytes:
    return element(_CLUSTER, number(0xE7, time), *(blocks or (_block(),)))


def cue(time: int, position: int) -> bytes:
    return element(0xBB, number(0xB3, time), element(0xB7, number(0xF7, 1), number(0xF1, position)))


def _seek(name: int, position: int) -> bytes:
    return element(0x4DBB, element(0x53AB, name.to_bytes(4, "big")), number(0x53AC, position))


def film(*parts: bytes) -> bytes:
    return _HEAD + element(_SEGMENT, *parts)


def attacks(whole: bytes, lures: Lures) -> Iterator[Attack]:
    for name, content in {**_indexes(), **_sizes(), **_numbers(), **_packed(), **_beside(lures)}.items():
        yield Attack(name, content, "matroska", "uploads/clip.mkv")
    cues = whole.rfind(_CUES.to_bytes(4, "big"))
    assert cues > 0
    yield Attack("cues without end", whole[: cues + 4] + _UNKNOWN + whole[cues + 5 :], "matroska")


def usual() -> bytes:
    """What comes before the clusters."""
    return _info() + element(_TRACKS, _track())


def _indexes() -> dict[str, bytes]:
    head = usual()
    seeks = element(_SEEK, *(_seek(_CUES, 2**40 + n) for n in range(3000)))
    return {
        "seek head that leads to itself": film(element(_SEEK, _seek(_SEEK, 0), _seek(_CUES, 0)), head, cluster()),
        "seek head beyond the file": film(element(_SEEK, _seek(_CUES, 2**63 - 1)), head, cluster()),
        "thousands of seeks": film(seeks, head, cluster()),
        "cues beyond the file": film(head, element(_CUES, cue(0, 2**62), cue(5, 2**63)), cluster()),
        "cues backwards": film(head, element(_CUES, *(cue(n * 500, 900 - n) for n in range(800))), cluster()),
        "many cues of one moment": film(head, element(_CUES, cue(0, 0) * 20_000), cluster()),
        "cue at the end of time": film(head, element(_CUES, cue(0, 0), cue(2**64 - 1, 0)), cluster()),
        "cues of nothing": film(head, element(_CUES, element(0xBB)), cluster()),
        "cues of crumbs": film(head, element(_CUES, element(0xBB, b"\xec\x80" * 500_000)), cluster()),
        "cue of a long number": film(head, element(_CUES, element(0xBB, element(0xB3, b"\xff" * 500_000))), cluster()),
    }


def _sizes() -> dict[str, bytes]:
    track = element(_TRACKS, _track())
    unknown = _HEAD + b"\x18\x53\x80\x67" + _UNKNOWN
    nested = b""
    for _ in range(3000):
        nested = element(0x67C8, element(0x45A3, b"a"), nested)
    return {
        "all sizes unknown": unknown + b"\x15\x49\xa9\x66" + _UNKNOWN + b"\x16\x54\xae\x6b" + _UNKNOWN,
        "clusters of unknown sizes": unknown + _info() + track + (b"\x1f\x43\xb6\x75" + _UNKNOWN) * 5000,
        "larger than the file": _HEAD + element(_SEGMENT, _info(), element(_TRACKS, _track(), size=2**55)),
        "segment of nothing": _HEAD + element(_SEGMENT),
        "a head of voids": _HEAD + element(_SEGMENT, element(0xEC, size=0) * 100_000, _info(), track, cluster()),
        "void over all": film(element(0xEC, size=2**50), _info(), track),
        "tags in tags": film(_info(), track, element(_TAGS, element(0x7373, nested)), cluster()),
        "head that lies": _HEAD[:4] + b"\x10\xff\xff\xff" + _HEAD[5:] + element(_SEGMENT, _info(), track),
        "another kind of document": _HEAD.replace(b"matroska", b"../../et") + element(_SEGMENT, _info(), track),
    }


def _numbers() -> dict[str, bytes]:
    track = element(_TRACKS, _track())
    blocks = [_block(-32768), _block(32767), _block(0)]
    return {
        "unit of time nought": film(_info(0), track, cluster()),
        "unit of time without end": film(_info(2**63), track, cluster(time=2**62)),
        "duration that is no number": film(_info(1_000_000, float("nan")), track, cluster()),
        "duration of infinity": film(_info(1_000_000, float("inf")), track, cluster()),
        "duration below nought": film(_info(1_000_000, -1e300), track, cluster()),
        "times at the end": film(_info(), track, *(cluster(*blocks, time=t) for t in (2**62, 0, 2**63 - 1, 2**64 - 1))),
        "frame of no time": film(_info(), element(_TRACKS, _track(number(0x23E383, 1))), cluster()),
        "frame without end": film(_info(), element(_TRACKS, _track(number(0x23E383, 2**63))), cluster()),
        "most pixels": film(_info(), element(_TRACKS, _track(size=(2**31 - 1, 2**31 - 1))), cluster()),
        "pixels beyond numbers": film(_info(), element(_TRACKS, _track(size=(2**63, 2**63))), cluster()),
        "thousands of tracks": film(_info(), element(_TRACKS, _track() * 3000), cluster()),
        "track nought": film(_info(), element(_TRACKS, element(0xAE, number(0xD7, 0), number(0x83, 1))), cluster()),
        "long language": film(_info(), element(_TRACKS, _track(), _words("x" * 600_000)), cluster()),
    }


def _words(language: str) -> bytes:
    return element(
        0xAE, number(0xD7, 2), number(0x73C5, 2), number(0x83, 2), element(0x86, b"A_PCM/INT/LIT"),
        element(0x22B59C, language.encode()), element(0xE1, element(0xB5, struct.pack(">d", 8000.0)), number(0x9F, 1)),
    )  # fmt: skip


def _packed() -> dict[str, bytes]:
    def film_of(algorithm: int, content: bytes, *settings: bytes) -> bytes:
        packing = element(0x6D80, element(0x6240, element(0x5034, number(0x4254, algorithm), *settings)))
        return film(_info(), element(_TRACKS, _track(packing)), cluster(*[_block(content=content)] * 20))

    track = element(_TRACKS, _track())
    laces = {"of one kind": b"\x02\xff\xff\xff", "of another": b"\x06\xff\x01\xff\xff\xff", "even": b"\x04\xff"}
    return {
        "frame that unpacks to much": film_of(0, zlib.compress(bytes(60_000_000), 9)),
        "frame that doesn't unpack": film_of(0, b"\x78\x9c\xff\xff\xff"),
        "long head of frames": film_of(3, _JPEG, element(0x4255, bytes(200_000))),
        "unknown packing": film_of(2**31, _JPEG),
        **{
            f"lacing {name}": film(_info(), track, cluster(_block(flags=lace[0], content=lace[1:])))
            for name, lace in laces.items()
        },
    }  # fmt: skip


def _beside(lures: Lures) -> dict[str, bytes]:
    track = element(_TRACKS, _track())
    linked = element(0x3E83AB, f"{lures.url}/next.mkv".encode()), element(0x3C83AB, lures.file.encode())
    families = element(0x4444, bytes(16)), element(0x73A4, bytes(16)), element(0x3EB923, bytes(16))

    def attached(name: str, kind: str, content: bytes) -> bytes:
        return element(_ATTACHMENTS, element(0x61A7, element(0x466E, name.encode()), element(0x4660, kind.encode()),
                       element(0x465C, content), number(0x46AE, 1)))  # fmt: skip

    chapter = element(0xB6, number(0x73C4, 1), number(0x91, 0), number(0x92, 2**63), element(0x6E67, bytes(16)))
    many = b"".join(element(0xB6, number(0x73C4, n), number(0x91, n), element(0x80, element(0x85, b"x" * 100)))
                    for n in range(1, 60_000))  # fmt: skip
    return {
        "film that goes on elsewhere": film(_info(1_000_000, 1000.0, *linked, *families), track, cluster()),
        "chapter of another film": film(_info(), track, element(_CHAPTERS, element(0x45B9, chapter)), cluster()),
        "endless chapters": film(_info(), track, element(_CHAPTERS, element(0x45B9, many)), cluster()),
        "attachment by a path": film(_info(), track, attached(lures.file, "font/ttf", b"\0\1\0\0"), cluster()),
        "attachment that climbs": film(_info(), track, attached("../../../tmp/x", "text/plain", b"x"), cluster()),
        "attached playlist": film(
            _info(), track, attached("a.m3u8", "image/png", f"#EXTM3U\n{lures.url}/attached\n".encode()), cluster()
        ),
        "attachment larger than the file": film(_info(), track, element(_ATTACHMENTS, size=2**40)),
    }
