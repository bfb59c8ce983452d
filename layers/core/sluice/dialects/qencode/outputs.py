"""What each output of Qencode's is to our kinds. Pure tables and functions; what isn't in them is refused by name.

Qencode's rates are in kbit/s and its `time` runs from 0 to 1; ours are in bits per second, seconds and percent.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sluice.dialects.qencode import places
from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.places import Buckets
from sluice.dialects.qencode.query import Encoding, Format, Stream
from sluice.errors import InvalidRequest

Options = dict[str, Any]

DEFAULT_SEGMENT_SECONDS = 9.0
DEFAULT_INTERVAL = 10.0
# What our longest ladder may have; larger than any source, so the picture stays as large as it is.
_AS_LARGE_AS_THE_SOURCE = 4320
_BLACK = "#000000"
MASTER, MANIFEST = "master.m3u8", "manifest.mpd"

# ── which members go with which output ────────────────────────────────────────────────────────

_EVERY = frozenset({"output", "destination", "tag"})
_SPAN = frozenset({"start_time", "duration"})
_BOX = frozenset({"size", "width", "height"})
_SOUND = frozenset({"audio_codec", "audio_bitrate", "audio_sample_rate", "audio_channels_number"})
_PICTURE = _BOX | {
    "resolution", "resize_mode", "resize_mod", "aspect_ratio", "framerate", "keyframe", "quality", "bitrate",
    "two_pass", "pix_format", "video_codec", "profile",
}  # fmt: skip
_FILM = _EVERY | _SPAN | _PICTURE | _SOUND | {"audio_mute", "file_extension"}
_SET = _EVERY | {"stream", "segment_duration", "separate_audio", "fmp4", "playlist_name", "subtitles"}
_ONLY_SOUND = _EVERY | _SPAN | _SOUND | {"file_extension"}
_STILL = _EVERY | _BOX | {"image_format"}

CARRIED: Mapping[str, frozenset[str]] = {
    "mp4": _FILM,
    "webm": _FILM,
    "advanced_hls": _SET,
    "advanced_dash": _SET,
    "repack": _EVERY | {"file_extension"},
    "mp3": _ONLY_SOUND,
    "flac": _ONLY_SOUND,
    "gif": _EVERY | _SPAN | _BOX | {"framerate"},
    "thumbnail": _STILL | {"time", "resize_mode", "resize_mod"},
    "thumbnails": _STILL | {"interval", "sprite", "columns"},
    "metadata": _EVERY | {"metadata_version"},
    "speech_to_text": _EVERY | {"language", "json", "srt", "vtt"},
    "vmaf": _EVERY,
}

# What a rendition of an adaptive set may say for itself; the rest is one for the whole set.
RENDITION = frozenset({"size", "height", "resolution", "bitrate", "video_codec"})
_OF_THE_SET = {
    "audio_bitrate": "audio_bitrate",
    "audio_channels_number": "audio_channels",
    "segment_duration": "segment_seconds",
}

# Asking for what is so anyway is no request.
_NO_REQUEST: Mapping[str, object] = {
    "rotate": 0, "is_watermark": False, "allow_soft_fail": False, "two_pass": False, "audio_mute": False,
    "sprite": False, "transcript": False, "separate_audio": True, "fmp4": True, "playlist_name": MASTER,
    "resize_mode": "scale", "optimize_bitrate": False,
}  # fmt: skip

# Outputs that are folders; the others are one file at the name that was given.
FOLDERS = frozenset({"advanced_hls", "advanced_dash", "thumbnails", "speech_to_text", "vmaf"})
_FILMS = frozenset({"mp4", "webm", "repack"})

REFUSED_OUTPUTS: Mapping[str, str] = {
    "webm_dash": "there is no DASH of WebM files; ask for advanced_dash",
    "hls_audio": "there is no HLS without a picture; ask for advanced_hls, or for mp3",
}

# ── names of values ───────────────────────────────────────────────────────────────────────────

VIDEO_CODECS = {"libx264": "h264", "libx265": "h265", "libvpx-vp9": "vp9", "libsvtav1": "av1"}
AUDIO_CODECS = {"libfdk_aac": "aac", "aac": "aac", "mp3": "mp3", "libmp3lame": "mp3", "libopus": "opus", "flac": "flac"}
IMAGE_FORMATS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg"}
RESIZE_MODES = {"scale": "pad", "crop": "cover"}
# The profile that a codec's pictures of eight or ten bits have of themselves.
_PROFILES = {("h264", False): "high", ("h265", False): "main", ("h265", True): "main10"}
_EXTENSIONS = {"mp4": "mp4", "webm": "webm", "repack": "mp4", "mp3": "mp3", "flac": "flac"}

# Ours → Qencode's, for errors that a kind says of its own options.
THEIR_NAMES = {
    "crf": "quality", "video_bitrate": "bitrate", "passes": "two_pass", "gop_seconds": "keyframe", "fps": "framerate",
    "pixel_format": "pix_format", "codec": "video_codec", "audio_channels": "audio_channels_number",
    "start": "start_time", "end": "duration", "duration_seconds": "duration", "channels": "audio_channels_number",
    "fit": "resize_mode", "sample_rate": "audio_sample_rate", "interval_seconds": "interval", "tile_width": "width",
    "ladder": "stream", "segment_seconds": "segment_duration", "short_side": "resolution", "times": "time",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One output, translated: what a SubtaskRequest needs, and what its asker should know."""

    kind: str
    options: Options
    warnings: tuple[str, ...] = ()
    # the format (by its place) whose output this one works on
    measures: int | None = None


class Asked(NamedTuple):
    """One format of a query at its place in it; `field` is its path."""

    format: Format
    number: int
    query_formats: tuple[Format, ...]
    buckets: Buckets
    upscale: bool = False

    @property
    def field(self) -> str:
        return f"format.{self.number}"


def translated(asked: Asked) -> Wish:
    """The work behind one format.

    Raises: InvalidRequest that names the member which isn't carried out.
    """
    output, where = asked.format.output, asked.field
    if output not in CARRIED:
        reason = REFUSED_OUTPUTS.get(output, f"there are {', '.join(CARRIED)}")
        raise refused(f"{where}.output", f"{output!r} isn't made here: {reason}")
    check_members(asked.format, CARRIED[output], where, f"{output} doesn't carry it out")
    if asked.upscale and output not in {"mp4", "webm"}:
        raise refused("upscale", f"{output} is never made larger than its source")
    return _TRANSLATORS[output](asked)


def check_members(encoding: Encoding, carried: frozenset[str], where: str, reason: str) -> None:
    for name in sorted(encoding.given - carried):
        if name not in _NO_REQUEST or getattr(encoding, name) != _NO_REQUEST[name]:
            raise refused(f"{where}.{name}", reason)


# ── films ─────────────────────────────────────────────────────────────────────────────────────


def _film(asked: Asked) -> Wish:
    wanted, container = asked.format, asked.format.output
    _check_extension(asked)
    options = {"container": container, **_codec(wanted, asked.field), **_box(asked), **_rate(wanted, asked.field)}
    options |= _sound(wanted, asked.field, ("audio_bitrate", "audio_sample_rate", "audio_channels"))
    options |= _span(wanted)
    _check_profile(wanted, options, asked.field)
    return Wish("video", options)


def _codec(wanted: Encoding, where: str) -> Options:
    if not wanted.video_codec:
        return {}
    return {"codec": named(VIDEO_CODECS, wanted.video_codec, f"{where}.video_codec")}


def _box(asked: Asked) -> Options:
    """How large. With both sides the picture is put into exactly that frame: with bars, or cut when `crop` says so."""
    wanted, grow = asked.format, {"upscale": True} if asked.upscale else {}
    if wanted.resolution:
        return {"resolution": wanted.resolution, **grow}
    width, height = wanted.box
    if wanted.aspect_ratio:
        return {**_stretched(width, height, wanted.aspect_ratio, f"{asked.field}.aspect_ratio"), **grow}
    if width and height:
        return {"width": width, "height": height, "fit": _fit(asked), **grow}
    if width or height:
        return {"width": width} | grow if width else {"height": height} | grow
    return {"resolution": _AS_LARGE_AS_THE_SOURCE}


def _fit(asked: Asked) -> str:
    mode = asked.format.resize_mode or asked.format.resize_mod or "scale"
    return named(RESIZE_MODES, mode, f"{asked.field}.resize_mode")


def _stretched(width: int | None, height: int | None, ratio: str, where: str) -> Options:
    shape = _ratio(ratio, where)
    if not width and not height:
        raise refused(where, "give a width or a height beside it")
    width = width or round((height or 0) * shape)
    height = height or round(width / shape)
    if abs(width / height / shape - 1) > 0.02:
        raise refused(where, "this is not the shape of the size beside it, and pixels are always square here")
    return {"width": width, "height": height, "fit": "fill"}


def _ratio(text: str, where: str) -> float:
    above, colon, below = text.partition(":")
    try:
        found = float(above) / float(below) if colon else float(above)
    except (ValueError, ZeroDivisionError):
        found = 0.0
    if not 0.01 <= found <= 100:
        raise InvalidRequest(f"{where}: a shape is such as 16:9 or 1.78.", field=where)
    return found


def _rate(wanted: Encoding, where: str) -> Options:
    options: Options = {}
    if wanted.framerate:
        options["fps"] = wanted.framerate
    if wanted.keyframe:
        options["gop_seconds"] = _seconds_between_keyframes(wanted, f"{where}.keyframe")
    if wanted.quality is not None:
        options["crf"] = wanted.quality
    if wanted.bitrate:
        options["video_bitrate"] = bits(wanted.bitrate)
    if wanted.two_pass:
        options["passes"] = 2
    if wanted.pix_format:
        options["pixel_format"] = wanted.pix_format
    return options


def _seconds_between_keyframes(wanted: Encoding, where: str) -> float:
    """Qencode counts frames, we count seconds."""
    rate = _frames_per_second(wanted.framerate)
    if not rate:
        raise refused(where, "a number of frames needs a framerate beside it")
    return round(float(wanted.keyframe or 0) / rate, 3)


def _frames_per_second(text: str | None) -> float:
    """Nought where there is none; the query has seen to it that these are numbers."""
    above, _, below = (text or "0").partition("/")
    return float(above) / float(below or 1) if float(below or 1) else 0.0


def _check_profile(wanted: Encoding, options: Mapping[str, Any], where: str) -> None:
    """No encoder is told a profile here, so only the one that comes of itself can be asked for."""
    if not wanted.profile:
        return
    codec = options.get("codec", "vp9" if options.get("container") == "webm" else "h264")
    made = _PROFILES.get((codec, "10" in str(options.get("pixel_format", ""))))
    if wanted.profile != made:
        reason = f"{codec} is made in the profile {made!r} only" if made else f"{codec} has no choice of them here"
        raise refused(f"{where}.profile", reason)


def _sound(wanted: Encoding, where: str, names: tuple[str, str, str]) -> Options:
    """`names` are what the kind calls bitrate, sample rate and channels."""
    values = (
        wanted.audio_bitrate and bits(wanted.audio_bitrate),
        wanted.audio_sample_rate,
        wanted.audio_channels_number,
    )
    options: Options = {name: value for name, value in zip(names, values, strict=True) if value}
    if wanted.audio_mute:
        return {"audio_codec": "none", **options}
    if wanted.audio_codec:
        options["audio_codec"] = named(AUDIO_CODECS, wanted.audio_codec, f"{where}.audio_codec")
    return options


def _span(wanted: Encoding) -> Options:
    options: Options = {}
    if wanted.start_time:
        options["start"] = wanted.start_time
    if wanted.duration:
        options["end"] = (wanted.start_time or 0.0) + wanted.duration
    return options


def _repack(asked: Asked) -> Wish:
    _check_extension(asked)
    return Wish("video", {"container": "mp4", "copy": True})


def _check_extension(asked: Asked) -> None:
    wanted, made = asked.format.file_extension, _EXTENSIONS[asked.format.output]
    if wanted and wanted.lstrip(".").lower() != made:
        raise refused(f"{asked.field}.file_extension", f"{asked.format.output} makes a file that ends in .{made}")


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def _audio(asked: Asked) -> Wish:
    wanted = asked.format
    _check_extension(asked)
    options = {"format": wanted.output, **_sound(wanted, asked.field, ("bitrate", "sample_rate", "channels"))}
    codec = options.pop("audio_codec", wanted.output)
    if codec != wanted.output:
        raise refused(f"{asked.field}.audio_codec", f"{wanted.output} holds {wanted.output} only")
    return Wish("audio", {**options, **_span(wanted)})


# ── adaptive sets ─────────────────────────────────────────────────────────────────────────────


def _set(asked: Asked) -> Wish:
    wanted, streams = asked.format, asked.format.stream or []
    options: Options = {"segment_seconds": DEFAULT_SEGMENT_SECONDS, "source_subtitles": False}
    if wanted.segment_duration:
        options["segment_seconds"] = wanted.segment_duration
    options |= _of_the_set(streams, asked.field)
    if streams:
        options["ladder"] = [_rung(stream, f"{asked.field}.stream.{n}") for n, stream in enumerate(streams)]
        options["rate_control"] = "abr" if any(stream.bitrate for stream in streams) else "capped_crf"
    if wanted.playlist_name and wanted.playlist_name != MASTER:
        raise refused(f"{asked.field}.playlist_name", f"the playlist is called {MASTER}")
    if wanted.separate_audio is False or wanted.fmp4 is False:
        name = "fmp4" if wanted.fmp4 is False else "separate_audio"
        raise refused(f"{asked.field}.{name}", "the set is CMAF: fMP4 segments, the sound apart from the picture")
    if wanted.subtitles:
        options["subtitles"] = _subtitles(asked)
    return Wish("adaptive", options, warnings=_shape_warning(streams, asked.field))


def _of_the_set(streams: list[Stream], where: str) -> Options:
    """What renditions may say although there is one for the whole set, as long as they say the same."""
    options: Options = {}
    for theirs, ours in _OF_THE_SET.items():
        found = {getattr(stream, theirs) for stream in streams} - {None}
        if len(found) > 1:
            raise refused(
                f"{where}.stream.{theirs}", "there is one sound, and one length of segments, for all renditions"
            )
        if found:
            value = found.pop()
            options[ours] = bits(value) if theirs == "audio_bitrate" else value
    for number, stream in enumerate(streams):
        if stream.audio_codec and AUDIO_CODECS.get(stream.audio_codec) != "aac":
            raise refused(f"{where}.stream.{number}.audio_codec", "the sound of an adaptive set is AAC")
    return options


def _rung(stream: Stream, where: str) -> Options:
    carried = RENDITION | {*_OF_THE_SET, "audio_codec"}
    check_members(stream, carried, where, "a rendition doesn't carry it out")
    width, height = stream.box
    side = stream.resolution or (min(width, height) if width and height else height)
    if not side:
        raise refused(f"{where}.resolution", "a rendition needs a size, a height or a resolution")
    rung: Options = {"short_side": side}
    if stream.bitrate:
        rung["video_bitrate"] = bits(stream.bitrate)
    if stream.video_codec:
        rung["codec"] = named(VIDEO_CODECS, stream.video_codec, f"{where}.video_codec")
    return rung


def _shape_warning(streams: list[Stream], where: str) -> tuple[str, ...]:
    if not any(stream.size or stream.height for stream in streams):
        return ()
    return (
        f"{where}.stream: renditions keep the source's shape; the shorter side of a size, or the height, is theirs.",
    )


def _subtitles(asked: Asked) -> list[Options]:
    assert asked.format.subtitles, "asked for where there are some"
    where = f"{asked.field}.subtitles"
    if asked.format.subtitles.copy_streams is not None:
        raise refused(f"{where}.copy", "subtitles are given by sources")
    found = []
    for number, subtitle in enumerate(asked.format.subtitles.sources):
        place = places.s3_place(subtitle.source) if subtitle.source.startswith("s3://") else None
        if place is None or place.bucket != asked.buckets.media:
            message = f"subtitles are read from the bucket {asked.buckets.media!r} only"
            raise refused(f"{where}.sources.{number}.source", message)
        named_so = {"name": subtitle.name} if subtitle.name else {}
        found.append({"file": {"key": place.key}, "language": subtitle.language, **named_so})
    return found


# ── pictures ──────────────────────────────────────────────────────────────────────────────────


def _gif(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    given = {
        "start": wanted.start_time,
        "duration_seconds": wanted.duration,
        "fps": wanted.framerate,
        "width": width,
        "height": height,
    }
    options = {"format": "gif", **{name: value for name, value in given.items() if value}}
    if wanted.duration:
        return Wish("animation", options)
    return Wish("animation", options, (f"{asked.field}.duration: without one the GIF shows three seconds.",))


def _thumbnail(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    options: Options = {"format": _image_format(asked, "png"), "time": _percent(asked)}
    options |= {"width": width} if width else {}
    options |= {"height": height} if height else {}
    if width and height:
        options |= {"fit": _fit(asked), "background": _BLACK}
    return Wish("image", options)


def _percent(asked: Asked) -> str:
    time = asked.format.time or 0.0
    if not 0 <= time <= 1:
        where = f"{asked.field}.time"
        raise InvalidRequest(f"{where}: a time lies between 0 and 1, the end.", field=where)
    return f"{time * 100:.6f}".rstrip("0").rstrip(".") + "%"


def _thumbnails(asked: Asked) -> Wish:
    wanted = asked.format
    if wanted.sprite:
        return _sprite(asked)
    if wanted.columns:
        raise refused(f"{asked.field}.columns", "columns are for sprite")
    width, height = wanted.box
    size = {name: side for name, side in (("width", width), ("height", height)) if side}
    options = {"interval_seconds": wanted.interval or DEFAULT_INTERVAL, "format": _image_format(asked, "png"), **size}
    return Wish("screenshot", options)


def _sprite(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    given = {"columns": wanted.columns, "tile_width": width}
    options = {"interval_seconds": wanted.interval or DEFAULT_INTERVAL, **{k: v for k, v in given.items() if v}}
    if _image_format(asked, "jpg") != "jpeg":
        raise refused(f"{asked.field}.image_format", "a sprite's sheets are jpg")
    if height and not width:
        raise refused(f"{asked.field}.height", "a sprite's tiles are measured by their width")
    if not height:
        return Wish("sprite", options)
    return Wish("sprite", options, (f"{asked.field}.height: tiles keep the film's shape; their width counts.",))


def _image_format(asked: Asked, default: str) -> str:
    return named(IMAGE_FORMATS, asked.format.image_format or default, f"{asked.field}.image_format")


# ── texts and measurements ────────────────────────────────────────────────────────────────────


def _metadata(asked: Asked) -> Wish:
    if not asked.format.metadata_version:
        return Wish("metadata", {})
    message = f"{asked.field}.metadata_version: the JSON is of the ffprobe that runs here, whatever the version."
    return Wish("metadata", {}, (message,))


def _speech(asked: Asked) -> Wish:
    """All files unless some are named; Qencode's fourth, a plain transcript, isn't made."""
    wanted = asked.format
    flags = {"vtt": wanted.vtt, "srt": wanted.srt, "json": wanted.as_json}
    formats = [name for name, flag in flags.items() if flag is not False]
    if not formats:
        raise refused(f"{asked.field}.vtt", "ask for one of vtt, srt and json at least")
    options: Options = {"formats": formats}
    return Wish("subtitles", options | ({"language": wanted.language} if wanted.language else {}))


def _vmaf(asked: Asked) -> Wish:
    """Of the first film that the same query makes."""
    number = next((n for n, other in enumerate(asked.query_formats) if other.output in _FILMS), None)
    if number is None:
        raise refused(
            f"{asked.field}.output", "vmaf measures an mp4, webm or repack of the same query, and there is none"
        )
    container = _EXTENSIONS[asked.query_formats[number].output]
    return Wish("quality", {"metrics": ["vmaf"], "distorted": {"name": f"video.{container}"}}, measures=number)


# ── pieces ────────────────────────────────────────────────────────────────────────────────────


def bits(kilobits: float) -> int:
    return round(kilobits * 1000)


def named(table: Mapping[str, str], value: str, where: str) -> str:
    if value not in table:
        raise refused(where, f"{value!r} isn't carried out; there are {', '.join(table)}")
    return table[value]


_TRANSLATORS: Mapping[str, Callable[[Asked], Wish]] = {
    "mp4": _film,
    "webm": _film,
    "advanced_hls": _set,
    "advanced_dash": _set,
    "repack": _repack,
    "mp3": _audio,
    "flac": _audio,
    "gif": _gif,
    "thumbnail": _thumbnail,
    "thumbnails": _thumbnails,
    "metadata": _metadata,
    "speech_to_text": _speech,
    "vmaf": _vmaf,
}
