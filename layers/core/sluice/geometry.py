"""How a picture comes into the size that was asked for. Pure; `ffmpeg.filters.resized` says it to ffmpeg."""

from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from sluice.media import Size


class Fit(StrEnum):
    """What gives way when the asked-for box has another shape than the picture."""

    CONTAIN = "contain"  # the box: the whole picture lies inside it, in its own shape
    COVER = "cover"  # the picture: it fills the box, what juts out is cut off evenly
    FILL = "fill"  # the shape: stretched to the box
    PAD = "pad"  # nothing: the whole picture inside the box, with bars around it


class Geometry(NamedTuple):
    """The picture is first `scaled`, then cut (where larger) or given bars (where smaller) to `size`, evenly."""

    scaled: Size
    size: Size


def fitted(
    size: Size,
    width: int | None = None,
    height: int | None = None,
    fit: Fit = Fit.CONTAIN,
    *,
    upscale: bool = False,
    step: int = 2,
) -> Geometry:
    """How a picture of this display size gets into a box of `width` by `height` pixels.

    With one side or none the picture keeps its shape, whatever the fit. Unless `upscale`, a box that the picture
    could only reach by growing is made smaller first, in its own shape. Sides are multiples of `step`: 4:2:0 codecs
    need 2, pictures 1.
    """
    width, height = (side and _floored(side, step) for side in (width, height))
    if not width or not height or fit is Fit.CONTAIN:
        found = _contained(size, width, height, upscale, step)
        return Geometry(found, found)
    box = Size(width, height)
    if not upscale:
        reach = min(Fraction(1), 1 / _growth(size, box, fit))
        box = _times(box, reach, step)
    return Geometry(_scaled(size, box, fit, step), box)


def _contained(size: Size, width: int | None, height: int | None, upscale: bool, step: int) -> Size:
    scales = [Fraction(box, side) for box, side in zip((width, height), size, strict=True) if box]
    return _times(size, min(scales if upscale and scales else [*scales, Fraction(1)]), step)


def _growth(size: Size, box: Size, fit: Fit) -> Fraction:
    """The factor that brings the picture to the box: to its nearer sides for bars, to its farther ones else."""
    across, down = Fraction(box.width, size.width), Fraction(box.height, size.height)
    return min(across, down) if fit is Fit.PAD else max(across, down)


def _scaled(size: Size, box: Size, fit: Fit, step: int) -> Size:
    if fit is Fit.FILL:
        return box
    found = _times(size, _growth(size, box, fit), step)
    # rounding must not leave a side a pixel short of the box, or over it
    edge = min if fit is Fit.PAD else max
    return Size(edge(found.width, box.width), edge(found.height, box.height))


def _times(size: Size, scale: Fraction, step: int) -> Size:
    return Size(_rounded(size.width * scale, step), _rounded(size.height * scale, step))


def _floored(side: int, step: int) -> int:
    return max(step, side // step * step)


def _rounded(length: Fraction, step: int) -> int:
    """The nearest multiple of the step, the lower one of two (an odd side must not grow), at least one step."""
    return max(step, ceil(length / step - Fraction(1, 2)) * step)
