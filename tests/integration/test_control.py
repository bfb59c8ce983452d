"""Waiting, ending, starting again: on DynamoDB, S3 and Step Functions by moto, no ffmpeg."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sluice import admission, control
from sluice.aws.clients import s3, stepfunctions
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import Queues
from sluice.clock import now
from sluice.errors import Cancelled, Conflict, InvalidRequest, TaskNotFound
from sluice.intake import TaskRequest, submit_request
from sluice.jobs import JobRef, JobResult
from sluice.recording import record_subtask
from sluice.tasks import Source, Status, Task
from tests.builders import a_failure, a_request, an_output
from tests.conftest import MEDIA, OUTPUTS, STATE_MACHINE, TABLE, Change, Handler

pytestmark = pytest.mark.usefixtures("aws")

KEY = "uploads/clip.mp4"


def submitted(*kinds: str, **values: Any) -> Task:
    key = f"uploads/{values.get('tenant', 'default')}/clip.mp4"
    s3().put_object(Bucket=MEDIA, Key=key, Body=b"film")
    requests = tuple(a_request(kind) for kind in kinds or ("video",))
    return submit_request(TaskRequest(source=Source(bucket=MEDIA, key=key), subtasks=requests, **values))


def read(task: Task) -> Task:
    return TaskStore(TABLE).get(task.id, at=now())


def running() -> list[str]:
    """The ids of the tasks that have been started, in that order."""
    found = stepfunctions().list_executions(stateMachineArn=STATE_MACHINE)["executions"]
    return [execution["name"].rpartition("-")[0] for execution in sorted(found, key=lambda e: e["startDate"])]


def end(task: Task, *results: JobResult, function: Callable[[str], Handler]) -> Task:
    """Let the task come to its end with these results of its subtasks."""
    store = TaskStore(TABLE)
    store.move(task, Status.FINISHING)
    for subtask, result in zip(task.subtasks, results, strict=False):
        ref = JobRef(task_id=task.id, attempt=task.attempt, number=subtask.number, kind=subtask.kind)
        record_subtask(store, ref, result)
    function("finish")({"task_id": task.id, "attempt": task.attempt, "failure": None})
    return read(task)


# ── waiting ───────────────────────────────────────────────────────────────────────────────────


def test_no_more_tasks_run_than_may(change_settings: Change) -> None:
    change_settings(max_active_tasks=2)

    tasks = [submitted() for _ in range(5)]

    assert running() == [task.id for task in tasks[:2]]
    assert [entry.task_id for entry in Queues(TABLE).of("default")] == [task.id for task in tasks[2:]]


def test_the_end_of_a_task_starts_the_next_one(change_settings: Change, function: Callable[[str], Handler]) -> None:
    change_settings(max_active_tasks=1)
    first, second, third = submitted(), submitted(), submitted(priority=5)

    end(first, JobResult(), function=function)

    assert running() == [first.id, third.id]
    assert list(Slots(TABLE).taken()) == [third.id]
    end(read(third), JobResult(), function=function)
    assert running() == [first.id, third.id, second.id]


def test_a_tenant_takes_no_more_than_its_part(change_settings: Change) -> None:
    change_settings(max_active_tasks=3, max_active_per_tenant=2)

    greedy = [submitted(tenant="greedy") for _ in range(4)]
    modest = submitted(tenant="modest")

    assert running() == [greedy[0].id, greedy[1].id, modest.id]


def test_a_crash_between_taking_a_place_and_starting_is_mended_by_the_next_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as crash:
        crash.setattr("sluice.aws.workflow.start", lambda task: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            submitted()
    assert len(Slots(TABLE).taken()) == 1 and running() == []

    assert admission.admit() == 1

    assert len(running()) == 1
    assert list(Queues(TABLE).of("default")) == []


# ── ending ────────────────────────────────────────────────────────────────────────────────────


def test_a_waiting_task_is_cancelled_at_once(change_settings: Change) -> None:
    change_settings(max_active_tasks=1)
    first, second = submitted(), submitted()

    ended = control.end_task(second)

    assert ended.status is Status.CANCELLED and ended.finished_at
    assert [subtask.status for subtask in ended.subtasks] == [Status.CANCELLED]
    assert list(Queues(TABLE).of("default")) == []
    assert running() == [first.id]


def test_a_running_task_is_stopped_and_gives_its_place_to_the_next(change_settings: Change) -> None:
    change_settings(max_active_tasks=1)
    first, second = submitted("video", "screenshot"), submitted()
    store = TaskStore(TABLE)
    store.move(first, Status.VALIDATING)
    store.begin(first, 1, at=now())
    s3().put_object(Bucket=OUTPUTS, Key=f"work/{first.id}/1/frames.zip", Body=b"x")

    ended = control.end_task(read(first))

    assert {subtask.status for subtask in ended.subtasks} == {Status.CANCELLED}
    assert running() == [first.id, second.id]
    stopped = stepfunctions().list_executions(stateMachineArn=STATE_MACHINE, statusFilter="ABORTED")["executions"]
    assert [execution["name"] for execution in stopped] == [f"{first.id}-1"]
    assert s3().list_objects_v2(Bucket=OUTPUTS)["KeyCount"] == 0
    with pytest.raises(Cancelled):
        store.progress(first.id, 1, 1, 50)
    with pytest.raises(Cancelled):
        store.begin(first, 2, at=now())


def test_ending_twice_is_harmless() -> None:
    task = submitted()
    first = control.end_task(task)

    assert control.end_task(task) == first


def test_a_task_that_has_ended_says_so(function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(), function=function)

    with pytest.raises(Conflict) as refused:
        control.end_task(task)

    assert refused.value.code == "task_ended"
    assert read(task).status is Status.SUCCEEDED


@pytest.mark.parametrize("step", ["fetch", "probe", "plan"])
def test_no_step_goes_on_with_a_task_that_was_ended(step: str, function: Callable[[str], Handler]) -> None:
    task = submitted()
    control.end_task(task)

    answer = function(step)({"task_id": task.id, "attempt": 1})

    assert answer in (
        {"groups": [], "more": False},
        {"failure": {"code": "cancelled", "message": "The task was ended.", "detail": []}},
    )
    function("finish")({"task_id": task.id, "attempt": 1, "failure": answer.get("failure")})
    assert read(task).status is Status.CANCELLED


# ── starting again ────────────────────────────────────────────────────────────────────────────


def test_a_restart_is_the_next_attempt_of_the_same_task(function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(failure=a_failure()), function=function)

    again = control.restart_task(task)

    assert (again.id, again.attempt, again.status, again.error, again.has_failed) == (
        task.id,
        2,
        Status.WAITING,
        None,
        False,
    )
    assert [(past.attempt, past.status, past.error, past.rerun) for past in again.history] == [
        (1, Status.FAILED, a_failure(), (1,))
    ]
    assert again == read(task)
    assert stepfunctions().list_executions(stateMachineArn=STATE_MACHINE)["executions"][0]["name"] == f"{task.id}-2"


def test_what_succeeded_is_kept_when_only_the_failed_are_begun_again(function: Callable[[str], Handler]) -> None:
    done, failed = JobResult(outputs=(an_output(),)), JobResult(failure=a_failure())
    task = end(submitted("video", "screenshot"), done, failed, function=function)

    again = control.restart_task(task, only_failed=True)

    assert [subtask.status for subtask in again.subtasks] == [Status.SUCCEEDED, Status.WAITING]
    assert again.subtasks[0].outputs == (an_output(),)
    assert again.history[0].rerun == (2,)


def test_what_comes_after_a_chosen_subtask_is_begun_again_with_it(function: Callable[[str], Handler]) -> None:
    s3().put_object(Bucket=MEDIA, Key=KEY, Body=b"film")
    chain = (
        a_request("video"),
        a_request("metadata"),
        a_request("metadata", after=(1,)),
        a_request("metadata", after=(3,)),
    )
    task = submit_request(TaskRequest(source=Source(bucket=MEDIA, key=KEY), subtasks=chain))
    task = end(task, *[JobResult()] * 4, function=function)

    again = control.restart_task(task, numbers=[1])

    assert [subtask.status for subtask in again.subtasks] == [
        Status.WAITING, Status.SUCCEEDED, Status.WAITING, Status.WAITING,
    ]  # fmt: skip


def test_a_word_of_the_earlier_attempt_changes_nothing(function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(failure=a_failure()), function=function)
    again = control.restart_task(task)

    late = {"task_id": task.id, "attempt": 1, "failure": a_failure().model_dump(mode="json")}
    function("finish")(late)
    function("record")({**late, "number": 1, "kind": "video", "result": {}})

    assert read(task) == again
    with pytest.raises(Cancelled):
        TaskStore(TABLE).begin(task, 1, at=now())


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"only_failed": True}, "nothing_failed"), ({"numbers": [2]}, "request_invalid")],
)
def test_a_restart_of_nothing_is_refused(asked: dict[str, Any], code: str, function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(), function=function)

    with pytest.raises((Conflict, InvalidRequest)) as refused:
        control.restart_task(task, **asked)

    assert refused.value.code == code
    assert read(task) == task


def test_a_task_that_runs_is_not_started_again() -> None:
    with pytest.raises(Conflict) as refused:
        control.restart_task(submitted())

    assert refused.value.code == "task_not_ended"


def test_of_two_restarts_at_once_one_is_done(function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(failure=a_failure()), function=function)

    control.restart_task(task)
    with pytest.raises(Conflict):
        control.restart_task(task)

    assert read(task).attempt == 2


# ── deleting ──────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_task_is_gone_with_its_outputs_and_stays_gone(function: Callable[[str], Handler]) -> None:
    s3().put_object(Bucket=MEDIA, Key=KEY, Body=b"film")
    upload = {"detail": {"bucket": {"name": MEDIA}, "object": {"key": KEY}}}
    task = TaskStore(TABLE).get(function("dispatcher")(upload)["task_id"], at=now())
    task = end(task, *[JobResult()] * len(task.subtasks), function=function)
    s3().put_object(Bucket=OUTPUTS, Key=f"outputs/{task.id}/1-video/video.mp4", Body=b"x")

    control.delete_task(task)

    with pytest.raises(TaskNotFound):
        read(task)
    assert s3().list_objects_v2(Bucket=OUTPUTS)["KeyCount"] == 0
    assert function("dispatcher")(upload)["task_id"] is None
    assert s3().head_object(Bucket=MEDIA, Key=KEY)["ContentLength"] == 4


def test_a_task_that_runs_is_not_deleted() -> None:
    with pytest.raises(Conflict):
        control.delete_task(submitted())


def test_a_task_expires_when_it_would_have_without_a_restart(function: Callable[[str], Handler]) -> None:
    task = end(submitted(), JobResult(), function=function)

    again = control.restart_task(task)

    assert again.expires_at == task.expires_at
    with pytest.raises(TaskNotFound):
        TaskStore(TABLE).get(task.id, at=now() + timedelta(days=7))
