"""How results become the record: the one writer of endings."""

from typing import Any

from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.jobs import JobRef, JobResult
from sluice.tasks import Failure, Status, Task, ending


def status_of(result: JobResult) -> Status:
    if result.cancelled:
        return Status.CANCELLED
    return Status.FAILED if result.failure else Status.SUCCEEDED


def record_subtask(store: TaskStore, ref: JobRef, result: JobResult) -> bool:
    """Write how a subtask ended; False when it had ended before, and the first ending stays."""
    plain = result.model_dump(mode="json", exclude_none=True)
    values: dict[str, Any] = {
        "percent": 100.0,
        "finished_at": iso(now()),
        "outputs": plain["outputs"],
        "result": plain.get("result"),
        "skipped": plain.get("skipped"),
        "error": plain.get("failure"),
    }
    return store.end_subtask(ref.task_id, ref.attempt, ref.number, status_of(result), values)


def finish_task(store: TaskStore, task: Task, failure: Failure | None) -> Status:
    """End the task as its subtasks ended, or by a failure of the whole; those still open fail with it.

    Safe to run twice, and after a crash at any point of itself. Returns the status that the task has now.
    """
    if task.status.is_final:
        return task.status
    store.move(task, Status.FINISHING)
    close_open_subtasks(store, task, failure)
    status, error = ending(store.get(task.id, at=now()).subtasks, failure)
    store.move(task, status, finished_at=iso(now()), error=error.model_dump(mode="json") if error else None)
    return status


def close_open_subtasks(store: TaskStore, task: Task, failure: Failure | None) -> None:
    """Nothing stays open under a task that has ended."""
    reason = failure or Failure(code="internal_error", message="The step ended without a result.")
    for subtask in task.subtasks:
        if not subtask.status.is_final:
            ref = JobRef(task_id=task.id, attempt=task.attempt, number=subtask.number, kind=subtask.kind)
            record_subtask(store, ref, JobResult(failure=reason))
