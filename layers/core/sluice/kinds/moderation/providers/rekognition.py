"""Amazon Rekognition's DetectModerationLabels, one call a frame, a few at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sluice.aws.rekognition import CONCURRENCY, Rekognition
from sluice.frames import Frame
from sluice.kinds.moderation.labels import Detection, LabelScore, from_rekognition


class RekognitionProvider:
    name = "rekognition"

    def __init__(self, rekognition: Rekognition | None = None) -> None:
        self._rekognition = rekognition or Rekognition()
        self._version = ""

    @property
    def model(self) -> str:
        return f"DetectModerationLabels {self._version}".strip()

    def review(self, images: Sequence[Frame], *, floor: float = 0.0) -> list[LabelScore]:
        """The labels of each frame.

        Raises: ProviderFailed, or botocore's exception for a throttle.
        """

        def seen(frame: Frame) -> list[LabelScore]:
            version, labels = self._rekognition.moderation_labels(frame.data, min_confidence=floor)
            self._version = version
            return from_rekognition(frame.time, [Detection(*label) for label in labels])

        with ThreadPoolExecutor(CONCURRENCY) as pool:
            return [score for scores in pool.map(seen, images) for score in scores]
