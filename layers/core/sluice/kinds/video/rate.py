"""The encoder of the picture and its rate. Pure."""

from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped_parameter
from sluice.kinds.video.codecs import ENCODERS, Container, PixelFormat, Quality, VideoCodec
from sluice.kinds.video.options import VideoOptions
from sluice.media import VideoStream


class Crf(NamedTuple):
    value: float

    def __str__(self) -> str:
        return f"{self.value:g}"


class Bitrate(NamedTuple):
    """Bits per second on average; `passes` over the film."""

    value: int
    passes: int


Rate = Crf | Bitrate


class Pass(NamedTuple):
    """One of two passes; what the first learns lies in files that begin with `log`."""

    number: int
    log: Path


def asked_rate(options: VideoOptions) -> Rate | None:
    """The rate that the options name, or None when it has to be found (target_vmaf)."""
    if options.video_bitrate:
        return Bitrate(options.video_bitrate, options.passes or 1)
    if options.target_vmaf is not None:
        return None
    words = ENCODERS[options.video_codec].words
    return Crf(options.crf if options.crf is not None else words[options.quality or Quality.MEDIUM])


def picture_codec(options: VideoOptions, video: VideoStream, rate: Rate, which: Pass | None = None) -> list[str]:
    encoder = ENCODERS[options.video_codec]
    return [
        *("-c:v", encoder.name, *encoder.settings),
        *_rate(options.video_codec, rate),
        *_profile(options),
        *_keyframes(options, video),
        *(_pass(options.video_codec, which) if which else []),
        *(_parameters(options.video_codec, which)),
    ]


def _rate(codec: VideoCodec, rate: Rate) -> list[str]:
    if isinstance(rate, Crf):
        # without a rate of 0, libvpx takes the crf as a limit beside its own 256 kbit/s
        return ["-crf", str(rate), *(("-b:v", "0") if codec is VideoCodec.VP9 else ())]
    bounds = ("-maxrate", str(rate.value * 3 // 2), "-bufsize", str(rate.value * 2))
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


def _parameters(codec: VideoCodec, which: Pass | None) -> list[str]:
    if codec is not VideoCodec.H265:
        return []
    passes = [f"pass={which.number}", f"stats={escaped_parameter(which.log)}"] if which else []
    return ["-x265-params", ":".join(["log-level=error", *passes])]
