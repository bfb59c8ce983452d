"""YuNet: where the faces in a picture are."""

from math import exp
from typing import TYPE_CHECKING, NamedTuple

from sluice.vision import Box, SeenFace
from sluice.vision.models import graph
from sluice.vision.pictures import batch_of_one, pixels

if TYPE_CHECKING:
    from PIL import Image

    from sluice.vision.pictures import Pixels

MODEL = "YuNet 2023mar"
# The graph's only size. A picture is fitted into it from the top left, the rest stays black.
SIDE = 640
STRIDES = (8, 16, 32)
LEAST_SCORE = 0.7
# Of two boxes that share more than this of their joint area, the surer one is the face.
MOST_OVERLAP = 0.3


class _Candidate(NamedTuple):
    """A box in pixels of the graph's input."""

    score: float
    left: float
    top: float
    width: float
    height: float


def faces(picture: "Image.Image") -> list[SeenFace]:
    """The faces, the surest first."""
    scale = SIDE / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    found = _candidates(_fitted(picture, width, height))
    return [
        SeenFace(box=_fraction(each, width, height), confidence=round(100 * each.score, 2)) for each in _distinct(found)
    ]


def _fitted(picture: "Image.Image", width: int, height: int) -> "Pixels":
    """In OpenCV's order of colours, which the network learnt."""
    import numpy

    canvas = numpy.zeros((SIDE, SIDE, 3), numpy.float32)
    canvas[:height, :width] = pixels(picture, (width, height))[..., ::-1]
    return canvas


def _candidates(image: "Pixels") -> list[_Candidate]:
    """What each cell of the three grids says: is it a face, how sure, where from the cell's corner."""
    import numpy

    net = graph("faces.onnx")
    names = [output.name for output in net.get_outputs()]
    said = dict(zip(names, net.run(None, {net.get_inputs()[0].name: batch_of_one(image)}), strict=True))
    found = []
    for stride in STRIDES:
        parts = (said[f"{part}_{stride}"][0, :, 0].clip(0, 1) for part in ("cls", "obj"))
        scores = numpy.sqrt(numpy.prod(list(parts), axis=0))
        for cell in numpy.flatnonzero(scores >= LEAST_SCORE):
            found.append(_candidate(float(scores[cell]), int(cell), said[f"bbox_{stride}"][0, cell], stride))
    return found


def _candidate(score: float, cell: int, box: "Pixels", stride: int) -> _Candidate:
    row, column = divmod(cell, SIDE // stride)
    x, y, width, height = (float(value) for value in box)
    wide, high = exp(width) * stride, exp(height) * stride
    return _Candidate(score, (column + x) * stride - wide / 2, (row + y) * stride - high / 2, wide, high)


def _distinct(candidates: list[_Candidate]) -> list[_Candidate]:
    """The surest of those that lie upon each other."""
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, reverse=True):
        if all(_overlap(candidate, other) <= MOST_OVERLAP for other in kept):
            kept.append(candidate)
    return kept


def _overlap(one: _Candidate, other: _Candidate) -> float:
    """The part of their joint area that both cover."""
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    shared = max(0.0, wide) * max(0.0, high)
    return shared / (one.width * one.height + other.width * other.height - shared)


def _fraction(face: _Candidate, width: int, height: int) -> Box:
    """The part of the box that lies in the picture, in fractions of it."""
    left, top = max(0.0, face.left), max(0.0, face.top)
    right, bottom = min(float(width), face.left + face.width), min(float(height), face.top + face.height)
    return Box(
        left=round(left / width, 4),
        top=round(top / height, 4),
        width=round(max(0.0, right - left) / width, 4),
        height=round(max(0.0, bottom - top) / height, 4),
    )
