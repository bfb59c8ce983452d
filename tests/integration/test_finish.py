"""How results become the record, through the handlers that the workflow calls."""

from collections.abc import Callable
from typing import Any

import pytest

from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.recording import finish_task
from sluice.tasks import Status, Task
from tests.builders import TASK_ID, a_failure, a_source, a_task, media_info
from tests.conftest import TABLE, Handler
from tests.template import event

pytestmark = pytest.mark.usefixtures("aws")

STORE = TaskStore(TABLE)
Function = Callable[[str], Handler]


def running(*kinds: str) -> Task:
    """A task whose subtasks are in the works; its id is that of the events."""
    task = a_task(TASK_ID, *(kinds or ("video", "screenshot")), created_at=now())
    STORE.create(task)
    for status in (Status.VALIDATING, Status.QUEUED, Status.PROCESSING):
        STORE.move(task, status)
    return task


def recorded() -> Task:
    return STORE.get(TASK_ID, at=now())


def a_record(number: int, kind: str, **result: Any) -> dict[str, Any]:
    return {"task_id": TASK_ID, "attempt": 1, "number": number, "kind": kind, "result": result}


def test_a_result_is_recorded(function: Function) -> None:
    running()

    answer = function("record")(event("record"))

    assert answer == {"number": 2, "status": "succeeded"}
    subtask = recorded().subtasks[1]
    assert (subtask.status, subtask.percent) == (Status.SUCCEEDED, 100)
    assert subtask.finished_at and subtask.outputs[0].time == 0.8


def test_a_result_that_is_final_is_not_overwritten(function: Function) -> None:
    running()
    record = function("record")
    record(a_record(1, "video", failure=a_failure().model_dump(mode="json")))
    first = recorded()

    record(a_record(1, "video", outputs=[]))

    assert recorded() == first
    assert first.subtasks[0].error == a_failure()


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ({"skipped": "The file is a still picture, not a film."}, Status.SUCCEEDED),
        ({"cancelled": True}, Status.CANCELLED),
        ({"failure": a_failure().model_dump(mode="json")}, Status.FAILED),
        ({"result": {"verdict": "pass", "confidence": 3.25, "segments": []}}, Status.SUCCEEDED),
    ],
)
def test_every_ending_is_recorded_as_it_was(result: dict[str, Any], status: Status, function: Function) -> None:
    running()

    function("record")(a_record(1, "video", **result))

    subtask = recorded().subtasks[0]
    assert subtask.status is status
    assert {"skipped": subtask.skipped, "result": subtask.result}.items() >= {
        name: value for name, value in result.items() if name in {"skipped", "result"}
    }.items()


def test_a_task_ends_as_its_subtasks_did(function: Function) -> None:
    running()
    function("record")(a_record(1, "video"))
    function("record")(a_record(2, "screenshot"))

    answer = function("finish")({"task_id": TASK_ID, "attempt": 1, "failure": None})

    assert answer == {"task_id": TASK_ID, "status": "succeeded"}
    task = recorded()
    assert (task.status, task.progress, task.has_failed, task.error) == (Status.SUCCEEDED, 100, False, None)
    assert task.finished_at


def test_a_task_with_a_failed_subtask_fails_with_its_reason(function: Function) -> None:
    running()
    function("record")(a_record(1, "video", failure=a_failure().model_dump(mode="json")))
    function("record")(a_record(2, "screenshot"))

    function("finish")({"task_id": TASK_ID, "attempt": 1, "failure": None})

    task = recorded()
    assert (task.status, task.has_failed, task.error) == (Status.FAILED, True, a_failure())
    assert task.subtasks[1].status is Status.SUCCEEDED


def test_a_failure_of_the_whole_closes_what_is_open(function: Function) -> None:
    running()
    function("record")(a_record(1, "video"))
    failure = {"code": "source_unreadable", "message": "The file is cut off."}

    function("finish")({"task_id": TASK_ID, "attempt": 1, "failure": failure})

    task = recorded()
    assert [subtask.status for subtask in task.subtasks] == [Status.SUCCEEDED, Status.FAILED]
    assert task.subtasks[1].error and task.subtasks[1].error.code == "source_unreadable"
    assert task.error and task.error.message == "The file is cut off."


def test_a_subtask_that_nobody_ended_does_not_stay_open(function: Function) -> None:
    running("video")

    function("finish")({"task_id": TASK_ID, "attempt": 1, "failure": None})

    task = recorded()
    assert task.subtasks[0].error and task.subtasks[0].error.code == "internal_error"
    assert task.status is Status.FAILED


def test_finishing_twice_is_finishing_once(function: Function) -> None:
    running("video")
    finish = function("finish")
    finish({"task_id": TASK_ID, "attempt": 1, "failure": None})
    first = recorded()

    again = finish({"task_id": TASK_ID, "attempt": 1, "failure": a_failure().model_dump(mode="json")})

    assert again["status"] == first.status
    assert recorded() == first


@pytest.mark.parametrize("steps_done", range(3))
def test_a_finish_that_crashed_is_mended_by_the_next(steps_done: int) -> None:
    task = running("video", "screenshot")
    if steps_done > 0:
        STORE.move(task, Status.FINISHING)
    if steps_done > 1:
        STORE.end_subtask(TASK_ID, 1, 1, Status.FAILED, {"error": a_failure().model_dump(mode="json")})

    finish_task(STORE, STORE.get(TASK_ID, at=now()), a_failure())

    done = recorded()
    assert done.status is Status.FAILED and done.error == a_failure()
    assert all(subtask.status.is_final for subtask in done.subtasks)


@pytest.mark.parametrize("status", [Status.WAITING, Status.VALIDATING, Status.PROCESSING])
def test_an_execution_that_died_ends_its_task_wherever_it_was(status: Status, function: Function) -> None:
    task = a_task(TASK_ID, "video", created_at=now(), status=status)
    STORE.create(task)

    answer = function("finish")(event("execution_failed"))

    assert answer["status"] == "failed"
    ended = recorded()
    assert ended.error and ended.error.code == "workflow_failed"
    assert ended.subtasks[0].status is Status.FAILED


def test_an_execution_that_died_after_its_end_changes_nothing(function: Function) -> None:
    running("video")
    function("record")(a_record(1, "video"))
    function("finish")({"task_id": TASK_ID, "attempt": 1, "failure": None})

    answer = function("finish")(event("execution_failed"))

    assert answer["status"] == "succeeded"
    assert recorded().error is None


def test_a_task_that_has_expired_meanwhile_is_no_fault(function: Function) -> None:
    assert function("finish")(event("execution_failed")) == {"task_id": TASK_ID, "status": None}


def test_the_plan_moves_the_task_on_and_hands_out_its_steps(function: Function) -> None:
    source = a_source(media=media_info())
    task = a_task(TASK_ID, "video", created_at=now(), status=Status.QUEUED, source=source)
    STORE.create(task)

    answer = function("plan")({"task_id": TASK_ID, "attempt": 1})

    ids = {"task_id": TASK_ID, "attempt": 1, "number": 1, "kind": "video"}
    assert answer == {"groups": [{**ids, "needs": [], "companions": [], "members": [ids]}], "more": False}
    assert recorded().status is Status.PROCESSING
