"""The shapes of the native API: what comes in, checked, and what goes out."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from sluice.clock import Timestamp
from sluice.media import MediaInfo
from sluice.tasks import Failure, Output, OutputRef, Status, SubtaskRequest
from sluice.workflows import MOST_SUBTASKS, NAME_PATTERN


class Incoming(BaseModel):
    """An unknown member is an error, so that a misspelt one isn't passed over in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Location(Incoming):
    """A file in the media bucket."""

    bucket: str = Field(min_length=3, max_length=63)
    key: str = Field(min_length=1, max_length=1024)


class NewSubtask(Incoming):
    """One kind of work. `after` names earlier subtasks by number, `if` is a condition on the probe, `source` an output
    of an earlier subtask to work on instead of the task's source.
    """

    model_config = ConfigDict(populate_by_name=True)

    kind: str
    options: dict[str, Any] = Field(default_factory=dict)
    preset: str | None = Field(None, pattern=NAME_PATTERN)
    after: tuple[int, ...] = Field((), max_length=MOST_SUBTASKS)
    condition: str | None = Field(None, alias="if", min_length=1, max_length=300)
    source: OutputRef | None = None

    def request(self) -> SubtaskRequest:
        return SubtaskRequest.model_validate(self.model_dump())


class NewTask(Incoming):
    """One source, by `url` or `input`; the work by `kind`, `subtasks` or `workflow`, else by the default workflow."""

    url: str | None = Field(None, max_length=2048, description="http, https, or s3 of the media bucket.")
    input: Location | None = None
    kind: str | None = None
    options: dict[str, Any] | None = None
    subtasks: list[NewSubtask] | None = Field(None, min_length=1, max_length=MOST_SUBTASKS)
    workflow: str | None = Field(None, pattern=NAME_PATTERN)

    @model_validator(mode="after")
    def one_source_and_one_way_to_ask(self) -> Self:
        if (self.url is None) == (self.input is None):
            raise ValueError("give the source either as url or as input")
        if sum(way is not None for way in (self.kind, self.subtasks, self.workflow)) > 1:
            raise ValueError("give the work by one of kind, subtasks and workflow")
        if self.options is not None and self.kind is None:
            raise ValueError("options belong to a kind")
        return self

    @property
    def asked_for(self) -> tuple[SubtaskRequest, ...]:
        if self.kind is not None:
            return (SubtaskRequest(kind=self.kind, options=self.options or {}),)
        return tuple(subtask.request() for subtask in self.subtasks or ())


class NewWorkflow(Incoming):
    """Subtasks under a name, bound to uploads by the beginnings and endings of their keys."""

    description: str = Field("", max_length=500)
    prefixes: tuple[str, ...] = Field((), max_length=20)
    file_types: tuple[str, ...] = Field((), max_length=50)
    subtasks: tuple[NewSubtask, ...] = Field(min_length=1, max_length=MOST_SUBTASKS)

    @field_validator("prefixes")
    @classmethod
    def below_uploads(cls, prefixes: tuple[str, ...]) -> tuple[str, ...]:
        if not all(prefix.startswith("uploads/") for prefix in prefixes):
            raise ValueError("a prefix begins with uploads/, since nothing else starts a task")
        return prefixes

    @property
    def requests(self) -> tuple[SubtaskRequest, ...]:
        return tuple(subtask.request() for subtask in self.subtasks)


class NewPreset(Incoming):
    kind: str
    description: str = Field("", max_length=500)
    options: dict[str, Any] = Field(default_factory=dict)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is out of range") from None


Moment = Annotated[datetime, AfterValidator(_in_utc)]


class ListQuery(Incoming):
    status: Status | None = None
    has_failed: bool | None = None
    start_time: Moment | None = Field(None, description="Created at or after; ISO 8601, UTC unless it says otherwise.")
    end_time: Moment | None = Field(None, description="Created before.")
    limit: int = Field(10, ge=1, le=100)
    scroll_token: str | None = Field(None, max_length=500, description="From `Scroll-Token` of the page before.")


class ErrorView(BaseModel):
    """`kind` is stable and may be matched; `field` is the path of the bad value where there is one."""

    kind: str
    message: str
    field: str | None = None


class OutputView(Output):
    """An output, behind a signed URL."""

    url: str


class SubtaskView(BaseModel):
    number: int
    kind: str
    preset: str | None = None
    after: list[int]
    condition: str | None = Field(None, serialization_alias="if")
    source: OutputRef | None = None
    status: Status
    progress: float
    attempts: int
    options: dict[str, Any]
    error: Failure | None = None
    skipped: str | None = None
    result: dict[str, Any] | None = None
    outputs: list[OutputView]
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None


class InputView(BaseModel):
    bucket: str | None = None
    key: str | None = None
    etag: str | None = None
    size: int | None = None
    url: str | None = Field(None, description="Signed and short-lived; the given URL until the file has been fetched.")
    media: MediaInfo | None = None


class TaskView(BaseModel):
    """`subtasks` is null in lists."""

    id: str
    object: Literal["task"] = "task"
    status: Status
    progress: float
    trigger: str
    workflow: str | None = None
    input: InputView
    subtasks: list[SubtaskView] | None = None
    subtask_count: int
    has_failed: bool
    error: Failure | None = None
    attempt: int
    created_at: Timestamp
    started_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    expires_at: Timestamp


class WorkflowView(BaseModel):
    """`shipped`: it is one of Sluice's own."""

    name: str
    description: str
    prefixes: list[str]
    file_types: list[str]
    subtasks: list[NewSubtask]
    shipped: bool


class PresetView(BaseModel):
    name: str
    kind: str
    description: str
    options: dict[str, Any]


class MessageView(BaseModel):
    message: str
