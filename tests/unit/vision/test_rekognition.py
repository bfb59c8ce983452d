"""The Rekognition viewer against botocore's Stubber."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.rekognition import MAX_IMAGE_BYTES, MAX_LABELS, Rekognition
from sluice.errors import ProviderFailed
from sluice.frames import Frame
from sluice.vision import Box
from sluice.vision.rekognition import LEAST_LABEL_PERCENT, RekognitionViewer

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

FRAME = Frame(2.0, b"jpeg")
IMAGE = {"Image": {"Bytes": b"jpeg"}}
PLACE = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
BOX = Box(left=0.1, top=0.2, width=0.3, height=0.4)


@pytest.fixture
def client() -> "RekognitionClient":
    return boto3.client("rekognition", config=Config(retries={"max_attempts": 1}))


@pytest.fixture
def stub(client: "RekognitionClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def seer(client: "RekognitionClient") -> RekognitionViewer:
    return RekognitionViewer(Rekognition(client))


def test_labels_come_in_lower_case_with_their_confidence(stub: Stubber, seer: RekognitionViewer) -> None:
    expected = {**IMAGE, "MinConfidence": LEAST_LABEL_PERCENT, "MaxLabels": MAX_LABELS}
    stub.add_response("detect_labels", {"Labels": [{"Name": "Coffee Cup", "Confidence": 98.765}]}, expected)

    (label,) = seer.labels(FRAME)

    assert (label.name, label.confidence) == ("coffee cup", 98.77)


def test_faces_come_with_their_place(stub: Stubber, seer: RekognitionViewer) -> None:
    stub.add_response("detect_faces", {"FaceDetails": [{"BoundingBox": PLACE, "Confidence": 99.9}]}, IMAGE)

    (face,) = seer.faces(FRAME)

    assert (face.box, face.confidence) == (BOX, 99.9)


def test_lines_are_kept_and_the_words_in_them_are_not_told_twice(stub: Stubber, seer: RekognitionViewer) -> None:
    said = [
        {"DetectedText": "An unlucky bird", "Type": "LINE", "Confidence": 97.0, "Geometry": {"BoundingBox": PLACE}},
        {"DetectedText": "unlucky", "Type": "WORD", "Confidence": 97.0, "Geometry": {"BoundingBox": PLACE}},
    ]
    stub.add_response("detect_text", {"TextDetections": said}, IMAGE)

    (line,) = seer.text(FRAME)

    assert (line.text, line.box) == ("An unlucky bird", BOX)


@pytest.mark.parametrize(
    ("operation", "method"), [("detect_labels", "labels"), ("detect_faces", "faces"), ("detect_text", "text")]
)
def test_a_refusal_is_a_failure_and_a_throttle_is_raised(
    stub: Stubber, seer: RekognitionViewer, operation: str, method: str
) -> None:
    stub.add_client_error(operation, "AccessDeniedException", "No.")
    stub.add_client_error(operation, "ThrottlingException", "Later.")

    with pytest.raises(ProviderFailed):
        getattr(seer, method)(FRAME)
    with pytest.raises(ClientError):
        getattr(seer, method)(FRAME)


def test_a_frame_above_the_limit_is_not_even_sent(seer: RekognitionViewer) -> None:
    with pytest.raises(ProviderFailed, match="5 MB"):
        seer.faces(Frame(0.0, bytes(MAX_IMAGE_BYTES + 1)))
