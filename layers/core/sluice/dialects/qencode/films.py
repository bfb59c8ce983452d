"""mp4, webm, repack, mp3 and flac: files of film and of sound. Pure."""

from collections.abc import Mapping
from typing import Any

from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.query import Encoding
from sluice.dialects.qencode.wishes import (
    AUDIO_CODECS,
    EXTENSIONS,
    RESIZE_MODES,
    VIDEO_CODECS,
    Asked,
    Options,
    Wish,
    bits,
    named,
)
from sluice.errors import InvalidRequest

# What our longest ladder may have; larger than any source, so the picture stays as large as it is.
_AS_LARGE_AS_THE_SOURCE = 4320
# The profile that a codec's pictures of eight or ten bits have of themselves.
_PROFILES = {("h264", False): "high", ("h265", False): "main", ("h265", True): "main10"}


def film(asked: Asked) -> Wish:
    wanted, container = asked.format, asked.format.output
    _check_extension(asked)
    options = {"container": container, **_codec(wanted, asked.field), **_box(asked), **_rate(wanted, asked.field)}
    options |= sound(wanted, asked.field, ("audio_bitrate", "audio_sample_rate", "audio_channels"))
    options |= span(wanted)
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
        return {"width": width, "height": height, "fit": fit(asked), **grow}
    if width or height:
        return {"width": width} | grow if width else {"height": height} | grow
    return {"resolution": _AS_LARGE_AS_THE_SOURCE}


def fit(asked: Asked) -> str:
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


def sound(wanted: Encoding, where: str, names: tuple[str, str, str]) -> Options:
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


def span(wanted: Encoding) -> Options:
    options: Options = {}
    if wanted.start_time:
        options["start"] = wanted.start_time
    if wanted.duration:
        options["end"] = (wanted.start_time or 0.0) + wanted.duration
    return options


def repack(asked: Asked) -> Wish:
    _check_extension(asked)
    return Wish("video", {"container": "mp4", "copy": True})


def _check_extension(asked: Asked) -> None:
    wanted, made = asked.format.file_extension, EXTENSIONS[asked.format.output]
    if wanted and wanted.lstrip(".").lower() != made:
        raise refused(f"{asked.field}.file_extension", f"{asked.format.output} makes a file that ends in .{made}")


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def audio(asked: Asked) -> Wish:
    wanted = asked.format
    _check_extension(asked)
    options = {"format": wanted.output, **sound(wanted, asked.field, ("bitrate", "sample_rate", "channels"))}
    codec = options.pop("audio_codec", wanted.output)
    if codec != wanted.output:
        raise refused(f"{asked.field}.audio_codec", f"{wanted.output} holds {wanted.output} only")
    return Wish("audio", {**options, **span(wanted)})
