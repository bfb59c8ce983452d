"""What whoever a task names hears of it, in the words of the dialect that it came by."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sluice import notifying, webhooks
from sluice.aws import clients
from sluice.clock import iso
from sluice.dialects.native.ittybit import Version
from sluice.dialects.native.say import say_subtask, say_task
from sluice.settings import settings
from sluice.tasks import Task
from sluice.webhooks import Endpoint, Errand

JSON = "application/json"


class Callback(NamedTuple):
    """A request's body, and its headers, signature included."""

    body: bytes
    headers: dict[str, str]


def to_endpoint(task: Task, errand: Errand, endpoint: Endpoint, *, at: datetime) -> Callback:
    """What a registered endpoint gets: `{type, timestamp, data}`, signed.

    Raises: Unavailable `secret_unreadable`.
    """
    return _signed(event_body(task, errand), errand, notifying.endpoint_secrets(endpoint, at), at)


def to_notify(task: Task, errand: Errand, *, at: datetime) -> Callback:
    """What the address gets that the task itself names.

    Raises: Unavailable `secret_unreadable`.
    """
    assert task.notify, "an errand without an endpoint is for the task's own"
    return _BY_DIALECT.get(task.notify.dialect, _native)(task, errand, at)


def event_body(task: Task, errand: Errand) -> dict[str, Any]:
    """The body that Standard Webhooks recommends. `data` is the task as it stands now, which may be further on than the
    move that is told: nobody is set back by what comes late. Its URLs are signed as it is sent: none lies in a queue.
    """
    return {"type": errand.type, "timestamp": iso(errand.at), "data": _data(task, errand)}


def _data(task: Task, errand: Errand) -> dict[str, Any]:
    subtask = next((s for s in task.subtasks if s.number == errand.subtask), None)
    if subtask is None:
        return say_task(task)
    return {"task_id": task.id, **say_subtask(task, subtask, Version.OWN)}


def _native(task: Task, errand: Errand, at: datetime) -> Callback:
    return _signed(event_body(task, errand), errand, _own_secret(task), at)


def _ittybit(task: Task, errand: Errand, at: datetime) -> Callback:
    """As of 2025-08-20: the task alone."""
    return _signed(say_task(task, version=Version.FIRST), errand, _own_secret(task), at)


def _tencent(task: Task, errand: Errand, at: datetime) -> Callback:
    from sluice.dialects.tencent import callback
    from sluice.dialects.tencent.places import Places
    from sluice.dialects.tencent.reports import reports_of

    places = Places(settings().media_bucket, settings().output_bucket, clients.s3().meta.region_name)
    secret = notifying.notify_secret(task)
    body, media_type = callback.message(task, places=places, at=at, secret=secret, reports=reports_of(task))
    return _plain(body, media_type)


def _qencode(task: Task, errand: Errand, at: datetime) -> Callback:
    from sluice.dialects.qencode import callback
    from sluice.dialects.qencode.links import link

    event = callback.EVENTS[errand.status]
    return _plain(*callback.message(task, event, bucket=settings().output_bucket, link=link))


def _own_secret(task: Task) -> list[str]:
    secret = notifying.notify_secret(task)
    return [secret] if secret else []


def _plain(body: bytes, media_type: str) -> Callback:
    return Callback(body, {"Content-Type": media_type})


def _signed(plain: Mapping[str, Any], errand: Errand, keys: list[str], at: datetime) -> Callback:
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return Callback(body, {"Content-Type": JSON, **webhooks.headers(errand.event_id, at, body, keys)})


_BY_DIALECT: Mapping[str, Callable[[Task, Errand, datetime], Callback]] = {
    "native": _native,
    "ittybit": _ittybit,
    "tencent": _tencent,
    "qencode": _qencode,
}
