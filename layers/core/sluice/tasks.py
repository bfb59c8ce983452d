"""Task, Subtask, Output, and the moves of status that they may make."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field

from sluice import queue
from sluice.clock import Timestamp
from sluice.errors import WorkFailed
from sluice.media import MediaInfo, Value


class Status(StrEnum):
    WAITING = "waiting"
    VALIDATING = "validating"
    QUEUED = "queued"
    PROCESSING = "processing"
    FINISHING = "finishing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in FINAL


FINAL = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELLED})

_ACTIVE = frozenset(Status) - FINAL

# What a task may become, and from where. A step of the workflow that runs twice may repeat its own move,
# so each active status may be reached from itself; a final one is never left within an attempt.
TASK_MOVES: Mapping[Status, frozenset[Status]] = {
    Status.VALIDATING: frozenset({Status.WAITING, Status.VALIDATING}),
    Status.QUEUED: frozenset({Status.VALIDATING, Status.QUEUED}),
    Status.PROCESSING: frozenset({Status.QUEUED, Status.PROCESSING}),
    Status.FINISHING: _ACTIVE,
    Status.SUCCEEDED: frozenset({Status.FINISHING}),
    Status.FAILED: _ACTIVE,
    Status.CANCELLED: _ACTIVE,
}

SUBTASK_MOVES: Mapping[Status, frozenset[Status]] = {
    Status.PROCESSING: frozenset({Status.WAITING, Status.PROCESSING}),
    Status.SUCCEEDED: frozenset({Status.WAITING, Status.PROCESSING}),
    Status.FAILED: frozenset({Status.WAITING, Status.PROCESSING}),
    Status.CANCELLED: frozenset({Status.WAITING, Status.PROCESSING}),
}


class Failure(Value):
    """Why something ended `failed`: a stable `code`, a sentence to act on, ffmpeg's last useful lines."""

    code: str
    message: str
    detail: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: WorkFailed) -> "Failure":
        return cls(code=error.code, message=error.message, detail=error.detail)


class Output(Value):
    """One file that was made: `size` in bytes, `duration` in seconds, `bitrate` in bits per second.

    `time` is a still's place in the source, in seconds; `md5` the file's digest in hexadecimal, of files that a worker
    had in its hands as a whole.
    """

    name: str
    key: str
    type: str
    size: int
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    bitrate: int | None = None
    codec: str | None = None
    time: float | None = None
    md5: str | None = None


class Source(Value):
    """The file that a task is about, pinned by its `etag`. `bucket` and `key` are empty until a `url` is fetched."""

    bucket: str | None = None
    key: str | None = None
    url: str | None = None
    etag: str | None = None
    size: int | None = None
    media: MediaInfo | None = None


class Cost(Value):
    """In US dollars, with what it is made of (see costs)."""

    usd: float
    gb_seconds: float
    requests: int
    stored_bytes: int = 0


class OutputRef(Value):
    """An output of an earlier subtask of the same task."""

    subtask: int = Field(ge=1)
    name: str = Field(min_length=1, max_length=200)


class Notify(Value):
    """Whom to tell how the task goes: an address that gets a POST in the words of `dialect`.

    It hears of the end, or of every `change`. `secret` signs what is sent, and is kept sealed (see aws/secrets.py).
    """

    url: str
    dialect: str = "native"
    change: bool = False
    secret: str | None = None


class SubtaskRequest(Value):
    """One kind of work that was asked for; not `by_name` when it came with a workflow that serves other files too.

    It waits for the subtasks `after` which it comes, is done only `if` a condition on the probe holds (see conditions),
    and works on the output that `source` names instead of the task's source. `preset` names options that those
    given beside it override. `output_path` says where its outputs lie (see naming). `client` is the dialect's own: what
    it wants to say again of this subtask.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    kind: str
    options: dict[str, Any] = Field(default_factory=dict)
    preset: str | None = None
    after: tuple[int, ...] = ()
    condition: str | None = Field(None, alias="if")
    source: OutputRef | None = None
    by_name: bool = True
    output_path: str | None = None
    client: dict[str, Any] | None = None


class Subtask(SubtaskRequest):
    """`input` describes the output that it works on, once that has been looked at. `gb_seconds` and `invocations` are
    what it has used of Lambda. `playable_at` is when the first of its outputs could be played, if that was before its
    end.
    """

    number: int
    status: Status = Status.WAITING
    percent: float = 0.0
    attempts: int = 0
    created_at: Timestamp
    started_at: Timestamp | None = None
    playable_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    error: Failure | None = None
    skipped: str | None = None
    result: dict[str, Any] | None = None
    outputs: tuple[Output, ...] = ()
    input: Source | None = None
    gb_seconds: float = 0.0
    invocations: int = 0


class Attempt(Value):
    """How an earlier attempt at a task ended; `rerun` are the subtasks that were begun again after it."""

    attempt: int
    status: Status
    error: Failure | None = None
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    rerun: tuple[int, ...] = ()


class Task(Value):
    """`priority` orders a tenant's waiting tasks, 10 before -10. `dialect` is the API that it came by, `client` what
    that one wants to say again, `metadata` what its owner wrote on it.
    """

    id: str
    tenant: str = "default"
    trigger: str
    dialect: str = "native"
    workflow: str | None = None
    source: Source
    priority: int = 0
    metadata: dict[str, Any] | None = None
    client: dict[str, Any] | None = None
    notify: Notify | None = None
    status: Status = Status.WAITING
    attempt: int = 1
    history: tuple[Attempt, ...] = ()
    queued_as: str | None = None
    has_failed: bool = False
    error: Failure | None = None
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    expires_at: int
    estimate: Cost | None = None
    cost: Cost | None = None
    subtask_count: int = 0
    kinds: tuple[str, ...] = ()
    subtasks: tuple[Subtask, ...] = ()

    @property
    def progress(self) -> float:
        """Percent of the whole, 0 to 100: every subtask counts the same."""
        if self.status.is_final or not self.subtasks:
            return 100.0 if self.status.is_final else 0.0
        done = sum(100.0 if s.status.is_final else s.percent for s in self.subtasks)
        return round(done / len(self.subtasks), 1)


def new_task(
    task_id: str,
    source: Source,
    subtasks: Iterable[SubtaskRequest],
    *,
    trigger: str,
    created_at: Timestamp,
    retention: timedelta,
    tenant: str = "default",
    priority: int = 0,
    **more: Any,
) -> Task:
    """A waiting task with its subtasks numbered from 1; `more` are further members of Task."""
    numbered = tuple(
        Subtask(number=number, created_at=created_at, **request.model_dump())
        for number, request in enumerate(subtasks, start=1)
    )
    return Task(
        id=task_id,
        tenant=tenant,
        trigger=trigger,
        source=source,
        priority=priority,
        queued_as=queue.sort_key(priority, created_at, task_id),
        created_at=created_at,
        expires_at=int((created_at + retention).timestamp()),
        subtask_count=len(numbered),
        kinds=tuple(dict.fromkeys(subtask.kind for subtask in numbered)),
        subtasks=numbered,
        **more,
    )


def ending(subtasks: Iterable[Subtask], failure: Failure | None) -> tuple[Status, Failure | None]:
    """How a task ends: as its worst subtask does, or by a failure of the whole.

    A task in which every subtask was skipped has done nothing for its owner, so it fails and says so.
    """
    ended = tuple(subtasks)
    if failure:
        return Status.FAILED, failure
    if failed := next((s for s in ended if s.status is Status.FAILED), None):
        return Status.FAILED, failed.error
    if ended and all(s.skipped for s in ended):
        return Status.FAILED, Failure(code="source_unsupported", message=ended[0].skipped or "")
    if any(s.status is Status.CANCELLED for s in ended):
        return Status.CANCELLED, None
    return Status.SUCCEEDED, None
