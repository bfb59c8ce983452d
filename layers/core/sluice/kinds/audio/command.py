"""ffmpeg's arguments for one sound file. Pure."""

from collections.abc import Sequence
from pathlib import Path

from sluice.kinds.audio import AudioOptions
from sluice.kinds.audio.formats import LAYOUTS, WRITERS, AudioFormat, Writer, channels, sample_rate
from sluice.kinds.audio.hls import LEAD_IN, SEGMENT_SECONDS, segments
from sluice.media import AudioStream

# libvorbis refuses rates that it can't reach at a low sample rate
_VORBIS_LOWEST_RATE = 44_100
# a mono file needs a little more than half of what stereo does
_MONO_SHARE = 0.6
_COVER = ("-map", "0:disp:attached_pic?", "-c:v", "copy", "-disposition:v", "attached_pic")


def span(options: AudioOptions, duration: float | None) -> float | None:
    """Seconds from start to end, as far as they are known."""
    end = min((t for t in (options.end, duration) if t is not None), default=None)
    return None if end is None else max(0.0, end - (options.start or 0.0))


def limit(options: AudioOptions) -> list[str]:
    """Of the output; the input has been sought to the start."""
    return ["-t", f"{options.end - (options.start or 0.0):.6f}"] if options.end is not None else []


def encode(options: AudioOptions, stream: AudioStream, leveling: Sequence[str], target: Path) -> list[str]:
    """Everything after the input. `leveling` are the filters that bring the sound to its loudness; `target` is a file,
    of hls the folder of its segments.
    """
    writer = WRITERS[options.format]
    cover = _COVER if options.keep_metadata and writer.holds_cover else ("-vn",)
    return [
        *("-map", f"0:{stream.index}", *cover, "-sn", "-dn", *limit(options)),
        *("-af", ",".join(filters(options, stream, leveling))),
        *codec(options, writer, stream),
        *(() if options.keep_metadata else ("-map_metadata", "-1", "-map_chapters", "-1")),
        *_written(options, writer, target),
    ]


def _written(options: AudioOptions, writer: Writer, target: Path) -> list[str]:
    if options.format is AudioFormat.HLS:
        return segments(target, options.segment_seconds or SEGMENT_SECONDS)
    return [*writer.muxer, str(target)]


def filters(options: AudioOptions, stream: AudioStream, leveling: Sequence[str]) -> list[str]:
    lead_in = LEAD_IN if options.format is AudioFormat.HLS else ()
    return [*folded(options, stream), *leveling, f"aresample={rate(options, stream)}", *lead_in]


def folded(options: AudioOptions, stream: AudioStream) -> list[str]:
    """The channels as they will be heard, whose loudness is the one that counts. Gaps in the stamps become silence."""
    count = channels(WRITERS[options.format], options.channels, stream.channels)
    return ["aresample=async=1", f"aformat=channel_layouts={LAYOUTS[count]}"]


def rate(options: AudioOptions, stream: AudioStream) -> int:
    found = sample_rate(WRITERS[options.format], options.sample_rate, stream.sample_rate)
    if options.format is AudioFormat.OGG and options.bitrate and not options.sample_rate:
        return max(found, _VORBIS_LOWEST_RATE)
    return found


def codec(options: AudioOptions, writer: Writer, stream: AudioStream) -> list[str]:
    if writer.lossless:
        return _lossless(options, writer)
    if options.bitrate is None and writer.quality:
        return ["-c:a", writer.encoder, *writer.quality]
    mono = channels(writer, options.channels, stream.channels) == 1
    usual = round((writer.bitrate or 0) * (_MONO_SHARE if mono else 1))
    return ["-c:a", writer.encoder, "-b:a", str(options.bitrate or usual)]


def _lossless(options: AudioOptions, writer: Writer) -> list[str]:
    if options.format is AudioFormat.WAV:
        return ["-c:a", f"pcm_s{options.bit_depth}le"]
    deep = ("-sample_fmt", "s32", "-bits_per_raw_sample", "24") if options.bit_depth == 24 else ("-sample_fmt", "s16")
    return ["-c:a", writer.encoder, *deep]
