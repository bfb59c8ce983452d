"""Subtasks that are prepared by the same steps are prepared once, together. Pure.

Frames, cuts, sound and speech of one source are the same for every kind that asks for them, and making them is most of
what those kinds cost: see «Prepared once» in docs/decisions.md. What needs no preparation, or works on an earlier
output, stays alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sluice.kinds import KINDS
from sluice.planning import STEPS
from sluice.tasks import Task

Step = dict[str, Any]
Group = dict[str, Any]


def groups(task: Task, steps: Sequence[Step]) -> list[Group]:
    """{task_id, attempt, number, kind, needs, members} each; the first leads, its number names the work files."""
    alone = [[step] for step in steps if not step["needs"] or "source" in step["needs"]]
    shared: list[list[Step]] = []
    for step in _frames_first(step for step in steps if step["needs"] and "source" not in step["needs"]):
        for group in shared:
            if _fits(task, step, group):
                group.append(step)
                break
        else:
            shared.append([step])
    return [_group(members) for members in (*alone, *shared)]


def _frames_first(steps: Iterable[Step]) -> list[Step]:
    """Those that are bound to their frames found the groups, and the others join the first."""
    return sorted(steps, key=lambda step: "frames" not in step["needs"])


def _fits(task: Task, step: Step, group: Sequence[Step]) -> bool:
    """Frames can be shared by those that look at the same moments; the rest is the same for all."""
    if "frames" not in step["needs"]:
        return True
    return sample_times(task, step) == sample_times(task, group[0])


def sample_times(task: Task, step: Step) -> list[float] | None:
    """The seconds at which a subtask wants frames; None for one that wants none."""
    kind = KINDS[step["kind"]]
    if "frames" not in step["needs"] or kind.sample_times is None:
        return None
    assert task.source.media, "a task is probed before it is planned"
    options = kind.options.model_validate(task.subtasks[step["number"] - 1].options)
    return kind.sample_times(task.source.media.duration, options)


def _group(members: Sequence[Step]) -> Group:
    lead = members[0]
    needed = {need for member in members for need in member["needs"]}
    ids = {name: lead[name] for name in ("task_id", "attempt", "number", "kind")}
    return {
        **ids,
        "needs": [step for step in STEPS if step in needed],
        "members": [{**_without_needs(member), "prepared_by": lead["number"]} for member in members],
    }


def _without_needs(step: Step) -> Step:
    return {name: value for name, value in step.items() if name != "needs"}
