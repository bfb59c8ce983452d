"""What a finished set consists of: what HLS and DASH manifests are both written from."""

from dataclasses import dataclass
from fractions import Fraction

from sluice.kinds.adaptive.cmaf import Fragment, Track
from sluice.media import Size

IFRAMES_PLAYLIST = "iframes.m3u8"


@dataclass(frozen=True)
class VideoMember:
    """`name` is the folder of its segments and the stem of its playlist."""

    name: str
    track: Track
    size: Size
    frame_rate: Fraction


@dataclass(frozen=True)
class AudioMember:
    name: str
    track: Track
    language: str | None
    label: str
    channels: int


@dataclass(frozen=True)
class SubtitleMember:
    """`name` is the stem of its WebVTT file."""

    name: str
    language: str | None
    label: str


@dataclass(frozen=True)
class Picture:
    """A byte range that holds one whole picture, and the seconds until the next."""

    offset: int
    size: int
    seconds: Fraction


@dataclass(frozen=True)
class IframesMember:
    """Single pictures in one file; its first `init_size` bytes are what a decoder needs before any of them."""

    uri: str
    codec: str
    size: Size
    init_size: int
    pictures: tuple[Picture, ...]

    @property
    def peak_bitrate(self) -> int:
        return max(round(p.size * 8 / p.seconds) for p in self.pictures)

    @property
    def average_bitrate(self) -> int:
        return round(sum(p.size for p in self.pictures) * 8 / sum(p.seconds for p in self.pictures))


@dataclass(frozen=True)
class Members:
    """The whole set; `video` best first. Encrypted when `key_uri` is there."""

    video: tuple[VideoMember, ...]
    audio: tuple[AudioMember, ...]
    subtitles: tuple[SubtitleMember, ...]
    iframes: IframesMember | None
    key_uri: str | None = None

    @property
    def duration(self) -> Fraction:
        return max(member.track.end for member in self.video)

    @property
    def tracks(self) -> dict[str, Track]:
        """Of pictures and sound, by the names of their folders."""
        return {m.name: m.track for m in self.video} | {m.name: m.track for m in self.audio}

    @property
    def target(self) -> Fraction:
        """The longest segment in seconds."""
        return max(track.seconds(segment) for track in self.tracks.values() for segment in track.segments)


def pictures(fragments: list[Fragment], timescale: int, end: Fraction) -> tuple[Picture, ...]:
    """Each fragment is shown until the next one starts, the last one until the `end` of the film in seconds."""
    starts = [Fraction(fragment.start, timescale) for fragment in fragments]
    until = [*starts[1:], max(end, starts[-1] + Fraction(1, 100))]
    return tuple(
        Picture(fragment.offset, fragment.size, stop - start)
        for fragment, start, stop in zip(fragments, starts, until, strict=True)
    )
