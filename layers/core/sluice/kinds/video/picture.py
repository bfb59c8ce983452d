"""The picture's way to the encoder, as a filter graph. Pure; ffmpeg has turned it upright before the first filter."""

from typing import NamedTuple

from sluice.ffmpeg.filters import deinterlaced, resized, tone_mapped
from sluice.geometry import Geometry, fitted
from sluice.kinds.video.marks import Marks, burned_in, image_place, image_scale, text
from sluice.kinds.video.options import DEFAULT_RESOLUTION, VideoOptions
from sluice.media import VideoStream

RESULT = "picture"


class Window(NamedTuple):
    """The part of the film that a chunk is: the pictures shown in [begin, end) seconds; None is no bound.

    `frames` are how many come out, None where it isn't known before.
    """

    begin: float | None
    end: float | None
    frames: int | None = None


def geometry(options: VideoOptions, video: VideoStream) -> Geometry:
    """The size that the picture is scaled to, and the one that comes out."""
    shown = video.display_size
    if options.width or options.height:
        turned = options.turn_box and shown.width < shown.height
        width, height = (options.height, options.width) if turned else (options.width, options.height)
        return fitted(shown, width, height, options.fit, upscale=options.upscale)
    short = options.resolution or DEFAULT_RESOLUTION
    upright = shown.width <= shown.height
    return fitted(shown, short if upright else None, None if upright else short, upscale=options.upscale)


def cleaning(options: VideoOptions, video: VideoStream) -> list[str]:
    """What is put right before anything else: fields, and a range that the target can't show."""
    return [*deinterlaced(video), *([] if keeps_hdr(options, video) else tone_mapped(video))]


def keeps_hdr(options: VideoOptions, video: VideoStream) -> bool:
    return video.hdr is not None and options.pixels.bit_depth == 10


def rhythm(options: VideoOptions) -> list[str]:
    return [f"fps={options.rate}"] if options.rate else []


def pixels(options: VideoOptions) -> str:
    """The pixel format, in the range that players take for granted."""
    return f"format={options.pixels.value}:color_ranges=tv"


def own_pictures(window: Window | None) -> list[str]:
    """After what looks at neighbours or makes a new rhythm, before what is done to each picture by itself."""
    if window is None or (window.begin is None and window.end is None):
        return []
    bounds = {"start": window.begin, "end": window.end}
    return ["trim=" + ":".join(f"{name}={time:.6f}" for name, time in bounds.items() if time is not None)]


def graph(
    options: VideoOptions, video: VideoStream, marks: Marks, began: float = 0.0, window: Window | None = None
) -> str:
    """From the source's stream to the label `picture`; a watermark is the second input."""
    found = geometry(options, video)
    frames = [*cleaning(options, video), *rhythm(options), *own_pictures(window)]
    film = [*frames, *resized(found), *burned_in(marks, began)]
    last = [*text(options, found.size, marks), pixels(options)]
    if not (options.watermark and marks.image):
        return f"[0:{video.index}]{','.join([*film, *last])}[{RESULT}]"
    return ";".join(
        [
            f"[0:{video.index}]{','.join(film)}[film]",
            f"[1:v]{','.join(image_scale(options.watermark, found.size))}[mark]",
            f"[film][mark]{','.join([image_place(options.watermark, found.size), *last])}[{RESULT}]",
        ]
    )
