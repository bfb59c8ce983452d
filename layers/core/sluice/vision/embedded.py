"""The vision layer's models as a viewer."""

from collections.abc import Mapping

from sluice.frames import Frame
from sluice.vision import SeenFace, SeenLabel, SeenText, faces, labels, ocr
from sluice.vision.pictures import decoded


class EmbeddedViewer:
    name = "embedded"

    def labels(self, frame: Frame) -> list[SeenLabel]:
        return labels.labels(decoded(frame))

    def faces(self, frame: Frame) -> list[SeenFace]:
        return faces.faces(decoded(frame))

    def text(self, frame: Frame) -> list[SeenText]:
        return ocr.text(decoded(frame))

    def models(self) -> Mapping[str, str]:
        return {"labels": labels.MODEL, "faces": faces.MODEL, "text": ocr.MODEL}
