"""Amazon Rekognition as a viewer: DetectLabels, DetectFaces, DetectText, one call a frame each."""

from collections.abc import Mapping

from sluice.aws.rekognition import Found, Rekognition
from sluice.frames import Frame
from sluice.vision import Box, SeenFace, SeenLabel, SeenText

LEAST_LABEL_PERCENT = 55.0


class RekognitionViewer:
    name = "rekognition"

    def __init__(self, rekognition: Rekognition | None = None) -> None:
        self._rekognition = rekognition or Rekognition()

    def labels(self, frame: Frame) -> list[SeenLabel]:
        found = self._rekognition.labels(frame.data, min_confidence=LEAST_LABEL_PERCENT)
        return [SeenLabel(name=each.name.lower(), confidence=round(each.confidence, 2)) for each in found]

    def faces(self, frame: Frame) -> list[SeenFace]:
        found = self._rekognition.faces(frame.data)
        return [SeenFace(box=_box(each), confidence=round(each.confidence, 2)) for each in found]

    def text(self, frame: Frame) -> list[SeenText]:
        found = self._rekognition.text(frame.data)
        return [SeenText(text=each.name, box=_box(each), confidence=round(each.confidence, 2)) for each in found]

    def models(self) -> Mapping[str, str]:
        return {"labels": "DetectLabels", "faces": "DetectFaces", "text": "DetectText"}


def _box(found: Found) -> Box:
    left, top, width, height = (round(side, 4) for side in found.box)
    return Box(left=left, top=top, width=width, height=height)
