"""ffmpeg's arguments for the whole set: one decoding, one filter graph, an encoder and a muxer a rendition. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from sluice.ffmpeg.filters import deinterlaced, tone_mapped
from sluice.kinds.adaptive import AdaptiveOptions, RateControl, VideoCodec
from sluice.kinds.adaptive.ladder import Rendition, Timing
from sluice.media import AudioStream, Size, SubtitleStream, VideoStream, fit_short_side

INIT, SEGMENT, PLAYLIST = "init.mp4", "%05d.m4s", "ffmpeg.m3u8"
IFRAMES = "iframes"
IFRAMES_FILE, IFRAMES_WRITTEN = f"{IFRAMES}.mp4", "ffmpeg.mp4"

_IFRAME_SHORT_SIDE, _IFRAME_CRF = 360, 28
# Sound is silence until its first sample and starts at nought like the picture, whatever the source's stamps say.
# The first 1,024 samples make room for the encoder's lead-in, so that sound is in time without an edit list: not every
# player minds one, and ffmpeg minds it again at each segment of a DASH manifest.
SOUND_RATE, SOUND_SKIPPED = 48_000, 1024
SOUND = f"aresample={SOUND_RATE}:async=1:first_pts=0,atrim=start_sample={SOUND_SKIPPED},asetpts=PTS-STARTPTS"
# Longer than any film: one segment is all of it.
_ENDLESS = 10_000_000
# The second buffer of a second and a half: a peak segment stays below twice the average.
_BUFFER = 1.5

_ENCODERS = {
    VideoCodec.H264: ("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-sc_threshold", "0"),
    VideoCodec.H265: (
        *("-c:v", "libx265", "-preset", "superfast", "-tag:v", "hvc1"),
        *("-x265-params", "log-level=error:scenecut=0:open-gop=0"),
    ),
    VideoCodec.AV1: ("-c:v", "libsvtav1", "-preset", "10", "-svtav1-params", "scd=0"),
}
# Of chunks: their headers are the same whatever is in them, and their bytes however many cores there are. A later
# -x265-params takes the place of an earlier one.
_JOINABLE = {
    VideoCodec.H264: ("-threads", "4", "-x264-params", "stitchable=1"),
    VideoCodec.H265: ("-x265-params", "log-level=error:scenecut=0:open-gop=0:frame-threads=2"),
    VideoCodec.AV1: (),
}
# Without the rates that the first of its segments happen to have.
_SAME_HEAD = ("-write_btrt", "0")
# About equal to the eye.
_CRF = {VideoCodec.H264: 22, VideoCodec.H265: 25, VideoCodec.AV1: 33}


@dataclass(frozen=True)
class Plan:
    """All that goes into the set. `subtitles` are those of the source that can become text."""

    video: VideoStream
    renditions: tuple[Rendition, ...]
    timing: Timing
    audio: tuple[tuple[str, AudioStream], ...]
    subtitles: tuple[tuple[str, SubtitleStream], ...]


@dataclass(frozen=True)
class Part:
    """The pictures [begin, end) of a chunk, None to the film's end; those before `shown_from` seconds aren't shown."""

    begin: int
    end: int | None
    shown_from: float | None = None


def encode(options: AdaptiveOptions, plan: Plan, folder: Path) -> list[str]:
    """Everything after the input; every rendition has a folder of its name below `folder`."""
    chains = [*_pictures_graph(options, plan), *_sounds_graph(plan)]
    outputs = [*_pictures(options, plan, folder), *_beside(options, plan, folder)]
    return ["-filter_complex", ";".join(chains), *outputs]


def encode_part(options: AdaptiveOptions, plan: Plan, part: Part, folder: Path) -> list[str]:
    """The pictures of one chunk, on a clock that begins with it, from a small film on the clock of the whole."""
    chains = ";".join(_pictures_graph(options, plan, part))
    return ["-copyts", "-filter_complex", chains, *_pictures(options, plan, folder, is_chunk=True)]


def encode_beside(options: AdaptiveOptions, plan: Plan, folder: Path) -> list[str]:
    """Sound and subtitles, all but the pictures."""
    chains = ["-filter_complex", ";".join(_sounds_graph(plan))] if plan.audio else []
    return [*chains, *_beside(options, plan, folder)]


def encode_sound_part(options: AdaptiveOptions, stream: AudioStream, samples: str, folder: Path) -> list[str]:
    """One sound of which a worker has some packets only, through the filters `samples`, as one segment."""
    codec, muxer = audio_codec(options, stream), _muxer(f"{_ENDLESS}", folder, edit_list=False)
    return ["-map", "0:a:0", "-af", samples, *codec, *muxer]


def _pictures(options: AdaptiveOptions, plan: Plan, folder: Path, *, is_chunk: bool = False) -> list[str]:
    outputs: list[str] = []
    for number, rendition in enumerate(plan.renditions):
        outputs += ["-map", f"[v{number}]", *video_codec(options, rendition, plan.timing, is_chunk=is_chunk)]
        outputs += _segments(plan.timing, folder / rendition.name, edit_list=True, is_chunk=is_chunk)
    if options.iframes:
        outputs += ["-map", "[iframes]", *_iframes(folder / IFRAMES / IFRAMES_WRITTEN, is_chunk=is_chunk)]
    return outputs


def _beside(options: AdaptiveOptions, plan: Plan, folder: Path) -> list[str]:
    outputs: list[str] = []
    for number, (name, stream) in enumerate(plan.audio):
        outputs += ["-map", f"[a{number}]", *audio_codec(options, stream)]
        outputs += _segments(plan.timing, folder / name, edit_list=False)
    for name, subtitle in plan.subtitles:
        outputs += ["-map", f"0:{subtitle.index}", "-c:s", "webvtt", "-f", "webvtt", str(folder / f"{name}.vtt")]
    return outputs


def graph(options: AdaptiveOptions, plan: Plan) -> str:
    """One decoded picture goes to every rung, and each sound track to its own."""
    return ";".join([*_pictures_graph(options, plan), *_sounds_graph(plan)])


def _sounds_graph(plan: Plan) -> list[str]:
    return [f"[0:{stream.index}]{SOUND}[a{number}]" for number, (_, stream) in enumerate(plan.audio)]


def _pictures_graph(options: AdaptiveOptions, plan: Plan, part: Part | None = None) -> list[str]:
    names = [f"v{number}" for number, _ in enumerate(plan.renditions)]
    sizes = [rendition.size for rendition in plan.renditions]
    branches = [f"[s{name}]{_scaled(size)}[{name}]" for name, size in zip(names, sizes, strict=True)]
    if options.iframes:
        names.append(IFRAMES)
        branches.append(f"[s{IFRAMES}]{_single_pictures(plan)}[{IFRAMES}]")
    split = f"split={len(names)}" + "".join(f"[s{name}]" for name in names)
    trunk = f"[0:{plan.video.index}]{','.join([*_prepared(plan.video, sizes[0], plan.timing, part), split])}"
    return [trunk, *branches]


def _prepared(video: VideoStream, largest: Size, timing: Timing, part: Part | None) -> list[str]:
    """What all rungs share: whole pictures at a constant rate from nought on, no larger than the best rung.

    ffmpeg has turned the picture upright before the first filter.
    """
    hidden = [f"trim=start={part.shown_from:.6f}"] if part and part.shown_from is not None else []
    return [
        *hidden,
        *deinterlaced(video),
        f"fps={timing.frame_rate}" + ("" if part and part.begin else ":start_time=0"),
        *(_own(part, timing) if part else []),
        f"scale={largest.width}:{largest.height}:flags=bicubic",
        *tone_mapped(video),
        "format=yuv420p",
    ]


def _own(part: Part, timing: Timing) -> list[str]:
    """A chunk's own pictures, on a clock that begins with it: the first of them is a multiple of the rhythm's ticks."""
    bounds = {"start": part.begin or None, "end": part.end}
    told = [f"{name}={float(at / timing.frame_rate):.6f}" for name, at in bounds.items() if at is not None]
    return [*([f"trim={':'.join(told)}"] if told else []), *([f"setpts=PTS-{part.begin}"] if part.begin else [])]


def _scaled(size: Size) -> str:
    return f"scale={size.width}:{size.height}:flags=bicubic,setsar=1,format=yuv420p"


def iframe_size(plan: Plan) -> Size:
    return fit_short_side(plan.renditions[0].size, _IFRAME_SHORT_SIDE)


def _single_pictures(plan: Plan) -> str:
    """The first picture of every group, as the rungs have their keyframes."""
    seconds = float(plan.timing.gop_seconds)
    # half a frame early: a stamp is a whole number of ticks, and may fall short of the product by one
    early = float(1 / plan.timing.frame_rate / 2)
    return f"select=gte(t\\,selected_n*{seconds:.9f}-{early:.9f}),{_scaled(iframe_size(plan))}"


def _iframes(target: Path, *, is_chunk: bool = False) -> list[str]:
    """Intra pictures in one file, a fragment each, so that each is a byte range that decodes by itself."""
    return [
        *("-fps_mode", "passthrough", "-c:v", "libx264", "-preset", "veryfast", "-g", "1", "-crf", str(_IFRAME_CRF)),
        *(_JOINABLE[VideoCodec.H264] if is_chunk else ()),
        *(_SAME_HEAD if is_chunk else ()),
        *("-f", "mp4", "-movflags", "+cmaf+frag_every_frame", str(target)),
    ]


def video_codec(options: AdaptiveOptions, rendition: Rendition, timing: Timing, *, is_chunk: bool = False) -> list[str]:
    """A fixed distance of keyframes and no others, so the rungs' segments begin at the same times."""
    capped = options.rate_control is RateControl.CAPPED_CRF
    rate = ("-crf", str(_CRF[rendition.codec])) if capped else ("-b:v", str(rendition.bitrate))
    return [
        *_ENCODERS[rendition.codec],
        *(_JOINABLE[rendition.codec] if is_chunk else ()),
        *rate,
        *_ceiling(rendition, capped),
        *("-g", str(timing.gop), "-keyint_min", str(timing.gop)),
    ]


def _ceiling(rendition: Rendition, capped: bool) -> Sequence[str]:
    buffer = ("-bufsize", str(round(rendition.bitrate * _BUFFER)))
    if rendition.codec is not VideoCodec.AV1:
        return ("-maxrate", str(rendition.bitrate if capped else round(rendition.bitrate * 1.1)), *buffer)
    # SVT-AV1 takes a ceiling with constant quality only
    return ("-maxrate", str(rendition.bitrate), *buffer) if capped else ()


def audio_codec(options: AdaptiveOptions, stream: AudioStream) -> list[str]:
    channels = min(stream.channels or 2, options.audio_channels)
    return ["-c:a", "aac", "-b:a", str(options.audio_bitrate), "-ac", str(channels)]


def _segments(timing: Timing, folder: Path, *, edit_list: bool, is_chunk: bool = False) -> list[str]:
    """CMAF segments and their init file. The playlist that ffmpeg writes beside them is not used.

    Pictures keep their edit list, which takes away the delay of reordered frames. CMAF would take negative composition
    times instead, but ffmpeg as a player shows those two frames late.
    """
    return _muxer(f"{float(segment_seconds(timing)):.6f}", folder, edit_list=edit_list, is_chunk=is_chunk)


def segment_seconds(timing: Timing) -> Fraction:
    """Rounded down: the muxer cuts at the first keyframe that isn't before the mark."""
    return Fraction(int(timing.segment_seconds * 1_000_000), 1_000_000)


def _muxer(seconds: str, folder: Path, *, edit_list: bool, is_chunk: bool = False) -> list[str]:
    more = ("" if edit_list else ":use_editlist=0") + (":write_btrt=0" if is_chunk else "")
    return [
        *("-map_metadata", "-1", "-avoid_negative_ts", "disabled"),
        *("-f", "hls", "-hls_time", seconds, "-hls_playlist_type", "vod", "-start_number", "1"),
        *("-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", INIT),
        *("-hls_segment_options", "movflags=+cmaf" + more),
        *("-hls_segment_filename", str(folder / SEGMENT), str(folder / PLAYLIST)),
    ]
