"""What a subtask has made, as the output of each type of result: films, pictures, sets. Pure."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from sluice.dialects.tencent import presets, words
from sluice.dialects.tencent.told import Told, path_of
from sluice.tasks import Output

_MASTER, _DASH_MANIFEST = "master.m3u8", "manifest.mpd"


def _transcoded(told: Told) -> dict[str, Any] | None:
    return _hls(told) if told.subtask.kind == "adaptive" else _file(told)


def _file(told: Told) -> dict[str, Any] | None:
    made = next(iter(told.subtask.outputs), None)
    if made is None:
        return None
    is_film = made.type.startswith("video/")
    return {
        "OutputStorage": told.storage,
        "Path": path_of(made),
        "Definition": told.definition,
        "Bitrate": made.bitrate or 0,
        "Height": made.height or 0,
        "Width": made.width or 0,
        "Size": made.size,
        "Duration": made.duration or 0.0,
        "Container": made.name.rpartition(".")[2],
        "Md5": made.md5 or "",
        "VideoStreamSet": [_stream_made(made, told)] if is_film else [],
        "AudioStreamSet": _sound_made(made, told, is_film=is_film),
        "CallBackExtInfo": "",
    }


def _stream_made(made: Output, told: Told) -> dict[str, Any]:
    source = told.task.source.media.main_video if told.task.source.media else None
    asked = told.subtask.options.get("fps")
    rate = Fraction(asked) if asked else (source.frames_per_second if source else None)
    return {
        "Bitrate": made.bitrate or 0,
        "Height": made.height or 0,
        "Width": made.width or 0,
        "Codec": made.codec,
        "Fps": round(rate) if rate else 0,
    }


def _sound_made(made: Output, told: Told, *, is_film: bool) -> list[dict[str, Any]]:
    """The sound as it was asked for: a film's record holds what a probe says of its picture."""
    options, source = told.subtask.options, told.task.source.media
    sound = source.main_audio if source else None
    if sound is None or options.get("audio_codec") == "none":
        return []
    codec = (options.get("audio_codec") or "aac") if is_film else made.codec
    rate = options.get("audio_sample_rate" if is_film else "sample_rate") or sound.sample_rate
    return [
        {
            "Bitrate": ((options.get("audio_bitrate") or 0) if is_film else made.bitrate) or 0,
            "SamplingRate": rate or 0,
            "Codec": sound.codec if codec == "copy" else codec,
            "Channel": options.get("audio_channels" if is_film else "channels") or min(sound.channels or 2, 2),
        }
    ]


def _hls(told: Told) -> dict[str, Any]:
    best: Mapping[str, Any] = next(iter(told.result.get("renditions", ())), {})
    segments: Mapping[str, Any] = told.result.get("segments", {})
    return {
        "OutputStorage": told.storage,
        "Path": told.path(_MASTER),
        "Definition": told.definition,
        "Bitrate": best.get("average_bitrate", 0),
        "Height": best.get("height", 0),
        "Width": best.get("width", 0),
        "Size": segments.get("bytes", 0),
        "Duration": told.result.get("duration", 0.0),
        "Container": "hls",
        "Md5": "",
        "VideoStreamSet": [
            {
                "Bitrate": best.get("average_bitrate", 0),
                "Height": best.get("height", 0),
                "Width": best.get("width", 0),
                "Codec": told.subtask.options.get("codec"),
                "Codecs": best.get("codecs"),
                "Fps": round(Fraction(told.result.get("frame_rate", 0))),
            }
        ],
        "AudioStreamSet": [{"Codec": "aac", "Channel": a.get("channels")} for a in told.result.get("audio", ())],
        "CallBackExtInfo": "",
    }


def _adaptive(told: Told) -> dict[str, Any]:
    package = (told.subtask.client or {}).get("package", "HLS")
    manifest = _MASTER if package == "HLS" else _DASH_MANIFEST
    return {"Definition": told.definition, "Package": package, "Path": told.path(manifest), "Storage": told.storage}


def _animation(told: Told) -> dict[str, Any] | None:
    made = next(iter(told.subtask.outputs), None)
    if made is None:
        return None
    shown = told.result.get("stretches") or [{}]
    return {
        "Storage": told.storage,
        "Path": path_of(made),
        "Definition": told.definition,
        "Container": made.name.rpartition(".")[2],
        "Height": made.height or 0,
        "Width": made.width or 0,
        "Bitrate": made.bitrate or 0,
        "Size": made.size,
        "Md5": made.md5 or "",
        "StartTimeOffset": shown[0].get("start", 0.0),
        "EndTimeOffset": shown[-1].get("end", 0.0),
    }


def _stills(told: Told) -> list[Output]:
    return [output for output in told.subtask.outputs if output.type.startswith("image/")]


def _snapshots(told: Told) -> dict[str, Any]:
    pictures = [{"TimeOffset": o.time or 0.0, "Path": path_of(o), "WaterMarkDefinition": []} for o in _stills(told)]
    return {"Definition": told.definition, "PicInfoSet": pictures, "Storage": told.storage}


def _samples(told: Told) -> dict[str, Any]:
    return {
        "Definition": told.definition,
        "SampleType": "Percent",
        "Interval": presets.SAMPLE_PERCENT,
        "Storage": told.storage,
        "ImagePathSet": [path_of(output) for output in _stills(told)],
        "WaterMarkDefinition": [],
    }


def _sprites(told: Told) -> dict[str, Any]:
    return {
        "Definition": told.definition,
        "Height": told.result.get("tile_height", 0),
        "Width": told.result.get("tile_width", 0),
        "TotalCount": told.result.get("tiles", 0),
        "ImagePathSet": [path_of(output) for output in _stills(told)],
        "WebVttPath": next((path_of(o) for o in told.subtask.outputs if o.name.endswith(".vtt")), ""),
        "Storage": told.storage,
    }


Say = Callable[[Told], Mapping[str, Any] | None]
MEDIA: Mapping[str, tuple[str, Say]] = {
    words.TRANSCODE: ("TranscodeTask", _transcoded),
    words.ANIMATION: ("AnimatedGraphicTask", _animation),
    words.SNAPSHOT: ("SnapshotByTimeOffsetTask", _snapshots),
    words.SAMPLE: ("SampleSnapshotTask", _samples),
    words.SPRITE: ("ImageSpriteTask", _sprites),
    words.ADAPTIVE: ("AdaptiveDynamicStreamingTask", _adaptive),
}
