"""Whether a film is encoded in chunks, and what each is told. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from sluice.chunking.plan import Cost, cost, wanted_seconds, weighted_bitrates
from sluice.chunking.spans import Span, Wanted
from sluice.kinds.video.codecs import HOLDERS, AudioCodec, Container
from sluice.kinds.video.command import seconds, tick
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import geometry
from sluice.kinds.video.rate import Bitrate, Crf, Rate
from sluice.media import MediaInfo, VideoStream

# Raised when chunks come out in another way for the same words: they are made anew then.
ENGINE = 2
DEMUXERS = {"mov": "mp4", "matroska": "matroska"}
_CONTAINERS = {Container.MP4, Container.MOV, Container.MKV, Container.WEBM}
# One packet is one frame in these; others hide frames (VP8), or lay two into one (old MPEG-4 in AVI).
_CODECS = {"h264", "hevc", "av1", "vp9", "mpeg4", "mpeg2video", "mjpeg", "prores", "dnxhd", "ffv1"}
# What an MP4, the chunks' own container, can hold besides what we make.
_COPIED_SOUNDS = {"aac", "mp3", "ac3", "opus", "flac"}


def model(options: VideoOptions, video: VideoStream, workers: int) -> Cost:
    size = geometry(options, video).size
    rate = options.rate or video.frames_per_second or Fraction(25)
    return cost(
        options.video_codec.value,
        source_pixels=video.width * video.height,
        pixels=size.width * size.height,
        frame_rate=float(rate),
        passes=options.passes or 1,
        workers=workers,
    )


def why_whole(options: VideoOptions, media: MediaInfo) -> str | None:
    """Why this film can't be encoded in chunks that are joined to the same as in one go; None when it can be."""
    video, audio = media.main_video, media.main_audio
    if options.copy_streams or video is None:
        return "Nothing is encoded."
    if options.container not in _CONTAINERS:
        return f"The index of {options.container.value} is written by its muxer alone."
    if reason := why_uncut(media, video):
        return reason
    if options.keep_metadata:
        return "The source's metadata and chapters go with the whole."
    if options.sound is AudioCodec.COPY and audio and audio.codec not in _COPIED_SOUNDS:
        return f"Sound of the kind {audio.codec} is handed on with the whole."
    return None


def why_uncut(media: MediaInfo, video: VideoStream) -> str | None:
    """Why this source's frames can't be told apart without reading all of it; None when they can be."""
    if media.demuxer not in DEMUXERS:
        return f"A {media.container} has no index that tells where its frames lie."
    if video.codec not in _CODECS or not video.base_rate:
        return f"A packet of {video.codec} isn't always a frame."
    return None


def chunk_seconds(options: VideoOptions, media: MediaInfo, *, asked: float, workers: int) -> float | None:
    """How long chunks are to be, or None when it isn't worth it."""
    length = seconds(options, media)
    if not workers or not length or media.main_video is None:
        return None
    return wanted_seconds(length, model(options, media.main_video, workers), asked)


def wanted(options: VideoOptions, media: MediaInfo) -> Wanted:
    """What is asked of the output, on its own clock: nought is the source's first moment, or the asked `start`."""
    video = media.main_video
    assert video, "a source without picture is refused before"
    begin = Fraction(options.start).limit_denominator(1_000_000) if options.start else None
    nought = exact(media.start) + (begin or 0)
    end = Fraction(options.end).limit_denominator(1_000_000) if options.end is not None else None
    return Wanted(
        first=exact(video.start) - nought,
        start=-nought,
        begin=begin,
        length=end - (begin or 0) if end is not None else None,
        duration=seconds(options, media) or 0.0,
        tick=tick(options, video),
        rate=options.rate,
        context=video.interlaced or options.rate is not None,
    )


def exact(seconds: float) -> Fraction:
    """ffprobe tells microseconds."""
    return Fraction(round(seconds * 1_000_000), 1_000_000)


def rates(rate: Rate, spans: Sequence[Span]) -> list[Rate]:
    """The rate of each chunk: the same factor, or its share of the bits."""
    if isinstance(rate, Crf):
        return [rate] * len(spans)
    shares = weighted_bitrates(rate.value, [s.bytes for s in spans], [s.seconds for s in spans])
    return [Bitrate(share, rate.passes, rate.value) for share in shares]


def recipe(span: Span, rate: Rate, patience: int) -> dict[str, Any]:
    """All that a worker needs to know of its chunk beside the task's record, as JSON."""
    plain = rate.value if isinstance(rate, Crf) else list(rate)
    return {"span": span._asdict(), "rate": plain, "patience": patience}


def rate_of(told: float | Sequence[int]) -> Rate:
    return Bitrate(*told) if isinstance(told, Sequence) else Crf(told)


def address(content: Mapping[str, Any], options: Mapping[str, Any], etag: str | None, engine: str) -> str:
    """A name that is the same for the same version of the source, options, span and engine, and for nothing else."""
    words = json.dumps([ENGINE, engine, etag, options, content], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def muxer_is_mov(options: VideoOptions) -> bool:
    return HOLDERS[options.container].muxer == "mov"
