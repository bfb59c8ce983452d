"""end_attempt(): the end of an attempt, and what follows from it: its work files go, its place is free, the next one
starts.
"""

from sluice import admission
from sluice.aws import files
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.naming import WORK
from sluice.recording import finish_task
from sluice.settings import settings
from sluice.tasks import Failure, Status, Task

DIED = Failure(code="workflow_failed", message="The workflow stopped before its end. Start the task again.")


def end_attempt(task_id: str, attempt: int, failure: Failure | None) -> tuple[Task, bool]:
    """End the task as its subtasks ended, or by a failure of the whole. Safe to be repeated, and after a crash anywhere
    within.

    A word of an earlier attempt changes nothing. Returns the task as it is now, and whether it was this call that
    ended it.

    Raises: TaskNotFound.
    """
    store = TaskStore(settings().table)
    task = store.get(task_id, at=now())
    if task.attempt != attempt:
        return task, False
    ended_now = finish_task(store, task, failure)
    ended = store.get(task_id, at=now())
    clean(ended)
    admission.release(ended)
    admission.admit()
    return ended, ended_now


def clean(task: Task) -> None:
    """Remove what its steps left for each other. A source that was fetched stays a while, so that it can be played; and
    so do finished chunks of what didn't succeed, since a restart finds them. A lifecycle rule removes both in time.
    """
    left = [str(subtask.number) for subtask in task.subtasks]
    if task.status is Status.SUCCEEDED:
        left.append("chunks")
    for folder in left:
        files.remove_all(settings().output_bucket, f"{WORK}/{task.id}/{folder}/")
