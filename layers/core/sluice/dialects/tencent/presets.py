"""Preset `Definition`s: what they stand for, as parameters of the service or as our options. Tables.

Sizes and rates of the transcoding presets are the documented ones
(https://www.tencentcloud.com/document/product/1041/33480); what the other presets are was not to be found in words,
so they are what their names say, with our defaults.
"""

from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

# (last digits of the preset, short side, kbit/s)
_SIZES = ((10, 360, 400), (20, 540, 1000), (30, 720, 1800), (40, 1080, 2500), (70, 1440, 3000), (80, 2160, 6000))
_FILMS = (("mp4", 100_000), ("hls", 100_200))
_SOUNDS = (
    ("m4a", "aac", {1100: 24, 1110: 48, 1120: 96, 1130: 192, 1140: 256}),
    ("mp3", "mp3", {1010: 128, 1020: 320}),
)


def _film(container: str, short_side: int, kilobits: int) -> dict[str, Any]:
    return {
        "Container": container,
        "VideoTemplate": {"Codec": "h264", "Bitrate": kilobits, "Height": short_side},
        "AudioTemplate": {"Codec": "aac"},
    }


def _sound(container: str, codec: str, kilobits: int) -> dict[str, Any]:
    return {"Container": container, "RemoveVideo": 1, "AudioTemplate": {"Codec": codec, "Bitrate": kilobits}}


# As RawParameter has it, which OverrideParameter is laid upon.
TRANSCODE: Mapping[int, Mapping[str, Any]] = dict(
    chain(
        (
            (base + digits, _film(container, short_side, kilobits))
            for container, base in _FILMS
            for digits, short_side, kilobits in _SIZES
        ),
        (
            (definition, _sound(container, codec, kilobits))
            for container, codec, rates in _SOUNDS
            for definition, kilobits in rates.items()
        ),
    )
)


class Preset(NamedTuple):
    """One of our kinds with its options."""

    kind: str
    options: Mapping[str, Any]


SNAPSHOT: Mapping[int, Preset] = {10: Preset("screenshot", {"format": "jpeg"})}

# One every tenth of the film, the first at its beginning.
SAMPLE_PERCENT = 10
SAMPLE: Mapping[int, Preset] = {
    10: Preset("screenshot", {"format": "jpeg", "times": [f"{n}%" for n in range(0, 100, SAMPLE_PERCENT)]})
}

SPRITE: Mapping[int, Preset] = {10: Preset("sprite", {"columns": 10, "rows": 10, "tile_width": 142})}
ANIMATION: Mapping[int, Preset] = {20000: Preset("animation", {"format": "gif"})}

# By the manifest that is told of; both are always made.
HLS, DASH = "HLS", "MPEG-DASH"
ADAPTIVE: Mapping[int, str] = {10: HLS, 12: HLS, 20: DASH}

REVIEW: Mapping[int, Preset] = {10: Preset("moderation", {"parts": ["frames", "text", "speech"]})}
ANALYSIS: Mapping[int, Preset] = {
    10: Preset("discovery", {"parts": ["faces", "labels", "text", "cover", "highlights", "tags"]})
}
RECOGNITION: Mapping[int, tuple[Preset, ...]] = {
    10: (
        Preset("subtitles", {"formats": ["vtt", "srt", "json"]}),
        Preset("discovery", {"parts": ["faces", "labels", "text"]}),
    )
}
