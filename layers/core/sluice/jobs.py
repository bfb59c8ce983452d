"""What workers are handed, and what they hand back."""

from typing import Any, Self

from pydantic import model_validator

from sluice.media import MediaInfo, Value
from sluice.tasks import Failure, Output, Source


class JobRef(Value):
    """What travels through the workflow: ids only, since a payload holds at most 256 KiB.

    `step` names a part of the work that another function does beforehand; empty for the kind's own. `prepared_by` is
    the number of the subtask under which that work lies, absent where nothing was made beforehand. `companions` are the
    subtasks whose stills are taken along with the frames of a group. `chunk` is one of those that a film was cut into,
    counted from nought.
    """

    task_id: str
    attempt: int
    number: int
    kind: str
    step: str = ""
    prepared_by: int | None = None
    companions: tuple[int, ...] = ()
    chunk: int | None = None


class Job(Value):
    """One Lambda's work, read from the record when it starts."""

    task_id: str
    attempt: int
    number: int
    kind: str
    options: dict[str, Any]
    source: Source
    media: MediaInfo
    prepared_by: int | None = None
    companions: "tuple[Job, ...]" = ()
    chunk: int | None = None
    tenant: str = "default"
    output_path: str | None = None

    @property
    def folder(self) -> str:
        """Where its outputs lie, unless `output_path` says otherwise."""
        return f"{self.task_id}/{self.number}-{self.kind}"

    @property
    def work_folder(self) -> str:
        """Where the files lie that were made for it beforehand."""
        return f"{self.task_id}/{self.prepared_by or self.number}"


class JobResult(Value):
    """Outputs, or a failure, or the reason why there was nothing to do; and a small `result` for the record."""

    outputs: tuple[Output, ...] = ()
    result: dict[str, Any] | None = None
    failure: Failure | None = None
    skipped: str | None = None
    cancelled: bool = False

    @model_validator(mode="after")
    def one_ending(self) -> Self:
        if sum((self.failure is not None, self.skipped is not None, self.cancelled)) > 1:
            raise ValueError("a job has failed, was skipped or was cancelled: not more than one of them")
        return self
