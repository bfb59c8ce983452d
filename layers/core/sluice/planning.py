"""plan(): which subtasks can start now, what they need, and which are settled before they start. Pure."""

from typing import Any, NamedTuple

from pydantic import ValidationError

from sluice import conditions
from sluice.jobs import JobRef, JobResult
from sluice.kinds import KINDS
from sluice.kinds.spans import placed
from sluice.media import MediaInfo
from sluice.paths import first_mistake
from sluice.tasks import Failure, Status, Subtask, Task

STEPS = ("source", "frames", "shots", "sound", "speech")


class Plan(NamedTuple):
    """The steps that can be taken now; `more` when others wait for them."""

    steps: list[dict[str, Any]]
    more: bool


def plan(task: Task, media: MediaInfo) -> Plan:
    """What can be done now, a step a subtask: {task_id, attempt, number, kind, needs}, and a `result` once settled.

    `needs` are the steps that prepare its work, in their order.
    """
    open_ones = [subtask for subtask in task.subtasks if not subtask.status.is_final]
    ready = [subtask for subtask in open_ones if all(task.subtasks[n - 1].status.is_final for n in subtask.after)]
    return Plan([_step(task, subtask, media) for subtask in ready], more=len(ready) < len(open_ones))


def _step(task: Task, subtask: Subtask, media: MediaInfo) -> dict[str, Any]:
    ref = JobRef(task_id=task.id, attempt=task.attempt, number=subtask.number, kind=subtask.kind)
    step = {**ref.model_dump(include={"task_id", "attempt", "number", "kind"}), "needs": []}
    if settled := _settled(task, subtask, media):
        return {**step, "result": settled.model_dump(mode="json", exclude_none=True)}
    return {**step, "needs": list(needs(subtask, media))}


def needs(subtask: Subtask, media: MediaInfo) -> tuple[str, ...]:
    """The steps that prepare a subtask, in the order of the workflow; speech is heard in the sound.

    Work on an earlier subtask's output begins with a look at that.
    """
    kind = KINDS[subtask.kind]
    wanted = set(kind.needs(kind.options.model_validate(placed(subtask.options, media.duration)), media))
    if "speech" in wanted:
        wanted.add("sound")
    if subtask.source:
        wanted.add("source")
    return tuple(step for step in STEPS if step in wanted)


def _settled(task: Task, subtask: Subtask, media: MediaInfo) -> JobResult | None:
    """How a subtask ends that need not or can't be started."""
    before = [task.subtasks[n - 1] for n in subtask.after]
    if failed := next((s for s in before if s.status is not Status.SUCCEEDED), None):
        message = f"Subtask {failed.number}, after which this one comes, did not succeed."
        return JobResult(failure=Failure(code="dependency_failed", message=message))
    if skipped := next((s for s in before if s.skipped), None):
        return JobResult(skipped=f"Subtask {skipped.number}, after which this one comes, was skipped.")
    if subtask.condition and not conditions.holds(subtask.condition, media):
        return JobResult(skipped=f"Not done, since this doesn't hold: {subtask.condition}.")
    return None if subtask.source else settle(subtask, media)


def settle(subtask: Subtask, media: MediaInfo) -> JobResult | None:
    """The end of a subtask that can't apply to this file.

    Asked for by name it fails; as part of a workflow, which serves all sorts of files, it is skipped.
    """
    kind = KINDS.get(subtask.kind)
    if kind is None:
        return JobResult(failure=Failure(code="kind_unknown", message=f"There is no kind {subtask.kind!r}."))
    try:
        refusal = kind.refuse(kind.options.model_validate(placed(subtask.options, media.duration)), media)
    except ValidationError as error:
        where, message = first_mistake(error, subtask.options)
        return JobResult(failure=Failure(code="options_invalid", message=f"{where}: {message}."))
    if refusal is None:
        return None
    return JobResult(failure=refusal) if subtask.by_name else JobResult(skipped=refusal.message)


def limit_failure(media: MediaInfo, *, seconds: int, pixels: int, streams: int) -> Failure | None:
    """Why a source is more than this deployment takes, or None."""
    if (media.duration or 0) > seconds:
        message = f"The file lasts {media.duration:.0f} s; this deployment takes up to {seconds} s."
        return Failure(code="source_too_long", message=message)
    if media.stream_count > streams:
        message = f"The file has {media.stream_count} streams; this deployment takes up to {streams}."
        return Failure(code="source_too_many_streams", message=message)
    largest = max((v.width * v.height for v in media.video), default=0)
    if largest > pixels:
        message = f"The picture has {largest} pixels; this deployment takes up to {pixels}."
        return Failure(code="source_too_large", message=message)
    return None
