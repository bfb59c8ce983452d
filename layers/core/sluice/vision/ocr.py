"""PP-OCRv6: the lines of text in a picture. One graph finds them, another one reads each.

Only level lines are read: text that leans is found badly, and upright columns not at all.
"""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from sluice.vision import Box, SeenText
from sluice.vision.components import Region, regions
from sluice.vision.models import graph
from sluice.vision.pictures import batch_of_one, pixels

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL import Image

    Map = NDArray[numpy.float32]

MODEL = "PP-OCRv6 small"
# The longer side that the finder sees, a multiple of 32: smaller frames are enlarged, larger ones reduced.
LEAST_SIDE, MOST_SIDE = 736, 960
# Of the finder's map: from where on a pixel is text, and a region a line.
LEAST_PIXEL, LEAST_REGION = 0.3, 0.5
LEAST_PIXELS = 4
# The finder marks a core of the line; by so much of area / circumference it is grown again.
GROWTH = 1.6
READ_HEIGHT, LEAST_WIDTH, MOST_WIDTH = 48, 320, 3200
LEAST_CONFIDENCE = 0.6
# A letter on its own is most often an edge that looks like one.
LEAST_LETTERS = 2
# What bounds the time of a frame that is nothing but text: the largest lines are read.
MOST_LINES = 60
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Line(NamedTuple):
    """In pixels of the picture."""

    left: float
    top: float
    right: float
    bottom: float


def text(picture: "Image.Image") -> list[SeenText]:
    """The lines that could be read, from top to bottom."""
    found = sorted(lines(picture), key=lambda line: line.top - line.bottom)[:MOST_LINES]
    read = (read_line(picture, line) for line in sorted(found, key=lambda line: (line.top, line.left)))
    return [seen for seen in read if seen]


def lines(picture: "Image.Image") -> list[Line]:
    """Where there is text."""
    import numpy

    wide, high = _finder_size(picture.size)
    image = (pixels(picture, (wide, high))[..., ::-1] / 255 - numpy.array(_MEAN)) / numpy.array(_DEVIATION)
    net = graph("text_detection.onnx")
    (found,) = net.run(None, {net.get_inputs()[0].name: batch_of_one(image.astype(numpy.float32))})
    likely = found[0, 0]
    across, down = picture.width / wide, picture.height / high
    return [
        _grown(region, across, down, picture.size)
        for region in regions(likely > LEAST_PIXEL)
        if min(region.width, region.height) >= LEAST_PIXELS and _certainty(likely, region) >= LEAST_REGION
    ]


def read_line(picture: "Image.Image", line: Line) -> SeenText | None:
    """What a line says, or None where that isn't certain."""
    import numpy

    cut = picture.crop((int(line.left), int(line.top), ceil(line.right), ceil(line.bottom)))
    wide = min(MOST_WIDTH, max(READ_HEIGHT, ceil(READ_HEIGHT * cut.width / cut.height)))
    image = (pixels(cut, (wide, READ_HEIGHT))[..., ::-1] / 255 - 0.5) / 0.5
    padded = numpy.pad(image, ((0, 0), (0, max(0, LEAST_WIDTH - wide)), (0, 0)))
    net = graph("text_recognition.onnx")
    (said,) = net.run(None, {net.get_inputs()[0].name: batch_of_one(padded.astype(numpy.float32))})
    best = said[0].argmax(axis=1)
    words, confidence = spelled(best.tolist(), said[0].max(axis=1).tolist(), _alphabet())
    if len(words) < LEAST_LETTERS or confidence < LEAST_CONFIDENCE:
        return None
    return SeenText(text=words, confidence=round(100 * confidence, 2), box=_fraction(line, picture.size))


def spelled(best: Sequence[int], certainties: Sequence[float], alphabet: Sequence[str]) -> tuple[str, float]:
    """CTC: 0 is a gap, and a letter that goes on is one letter. The certainty is the mean of the letters'."""
    kept = [n for n, letter in enumerate(best) if letter and (n == 0 or letter != best[n - 1])]
    if not kept:
        return "", 0.0
    words = "".join(alphabet[best[n]] for n in kept).strip()
    return words, sum(certainties[n] for n in kept) / len(kept)


def _alphabet() -> list[str]:
    """The gap, the letters that travel in the graph, and the blank."""
    letters: str = graph("text_recognition.onnx").get_modelmeta().custom_metadata_map["character"]
    return ["", *letters.split("\n"), " "]


def _finder_size(size: tuple[int, int]) -> tuple[int, int]:
    longer = max(size)
    scale = min(MOST_SIDE, max(LEAST_SIDE, longer)) / longer
    wide, high = (max(32, round(side * scale / 32) * 32) for side in size)
    return wide, high


def _certainty(likely: "Map", region: Region) -> float:
    """The mean of the region's text pixels."""
    part = likely[region.top : region.bottom, region.left : region.right]
    return float(part[part > LEAST_PIXEL].mean())


def _grown(region: Region, across: float, down: float, size: tuple[int, int]) -> Line:
    by = GROWTH * region.width * region.height / (2 * (region.width + region.height))
    return Line(
        max(0.0, (region.left - by) * across),
        max(0.0, (region.top - by) * down),
        min(float(size[0]), (region.right + by) * across),
        min(float(size[1]), (region.bottom + by) * down),
    )


def _fraction(line: Line, size: tuple[int, int]) -> Box:
    return Box(
        left=round(line.left / size[0], 4),
        top=round(line.top / size[1], 4),
        width=round((line.right - line.left) / size[0], 4),
        height=round((line.bottom - line.top) / size[1], 4),
    )
