"""What workers are handed, and what they hand back."""

from typing import Any, Self

from pydantic import model_validator

from sluice.media import MediaInfo, Value
from sluice.tasks import Failure, Output, Source


class JobRef(Value):
    """What travels through the workflow: ids only, since a payload holds at most 256 KiB.

    `step` names a part of the work that another function does beforehand; empty for the kind's own. `prepared_by` is
    the number of the subtask under which that work lies, its own when absent.
    """

    task_id: str
    attempt: int
    number: int
    kind: str
    step: str = ""
    prepared_by: int | None = None


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

    @property
    def folder(self) -> str:
        """Where its outputs lie."""
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
