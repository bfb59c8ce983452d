"""Amazon Rekognition: what is in one picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sluice.errors import ProviderFailed

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient
    from mypy_boto3_rekognition.type_defs import BoundingBoxTypeDef, ImageTypeDef

# Calls at once; new accounts get 5 a second in most regions, and a call takes about half a second.
CONCURRENCY = 4
MAX_IMAGE_BYTES = 5 * 2**20
MAX_LABELS = 20

# Refusals that no later try would lift. Anything else (a throttle, a fault of theirs, the network)
# is raised as it came, and the workflow tries again.
REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "ImageTooLargeException",
        "InvalidImageFormatException",
        "InvalidParameterException",
        "InvalidSignatureException",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)


class ModerationLabel(NamedTuple):
    """`parent` is empty at the top of the taxonomy, `confidence` a percentage."""

    name: str
    parent: str
    confidence: float


class ModerationAnswer(NamedTuple):
    version: str
    labels: list[ModerationLabel]


class Found(NamedTuple):
    """Something in a picture; `box` is (left, top, width, height) as fractions of it."""

    name: str
    confidence: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


class Rekognition:
    def __init__(self, client: RekognitionClient | None = None):
        self._client = client or _client()

    def moderation_labels(self, image: bytes, *, min_confidence: float) -> ModerationAnswer:
        """The moderation labels of a JPEG or PNG.

        Raises: ProviderFailed when Rekognition refuses.
        """
        with _translating():
            answer = self._client.detect_moderation_labels(
                Image=_sendable(image), MinConfidence=min(100.0, min_confidence)
            )
        return ModerationAnswer(
            version=answer["ModerationModelVersion"],
            labels=[
                ModerationLabel(
                    name=label.get("Name", ""),
                    parent=label.get("ParentName", ""),
                    confidence=label.get("Confidence", 0.0),
                )
                for label in answer["ModerationLabels"]
            ],
        )

    def labels(self, image: bytes, *, min_confidence: float) -> list[Found]:
        """What is to be seen, the surest first.

        Raises: as `moderation_labels`.
        """
        with _translating():
            answer = self._client.detect_labels(
                Image=_sendable(image), MinConfidence=min_confidence, MaxLabels=MAX_LABELS
            )
        return [Found(label.get("Name", ""), label.get("Confidence", 0.0)) for label in answer["Labels"]]

    def faces(self, image: bytes) -> list[Found]:
        """The faces, the largest first.

        Raises: as `moderation_labels`.
        """
        with _translating():
            answer = self._client.detect_faces(Image=_sendable(image))
        return [
            Found("face", face.get("Confidence", 0.0), _box(face.get("BoundingBox", {})))
            for face in answer["FaceDetails"]
        ]

    def text(self, image: bytes) -> list[Found]:
        """The lines of text.

        Raises: as `moderation_labels`.
        """
        with _translating():
            answer = self._client.detect_text(Image=_sendable(image))
        return [
            Found(
                line.get("DetectedText", ""),
                line.get("Confidence", 0.0),
                _box(line.get("Geometry", {}).get("BoundingBox", {})),
            )
            for line in answer["TextDetections"]
            if line.get("Type") == "LINE"
        ]


def _box(said: BoundingBoxTypeDef) -> tuple[float, float, float, float]:
    return said.get("Left", 0.0), said.get("Top", 0.0), said.get("Width", 0.0), said.get("Height", 0.0)


def _sendable(image: bytes) -> ImageTypeDef:
    if len(image) > MAX_IMAGE_BYTES:
        raise ProviderFailed(f"A frame has {len(image)} bytes; Rekognition takes up to 5 MB.")
    return {"Bytes": image}


@contextmanager
def _translating() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _translated(error) from error


@cache
def _client() -> RekognitionClient:
    return boto3.client(
        "rekognition",
        config=Config(
            retries={"mode": "standard", "max_attempts": 5},
            max_pool_connections=CONCURRENCY,
            connect_timeout=5,
            read_timeout=30,
        ),
    )


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code not in REFUSALS:
        return error
    said = error.response["Error"].get("Message", "")
    return ProviderFailed(f"Rekognition refused a frame: {code}.", detail=[said] if said else [])
