"""The joined film as Matroska or WebM (RFC 9559), its table of keyframes in front. Pure."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from sluice.chunking import ebml
from sluice.chunking.boxes import Malformed, boxes, optional
from sluice.chunking.ebml import double, element, element_head, text, unsigned
from sluice.chunking.joined import Picture, Piece, Sound, Stored

_PICTURE, _SOUND = 1, 2
_LONGEST_CLUSTER = Fraction(5)
_NANOSECONDS = 1_000_000_000
# Sound that is sought needs so much before it, says the mapping of Opus.
_PREROLL = 80_000_000
_BLOCK_HEAD = 9
_VISUAL_ENTRY, _AUDIO_ENTRY = 78, 28

_CODECS = {
    "avc1": ("V_MPEG4/ISO/AVC", "avcC"), "hvc1": ("V_MPEGH/ISO/HEVC", "hvcC"), "hev1": ("V_MPEGH/ISO/HEVC", "hvcC"),
    "av01": ("V_AV1", "av1C"), "vp09": ("V_VP9", ""), "Opus": ("A_OPUS", "dOps"), "fLaC": ("A_FLAC", "dfLa"),
    "ac-3": ("A_AC3", ""), ".mp3": ("A_MPEG/L3", ""),
}  # fmt: skip
# Object types of MPEG-4's sound descriptions (ISO 14496-1).
_AAC, _MP3 = 0x40, {0x69, 0x6B}


class Cluster(NamedTuple):
    """Samples [first, last) of picture and sound; `time` in milliseconds, `is_key` when it begins with a keyframe."""

    time: int
    is_key: bool
    picture: tuple[int, int]
    sound: tuple[int, int]


class _Film:
    """Both tracks on one clock in milliseconds, on which nothing is before nought."""

    def __init__(self, picture: Picture, sound: Sound | None):
        self.picture, self.sound = picture, sound
        self.delay = max(0, -sound.start) if sound else 0
        self.shown = [_milliseconds(time, picture.timescale) for time in picture.pts]
        rate = sound.track.timescale if sound else 1
        # what is left out at the beginning is told as the codec's delay, and the stamps count from before it
        begin = (sound.start if sound else 0) + self.delay
        self.heard = [_milliseconds(time + begin, rate) for time in sound.samples.pts] if sound else []

    @property
    def duration(self) -> float:
        last = (self.picture.dts[-1] - self.picture.dts[0] + self.picture.last_duration) * 1000
        ends = [self.shown[0] + last / self.picture.timescale]
        if self.sound:
            ends.append(self.heard[-1] + 1000 * self.sound.samples.durations[-1] / self.sound.track.timescale)
        return max(ends)

    def clusters(self) -> Iterator[Cluster]:
        starts = list(self._starts())
        heard = 0
        for first, last in zip(starts, [*starts[1:], len(self.shown)], strict=True):
            time = min(self.shown[first:last])
            until = bisect_left(self.heard, self.shown[last]) if last < len(self.shown) else len(self.heard)
            if heard < until:
                time = min(time, self.heard[heard])
            yield Cluster(time, bool(self.picture.keys[first]), (first, last), (heard, max(heard, until)))
            heard = max(heard, until)

    def _starts(self) -> Iterator[int]:
        begun = None
        longest = _LONGEST_CLUSTER * self.picture.timescale
        for number, time in enumerate(self.picture.dts):
            if begun is None or self.picture.keys[number] or time - begun >= longest:
                begun = time
                yield number


def pieces(form: str, entries: bytes, picture: Picture, sound: Sound | None) -> Iterator[Piece]:
    """The file; `entries` is the content of a chunk's sample description box, `form` is webm or matroska."""
    film = _Film(picture, sound)
    clusters = list(film.clusters())
    sizes = [_size(film, cluster) for cluster in clusters]
    info, tracks = _info(film), _tracks(entries, film)
    keys = [n for n, cluster in enumerate(clusters) if cluster.is_key]
    front = len(_seek_head([0, 0, 0])) + len(info) + len(tracks)
    cues_size = len(_cues([(0, 0)] * len(keys)))
    places, at = [], front + cues_size
    for size in sizes:
        places.append(at)
        at += size
    cues = _cues([(min(film.shown[clusters[n].picture[0]], 1 << 62), places[n]) for n in keys])
    seek = _seek_head([len(_seek_head([0, 0, 0])), front - len(tracks), front])
    head = _file_head(form) + element_head(ebml.SEGMENT, at) + seek + info + tracks + cues
    yield Piece(len(head), (), lambda _: head)
    for cluster, size in zip(clusters, sizes, strict=True):
        yield _piece(film, cluster, size)


def _piece(film: _Film, cluster: Cluster, size: int) -> Piece:
    pictures = tuple(film.picture.stored(*cluster.picture))
    sounds: tuple[Stored, ...] = tuple(film.sound.stored(*cluster.sound)) if film.sound else ()

    def make(read: Sequence[bytes]) -> bytes:
        seen, heard = b"".join(read[: len(pictures)]), b"".join(read[len(pictures) :])
        return b"".join(_written(film, cluster, seen, heard))

    return Piece(size, pictures + sounds, make)


def _size(film: _Film, cluster: Cluster) -> int:
    count = cluster.picture[1] - cluster.picture[0] + cluster.sound[1] - cluster.sound[0]
    payload = sum(film.picture.sizes[slice(*cluster.picture)])
    payload += sum(film.sound.samples.sizes[slice(*cluster.sound)]) if film.sound else 0
    return len(_cluster_head(0, 0)) + _BLOCK_HEAD * count + payload


def _cluster_head(time: int, size: int) -> bytes:
    stamp = unsigned(0xE7, time, 8)
    return element_head(ebml.CLUSTER, len(stamp) + size) + stamp


def _written(film: _Film, cluster: Cluster, seen: bytes, heard: bytes) -> Iterator[bytes]:
    """The cluster's bytes, its blocks in the order in which they are needed."""
    yield _cluster_head(cluster.time, _size(film, cluster) - len(_cluster_head(0, 0)))
    blocks = []
    decoded = [_milliseconds(film.picture.dts[n], film.picture.timescale) for n in range(*cluster.picture)]
    at = 0
    for number, needed in zip(range(*cluster.picture), decoded, strict=True):
        size, key = film.picture.sizes[number], bool(film.picture.keys[number])
        head = _block_head(_PICTURE, film.shown[number] - cluster.time, key, size)
        blocks.append((needed, _PICTURE, number, head, seen[at : at + size]))
        at += size
    at = 0
    for number in range(*cluster.sound) if film.sound else ():
        assert film.sound, "there are samples of it"
        size = film.sound.samples.sizes[number]
        head = _block_head(_SOUND, film.heard[number] - cluster.time, True, size)
        blocks.append((film.heard[number], _SOUND, number, head, heard[at : at + size]))
        at += size
    for _, _, _, head, content in sorted(blocks, key=lambda block: block[:3]):
        yield head
        yield content


def _block_head(track: int, time: int, key: bool, size: int) -> bytes:
    """SimpleBlock up to its frame: id, size in four bytes, track, time from the cluster's, flags."""
    return (
        b"\xa3"
        + (size + 4 | 1 << 28).to_bytes(4)
        + bytes([0x80 | track])
        + time.to_bytes(2, signed=True)
        + bytes([0x80 if key else 0])
    )


# ── the head ──────────────────────────────────────────────────────────────────────────────────


def _file_head(form: str) -> bytes:
    return element(
        ebml.EBML, unsigned(0x4286, 1), unsigned(0x42F7, 1), unsigned(0x42F2, 4), unsigned(0x42F3, 8),
        text(0x4282, form), unsigned(0x4287, 4), unsigned(0x4285, 2),
    )  # fmt: skip


def _seek_head(places: Sequence[int]) -> bytes:
    names = (ebml.INFO, ebml.TRACKS, ebml.CUES)
    return element(
        ebml.SEEK_HEAD,
        *(
            element(0x4DBB, element(0x53AB, name.to_bytes(4)), unsigned(0x53AC, place, 8))
            for name, place in zip(names, places, strict=True)
        ),
    )


def _info(film: _Film) -> bytes:
    return element(
        ebml.INFO, unsigned(0x2AD7B1, 1_000_000), double(0x4489, film.duration), text(0x4D80, "Sluice"),
        text(0x5741, "Sluice"),
    )  # fmt: skip


def _cues(points: Sequence[tuple[int, int]]) -> bytes:
    return element(
        ebml.CUES,
        *(
            element(0xBB, unsigned(0xB3, time, 8), element(0xB7, unsigned(0xF7, _PICTURE), unsigned(0xF1, place, 8)))
            for time, place in points
        ),
    )


def _tracks(entries: bytes, film: _Film) -> bytes:
    entry = next(boxes(entries[8:]))
    inner = entry.content[_VISUAL_ENTRY:]
    width, height = (int.from_bytes(entry.content[at : at + 2]) for at in (24, 26))
    picture = element(
        0xAE, unsigned(0xD7, _PICTURE), unsigned(0x73C5, _PICTURE), unsigned(0x9C, 0), unsigned(0x83, 1),
        *_codec(entry.name, inner),
        element(0xE0, unsigned(0xB0, width), unsigned(0xBA, height), unsigned(0x9A, 2), *_colour(inner)),
    )  # fmt: skip
    return element(ebml.TRACKS, picture, *([_sound_track(film)] if film.sound else []))


def _colour(inner: bytes) -> Iterator[bytes]:
    colr = optional(inner, "colr")
    if colr is not None and colr[:4] == b"nclx":
        primaries, transfer, matrix = (int.from_bytes(colr[at : at + 2]) for at in (4, 6, 8))
        full = unsigned(0x55B9, 2 if colr[10] & 0x80 else 1)
        yield element(0x55B0, unsigned(0x55B1, matrix), full, unsigned(0x55BA, transfer), unsigned(0x55BB, primaries))


def _sound_track(film: _Film) -> bytes:
    assert film.sound, "there is sound"
    entry = next(boxes(film.sound.track.entries[8:]))
    channels = int.from_bytes(entry.content[16:18])
    rate = film.sound.track.timescale
    delay = round(Fraction(film.delay * _NANOSECONDS, rate))
    return element(
        0xAE, unsigned(0xD7, _SOUND), unsigned(0x73C5, _SOUND), unsigned(0x9C, 0), unsigned(0x83, 2),
        *_codec(entry.name, entry.content[_AUDIO_ENTRY:]),
        *([unsigned(0x56AA, delay)] if delay else []), *([unsigned(0x56BB, _PREROLL)] if entry.name == "Opus" else []),
        element(0xE1, double(0xB5, float(rate)), unsigned(0x9F, channels)),
    )  # fmt: skip


def _codec(entry: str, inner: bytes) -> list[bytes]:
    """CodecID and CodecPrivate of a sample description.

    Raises: Malformed for what no encoder of ours makes.
    """
    if entry == "mp4a":
        return _mpeg_sound(optional(inner, "esds") or b"")
    if entry not in _CODECS:
        raise Malformed(f"{entry} has no name in Matroska here")
    name, box = _CODECS[entry]
    private = optional(inner, box) if box else None
    if entry == "Opus":
        private = _opus_head(private or b"")
    if entry == "fLaC":
        private = b"fLaC" + (private or b"")[4:]
    return [text(0x86, name), *([element(0x63A2, private)] if private else [])]


def _opus_head(dops: bytes) -> bytes:
    """From big to little ends (RFC 7845, and its mapping into ISO files)."""
    channels, skip, rate, gain = dops[1:2], dops[2:4][::-1], dops[4:8][::-1], dops[8:10][::-1]
    return b"OpusHead\1" + channels + skip + rate + gain + dops[10:]


def _mpeg_sound(esds: bytes) -> list[bytes]:
    """AAC with its configuration, or MP3, from the tags of an elementary stream descriptor."""
    kind, config, at = 0, b"", 4
    while at + 2 <= len(esds):
        tag, size, at = esds[at], 0, at + 1
        while esds[at] & 0x80:
            size, at = size << 7 | esds[at] & 0x7F, at + 1
        size, at = size << 7 | esds[at], at + 1
        if tag == 3:
            at += 3
        elif tag == 4:
            kind, at = esds[at], at + 13
        else:
            config = esds[at : at + size] if tag == 5 else config
            at += size
    if kind in _MP3:
        return [text(0x86, "A_MPEG/L3")]
    if kind != _AAC:
        raise Malformed("its sound has no name in Matroska here")
    return [text(0x86, "A_AAC"), element(0x63A2, config)]


def _milliseconds(time: int, timescale: int) -> int:
    """Rounded as ffmpeg does: halves away from nought."""
    whole = (2 * abs(time) * 1000 + timescale) // (2 * timescale)
    return whole if time >= 0 else -whole
