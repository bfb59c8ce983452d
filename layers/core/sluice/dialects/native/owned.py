"""A task of the caller's own, by the id in a path."""

from urllib.parse import unquote

from sluice import ids
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.native.http import header, key_with
from sluice.dialects.native.say import is_play_ticket, play_ticket
from sluice.errors import NotFound, TaskNotFound, Unauthorized
from sluice.keys import Scope
from sluice.settings import settings
from sluice.tasks import Output, Subtask, Task


def task_of(task_id: str, tenant: str | None) -> Task:
    """The task; of any tenant when a ticket for it has been shown instead of a key.

    Raises: TaskNotFound, also for another tenant's.
    """
    task_id = unquote(task_id)
    if not ids.is_task_id(task_id):
        raise TaskNotFound(task_id[:100])
    task = TaskStore(settings().table).get(task_id, at=now())
    if tenant is not None and task.tenant != tenant:
        raise TaskNotFound(task_id)
    return task


def opened(task_id: str, ticket: str | None) -> tuple[Task, str]:
    """The task, by the key of the request or by a ticket in its address; and a ticket for what this leads to.

    Raises: Unauthorized `ticket_invalid`, TaskNotFound; as `key_with`.
    """
    if ticket is None or header("authorization"):
        task = task_of(task_id, key_with(Scope.READ).tenant)
        return task, play_ticket(task.id)
    if not is_play_ticket(ticket, task_id):
        raise Unauthorized("The ticket in this address is over, or not for this task.", code="ticket_invalid")
    return task_of(task_id, None), ticket


def subtask_of(task: Task, number: str) -> Subtask:
    """Raises: NotFound `subtask_not_found`."""
    found = next((s for s in task.subtasks if str(s.number) == number), None)
    if found is None:
        raise NotFound(f"The task has no subtask {number[:20]!r}.", code="subtask_not_found")
    return found


def output_named(subtask: Subtask, name: str) -> Output | None:
    """By its name as a path gives it: API Gateway has decoded it already, other fronts haven't."""
    return next((output for output in subtask.outputs if output.name in (name, unquote(name))), None)


def rest_of_path(path: str, parts: int) -> str:
    """What comes after so many parts of a path: `/tasks/ID/play/1/a/b.m4s` after four is `a/b.m4s`."""
    return path.lstrip("/").split("/", parts)[parts]
