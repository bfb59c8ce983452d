"""Transcribe against botocore's Stubber: requests are checked against the service's own model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.transcribe import Transcribe, TranscriptionState
from sluice.errors import ProviderFailed

if TYPE_CHECKING:
    from mypy_boto3_transcribe import TranscribeServiceClient

START, ASK = "start_transcription_job", "get_transcription_job"
NAME, TARGET = "sluice-task-1-1", "work/task/1-subtitles/transcribe.json"
REQUEST: dict[str, Any] = {
    "TranscriptionJobName": NAME,
    "Media": {"MediaFileUri": "s3://outputs/work/task/1-subtitles/sound.wav"},
    "MediaFormat": "wav",
    "OutputBucketName": "outputs",
    "OutputKey": TARGET,
}


@pytest.fixture
def client() -> "TranscribeServiceClient":
    return boto3.client(
        "transcribe",
        region_name="eu-west-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=Config(retries={"max_attempts": 1}),
    )


@pytest.fixture
def stub(client: "TranscribeServiceClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def transcribe(client: "TranscribeServiceClient") -> Transcribe:
    return Transcribe(client)


def start(transcribe: Transcribe, language: str | None = None) -> None:
    transcribe.start(NAME, bucket="outputs", key="work/task/1-subtitles/sound.wav", target=TARGET, language=language)


@pytest.mark.parametrize(
    ("language", "asked"), [("de-DE", {"LanguageCode": "de-DE"}), (None, {"IdentifyLanguage": True})]
)
def test_a_job_reads_our_sound_and_writes_beside_it(
    stub: Stubber, transcribe: Transcribe, language: str | None, asked: dict[str, Any]
) -> None:
    stub.add_response(START, {"TranscriptionJob": {"TranscriptionJobName": NAME}}, {**REQUEST, **asked})

    start(transcribe, language)


def test_a_job_that_an_earlier_try_has_started_is_ours(stub: Stubber, transcribe: Transcribe) -> None:
    stub.add_client_error(START, "ConflictException", "The requested job name already exists.", 400)

    start(transcribe)


@pytest.mark.parametrize(
    ("job", "state"),
    [
        ({"TranscriptionJobStatus": "QUEUED"}, TranscriptionState(False)),
        ({"TranscriptionJobStatus": "IN_PROGRESS"}, TranscriptionState(False)),
        (
            {"TranscriptionJobStatus": "COMPLETED", "LanguageCode": "en-US"},
            TranscriptionState(True, language="en-US"),
        ),
        (
            {"TranscriptionJobStatus": "FAILED", "FailureReason": "Too short."},
            TranscriptionState(True, True, reason="Too short."),
        ),
    ],
)
def test_a_job_says_how_it_stands(
    stub: Stubber, transcribe: Transcribe, job: dict[str, Any], state: TranscriptionState
) -> None:
    stub.add_response(ASK, {"TranscriptionJob": job}, {"TranscriptionJobName": NAME})

    assert transcribe.state(NAME) == state


@pytest.mark.parametrize("code", ["AccessDeniedException", "BadRequestException"])
def test_a_refusal_is_a_failure_with_a_stable_code(stub: Stubber, transcribe: Transcribe, code: str) -> None:
    stub.add_client_error(START, code, "Because.", 400)

    with pytest.raises(ProviderFailed) as failed:
        start(transcribe)

    assert failed.value.code == "provider_failed"
    assert code in failed.value.message and failed.value.detail == ("Because.",)


@pytest.mark.parametrize("code", ["LimitExceededException", "ThrottlingException", "InternalFailureException"])
def test_what_may_pass_is_raised_for_the_workflow_to_retry(stub: Stubber, transcribe: Transcribe, code: str) -> None:
    stub.add_client_error(START, code, "Slow down.", 500)

    with pytest.raises(ClientError):
        start(transcribe)
