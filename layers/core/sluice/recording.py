"""How results become the record: the one writer of endings."""

from typing import Any

from sluice.aws.spending import Spending
from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.costs import measured
from sluice.jobs import JobRef, JobResult
from sluice.settings import settings
from sluice.tasks import Cost, Failure, Status, Task, ending


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


def finish_task(store: TaskStore, task: Task, failure: Failure | None) -> bool:
    """End the task as its subtasks ended, or by a failure of the whole; those still open fail with it.

    Safe to run twice, and after a crash at any point of itself. Returns whether it was this call that ended it.
    """
    if task.status.is_final:
        return False
    store.move(task, Status.FINISHING)
    close_open_subtasks(store, task, failure)
    subtasks = store.get(task.id, at=now()).subtasks
    status, error = ending(subtasks, failure)
    cost = measured(subtasks, retention_days=settings().retention_days)
    values = {"error": error.model_dump(mode="json") if error else None, "cost": cost.model_dump(mode="json")}
    if not store.move(task, status, finished_at=iso(now()), **values):
        return False
    charge(task, cost)
    return True


def charge(task: Task, cost: Cost) -> None:
    """Put what this attempt has cost on its tenant's day. A crash just before it charges nothing, and none charges
    twice.
    """
    already = task.cost.usd if task.cost else 0.0
    Spending(settings().table).add_to_day(task, iso(now())[:10], cost.usd - already)


def close_open_subtasks(store: TaskStore, task: Task, failure: Failure | None) -> None:
    """Nothing stays open under a task that has ended."""
    reason = failure or Failure(code="internal_error", message="The step ended without a result.")
    for subtask in task.subtasks:
        if not subtask.status.is_final:
            ref = JobRef(task_id=task.id, attempt=task.attempt, number=subtask.number, kind=subtask.kind)
            record_subtask(store, ref, JobResult(failure=reason))
