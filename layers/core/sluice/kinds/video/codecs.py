"""What containers hold, and what encoders can do. Tables, and the questions that are asked of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Container(StrEnum):
    MP4 = "mp4"
    WEBM = "webm"
    MKV = "mkv"
    MOV = "mov"
    FLV = "flv"
    TS = "ts"


class VideoCodec(StrEnum):
    H264 = "h264"
    H265 = "h265"
    AV1 = "av1"
    VP9 = "vp9"


class AudioCodec(StrEnum):
    """`copy` hands the sound on as it is, `none` leaves it out."""

    AAC = "aac"
    OPUS = "opus"
    MP3 = "mp3"
    AC3 = "ac3"
    FLAC = "flac"
    COPY = "copy"
    NONE = "none"


class PixelFormat(StrEnum):
    YUV420P = "yuv420p"
    YUV422P = "yuv422p"
    YUV444P = "yuv444p"
    YUV420P10 = "yuv420p10le"
    YUV422P10 = "yuv422p10le"
    YUV444P10 = "yuv444p10le"

    @property
    def bit_depth(self) -> int:
        return 10 if self.endswith("10le") else 8


class Quality(StrEnum):
    """Five words for constant-quality encoding; each names a crf of the codec."""

    VERY_LOW = "very_low"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


# ── containers ────────────────────────────────────────────────────────────────────────────────


class Holder(NamedTuple):
    """`muxer` is ffmpeg's name; the first codec of each is the default. `flags` are the muxer's own."""

    muxer: str
    video: tuple[VideoCodec, ...]
    audio: tuple[AudioCodec, ...]
    flags: tuple[str, ...] = ()


_H264, _H265, _AV1, _VP9 = VideoCodec
_AAC, _OPUS, _MP3, _AC3, _FLAC, _, _ = AudioCodec
_INDEX_IN_FRONT = ("-movflags", "+faststart")

# What players read, which is less than what the muxers write: FLV with anything newer than H.264 plays nowhere.
HOLDERS: Mapping[Container, Holder] = {
    Container.MP4: Holder("mp4", (_H264, _H265, _AV1, _VP9), (_AAC, _OPUS, _MP3, _AC3, _FLAC), _INDEX_IN_FRONT),
    Container.WEBM: Holder("webm", (_VP9, _AV1), (_OPUS,)),
    Container.MKV: Holder("matroska", (_H264, _H265, _AV1, _VP9), (_AAC, _OPUS, _MP3, _AC3, _FLAC)),
    Container.MOV: Holder("mov", (_H264, _H265), (_AAC, _MP3, _AC3), _INDEX_IN_FRONT),
    Container.FLV: Holder("flv", (_H264,), (_AAC, _MP3)),
    Container.TS: Holder("mpegts", (_H264, _H265), (_AAC, _MP3, _AC3, _OPUS)),
}

# Codecs that we don't make but may hand on, by ffprobe's names.
_ALSO_HELD: Mapping[Container, frozenset[str]] = {
    Container.MP4: frozenset({"mpeg4", "mpeg2video", "eac3", "alac"}),
    Container.WEBM: frozenset({"vp8", "vorbis"}),
    Container.MKV: frozenset({
        "mpeg4", "mpeg2video", "mpeg1video", "vp8", "theora", "prores", "ffv1", "mjpeg", "vorbis", "eac3", "dts", "mp2",
        "alac", "truehd", "pcm_s16le", "pcm_s24le",
    }),
    Container.MOV: frozenset({
        "mpeg4", "mpeg2video", "prores", "mjpeg", "dnxhd", "eac3", "alac", "pcm_s16le", "pcm_s24le",
    }),
    Container.FLV: frozenset(),
    Container.TS: frozenset({"mpeg2video", "mpeg1video", "mp2", "eac3", "dts"}),
}  # fmt: skip
_PROBED_NAMES = {"hevc": "h265"}


def holds(container: Container, codec: str) -> bool:
    """Whether a stream of this codec, by ffprobe's name, may be handed on into the container."""
    holder = HOLDERS[container]
    name = _PROBED_NAMES.get(codec, codec)
    return name in {*holder.video, *holder.audio} or codec in _ALSO_HELD[container]


# ── encoders ──────────────────────────────────────────────────────────────────────────────────


class Encoder(NamedTuple):
    """`crf` are its best and worst factor, `words` the factor of each word of Quality.

    `fractional`: it takes tenths of a factor. `two_pass`: what it is told besides to look at the film first, or None.
    `slope`: by how much a factor more makes the logarithm of what VMAF lacks of 100 grow. `least_side` in pixels.
    """

    name: str
    settings: tuple[str, ...]
    crf: tuple[int, int]
    words: Mapping[Quality, int]
    formats: tuple[PixelFormat, ...]
    slope: float
    fractional: bool = False
    two_pass: tuple[str, ...] | None = ()
    least_side: int = 2

    @property
    def searched(self) -> tuple[int, int]:
        """The factors that a search may end at: beyond them a target is out of reach, and the file huge or hideous."""
        best, worst = self.crf
        return max(best, self.words[Quality.VERY_HIGH] - 7), min(worst, self.words[Quality.VERY_LOW] + 8)


def _words(*factors: int) -> Mapping[Quality, int]:
    return dict(zip(Quality, factors, strict=True))


_EIGHT = tuple(f for f in PixelFormat if f.bit_depth == 8)

# Steps of about six for x264: its manual calls ±6 a halving or doubling of the rate. The other rows are where the
# same films come out at about the same VMAF; see «Words of quality» in docs/decisions.md.
ENCODERS: Mapping[VideoCodec, Encoder] = {
    VideoCodec.H264: Encoder(
        "libx264", ("-preset", "veryfast"), (1, 51), _words(35, 29, 23, 20, 17), _EIGHT, 0.115, fractional=True
    ),
    VideoCodec.H265: Encoder(
        "libx265", ("-preset", "veryfast"), (1, 51), _words(40, 34, 28, 24, 20), tuple(PixelFormat), 0.1,
        fractional=True, least_side=16,
    ),
    VideoCodec.AV1: Encoder(
        "libsvtav1", ("-preset", "10"), (1, 63), _words(63, 57, 43, 30, 20),
        (PixelFormat.YUV420P, PixelFormat.YUV420P10), 0.035, two_pass=None, least_side=4,
    ),
    VideoCodec.VP9: Encoder(
        "libvpx-vp9", ("-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1", "-tile-columns", "2"), (1, 63),
        _words(63, 51, 39, 31, 24), tuple(PixelFormat), 0.057,
        # a third smaller at three times the time, which two passes are asked for anyway; realtime has no first pass
        two_pass=("-deadline", "good", "-cpu-used", "5"),
    ),
}  # fmt: skip


class Voice(NamedTuple):
    """An encoder of sound. `bitrate` is for stereo, `highest` for any number of channels; None where it is lossless."""

    name: str
    bitrate: int | None
    highest: int | None
    most_channels: int = 8
    sample_rates: tuple[int, ...] = ()


_MPEG_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)

VOICES: Mapping[AudioCodec, Voice] = {
    AudioCodec.AAC: Voice("aac", 128_000, 640_000),
    AudioCodec.OPUS: Voice("libopus", 96_000, 512_000, sample_rates=(8_000, 12_000, 16_000, 24_000, 48_000)),
    AudioCodec.MP3: Voice("libmp3lame", 160_000, 320_000, most_channels=2, sample_rates=_MPEG_RATES),
    AudioCodec.AC3: Voice("ac3", 192_000, 640_000, most_channels=6, sample_rates=(32_000, 44_100, 48_000)),
    AudioCodec.FLAC: Voice("flac", None, None),
}

FLV_MP3_RATES = (11_025, 22_050, 44_100)


def sample_rates(container: Container, codec: AudioCodec) -> tuple[int, ...]:
    """The rates that this codec may have in this container; empty when any will do."""
    if container is Container.FLV and codec is AudioCodec.MP3:
        return FLV_MP3_RATES
    return VOICES[codec].sample_rates
