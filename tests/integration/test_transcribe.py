"""Amazon Transcribe as a provider: its part by botocore's Stubber, the bucket between us by moto."""

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from sluice.aws.store import TaskStore
from sluice.aws.transcribe import Transcribe
from sluice.clock import now
from sluice.errors import LimitExceeded
from sluice.jobs import JobRef, JobResult
from sluice.speech.transcribe import TranscribeProvider
from sluice.tasks import new_task
from sluice.transcript import Transcript
from sluice.worker import perform
from sluice.workspace import Workspace
from tests.builders import RETENTION, TASK_ID, a_request, a_sound, a_source
from tests.conftest import OUTPUTS, TABLE

if TYPE_CHECKING:
    from mypy_boto3_transcribe import TranscribeServiceClient

NAME, FOLDER = f"sluice-{TASK_ID}-1-1", f"work/{TASK_ID}/1"
START: dict[str, Any] = {
    "TranscriptionJobName": NAME,
    "Media": {"MediaFileUri": f"s3://{OUTPUTS}/{FOLDER}/sound.wav"},
    "MediaFormat": "wav",
    "OutputBucketName": OUTPUTS,
    "OutputKey": f"{FOLDER}/transcribe.json",
    "IdentifyLanguage": True,
}
ANSWER = {
    "results": {
        "items": [
            {
                "type": "pronunciation",
                "start_time": "1.5",
                "end_time": "2.0",
                "alternatives": [{"confidence": "0.98", "content": "Bonjour"}],
            }
        ]
    }
}


@pytest.fixture
def client(aws: None) -> "TranscribeServiceClient":
    return boto3.client("transcribe")


@pytest.fixture
def stub(client: "TranscribeServiceClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


class Heard:
    """One job by the provider; `slept` are its pauses, `reports` its percentages."""

    def __init__(self, client: "TranscribeServiceClient", most_reports: int = 100):
        self.slept: list[float] = []
        self.reports: list[float] = []
        self.transcript: Transcript | None = None
        self._provider = TranscribeProvider(Transcribe(client), sleep=self.slept.append)
        self._most_reports = most_reports
        source = a_source(etag="e", media=a_sound())
        asked = [a_request("subtitles")]
        TaskStore(TABLE).create(new_task(TASK_ID, source, asked, trigger="api", created_at=now(), retention=RETENTION))
        ref = JobRef(task_id=TASK_ID, attempt=1, number=1, kind="subtitles")
        self.result = perform(ref, self._run, deadline=time.monotonic() + 60)

    def _run(self, workspace: Workspace) -> JobResult:
        self.transcript = self._provider.transcribe(workspace, "auto", self._report)
        return JobResult()

    def _report(self, percent: float) -> None:
        self.reports.append(percent)
        if len(self.reports) > self._most_reports:
            raise LimitExceeded("Time is up.", code="time_limit_exceeded")


def answer_state(stub: Stubber, status: str, **values: Any) -> None:
    job = {"TranscriptionJobStatus": status, **values}
    stub.add_response("get_transcription_job", {"TranscriptionJob": job}, {"TranscriptionJobName": NAME})


def test_the_answer_is_waited_for_and_read_from_our_bucket(client: "TranscribeServiceClient", stub: Stubber) -> None:
    stub.add_response("start_transcription_job", {}, START)
    for status in ("QUEUED", "IN_PROGRESS"):
        answer_state(stub, status)
    answer_state(stub, "COMPLETED", LanguageCode="fr-FR")
    boto3.client("s3").put_object(Bucket=OUTPUTS, Key=f"{FOLDER}/transcribe.json", Body=json.dumps(ANSWER))

    heard = Heard(client)

    assert heard.result.failure is None
    assert heard.transcript and (heard.transcript.language, heard.transcript.text) == ("fr", "Bonjour")
    assert heard.slept == [2.0, 3.0]
    assert heard.reports == sorted(heard.reports) and len(heard.reports) == 3


def test_a_job_that_failed_says_why(client: "TranscribeServiceClient", stub: Stubber) -> None:
    stub.add_response("start_transcription_job", {}, START)
    answer_state(stub, "FAILED", FailureReason="The audio is too short.")

    failure = Heard(client).result.failure

    assert failure and (failure.code, failure.detail) == ("provider_failed", ("The audio is too short.",))


def test_a_job_that_takes_too_long_is_not_waited_for(client: "TranscribeServiceClient", stub: Stubber) -> None:
    stub.add_response("start_transcription_job", {}, START)
    answer_state(stub, "IN_PROGRESS")
    answer_state(stub, "IN_PROGRESS")

    failure = Heard(client, most_reports=2).result.failure

    assert failure and failure.code == "time_limit_exceeded"
