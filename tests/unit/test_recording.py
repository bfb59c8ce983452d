import pytest
from pydantic import ValidationError

from sluice.jobs import Job, JobRef, JobResult
from sluice.recording import status_of
from sluice.tasks import Status
from tests.builders import a_failure, a_job, an_output


@pytest.mark.parametrize(
    ("result", "status"),
    [
        (JobResult(outputs=(an_output(),)), Status.SUCCEEDED),
        (JobResult(), Status.SUCCEEDED),
        (JobResult(skipped="not a film"), Status.SUCCEEDED),
        (JobResult(failure=a_failure()), Status.FAILED),
        (JobResult(failure=a_failure(), outputs=(an_output(),)), Status.FAILED),
        (JobResult(cancelled=True), Status.CANCELLED),
    ],
)
def test_a_result_says_how_its_subtask_ended(result: JobResult, status: Status) -> None:
    assert status_of(result) is status


@pytest.mark.parametrize(
    "endings",
    [
        {"failure": a_failure(), "skipped": "x"},
        {"failure": a_failure(), "cancelled": True},
        {"skipped": "x", "cancelled": True},
    ],
)
def test_a_job_has_one_ending(endings: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="not more than one"):
        JobResult.model_validate(endings)


def test_a_result_survives_the_workflow() -> None:
    result = JobResult(outputs=(an_output(),), result={"verdict": "pass", "segments": []})

    assert JobResult.model_validate(result.model_dump(mode="json", exclude_none=True)) == result


def test_a_job_writes_into_a_folder_of_its_own() -> None:
    ref = JobRef(task_id="t", attempt=1, number=2, kind="screenshot")

    assert a_job(**ref.model_dump(exclude={"step"})).folder == "t/2-screenshot"
    assert isinstance(a_job(), Job)
