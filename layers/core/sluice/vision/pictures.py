"""From a JPEG to numbers, and what its pixels alone say of it."""

import io
from typing import TYPE_CHECKING

from sluice.errors import BadSource
from sluice.frames import Frame
from sluice.media import Value

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL import Image

    Pixels = NDArray[numpy.float32]


class Look(Value):
    """How a picture looks. `sharpness` is the variance of its Laplacian, the others are in the units of 8-bit luma."""

    sharpness: float
    brightness: float
    contrast: float
    colourfulness: float


def decoded(frame: Frame) -> "Image.Image":
    """The picture in RGB, read whole.

    Raises: BadSource.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(frame.data)) as picture:
            return picture.convert("RGB")
    except OSError as error:
        raise BadSource(f"The frame at {frame.time:g} s could not be decoded.", code="source_undecodable") from error


def pixels(picture: "Image.Image", size: tuple[int, int] | None = None) -> "Pixels":
    """Height x width x RGB, 0 to 255, stretched to `size` (width, height) where one is given."""
    import numpy
    from PIL import Image

    if size and size != picture.size:
        picture = picture.resize(size, Image.Resampling.BILINEAR)
    return numpy.asarray(picture, numpy.float32)


def batch_of_one(image: "Pixels") -> "Pixels":
    """As graphs take it: 1 x channels x height x width."""
    return image.transpose(2, 0, 1)[None].copy()


def look_of(frame: Frame) -> Look:
    """Sharpness (Laplacian), brightness, contrast and Hasler's colourfulness, at 320 x 180 whatever the size."""
    import numpy

    image = pixels(decoded(frame), (320, 180))
    luma = image @ numpy.array([0.299, 0.587, 0.114], numpy.float32)
    middle = luma[1:-1, 1:-1]
    laplacian = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:] - 4 * middle
    red_green = image[..., 0] - image[..., 1]
    yellow_blue = (image[..., 0] + image[..., 1]) / 2 - image[..., 2]
    spread = numpy.hypot(red_green.std(), yellow_blue.std())
    distance = numpy.hypot(red_green.mean(), yellow_blue.mean())
    return Look(
        sharpness=round(float(laplacian.var()), 2),
        brightness=round(float(luma.mean()), 2),
        contrast=round(float(luma.std()), 2),
        colourfulness=round(float(spread + 0.3 * distance), 2),
    )
