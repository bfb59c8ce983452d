"""The shapes of what goes out: the OpenAPI document is made from them, and the answers too."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sluice.clock import Timestamp
from sluice.media import MediaInfo
from sluice.tasks import Attempt, Cost, Failure, Output, OutputRef, Status

# Of 2025-08-20, where it has other words than ours.
OlderStatus = Literal["pending", "completed"]
# Unix seconds for whoever asks for a version later than 2025-08-20.
Time = Timestamp | int


class ErrorView(BaseModel):
    """`kind` is stable and may be matched; `field` is the path of the bad value where there is one."""

    kind: str
    message: str
    field: str | None = None


class FileFacts(BaseModel):
    """A file in ittybit's words: `type` is its media type, `filesize` in bytes, `bitrate` in bits per second."""

    id: str | None = None
    object: Literal["source"] = "source"
    kind: str | None = Field(None, description="video, image, audio, or whatever else a media type begins with.")
    type: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    fps: float | None = None
    filesize: int | None = None
    bitrate: int | None = None
    url: str | None = Field(None, description="Signed and short-lived; the given URL until the file has been fetched.")
    ref: str | None = None
    metadata: dict[str, Any] | None = None
    created: Timestamp | None = None
    updated: Timestamp | None = None


class InputView(FileFacts):
    """The source, and what a probe says of it."""

    bucket: str | None = None
    key: str | None = None
    etag: str | None = None
    size: int | None = None
    media: MediaInfo | None = None


class OutputView(Output):
    """An output, behind a signed URL; `play` is where a player begins when it is a manifest."""

    object: Literal["source"] = "source"
    kind: str
    filesize: int
    url: str
    play: str | None = Field(None, description="Relative to the API's root; needs no key, and soon expires.")
    subtask: int
    ref: str | None = None


class SubtaskView(BaseModel):
    number: int
    kind: str
    preset: str | None = None
    after: list[int]
    condition: str | None = Field(None, serialization_alias="if")
    source: OutputRef | None = None
    output_path: str | None = None
    status: Status | OlderStatus
    progress: float
    attempts: int
    gb_seconds: float = Field(description="What it has used of Lambda: seconds times gigabytes of memory.")
    invocations: int
    options: dict[str, Any]
    error: Failure | None = None
    skipped: str | None = None
    result: dict[str, Any] | None = None
    outputs: list[OutputView]
    created_at: Time
    started_at: Time | None = None
    playable_at: Time | None = Field(None, description="When the first outputs could be played, if before the end.")
    finished_at: Time | None = None


class Step(BaseModel):
    """A subtask in a few words."""

    kind: str
    number: int


class Results(BaseModel):
    """Which subtasks succeeded and which failed; `continue`: there are more to come."""

    model_config = ConfigDict(serialize_by_alias=True)

    passed: list[Step]
    failed: list[Step]
    go_on: bool = Field(serialization_alias="continue")


class TaskView(BaseModel):
    """A task in the words of both generations, and ours. In lists `subtasks`, `output` and `outputs` are null.

    `Accept-Version: 2025-08-20` changes the words of `status`, makes `error` a sentence and `workflow` a list of steps.
    A later one (or `latest`) writes `…_at` in Unix seconds.
    """

    id: str
    object: Literal["task"] = "task"
    kind: str | None = Field(None, description="Of its one subtask; `workflow` when there are several.")
    status: Status | OlderStatus
    run_id: str
    parent_id: str | None = None
    progress: int
    trigger: str
    created_by: str = Field(description="As `trigger`; `restart` when it was started again.")
    workflow: str | list[dict[str, Any]] | None = None
    options: dict[str, Any] | None = None
    priority: int
    metadata: dict[str, Any] | None = None
    ref: str | None = None
    webhook_url: str | None = None
    input: InputView
    inputs: list[InputView]
    output: OutputView | None = None
    outputs: list[OutputView] | None = None
    subtasks: list[SubtaskView] | None = None
    subtask_count: int
    results: Results | None = None
    has_failed: bool
    error: Failure | str | None = None
    attempt: int
    history: list[Attempt]
    estimate: Cost | None = Field(None, description="What it would cost, said when its source had been looked at.")
    cost: Cost | None = Field(None, description="What it has cost, once it has ended.")
    ticket: str = Field(description="Opens this task's files to plain links, as `?ticket=`, for some hours.")
    created: Timestamp
    updated: Timestamp
    created_at: Time
    started_at: Time | None = None
    finished_at: Time | None = None
    updated_at: Time
    expires_at: Time


class WorkflowView(BaseModel):
    """`shipped`: it is one of Sluice's own."""

    name: str
    description: str
    prefixes: list[str]
    file_types: list[str]
    subtasks: list[dict[str, Any]]
    shipped: bool


class PresetView(BaseModel):
    name: str
    kind: str
    description: str
    options: dict[str, Any]


class MessageView(BaseModel):
    message: str


class KindView(BaseModel):
    """`options` is the JSON Schema of them."""

    kind: str
    summary: str
    options: dict[str, Any]


def unix(moment: datetime) -> int:
    return int(moment.timestamp())
