"""A subtask that is told of, with what its answer needs besides. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sluice.dialects.tencent.places import Places, say_storage
from sluice.tasks import Output, Subtask, Task


class Told(NamedTuple):
    """A subtask with what its answer needs besides: what was asked, and where its outputs lie."""

    task: Task
    subtask: Subtask
    places: Places
    report: Mapping[str, Any]

    @property
    def asked(self) -> Mapping[str, Any]:
        return (self.subtask.client or {}).get("input") or {}

    @property
    def definition(self) -> int:
        return int((self.subtask.client or {}).get("definition", 0))

    @property
    def storage(self) -> dict[str, Any]:
        return say_storage((self.subtask.client or {}).get("storage"), self.places)

    @property
    def result(self) -> Mapping[str, Any]:
        return self.subtask.result or {}

    def path(self, *names: str) -> str:
        """The path of the first output that is called so, or "" when there is none."""
        made = (output for name in names for output in self.subtask.outputs if output.name == name)
        return next((path_of(output) for output in made), "")


def path_of(output: Output) -> str:
    return f"/{output.key}"
