"""ffmpeg's arguments for an animation: one filter graph from all stretches to the palette. Pure."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.filters import deinterlaced, resized, tone_mapped
from sluice.geometry import Geometry
from sluice.kinds.animation import AnimationOptions
from sluice.media import VideoStream
from sluice.pictures import in_matrix

# What a GIF can show: hundredths of a second, and 256 colours of which one is kept for «as before».
_PALETTE = "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle"


class Stretch(NamedTuple):
    """Seconds: where the input was sought to, where the stretch begins after that, and how long it is."""

    sought: float
    start: float
    length: float


def animation(
    options: AnimationOptions, video: VideoStream, stretches: Sequence[Stretch], geometry: Geometry, target: Path
) -> list[str]:
    """Everything after the inputs, of which there is one for each stretch."""
    return [
        *("-filter_complex", _graph(options, video, stretches, geometry)),
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        *_encoder(options),
        str(target),
    ]


def _graph(options: AnimationOptions, video: VideoStream, stretches: Sequence[Stretch], geometry: Geometry) -> str:
    drawn = [*tone_mapped(video), *in_matrix(video), "format=rgb24", *resized(geometry)]
    parts = [
        ",".join([f"[{number}:{video.index}]{_cut(stretch)}", *deinterlaced(video), _rate(options, stretch), *drawn])
        + f"[s{number}]"
        for number, stretch in enumerate(stretches)
    ]
    joined = "".join(f"[s{number}]" for number in range(len(stretches))) + f"concat=n={len(stretches)}"
    return ";".join([*parts, f"{joined},{_PALETTE}" if options.format == "gif" else f"{joined},format=bgra"])


def _cut(stretch: Stretch) -> str:
    """From the stretch's first frame on, which then comes at nought: concat would keep a gap before it."""
    return f"trim=start={stretch.start:.6f}:duration={stretch.length:.6f},setpts=PTS-STARTPTS"


def _rate(options: AnimationOptions, stretch: Stretch) -> str:
    """The frame rate; what is shorter than a frame of it gives one all the same."""
    too_short = stretch.length * options.fps < 1
    return f"fps={options.fps:g}" + (":eof_action=pass" if too_short else "")


def _encoder(options: AnimationOptions) -> list[str]:
    if options.format == "gif":
        return ["-c:v", "gif", "-f", "gif", "-loop", "0" if options.loop else "-1"]
    return [
        *("-c:v", "libwebp_anim", "-quality", str(options.quality)),
        *("-f", "webp", "-loop", "0" if options.loop else "1"),
    ]
