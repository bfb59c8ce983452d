"""What was lost between two steps is found and mended: on DynamoDB, S3 and Step Functions by moto."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from sluice import reconcile
from sluice.aws import files
from sluice.aws.clients import s3, stepfunctions
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.control import delete_task, end_task
from sluice.intake import submit_upload
from sluice.reconcile import Repairs
from sluice.tasks import Status, Task
from tests.conftest import MEDIA, STATE_MACHINE, TABLE, Change, Handler

pytestmark = pytest.mark.usefixtures("aws")

KEY = "uploads/clip.mp4"
Function = Callable[[str], Handler]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets time pass for the reconciler."""

    def pass_by(span: timedelta) -> None:
        monkeypatch.setattr(reconcile, "now", lambda: now() + span)

    return pass_by


def uploaded(key: str = KEY) -> str:
    s3().put_object(Bucket=MEDIA, Key=key, Body=key.encode())
    return key


def reconciled() -> Repairs:
    return reconcile.reconcile(deadline=time.monotonic() + 60)


def read(task: Task) -> Task:
    return TaskStore(TABLE).get(task.id, at=now())


def execution(task: Task) -> str:
    return f"{STATE_MACHINE.replace(':stateMachine:', ':execution:')}:{task.id}-{task.attempt}"


def dead_without_a_word(task: Task) -> None:
    """Its execution stops, and nobody tells."""
    stepfunctions().stop_execution(executionArn=execution(task))


# ── uploads ───────────────────────────────────────────────────────────────────────────────────


def test_an_upload_whose_event_never_came_becomes_a_task(later: Callable[[timedelta], None]) -> None:
    uploaded("uploads/lost.mp4")
    task = submit_upload(MEDIA, uploaded("uploads/known.mp4"))
    uploaded("elsewhere/no-upload.mp4")
    later(timedelta(minutes=3))

    assert reconciled().uploads == 1
    assert reconciled().uploads == 0

    found = stepfunctions().list_executions(stateMachineArn=STATE_MACHINE)["executions"]
    keys = {TaskStore(TABLE).get(e["name"][:26], at=now()).source.key for e in found}
    assert keys == {"uploads/lost.mp4", task.source.key}


@pytest.mark.parametrize("age", [timedelta(seconds=30), timedelta(days=2)])
def test_an_upload_whose_event_may_be_on_its_way_or_whose_record_may_have_expired_is_left_alone(
    age: timedelta, later: Callable[[timedelta], None]
) -> None:
    uploaded()
    later(age)

    assert reconciled().uploads == 0


def test_the_upload_of_a_deleted_task_stays_without_one(later: Callable[[timedelta], None]) -> None:
    task = submit_upload(MEDIA, uploaded())
    delete_task(end_task(task))
    later(timedelta(minutes=3))

    assert reconciled().uploads == 0


def test_a_bucket_too_large_to_be_looked_through_is_gone_on_with_the_next_time(
    later: Callable[[timedelta], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [uploaded(f"uploads/{number}.mp4") for number in range(4)]
    whole = files.pages
    monkeypatch.setattr(
        files,
        "pages",
        lambda *place, after: ([found] for page in whole(*place, after=after) for found in page),
    )
    later(timedelta(minutes=3))

    found = [
        [key for _, key in reconcile.lost_uploads(now() + timedelta(minutes=3), deadline=time.monotonic() - 1)]
        for _ in range(5)
    ]

    assert found == [[key] for key in keys] + [[]]


# ── executions and places ─────────────────────────────────────────────────────────────────────


def test_a_task_whose_execution_is_gone_fails_and_frees_its_place(later: Callable[[timedelta], None]) -> None:
    task = submit_upload(MEDIA, uploaded())
    TaskStore(TABLE).move(task, Status.VALIDATING)
    dead_without_a_word(task)
    later(timedelta(minutes=3))

    repairs = reconciled()

    assert (repairs.executions, repairs.places) == (1, 0)
    ended = read(task)
    assert ended.status is Status.FAILED and ended.error and ended.error.code == "workflow_failed"
    assert all(subtask.status is Status.FAILED for subtask in ended.subtasks)
    assert Slots(TABLE).taken() == {}


def test_a_task_that_died_before_its_first_step_fails_too(later: Callable[[timedelta], None]) -> None:
    task = submit_upload(MEDIA, uploaded())
    dead_without_a_word(task)
    later(timedelta(minutes=3))

    reconciled()

    assert read(task).status is Status.FAILED


def test_a_task_that_runs_is_left_alone(later: Callable[[timedelta], None]) -> None:
    task = submit_upload(MEDIA, uploaded())
    TaskStore(TABLE).move(task, Status.VALIDATING)
    later(timedelta(hours=3))

    assert not reconciled().any
    assert read(task).status is Status.VALIDATING


def test_a_task_that_runs_longer_than_any_may_is_stopped(later: Callable[[timedelta], None]) -> None:
    task = submit_upload(MEDIA, uploaded())
    later(timedelta(hours=7))

    reconciled()

    ended = read(task)
    assert ended.error and ended.error.code == "time_limit_exceeded"
    assert stepfunctions().describe_execution(executionArn=execution(task))["status"] == "ABORTED"


def test_a_place_that_an_ended_task_still_holds_is_given_back_and_the_next_one_starts(
    later: Callable[[timedelta], None], change_settings: Change
) -> None:
    change_settings(max_active_tasks=1)
    first = submit_upload(MEDIA, uploaded("uploads/1.mp4"))
    second = submit_upload(MEDIA, uploaded("uploads/2.mp4"))
    TaskStore(TABLE).move(first, Status.CANCELLED)
    later(timedelta(minutes=3))

    repairs = reconciled()

    assert (repairs.places, repairs.started) == (1, 1)
    assert list(Slots(TABLE).taken()) == [second.id]


def test_the_function_counts_what_it_mended(function: Function, capsys: pytest.CaptureFixture[str]) -> None:
    answer = function("reconcile")({})

    assert answer == {"uploads": 0, "executions": 0, "places": 0, "started": 0}
    assert '"RepairedExecutions":[0.0]' in capsys.readouterr().out.replace(" ", "")
