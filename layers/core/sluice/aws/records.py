"""The items of the table that make up a task's record: their keys, and what they hold. Pure."""

import hashlib
from typing import Any, NamedTuple

from sluice.listing import Key
from sluice.tasks import Subtask, Task

TASK_SORT = "task"
SUBTASKS_SORT = "subtask#"


class Once(NamedTuple):
    """What makes a request's repetition known: the caller's key, and a digest of what was asked."""

    tenant: str
    key: str
    fingerprint: str


def task_key(task_id: str) -> Key:
    return {"pk": task_id, "sk": TASK_SORT}


def subtask_key(task_id: str, number: int) -> Key:
    return {"pk": task_id, "sk": f"{SUBTASKS_SORT}{number:04}"}


def deleted_key(task_id: str) -> Key:
    return {"pk": task_id, "sk": "deleted"}


def once_key(tenant: str, key: str) -> Key:
    """The caller's key only as a digest: it may be of any length."""
    return {"pk": f"once#{tenant}#{hashlib.sha256(key.encode()).hexdigest()}", "sk": "once"}


def queue_key(tenant: str, sort: str) -> Key:
    return {"pk": f"queue#{tenant}", "sk": sort}


def task_item(task: Task) -> dict[str, Any]:
    plain = task.model_dump(mode="json", exclude={"subtasks"}, exclude_none=True)
    return {**task_key(task.id), **plain}


def subtask_item(task: Task, subtask: Subtask) -> dict[str, Any]:
    plain = subtask.model_dump(mode="json", exclude_none=True)
    of_the_task = {"tenant": task.tenant, "attempt": task.attempt, "expires_at": task.expires_at}
    return {**subtask_key(task.id, subtask.number), **plain, **of_the_task}


def queue_item(task: Task) -> dict[str, Any]:
    """A waiting task's place in its tenant's queue."""
    entry = {"task_id": task.id, "attempt": task.attempt, "expires_at": task.expires_at}
    return {**queue_key(task.tenant, task.queued_as or ""), **entry}


def once_item(once: Once, task: Task) -> dict[str, Any]:
    made = {"task_id": task.id, "fingerprint": once.fingerprint, "expires_at": task.expires_at}
    return {**once_key(once.tenant, once.key), **made}
