"""What Qencode's clients are told of a task at their callback_url. Pure; the notifier sends it."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from sluice.dialects.qencode.errors import INTERNAL
from sluice.dialects.qencode.say import Link, description_of, status_of
from sluice.tasks import Status, Task

CONTENT_TYPE = "application/x-www-form-urlencoded"
# the moves of a task that are told; the others aren't of Qencode's vocabulary
EVENTS: Mapping[Status, str] = {
    Status.QUEUED: "queued",
    Status.SUCCEEDED: "saved",
    Status.FAILED: "error",
    Status.CANCELLED: "error",
}


def event_of(task: Task) -> str | None:
    """What is told of the status that the task has now; None when nothing is."""
    return EVENTS.get(task.status)


def message(task: Task, event: str, *, bucket: str, link: Link) -> tuple[bytes, str]:
    """The body of the callback and its content type. `bucket` is that of outputs, `link` as in links.py.

    A form: task_token, event (`queued`, `saved`, `error`), callback_type, payload as it was given, status as JSON; of
    an error its code and message too.
    """
    client = task.client or {}
    fields = {
        "task_token": client.get("task_token", task.id),
        "event": event,
        "callback_type": "task",
        "payload": client.get("payload") or "",
        "status": json.dumps(status_of(task, bucket, link), ensure_ascii=False),
    }
    if event == "error":
        fields |= {"error_code": str(INTERNAL), "error_message": description_of(task) or ""}
    return urlencode(fields).encode(), CONTENT_TYPE
