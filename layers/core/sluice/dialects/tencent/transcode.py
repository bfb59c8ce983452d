"""TranscodeTask: a template and what overrides it, or RawParameter, as a kind of ours with its options. Pure.

https://www.tencentcloud.com/document/api/1041/33690 (RawTranscodeParameter, VideoTemplateInfo, AudioTemplateInfo)
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from sluice.dialects.tencent import watermark
from sluice.dialects.tencent.errors import bad_value, missing, unsupported
from sluice.dialects.tencent.models import Audio, TranscodeParameter, TranscodeTask, Video, parsed
from sluice.dialects.tencent.places import Places
from sluice.kinds.spans import is_backward

FILMS, SOUNDS, HLS = ("mp4", "flv"), ("mp3", "m4a", "flac", "ogg"), "hls"
_CODECS = {"h264", "h265", "av1", "vp9"}
# What each container's sound may be, by the documentation, as far as we make it.
_VOICES: Mapping[str, tuple[str, ...]] = {
    "mp4": ("aac", "mp3", "copy"),
    "flv": ("aac", "mp3", "copy"),
    "hls": ("aac",),
    "mp3": ("mp3",),
    "m4a": ("aac",),
    "flac": ("flac",),
    "ogg": (),
}
# Of sound it is 26 to 256 in the documentation; two of its own presets lie outside.
_KILOBITS, _SOUND_KILOBITS, _SIDES = (128, 100_000), (24, 320), (128, 4096)
_FITS = {None: "pad", "": "pad", "black": "pad", "stretch": "fill"}
# No source is larger than this, so its own size it is.
_LARGEST_SHORT_SIDE = 4320


class Found(NamedTuple):
    kind: str
    options: dict[str, Any]
    many_files: bool = False


def work(task: TranscodeTask, preset: Mapping[str, Any] | None, path: str, places: Places) -> Found:
    """Raises: Refusal naming the parameter."""
    asked, where = _asked(task, preset, path)
    container = (asked.Container or "").lower()
    if not container:
        raise missing(f"{where}.Container")
    span = _span(task, path)
    if task.WatermarkSet and container not in FILMS:
        raise unsupported(f"{path}.WatermarkSet", f"only {' and '.join(FILMS)} have watermarks")
    if container in SOUNDS:
        return Found("audio", {**_sound_file(container, asked, where), **span})
    if container in FILMS:
        film = {**_film(container, asked, where, preset is not None), **span}
        marks = task.WatermarkSet or ()
        mark = {"watermark": watermark.options(marks, f"{path}.WatermarkSet", places)} if marks else {}
        return Found("video", {**film, **mark})
    if container == HLS:
        if span:
            raise unsupported(f"{path}.StartTimeOffset", "HLS is made of the whole source; cut it as mp4")
        return Found("adaptive", _hls(asked, where), many_files=True)
    raise bad_value(f"{where}.Container", f"it is one of {', '.join((*FILMS, HLS, *SOUNDS))}", "Container")


def _asked(task: TranscodeTask, preset: Mapping[str, Any] | None, path: str) -> tuple[TranscodeParameter, str]:
    """The parameters that hold, and where they are written."""
    if preset is None:
        if task.OverrideParameter:
            raise bad_value(f"{path}.OverrideParameter", "it needs a Definition that it can override", "Definition")
        if not task.RawParameter:
            raise missing(f"{path}.RawParameter" if task.Definition == 0 else f"{path}.Definition")
        return task.RawParameter, f"{path}.RawParameter"
    if task.RawParameter:
        raise bad_value(f"{path}.RawParameter", "it goes with a Definition of 0 only", "Definition")
    where = f"{path}.OverrideParameter"
    given = task.OverrideParameter.model_dump(exclude_none=True) if task.OverrideParameter else {}
    return parsed(TranscodeParameter, _laid_upon(preset, given)), where


def _laid_upon(preset: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The preset with what was given instead, member by member."""
    merged = dict(preset)
    for name, value in given.items():
        before = preset.get(name)
        merged[name] = (
            _laid_upon(before, value) if isinstance(before, Mapping) and isinstance(value, Mapping) else value
        )
    return merged


def _span(task: TranscodeTask, path: str) -> dict[str, Any]:
    """Seconds from the beginning, or negative ones from the end, as ours."""
    start, end = task.StartTimeOffset or 0.0, task.EndTimeOffset or 0.0
    if end and is_backward(start, end):
        raise bad_value(f"{path}.EndTimeOffset", "the end must lie after the start")
    return {**({"start": start} if start else {}), **({"end": end} if end else {})}


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def _sound_file(container: str, asked: TranscodeParameter, where: str) -> dict[str, Any]:
    if asked.RemoveAudio:
        raise bad_value(f"{where}.RemoveAudio", f"{container} holds nothing but sound", "RemoveAudio")
    if asked.VideoTemplate and asked.VideoTemplate.echo and not asked.RemoveVideo:
        raise bad_value(f"{where}.VideoTemplate", f"{container} holds no picture; set RemoveVideo to 1", "RemoveVideo")
    sound = asked.AudioTemplate or Audio()
    _check_voice(container, sound, where)
    options: dict[str, Any] = {"format": container, "channels": 2}
    if sound.AudioChannel is not None:
        options["channels"] = sound.AudioChannel or None
    if rate := _rate(sound, where):
        if container == "flac":
            raise bad_value(
                f"{where}.AudioTemplate.Bitrate", "flac is lossless and has no bitrate to set", "AudioBitrate"
            )
        options["bitrate"] = rate
    if sound.SampleRate:
        options["sample_rate"] = sound.SampleRate
    return options


def _check_voice(container: str, sound: Audio, where: str) -> None:
    if sound.Codec and sound.Codec.lower() not in _VOICES[container]:
        voices = _VOICES[container]
        known = f"{container} is made with {', '.join(voices)}" if voices else "ogg is made with Vorbis: leave it out"
        raise bad_value(f"{where}.AudioTemplate.Codec", known, "AudioCodec")


def _rate(sound: Audio, where: str) -> int | None:
    """Bits per second; 0 leaves it to us."""
    if not sound.Bitrate:
        return None
    low, high = _SOUND_KILOBITS
    if not low <= sound.Bitrate <= high:
        raise bad_value(f"{where}.AudioTemplate.Bitrate", f"it is 0, or {low} to {high} kbit/s", "AudioBitrate")
    return sound.Bitrate * 1000


# ── films ─────────────────────────────────────────────────────────────────────────────────────


def _film(container: str, asked: TranscodeParameter, where: str, from_preset: bool) -> dict[str, Any]:
    video, path = _picture_of(container, asked, where)
    for name in ("HlsTime", "SegmentType"):
        if getattr(video, name) is not None:
            raise bad_value(f"{path}.{name}", f"{container} has no segments")
    options = {
        "container": container,
        "codec": _codec(video, path),
        **_size(video, path, from_preset),
        **_quality(video, path),
        **_rhythm(video, path),
        **_film_sound(container, asked, where),
    }
    return {**options, "bit_depth": video.BitDepth} if video.BitDepth else options


def _picture_of(container: str, asked: TranscodeParameter, where: str) -> tuple[Video, str]:
    if asked.RemoveVideo:
        message = f"without a picture it is sound: {', '.join(SOUNDS)}, not {container}"
        raise bad_value(f"{where}.RemoveVideo", message, "RemoveVideo")
    if asked.VideoTemplate is None:
        raise missing(f"{where}.VideoTemplate")
    return asked.VideoTemplate, f"{where}.VideoTemplate"


def _codec(video: Video, path: str) -> str:
    codec = (video.Codec or "").lower()
    if not codec:
        raise missing(f"{path}.Codec")
    if codec not in _CODECS:
        raise bad_value(f"{path}.Codec", "films are encoded as h264, h265, av1 and vp9", "VideoCodec")
    return codec


def _size(video: Video, path: str, from_preset: bool) -> dict[str, Any]:
    """The asked-for size, also where the picture must grow for it; a preset's short side makes nothing larger."""
    for name in ("Width", "Height"):
        side = getattr(video, name) or 0
        if side and not _SIDES[0] <= side <= _SIDES[1]:
            raise bad_value(f"{path}.{name}", f"it is 0, or {_SIDES[0]} to {_SIDES[1]} pixels", name)
    width, height = video.Width or 0, video.Height or 0
    if video.FillType not in _FITS:
        raise bad_value(
            f"{path}.FillType", "what is left over is black, or the picture stretched (stretch)", "FillType"
        )
    if not width and not height:
        return {"resolution": _LARGEST_SHORT_SIDE}
    turns = video.ResolutionAdaptive != "close"
    if turns and width and width < height:
        raise bad_value(f"{path}.Width", "with ResolutionAdaptive it is the longer side", "Width")
    if from_preset and turns and not width:
        return {"resolution": height}
    sides = {name: side for name, side in (("width", width), ("height", height)) if side}
    fit = {"fit": _FITS[video.FillType]} if width and height else {}
    return {**sides, **fit, "upscale": True, **({"turn_box": True} if turns else {})}


def _quality(video: Video, path: str) -> dict[str, Any]:
    mode = (video.Mode or "").upper() or ("VCRF" if video.Vcrf is not None and not video.Bitrate else "VBR")
    if mode in {"VCRF", "CRF"}:
        if not video.Vcrf:
            raise bad_value(f"{path}.Vcrf", "it is 1 to 51")
        return {"crf": video.Vcrf}
    if mode not in {"VBR", "ABR"}:
        raise bad_value(f"{path}.Mode", "it is VBR, ABR or VCRF")
    if video.Vcrf is not None:
        raise unsupported(f"{path}.Vcrf", "give either a Bitrate or, with a Bitrate of 0, Vcrf")
    rate = _film_rate(video, path)
    return {"video_bitrate": rate} if rate else {"quality": "high"}


def _film_rate(video: Video, path: str) -> int | None:
    """Bits per second; 0 leaves it to us."""
    if not video.Bitrate:
        return None
    low, high = _KILOBITS
    if not low <= video.Bitrate <= high:
        raise bad_value(f"{path}.Bitrate", f"it is 0, or {low} to {high} kbit/s", "VideoBitrate")
    return video.Bitrate * 1000


def _rhythm(video: Video, path: str) -> dict[str, Any]:
    rate = Fraction(video.Fps or 0, video.FpsDenominator or 1)
    if rate > 120:
        raise bad_value(f"{path}.Fps", "it is 0 to 120", "Fps")
    options: dict[str, Any] = {"fps": str(rate) if rate.denominator > 1 else int(rate)} if rate else {}
    if not video.Gop:
        return options
    if video.GopUnit != "second" and not rate:
        raise bad_value(f"{path}.Gop", "in frames it needs Fps as well; or say it in seconds, by GopUnit", "Gop")
    seconds = Fraction(video.Gop) if video.GopUnit == "second" else video.Gop / rate
    return {**options, "gop_seconds": round(float(seconds), 6)}


def _film_sound(container: str, asked: TranscodeParameter, where: str) -> dict[str, Any]:
    sound = asked.AudioTemplate
    if asked.RemoveAudio:
        return {"audio_codec": "none"}
    if sound is None:
        raise missing(f"{where}.AudioTemplate")
    _check_voice(container, sound, where)
    codec = (sound.Codec or "aac").lower()
    if codec == "copy":
        if sound.Bitrate or sound.SampleRate:
            raise bad_value(
                f"{where}.AudioTemplate.Codec", "a copy has the bitrate and sample rate of the source", "AudioCodec"
            )
        return {"audio_codec": "copy"}
    rate = _rate(sound, where)
    channels = {} if sound.AudioChannel is None else {"audio_channels": sound.AudioChannel or None}
    return {
        "audio_codec": codec,
        **channels,
        **({"audio_bitrate": rate} if rate else {}),
        **({"audio_sample_rate": sound.SampleRate} if sound.SampleRate else {}),
    }


# ── HLS ───────────────────────────────────────────────────────────────────────────────────────

_NOT_IN_HLS = ("Fps", "FpsDenominator", "Width", "FillType", "Gop", "Vcrf")
# HLS of MP4 segments, as files.
_MP4_SEGMENTS = 7


def _hls(asked: TranscodeParameter, where: str) -> dict[str, Any]:
    """One rung of an adaptive set, whose pictures keep shape and rhythm."""
    video, path = _picture_of(HLS, asked, where)
    for name in _NOT_IN_HLS:
        if getattr(video, name):
            raise unsupported(
                f"{path}.{name}", "HLS keeps the picture's shape and rhythm; say Height, Bitrate and Codec"
            )
    if video.BitDepth == 10:
        raise unsupported(f"{path}.BitDepth", "HLS is made with 8 bits")
    if video.SegmentType not in {None, _MP4_SEGMENTS}:
        raise unsupported(f"{path}.SegmentType", f"segments are MP4 files ({_MP4_SEGMENTS})")
    if video.Mode not in {None, "", "VBR", "ABR"} or video.ResolutionAdaptive == "close":
        name = "Mode" if video.ResolutionAdaptive != "close" else "ResolutionAdaptive"
        raise unsupported(f"{path}.{name}", "HLS is made by average bitrate, and by the picture's short side")
    codec = _codec(video, path)
    if codec == "vp9":
        raise bad_value(f"{path}.Codec", "HLS is made with h264, h265 and av1", "VideoCodec")
    rate = _film_rate(video, path)
    rung = {"short_side": _short_side(video, path), **({"video_bitrate": rate} if rate else {})}
    return {
        "ladder": [rung],
        "codec": codec,
        "rate_control": "abr" if rate else "capped_crf",
        "iframes": False,
        "source_subtitles": False,
        **({"segment_seconds": video.HlsTime} if video.HlsTime else {}),
        **_hls_sound(asked, where),
    }


def _short_side(video: Video, path: str) -> int:
    height = video.Height or _LARGEST_SHORT_SIDE
    if video.Height and not _SIDES[0] <= height <= _SIDES[1]:
        raise bad_value(f"{path}.Height", f"it is 0, or {_SIDES[0]} to {_SIDES[1]} pixels", "Height")
    return height


def _hls_sound(asked: TranscodeParameter, where: str) -> dict[str, Any]:
    if asked.RemoveAudio:
        raise unsupported(f"{where}.RemoveAudio", "HLS has the sound of the source")
    if asked.AudioTemplate is None:
        raise missing(f"{where}.AudioTemplate")
    sound = asked.AudioTemplate
    _check_voice(HLS, sound, where)
    if sound.SampleRate:
        raise unsupported(f"{where}.AudioTemplate.SampleRate", "HLS has the sample rate of the source")
    rate = _rate(sound, where)
    channels = {} if sound.AudioChannel is None else {"audio_channels": sound.AudioChannel or 8}
    return {**channels, **({"audio_bitrate": rate} if rate else {})}
