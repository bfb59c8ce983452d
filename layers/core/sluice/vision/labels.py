"""EfficientNet-Lite0: which of ImageNet's 1000 things a picture shows.

One thing a picture is what it was trained on: it is weak on scenes, crowds, people and text.
"""

from typing import TYPE_CHECKING

from sluice.vision import SeenLabel
from sluice.vision.models import graph, table
from sluice.vision.pictures import batch_of_one, pixels

if TYPE_CHECKING:
    from PIL import Image

    from sluice.vision.pictures import Pixels

MODEL = "EfficientNet-Lite0 (ImageNet)"
SIDE = 224
MOST = 5
# Below it, a label is more often wrong than right.
LEAST_PERCENT = 20.0


def labels(picture: "Image.Image") -> list[SeenLabel]:
    """Up to five labels, the surest first.

    Two views are averaged, the middle square and the whole picture stretched: what only one of them shows is
    usually an error.
    """
    import numpy

    views = numpy.concatenate([_normal(picture), _normal(_middle(picture))])
    (probabilities,) = graph("labels.onnx").run(None, {"image": views})
    percent = 100 * probabilities.mean(axis=0)
    names = table("labels.json")
    best = percent.argsort()[::-1][:MOST]
    return [
        SeenLabel(name=names[place].lower(), confidence=round(float(percent[place]), 2))
        for place in best
        if percent[place] >= LEAST_PERCENT
    ]


def _normal(picture: "Image.Image") -> "Pixels":
    import numpy

    middle, half_range = numpy.float32(127), numpy.float32(128)
    return batch_of_one((pixels(picture, (SIDE, SIDE)) - middle) / half_range)


def _middle(picture: "Image.Image") -> "Image.Image":
    width, height = picture.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return picture.crop((left, top, left + side, top + side))
