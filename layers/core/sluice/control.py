"""What an owner does with a task: end it, start it again, delete it."""

from collections.abc import Collection
from datetime import datetime

from sluice import admission, queue
from sluice.aws import files, workflow
from sluice.aws.store import TaskStore
from sluice.aws.waiting import Queues
from sluice.clock import iso, now
from sluice.costs import measured
from sluice.ending import clean
from sluice.errors import Conflict, InvalidRequest
from sluice.jobs import JobRef, JobResult
from sluice.naming import OUTPUTS, WORK
from sluice.recording import charge, record_subtask
from sluice.settings import settings
from sluice.tasks import Attempt, Source, Status, Subtask, Task


def end_task(task: Task) -> Task:
    """Cancel a task that waits or runs: nothing more of it starts, what runs is stopped, its work files go.

    Ending it twice is harmless.

    Raises: Conflict `task_ended` when it has succeeded or failed already.
    """
    store = TaskStore(settings().table)
    cost = measured(task.subtasks, retention_days=settings().retention_days)
    moved = store.move(task, Status.CANCELLED, finished_at=iso(now()), error=None, cost=cost.model_dump(mode="json"))
    if moved:
        charge(task, cost)
    task = store.get(task.id, at=now())
    if not moved and task.status is not Status.CANCELLED:
        raise Conflict(f"The task has ended already: it has {task.status.value}.", code="task_ended")
    _cancel_subtasks(store, task)
    workflow.stop(task)
    if task.queued_as:
        Queues(settings().table).remove(task.tenant, task.queued_as)
    clean(task)
    admission.release(task)
    admission.admit()
    return store.get(task.id, at=now())


def _cancel_subtasks(store: TaskStore, task: Task) -> None:
    """Whoever works on one of them learns it at its next report."""
    for subtask in task.subtasks:
        if not subtask.status.is_final:
            ref = JobRef(task_id=task.id, attempt=task.attempt, number=subtask.number, kind=subtask.kind)
            record_subtask(store, ref, JobResult(cancelled=True))


def restart_task(task: Task, *, only_failed: bool = False, numbers: Collection[int] = ()) -> Task:
    """Begin the next attempt at a task that has ended: with all of its subtasks, with those that didn't succeed, or
    with the chosen ones; and with whatever comes after one of these.

    Raises: Conflict `task_not_ended`, `nothing_failed`; InvalidRequest for numbers that it hasn't.
    """
    if not task.status.is_final:
        raise Conflict("The task hasn't ended yet; end it first.", code="task_not_ended")
    chosen = chosen_again(task, only_failed=only_failed, numbers=numbers)
    again = next_attempt(task, chosen, at=now())
    admission.enlist(task.tenant)
    if not TaskStore(settings().table).restart(task, again):
        raise Conflict("The task was started again meanwhile.", code="task_not_ended")
    workflow.stop(task)
    admission.release(task)
    admission.admit()
    return again


def chosen_again(task: Task, *, only_failed: bool, numbers: Collection[int]) -> frozenset[int]:
    """The numbers of the subtasks to begin again, those that come after them included."""
    if unknown := sorted(set(numbers) - {subtask.number for subtask in task.subtasks}):
        raise InvalidRequest(f"The task has no subtask {unknown[0]}.", field="subtasks")
    chosen = set(numbers) or {s.number for s in task.subtasks if not only_failed or s.status is not Status.SUCCEEDED}
    if not chosen:
        raise Conflict("No subtask has failed; name the ones to start again.", code="nothing_failed")
    for subtask in task.subtasks:
        if chosen.intersection(subtask.after):
            chosen.add(subtask.number)
    return frozenset(chosen)


def next_attempt(task: Task, chosen: Collection[int], *, at: datetime) -> Task:
    """The task as it waits again. What is not begun again keeps its results; a source by URL is fetched anew."""
    subtasks = tuple(_fresh(s, at) if s.number in chosen else s for s in task.subtasks)
    ended = Attempt(**task.model_dump(include=set(Attempt.model_fields)), rerun=tuple(sorted(chosen)))
    return task.model_copy(
        update={
            "attempt": task.attempt + 1,
            "status": Status.WAITING,
            "history": (*task.history, ended),
            "source": Source(url=task.source.url) if task.source.url else task.source,
            "queued_as": queue.sort_key(task.priority, at, task.id),
            "has_failed": False,
            "error": None,
            "started_at": None,
            "finished_at": None,
            "subtasks": subtasks,
        }
    )


def _fresh(subtask: Subtask, at: datetime) -> Subtask:
    kept = {"kind", "options", "preset", "after", "condition", "source", "by_name", "output_path", "client", "number"}
    kept |= {"attempts", "gb_seconds", "invocations"}
    return Subtask(created_at=at, **subtask.model_dump(include=kept))


def delete_task(task: Task) -> None:
    """Remove the record of a task that has ended, and its outputs. The upload stays.

    Raises: Conflict `task_not_ended`.
    """
    if not task.status.is_final:
        raise Conflict("The task hasn't ended yet; end it first.", code="task_not_ended")
    for prefix in (OUTPUTS, WORK):
        files.remove_all(settings().output_bucket, f"{prefix}/{task.id}/")
    TaskStore(settings().table).delete(task)
