"""The frame around a chunk's worker: it makes its chunk unless it is there, and leaves why it can't."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sluice.errors import WorkFailed
from sluice.jobs import JobResult
from sluice.kinds.chunked.folder import PLAN, Folder, address_of
from sluice.kinds.chunked.planning import recipe_of
from sluice.tasks import Failure
from sluice.workspace import Workspace

_DECODING = re.compile(r"error|corrupt|invalid|missing|conceal", re.IGNORECASE)
_SECONDS_BETWEEN_LOOKS = 3.0

Look = Callable[[], None]
# recipe, the name to leave it under, whether to go on → what was made, `frames` of it
Make = Callable[[Workspace, Mapping[str, Any], str, Look], Mapping[str, Any]]


class MadeMeanwhile(Exception):
    """Another worker has finished the same chunk."""


def make_chunk(workspace: Workspace, make: Make, frames_of: Callable[[Mapping[str, Any]], int]) -> JobResult:
    """One chunk, unless it is there already. What goes wrong is left for the join to tell."""
    return leaving_reason(workspace, partial(_make_chunk, make=make, frames_of=frames_of))


def leaving_reason(workspace: Workspace, work: Callable[[Workspace], None]) -> JobResult:
    try:
        work(workspace)
    except WorkFailed as error:
        reason = Failure.of(error).model_dump(mode="json")
        Folder(workspace).put(reason_name(workspace), reason)
        return JobResult(failure=Failure(code=error.code, message=error.message))
    return JobResult()


def reason_name(workspace: Workspace) -> str:
    return f"failure-{workspace.job.attempt}.json"


def _make_chunk(workspace: Workspace, make: Make, frames_of: Callable[[Mapping[str, Any]], int]) -> None:
    folder, number = Folder(workspace), workspace.job.chunk
    assert number is not None, "a chunk has a number"
    told = recipe_of(folder, number)
    name = address_of(workspace, told)
    if (made := folder.described(name)) is None:
        try:
            made = make(workspace, told, name, look_for(workspace, name))
        except MadeMeanwhile:
            made = folder.described(name)
    workspace.count_chunk(number, frames=frames_of(made), percent=folder.get(PLAN)["share"])


def look_for(workspace: Workspace, name: str) -> Look:
    return partial(_look, workspace, Folder(workspace), name)


def _look(workspace: Workspace, folder: Folder, name: str) -> None:
    """Whether there is any use in going on.

    Raises: Cancelled; MadeMeanwhile when another has finished.
    """
    workspace.must_go_on()
    if folder.described(name) is not None:
        raise MadeMeanwhile


def encode(workspace: Workspace, arguments: Sequence[str], look: Look) -> tuple[str, ...]:
    """Run ffmpeg as long as there is any use in it; returns the last lines of its log."""
    return workspace.ffmpeg_watched(arguments, look, _SECONDS_BETWEEN_LOOKS)


def lost_frames(made: int, expected: int | None, log: Sequence[str]) -> int:
    """How many frames couldn't be decoded: those that are lacking, where the decoder has complained.

    Raises: WorkFailed `chunk_incomplete` for frames that are lacking without a reason, or too many.
    """
    lost = expected - made if expected is not None else 0
    if lost < 0 or (lost and not any(_DECODING.search(line) for line in log)):
        raise WorkFailed(f"A chunk has {made} frames in place of {expected}.", code="chunk_incomplete")
    return lost
