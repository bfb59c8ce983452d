"""Changes of the record, as the table's stream tells them, become moves of status and the events that say so. Pure.

One event a move: its `event_id` is made from what moved and where to, so that whoever is told twice can know it.
docs/events.md describes the events, docs/events.schema.json is written from the models below.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator
from pydantic.json_schema import models_json_schema

from sluice.aws.items import from_item
from sluice.clock import Timestamp
from sluice.media import Value
from sluice.tasks import Notify, Status

SOURCE = "sluice"
TASK_EVENT, SUBTASK_EVENT = "Sluice Task State Change", "Sluice Subtask State Change"

# What is no status, but told like one.
PLAYABLE = "playable"

# Whatever a failure says, an event stays far below the 256 KB that EventBridge takes.
MOST_CHARACTERS = 1000

Phase = Literal["waiting", "probing", "planning", "processing", "finishing", "ended"]

PHASES: Mapping[Status, Phase] = {
    Status.WAITING: "waiting",
    Status.VALIDATING: "probing",
    Status.QUEUED: "planning",
    Status.PROCESSING: "processing",
    Status.FINISHING: "finishing",
    Status.SUCCEEDED: "ended",
    Status.FAILED: "ended",
    Status.CANCELLED: "ended",
}


class ErrorDetail(Value):
    """Why something failed: the stable `code`, and the sentence to it, cut to a thousand characters."""

    code: str
    message: str

    @field_validator("message", mode="before")
    @classmethod
    def cut(cls, message: Any) -> Any:
        return message[:MOST_CHARACTERS] if isinstance(message, str) else message


class SourceDetail(Value):
    """Where the source lies; absent until a source by URL has been fetched. Its URL may open it, so it isn't told."""

    bucket: str | None = None
    key: str | None = None


class Detail(Value):
    """What both events tell. `tenant` is absent on records of before it was kept with subtasks."""

    version: Literal["1"] = "1"
    event_id: str = Field(description="The same for the same move, however often it is told.")
    task_id: str
    tenant: str | None = None
    attempt: int = Field(ge=1, description="A restart begins the next one.")
    status: Status
    previous_status: Status | None = Field(None, description="Absent for what is new.")
    progress_phase: Phase
    error: ErrorDetail | None = None
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    changed_at: Timestamp = Field(description="When the move was written, to the second.")


class TaskDetail(Detail):
    """The detail of `Sluice Task State Change`."""

    kinds: tuple[str, ...] = ()
    subtask_count: int = 0
    trigger: str
    dialect: str = "native"
    workflow: str | None = None
    priority: int = 0
    source: SourceDetail
    has_failed: bool


class SubtaskDetail(Detail):
    """The detail of `Sluice Subtask State Change`. `subtask` is its number, `percent` how far it has come.

    That it can be played is told as a move from `processing` to `processing`, the first with a `playable_at`.
    """

    subtask: int = Field(ge=1)
    kind: str
    percent: float = 0.0
    attempts: int = 0
    playable_at: Timestamp | None = Field(None, description="When it could first be played, if before its end.")
    skipped: str | None = Field(None, max_length=MOST_CHARACTERS)
    has_failed: bool

    @field_validator("skipped", mode="before")
    @classmethod
    def cut(cls, skipped: Any) -> Any:
        return skipped[:MOST_CHARACTERS] if isinstance(skipped, str) else skipped


class Move(Value):
    """A change of status. `notify` is whom the task itself wants told."""

    detail: TaskDetail | SubtaskDetail
    notify: Notify | None = None

    @property
    def type(self) -> str:
        """As webhooks call it: `task.succeeded`, `subtask.failed`, `subtask.playable`."""
        what = "task" if isinstance(self.detail, TaskDetail) else "subtask"
        return f"{what}.{PLAYABLE if self.detail.status is self.detail.previous_status else self.detail.status.value}"


def move_of(record: Mapping[str, Any]) -> Move | None:
    """The move that a record of the stream tells of: a change of status, or that a subtask can be played; None for
    every other change.

    Raises: pydantic.ValidationError for a record of ours that can't be read.
    """
    change = record["dynamodb"]
    after, before = from_item(change.get("NewImage", {})), from_item(change.get("OldImage", {}))
    sort = str(after.get("sk", ""))
    if record["eventName"] == "REMOVE" or not (sort == "task" or sort.startswith("subtask#")):
        return None
    is_playable = after.get("playable_at") and not before.get("playable_at")
    if after["status"] == before.get("status") and not is_playable:
        return None
    detail = _task(after, before, change) if sort == "task" else _subtask(after, before, change)
    return Move(detail=detail, notify=after.get("notify"))


def entry(move: Move, bus: str) -> dict[str, Any]:
    """The event, as PutEvents takes it."""
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": TASK_EVENT if isinstance(move.detail, TaskDetail) else SUBTASK_EVENT,
        "Time": move.detail.changed_at,
        "Detail": move.detail.model_dump_json(exclude_none=True),
    }


def event_id(task_id: str, attempt: int, status: str, subtask: int | None = None) -> str:
    """Within an attempt nothing comes to the same status twice (tasks.TASK_MOVES), so these name a move; `status` may
    be PLAYABLE.
    """
    identity = "\0".join((task_id, str(attempt), str(subtask or ""), status))
    return f"evt_{hashlib.sha256(identity.encode()).hexdigest()[:32]}"


def schemas() -> dict[str, Any]:
    """JSON Schema (2020-12) of both details, under the names of their events."""
    models: tuple[type[BaseModel], ...] = (TaskDetail, SubtaskDetail)
    refs, definitions = models_json_schema([(model, "serialization") for model in models], title="Events of Sluice")
    named = zip((TASK_EVENT, SUBTASK_EVENT), models, strict=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **definitions,
        "properties": {name: refs[model, "serialization"] for name, model in named},
    }


def _task(after: Mapping[str, Any], before: Mapping[str, Any], change: Mapping[str, Any]) -> TaskDetail:
    return TaskDetail.model_validate({**after, **_common(after, before, change, task_id=after["id"])})


def _subtask(after: Mapping[str, Any], before: Mapping[str, Any], change: Mapping[str, Any]) -> SubtaskDetail:
    number = after["number"]
    common = _common(after, before, change, task_id=after["pk"], subtask=number)
    has_failed = after["status"] == Status.FAILED
    return SubtaskDetail.model_validate({**after, **common, "subtask": number, "has_failed": has_failed})


def _common(
    after: Mapping[str, Any],
    before: Mapping[str, Any],
    change: Mapping[str, Any],
    *,
    task_id: str,
    subtask: int | None = None,
) -> dict[str, Any]:
    status, attempt = after["status"], after["attempt"]
    return {
        "version": "1",
        "event_id": event_id(task_id, attempt, PLAYABLE if status == before.get("status") else status, subtask),
        "task_id": task_id,
        "previous_status": before.get("status"),
        "progress_phase": PHASES[Status(status)],
        "changed_at": datetime.fromtimestamp(float(change["ApproximateCreationDateTime"]), UTC),
    }
