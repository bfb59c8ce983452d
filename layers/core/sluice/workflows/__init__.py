"""Workflows and presets: named lists of subtasks, and named sets of options. Pure, but for the files beside this one.

The workflows that ship with Sluice are the JSON files here; users add theirs through the API, and one of the same name
takes the place of a shipped one.
"""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import Field

from sluice.media import Value
from sluice.tasks import SubtaskRequest

DEFAULT = "default"
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
MOST_SUBTASKS = 50


def is_name(text: str) -> bool:
    return bool(re.fullmatch(NAME_PATTERN, text))


class Preset(Value):
    """A named set of options of one kind; what a request says beside it wins."""

    name: str = Field(pattern=NAME_PATTERN)
    kind: str
    description: str = Field("", max_length=500)
    options: dict[str, Any] = Field(default_factory=dict)


class Workflow(Value):
    """What uploads under its prefixes, of its file types, get; without either it is asked for by name only.

    `prefixes` begin with the upload prefix (`uploads/films/`), `file_types` are endings (`.mp3`). Its subtasks are
    skipped for files that they don't apply to.
    """

    name: str = Field(pattern=NAME_PATTERN)
    description: str = Field("", max_length=500)
    prefixes: tuple[str, ...] = Field((), max_length=20)
    file_types: tuple[str, ...] = Field((), max_length=50)
    subtasks: tuple[SubtaskRequest, ...] = Field(min_length=1, max_length=MOST_SUBTASKS)

    @property
    def requests(self) -> tuple[SubtaskRequest, ...]:
        """Its subtasks, marked as not asked for by name."""
        return tuple(subtask.model_copy(update={"by_name": False}) for subtask in self.subtasks)

    def claims(self, key: str) -> int | None:
        """How closely it is bound to an upload: the length of the prefix that matches; None when none does."""
        if self.file_types and not key.lower().endswith(tuple(t.lower() for t in self.file_types)):
            return None
        if not self.prefixes:
            return 0 if self.file_types else None
        return max((len(prefix) for prefix in self.prefixes if key.startswith(prefix)), default=None)


@cache
def shipped() -> dict[str, Workflow]:
    """The workflows beside this file, by name."""
    found = (Workflow.model_validate_json(path.read_bytes()) for path in sorted(Path(__file__).parent.glob("*.json")))
    return {workflow.name: workflow for workflow in found}


def workflow_for(key: str, workflows: Iterable[Workflow]) -> Workflow:
    """The workflow that an upload gets: the longest prefix wins, then one with file types, then the first by name."""
    by_name = {workflow.name: workflow for workflow in workflows}
    claims = [(claim, bool(w.file_types), w) for w in by_name.values() if (claim := w.claims(key)) is not None]
    if not claims:
        return by_name[DEFAULT]
    return min(claims, key=lambda c: (-c[0], not c[1], c[2].name))[2]
