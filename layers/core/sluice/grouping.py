"""Subtasks that are prepared by the same steps are prepared once, together. Pure.

Frames, cuts, sound and speech of one source are the same for every kind that asks for them, and making them is most of
what those kinds cost: see «Prepared once» in docs/decisions.md. Kinds that are made of stills join where one pass over
the film serves all. What needs no preparation, or works on an earlier output, stays alone.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sluice.kinds import KINDS
from sluice.pictures import Pictures
from sluice.planning import STEPS
from sluice.sampling import shared_pass
from sluice.tasks import Task

Step = dict[str, Any]
Group = dict[str, Any]

# Stills go through the bucket from one function to the next: three of a 4K film, fifty in HD, thousands of tiles.
MOST_PIXELS = 100_000_000


def groups(task: Task, steps: Sequence[Step]) -> list[Group]:
    """{task_id, attempt, number, kind, needs, companions, members} each.

    The first member leads, its number names the work files; the companions' stills are taken along with the frames.
    """
    pictured = [step for step in steps if _is_pictured(task, step)]
    alone = [[step] for step in steps if step not in pictured and (not step["needs"] or "source" in step["needs"])]
    shared = _prepared_alike(task, steps)
    for step in pictured:
        for group in shared:
            if _needs_no_more(group) and _in_one_pass(task, [*group, step]):
                group.append(step)
                break
        else:
            shared.append([step])
    return [_group(task, members) for members in (*alone, *shared)]


def _prepared_alike(task: Task, steps: Sequence[Step]) -> list[list[Step]]:
    shared: list[list[Step]] = []
    for step in _frames_first(step for step in steps if step["needs"] and "source" not in step["needs"]):
        for group in shared:
            if _fits(task, step, group):
                group.append(step)
                break
        else:
            shared.append([step])
    return shared


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


def _is_pictured(task: Task, step: Step) -> bool:
    """Whether it is made of stills, few and small enough to be handed on."""
    pictures = KINDS[step["kind"]].pictures if step["kind"] in KINDS else None
    if step["needs"] or "result" in step or pictures is None:
        return False
    return _pictures(task, step).pixels <= MOST_PIXELS


def _needs_no_more(group: Sequence[Step]) -> bool:
    """Than frames: a still shall neither wait for what others hear, nor fail with it."""
    return all(set(member["needs"]) <= {"frames"} for member in group)


def _pictures(task: Task, step: Step) -> Pictures:
    kind = KINDS[step["kind"]]
    assert kind.pictures and task.source.media, "asked of what is made of stills, once the source is probed"
    options = kind.options.model_validate(task.subtasks[step["number"] - 1].options)
    return kind.pictures(options, task.source.media)


def _in_one_pass(task: Task, members: Sequence[Step]) -> bool:
    """Whether all that these members look at is had most cheaply from one pass; one of them alone shares nothing."""
    looks = [_pictures(task, m).times if _is_pictured(task, m) else sample_times(task, m) for m in members]
    found = [times for times in looks if times]
    return len(found) > 1 and shared_pass(found)


def _group(task: Task, members: Sequence[Step]) -> Group:
    lead = members[0]
    companions = [m["number"] for m in members if len(members) > 1 and _is_pictured(task, m)]
    needed = {need for member in members for need in member["needs"]} | ({"frames"} if companions else set())
    ids = {name: lead[name] for name in ("task_id", "attempt", "number", "kind")}
    prepared = {"prepared_by": lead["number"]} if needed - {"source"} else {}
    return {
        **ids,
        "needs": [step for step in STEPS if step in needed],
        "companions": companions,
        "members": [{**_without_needs(member), **prepared} for member in members],
    }


def _without_needs(step: Step) -> Step:
    return {name: value for name, value in step.items() if name != "needs"}
