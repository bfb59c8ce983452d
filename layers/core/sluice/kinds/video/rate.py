"""The encoder of the picture and its rate. Pure."""

from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped_parameter
from sluice.kinds.video.codecs import ENCODERS, Container, PixelFormat, Quality, VideoCodec
from sluice.kinds.video.options import VideoOptions
from sluice.media import VideoStream

# How many threads there are changes what comes out by a little: a chunk is the same wherever it is made.
_THREADS, _FRAME_THREADS = 4, 2
# By how much more bits than x264 would give alone the pictures at a seam come as near to those of an encode in one go
# as elsewhere; see «What an encoder can't know at a seam» in docs/decisions.md.
_FIRST_BITS, _LAST_BITS, _LAST_FRAMES = 1.25, 1.6, 2


class Crf(NamedTuple):
    value: float

    def __str__(self) -> str:
        return f"{self.value:g}"


class Bitrate(NamedTuple):
    """Bits per second on average; `passes` over the film. A chunk's own share is bounded as the whole film's is."""

    value: int
    passes: int
    bounded_by: int | None = None


Rate = Crf | Bitrate


class Pass(NamedTuple):
    """One of two passes; what the first learns lies in files that begin with `log`."""

    number: int
    log: Path


class Seams(NamedTuple):
    """Whether a chunk of so many `frames` (None: unknown) follows another, and whether another follows it."""

    before: bool
    behind: bool
    frames: int | None


def asked_rate(options: VideoOptions) -> Rate | None:
    """The rate that the options name, or None when it has to be found (target_vmaf)."""
    if options.video_bitrate:
        return Bitrate(options.video_bitrate, options.passes or 1)
    if options.target_vmaf is not None:
        return None
    words = ENCODERS[options.video_codec].words
    return Crf(options.crf if options.crf is not None else words[options.quality or Quality.MEDIUM])


def picture_codec(
    options: VideoOptions, video: VideoStream, rate: Rate, which: Pass | None = None, *, seams: Seams | None = None
) -> list[str]:
    """The encoder's arguments; a chunk's, which has `seams`, can be joined with others', and doesn't depend on the
    machine's cores.
    """
    encoder = ENCODERS[options.video_codec]
    return [
        *("-c:v", encoder.name, *encoder.settings),
        *_rate(options.video_codec, rate),
        *_profile(options),
        *_keyframes(options, video),
        *(_pass(options.video_codec, which) if which else []),
        *(_parameters(options.video_codec, which, is_chunk=seams is not None)),
        *(_joinable(options.video_codec, rate, seams) if seams else []),
    ]


def _joinable(codec: VideoCodec, rate: Rate, seams: Seams) -> list[str]:
    """x264 writes what depends on the content into its headers unless it is told that others come after them."""
    if codec is VideoCodec.H264:
        zones = _zones(seams) if isinstance(rate, Crf) else ""
        return ["-threads", str(_THREADS), "-x264-params", f"stitchable=1{zones}"]
    return ["-threads", str(_THREADS)] if codec is VideoCodec.VP9 else []


def _zones(seams: Seams) -> str:
    """More bits for what x264 can't weigh at a seam.

    It has no pictures before a chunk's keyframe to take the quantiser from, and none behind its last ones that would
    show how much is made from them (mb-tree).
    """
    zones = [f"0,0,b={_FIRST_BITS}"] if seams.before else []
    if seams.behind and seams.frames is not None and seams.frames > _LAST_FRAMES:
        zones.append(f"{seams.frames - _LAST_FRAMES},{seams.frames - 1},b={_LAST_BITS}")
    return f":zones={'/'.join(zones)}" if zones else ""


def _rate(codec: VideoCodec, rate: Rate) -> list[str]:
    if isinstance(rate, Crf):
        # without a rate of 0, libvpx takes the crf as a limit beside its own 256 kbit/s
        return ["-crf", str(rate), *(("-b:v", "0") if codec is VideoCodec.VP9 else ())]
    most = rate.bounded_by or rate.value
    bounds = ("-maxrate", str(most * 3 // 2), "-bufsize", str(most * 2))
    return ["-b:v", str(rate.value), *(() if codec is VideoCodec.AV1 else bounds)]


def _profile(options: VideoOptions) -> list[str]:
    high = options.video_codec is VideoCodec.H264 and options.pixels is PixelFormat.YUV420P
    apple = options.video_codec is VideoCodec.H265 and options.container in {Container.MP4, Container.MOV}
    return [*(("-profile:v", "high") if high else ()), *(("-tag:v", "hvc1") if apple else ())]


def _keyframes(options: VideoOptions, video: VideoStream) -> list[str]:
    if options.gop_seconds is None:
        return []
    rate = options.rate or video.frames_per_second or Fraction(25)
    return ["-g", str(max(1, ceil(rate * Fraction(options.gop_seconds))))]


def _pass(codec: VideoCodec, which: Pass) -> list[str]:
    if codec is VideoCodec.H265:
        return []  # libx265 is told by its own parameters
    return [*(ENCODERS[codec].two_pass or ()), "-pass", str(which.number), "-passlogfile", str(which.log)]


def _parameters(codec: VideoCodec, which: Pass | None, *, is_chunk: bool) -> list[str]:
    if codec is not VideoCodec.H265:
        return []
    threads = [f"frame-threads={_FRAME_THREADS}"] if is_chunk else []
    passes = [f"pass={which.number}", f"stats={escaped_parameter(which.log)}"] if which else []
    return ["-x265-params", ":".join(["log-level=error", *threads, *passes])]
