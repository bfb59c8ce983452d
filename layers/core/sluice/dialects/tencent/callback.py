"""The body that is POSTed to NotifyUrl: the answer of ParseNotification without its RequestId. Pure.

https://www.tencentcloud.com/document/api/1041/33641 (ParseNotification)
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sluice.dialects.tencent import say
from sluice.dialects.tencent.places import Places
from sluice.tasks import Task

CONTENT_TYPE = "application/json"
LIFE = timedelta(minutes=10)


def message(
    task: Task, *, places: Places, at: datetime, secret: str | None = None, reports: say.Reports | None = None
) -> tuple[bytes, str]:
    """The body and its content type. `secret` is the NotifyKey, by which the receiver knows who it comes from."""
    body = event(task, places=places, at=at, secret=secret, reports=reports or {})
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), CONTENT_TYPE


def event(task: Task, *, places: Places, at: datetime, secret: str | None, reports: say.Reports) -> Mapping[str, Any]:
    client = task.client or {}
    expires = int((at + LIFE).timestamp())
    return {
        "EventType": "WorkflowTask",
        "WorkflowTaskEvent": say.workflow_task(task, places, reports),
        "SessionId": client.get("session_id", ""),
        "SessionContext": client.get("session_context", ""),
        "Timestamp": expires,
        "Sign": sign(expires, secret) if secret else "",
    }


def sign(timestamp: int, secret: str) -> str:
    """MD5 is the service's choice; it is told in clear when the message expires, so that an old one is known."""
    return hashlib.md5(f"{timestamp}{secret}".encode(), usedforsecurity=False).hexdigest()
