"""What the formats of sound can hold, and how they are written. Tables, and the questions that are asked of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class AudioFormat(StrEnum):
    """`ogg` holds Vorbis, `opus` is Opus in Ogg, `m4a` is AAC, `hls` is AAC in segments with playlists."""

    MP3 = "mp3"
    M4A = "m4a"
    OGG = "ogg"
    OPUS = "opus"
    WAV = "wav"
    FLAC = "flac"
    HLS = "hls"


class Writer(NamedTuple):
    """`bitrate` is the default for stereo, `highest` for any number of channels; None where it is lossless.

    `quality` stands in for the default bitrate where the encoder has no rate that suits every sample rate.
    """

    encoder: str
    muxer: tuple[str, ...]
    bitrate: int | None
    highest: int | None
    most_channels: int = 8
    sample_rates: tuple[int, ...] = ()
    highest_rate: int = 192_000
    holds_cover: bool = False
    quality: tuple[str, ...] = ()

    @property
    def lossless(self) -> bool:
        return self.highest is None


_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_OPUS_RATES = (8_000, 12_000, 16_000, 24_000, 48_000)

WRITERS: Mapping[AudioFormat, Writer] = {
    AudioFormat.MP3: Writer(
        "libmp3lame", ("-id3v2_version", "3", "-f", "mp3"), 192_000, 320_000,
        most_channels=2, sample_rates=_MPEG_RATES, highest_rate=48_000, holds_cover=True,
    ),
    AudioFormat.M4A: Writer(
        "aac", ("-movflags", "+faststart", "-f", "ipod"), 160_000, 512_000, highest_rate=96_000, holds_cover=True
    ),
    AudioFormat.OGG: Writer("libvorbis", ("-f", "ogg"), 160_000, 480_000, quality=("-q:a", "5")),
    AudioFormat.OPUS: Writer(
        "libopus", ("-f", "opus"), 96_000, 512_000, sample_rates=_OPUS_RATES, highest_rate=48_000
    ),
    # more than 4 GB (six hours of CD) need 64-bit sizes
    AudioFormat.WAV: Writer("pcm_s16le", ("-rf64", "auto", "-f", "wav"), None, None),
    AudioFormat.FLAC: Writer("flac", ("-f", "flac"), None, None, holds_cover=True),
    # how it is written is told in hls.py
    AudioFormat.HLS: Writer("aac", (), 160_000, 512_000, highest_rate=96_000),
}  # fmt: skip

# Layouts by their names: what streams call 5.1 has its rear channels at the back or at the sides, and not every
# encoder takes both.
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def channels(writer: Writer, asked: int | None, source: int | None) -> int:
    """As many as asked for, else the source's as far as the format and a named layout go."""
    most = min(asked or source or 2, writer.most_channels)
    return max(count for count in LAYOUTS if count <= most)


def sample_rate(writer: Writer, asked: int | None, source: int | None) -> int:
    """As asked for, else the source's, or the nearest rate above it that the format has."""
    wanted = asked or min(source or 48_000, writer.highest_rate)
    return min((rate for rate in writer.sample_rates if rate >= wanted), default=wanted)
