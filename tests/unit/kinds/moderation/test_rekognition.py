"""The Rekognition provider against botocore's Stubber: requests are checked against the service's own model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.rekognition import MAX_IMAGE_BYTES, Rekognition
from sluice.errors import ProviderFailed
from sluice.frames import Frame
from sluice.kinds.moderation.labels import Category
from sluice.kinds.moderation.providers.rekognition import RekognitionProvider

if TYPE_CHECKING:
    from mypy_boto3_rekognition import RekognitionClient

OPERATION = "detect_moderation_labels"
SEEN = {
    "ModerationModelVersion": "7.0",
    "ContentTypes": [{"Confidence": 99.0, "Name": "Illustrated"}],
    "ModerationLabels": [
        {"Name": "Weapons", "ParentName": "Violence", "Confidence": 88.8, "TaxonomyLevel": 2},
        {"Name": "Violence", "ParentName": "", "Confidence": 88.8, "TaxonomyLevel": 1},
    ],
}
NOTHING = {"ModerationModelVersion": "7.0", "ModerationLabels": []}


@pytest.fixture
def client() -> "RekognitionClient":
    return boto3.client(
        "rekognition",
        region_name="eu-west-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"max_attempts": 1}),
    )


@pytest.fixture
def stub(client: "RekognitionClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def reviewer(client: "RekognitionClient") -> RekognitionProvider:
    return RekognitionProvider(Rekognition(client))


def test_labels_come_with_the_time_of_their_frame_and_the_model(stub: Stubber, reviewer: RekognitionProvider) -> None:
    expected = {"Image": {"Bytes": b"jpeg"}, "MinConfidence": 20.0}
    stub.add_response(OPERATION, SEEN, expected)

    scores = reviewer.review([Frame(12.5, b"jpeg")], floor=20.0)

    assert [(s.time, s.category, s.label, s.confidence) for s in scores] == [
        (12.5, Category.VIOLENCE, "weapons", 88.8),
        (12.5, Category.VIOLENCE, "violence", 88.8),
    ]
    assert (reviewer.name, reviewer.model) == ("rekognition", "DetectModerationLabels 7.0")


def test_each_frame_is_one_call(stub: Stubber, reviewer: RekognitionProvider) -> None:
    for _ in range(9):
        stub.add_response(OPERATION, NOTHING)

    assert reviewer.review([Frame(float(n), b"jpeg") for n in range(9)]) == []
    stub.assert_no_pending_responses()


def test_a_floor_that_nothing_reaches_is_still_a_lawful_request(stub: Stubber, reviewer: RekognitionProvider) -> None:
    stub.add_response(OPERATION, NOTHING, {"Image": {"Bytes": b"jpeg"}, "MinConfidence": 100.0})

    assert reviewer.review([Frame(0.0, b"jpeg")], floor=float("inf")) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidImageFormatException"])
def test_a_refusal_is_a_failure_with_a_stable_code(stub: Stubber, reviewer: RekognitionProvider, code: str) -> None:
    stub.add_client_error(OPERATION, code, "Because.")

    with pytest.raises(ProviderFailed) as failed:
        reviewer.review([Frame(0.0, b"jpeg")])

    assert failed.value.code == "provider_failed"
    assert code in failed.value.message
    assert failed.value.detail == ("Because.",)


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"]
)
def test_what_may_pass_is_raised_for_the_workflow_to_retry(
    stub: Stubber, reviewer: RekognitionProvider, code: str
) -> None:
    stub.add_client_error(OPERATION, code, "Slow down.", 500)

    with pytest.raises(ClientError):
        reviewer.review([Frame(0.0, b"jpeg")])


def test_a_frame_above_the_limit_is_not_even_sent(stub: Stubber, reviewer: RekognitionProvider) -> None:
    with pytest.raises(ProviderFailed, match="5 MB"):
        reviewer.review([Frame(0.0, bytes(MAX_IMAGE_BYTES + 1))])
