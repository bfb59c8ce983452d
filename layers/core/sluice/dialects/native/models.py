"""The shapes of what comes in, checked. What goes out is in views.py."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from sluice.naming import MOST_PATH_CHARACTERS
from sluice.queue import HIGHEST, LOWEST
from sluice.tasks import OutputRef, Status, SubtaskRequest
from sluice.workflows import MOST_SUBTASKS, NAME_PATTERN

MOST_METADATA_CHARACTERS = 4_000
_DEEPEST_METADATA = 10
# What the record can hold of a number: DynamoDB has 38 digits and exponents from -130 to 125.
_LARGEST_NUMBER, _SMALLEST_NUMBER = 1e120, 1e-120


class Incoming(BaseModel):
    """An unknown member is an error, so that a misspelt one isn't passed over in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _keepable(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        text = json.dumps(value, ensure_ascii=False)
        text.encode()
    except (ValueError, TypeError, RecursionError):
        raise ValueError("this is no plain JSON") from None
    if len(text) > MOST_METADATA_CHARACTERS:
        raise ValueError(f"at most {MOST_METADATA_CHARACTERS} characters of JSON are kept")
    _check_keepable(value, _DEEPEST_METADATA)
    return value


def _check_keepable(value: Any, depth: int) -> None:
    if depth == 0:
        raise ValueError(f"at most {_DEEPEST_METADATA} levels are kept")
    if isinstance(value, dict | list):
        if isinstance(value, dict) and "" in value:
            raise ValueError("a name has at least one character")
        for inner in value.values() if isinstance(value, dict) else value:
            _check_keepable(inner, depth - 1)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value and not _SMALLEST_NUMBER < abs(value) < _LARGEST_NUMBER:
            raise ValueError("a number is too large or too small to be kept")
        if isinstance(value, int) and abs(value) >= 10**17:
            raise ValueError("a whole number has at most 17 digits")


Metadata = Annotated[
    dict[str, Any],
    BeforeValidator(_keepable),
    Field(description=f"Echoed; plain JSON of at most {MOST_METADATA_CHARACTERS} characters, ten levels deep."),
]


class Location(Incoming):
    """A file in the media bucket."""

    bucket: str = Field(min_length=3, max_length=63)
    key: str = Field(min_length=1, max_length=1024)


_OUTPUT_PATH = Field(
    None,
    min_length=1,
    max_length=MOST_PATH_CHARACTERS,
    description="Where outputs lie: a folder with `/` at its end, or a name, with `{number}` and `{format}` in it.",
)


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
    output_path: str | None = _OUTPUT_PATH

    def request(self) -> SubtaskRequest:
        return SubtaskRequest.model_validate(self.model_dump())


class Webhook(Incoming):
    """Gets a POST when the task has ended, or at every change of its status."""

    url: str = Field(max_length=2048)
    change: bool = Field(False, strict=True)
    secret: str | None = Field(
        None, min_length=8, max_length=200, description="Signs what is sent (Standard Webhooks); never shown again."
    )


def _options_beside_their_kind(schema: dict[str, Any]) -> None:
    """Beside a `kind`, what isn't known is one of its options, as ittybit's first generation has it."""
    known = list(schema["properties"])
    schema["additionalProperties"] = True
    schema["if"] = {"required": ["kind"], "properties": {"kind": {"type": "string"}}}
    schema["else"] = {"propertyNames": {"enum": known}}


class NewTask(Incoming):
    """One source, by `url`, `input` or `file_id`; work by `kind`, `subtasks` or `workflow`, else the default one.

    Options may stand under `options` or beside `kind`; those under `options` win.
    """

    model_config = ConfigDict(json_schema_extra=_options_beside_their_kind)

    url: str | None = Field(None, max_length=2048, description="http, https, or s3 of the media bucket.")
    input: Location | None = None
    file_id: str | None = Field(None, max_length=64, description="A file that is registered at /files.")
    kind: str | None = Field(None, max_length=64)
    options: dict[str, Any] | None = None
    subtasks: list[NewSubtask] | None = Field(None, min_length=1, max_length=MOST_SUBTASKS)
    workflow: Annotated[str, Field(pattern=NAME_PATTERN)] | None = None
    priority: int = Field(
        0, ge=LOWEST, le=HIGHEST, strict=True, description="A tenant's waiting tasks start in its order."
    )
    metadata: Metadata | None = None
    output_path: str | None = _OUTPUT_PATH
    folder: str | None = Field(None, min_length=1, max_length=200, description="Folder of the outputs (2025-08-20).")
    filename: str | None = Field(None, min_length=1, max_length=200, description="Name of the output (2025-08-20).")
    ref: str | None = Field(None, max_length=200, description="Echoed.")
    webhook: Webhook | None = None
    webhook_url: str | None = Field(None, max_length=2048, description="As `webhook: {url}`.")
    trigger: Literal["api", "console"] = Field("api", description="Who says that it was.")

    @model_validator(mode="before")
    @classmethod
    def options_beside_their_kind(cls, plain: Any) -> Any:
        if not isinstance(plain, dict) or not isinstance(plain.get("kind"), str):
            return plain
        beside = {name: value for name, value in plain.items() if name not in cls.model_fields}
        nested = plain.get("options")
        if not beside or not (nested is None or isinstance(nested, dict)):
            return plain
        return {**{n: v for n, v in plain.items() if n not in beside}, "options": {**beside, **(nested or {})}}

    @model_validator(mode="after")
    def one_source_and_one_way_to_ask(self) -> Self:
        if sum(way is not None for way in (self.url, self.input, self.file_id)) != 1:
            raise ValueError("give the source by one of url, input and file_id")
        if sum(way is not None for way in (self.kind, self.subtasks, self.workflow)) > 1:
            raise ValueError("give the work by one of kind, subtasks and workflow")
        if self.options is not None and self.kind is None:
            raise ValueError("options belong to a kind")
        if self.webhook and self.webhook_url:
            raise ValueError("give the webhook once")
        if self.output_path and (self.folder or self.filename):
            raise ValueError("give the place either as output_path or as folder and filename")
        return self


class Restart(Incoming):
    """What to begin again: `all` subtasks, those that `failed`, or the chosen ones; and whatever comes after these."""

    which: Literal["all", "failed"] | None = None
    subtasks: tuple[int, ...] | None = Field(None, min_length=1, max_length=MOST_SUBTASKS)

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if self.which and self.subtasks:
            raise ValueError("give either which or subtasks")
        return self


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


def _written(moment: object) -> object:
    # pydantic would take a number for Unix seconds, or milliseconds, by its size
    if isinstance(moment, str) and not moment[4:5] == "-":
        raise ValueError("a time is written as in ISO 8601")
    return moment


Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_in_utc)]


def _separate(text: object) -> object:
    # API Gateway puts a comma between the values of a name that comes twice
    return [part.strip() for part in text.split(",")] if isinstance(text, str) else text


# Statuses of ittybit's first generation, in ours.
_OLDER_STATUSES = {"pending": "waiting", "completed": "succeeded", "ready": "succeeded", "error": "failed"}


def _ours(statuses: object) -> object:
    separated = _separate(statuses)
    return [_OLDER_STATUSES.get(s, s) for s in separated] if isinstance(separated, list) else separated


class Paged(Incoming):
    """A page by its number, as the first generation has it."""

    page: int | None = Field(None, ge=1, le=1_000_000, description="From 1; past the end there is nothing.")
    limit: int = Field(20, ge=1, le=100)


class ListQuery(Incoming):
    status: Annotated[tuple[Status, ...] | None, BeforeValidator(_ours)] = Field(
        None, min_length=1, description="One or several, by comma."
    )
    kind: str | None = Field(None, max_length=64, description="Tasks with a subtask of this kind.")
    trigger: Literal["upload", "api", "console"] | None = Field(None, description="What made them.")
    has_failed: bool | None = None
    start_time: Moment | None = Field(None, description="Created at or after; ISO 8601, UTC unless it says otherwise.")
    end_time: Moment | None = Field(None, description="Created before.")
    limit: int = Field(10, ge=1, le=100)
    scroll_token: str | None = Field(None, max_length=500, description="From `Scroll-Token` of the page before.")
    after: str | None = Field(None, max_length=500, description="As `scroll_token`, or the id of the last task seen.")
    page: int | None = Field(None, ge=1, le=1_000_000, description="By number, from 1, instead of by token.")
    order: Literal["desc"] | None = Field(None, description="Newest first; there is no other.")

    @model_validator(mode="after")
    def one_place(self) -> Self:
        if sum(place is not None for place in (self.scroll_token, self.after, self.page)) > 1:
            raise ValueError("give the page by one of scroll_token, after and page")
        return self
