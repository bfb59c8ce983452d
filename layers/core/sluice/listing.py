"""Which lists a task stands in, where their lines lie in the table, and which lines a filter reads. Pure.

Beside its record a task has a line in each list that it belongs to: that of all tasks, that of its status, that of each
of its kinds, and that of its trigger. A list is cut by weeks, so that old lines cool down, and into SHARDS by the
task's id, so that no partition has to take more than its share of the writes (1000 a second,
https://docs.aws.amazon.com/amazondynamodb/latest/ developerguide/bp-partition-key-design.html). Lines are merged as
they are read: a page costs what its lines cost, however many there are. They sort by creation, which never changes, so
that a task keeps its place whatever happens to it.

A task that leaves a status leaves a line behind that says so (a trace), for as long as scrolls last. With these a
scroll through a status shows every task that was in it when the scroll began, once, although it has moved on since.
docs/listing.md has the reasoning, the promise and the costs.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.clock import iso
from sluice.media import Value
from sluice.tasks import Status, Task

SHARDS = 4
"""May be raised in a stack that holds tasks once all of them have expired, since a line is found by its shard."""

SCROLL_LIFE = timedelta(hours=1)
"""How long a scroll through a status lasts."""

MOST_SKIPPED = 10_000
"""How deep a page number may reach: lines that are passed over are read all the same."""

_TRACE_SECONDS = 300
_FUTURE = timedelta(minutes=5)

Key = dict[str, str]


class Filter(Value):
    """What a list is narrowed to; no `statuses` are all of them. The window is [start, end) of the creation time."""

    tenant: str = "default"
    statuses: tuple[Status, ...] = ()
    has_failed: bool | None = None
    kind: str | None = None
    trigger: str | None = None
    start: datetime
    end: datetime

    @property
    def wanted_statuses(self) -> tuple[Status, ...] | None:
        """The statuses that fit, in order; None when every status does. A task has failed when that is its status."""
        fits = {status for status in self.statuses or Status if self.has_failed in (None, status is Status.FAILED)}
        return None if len(fits) == len(Status) else tuple(status for status in Status if status in fits)

    @property
    def identity(self) -> str:
        """What a scroll token is bound to: the tenant and what is asked, without the window."""
        asked = [self.tenant, self.wanted_statuses, self.kind, self.trigger]
        return json.dumps(asked, ensure_ascii=False)


class Line(Value):
    """A line of a list; `position` orders it. `left_at` is set on a trace: when the task left the status."""

    position: str
    kinds: tuple[str, ...] = ()
    trigger: str = ""
    expires_at: int
    left_at: str | None = None

    @property
    def task_id(self) -> str:
        return self.position.rpartition("#")[2]

    def fits(self, wanted: Filter, at: datetime) -> bool:
        """Whether it belongs to the list: what the choice of the list doesn't decide by itself."""
        fits_kind = wanted.kind is None or wanted.kind in self.kinds
        fits_trigger = wanted.trigger is None or wanted.trigger == self.trigger
        return fits_kind and fits_trigger and self.expires_at > at.timestamp()


# ── where lines lie ───────────────────────────────────────────────────────────────────────────


def position(created_at: datetime, task_id: str) -> str:
    """Orders a list by creation, then id, so that no two tasks ever share a place."""
    return f"{iso(created_at)}#{task_id}"


def edge(moment: datetime) -> str:
    """The position before which all tasks lie that were created before the moment; creation is kept in milliseconds."""
    over = moment.microsecond % 1000
    return iso(moment + timedelta(microseconds=1000 - over) if over else moment)


def kinds_of(task: Task) -> tuple[str, ...]:
    return task.kinds or tuple(dict.fromkeys(subtask.kind for subtask in task.subtasks))


def lines(task: Task) -> list[dict[str, Any]]:
    """The items of a new task: one in each of its lists."""
    names = ["all", f"trigger={task.trigger}", *(f"kind={kind}" for kind in kinds_of(task))]
    return [line_item(task, name) for name in names] + [status_line(task, task.status)]


def status_line(task: Task, status: Status) -> dict[str, Any]:
    return line_item(task, f"status={status.value}")


def line_item(task: Task, name: str) -> dict[str, Any]:
    line = _line(task).model_dump(exclude={"position", "left_at"})
    return {**line_key(task, name), **line}


def line_key(task: Task, name: str) -> Key:
    shard = shard_of(task.id)
    return {
        "pk": _partition(task.tenant, name, _week(task.created_at), shard),
        "sk": position(task.created_at, task.id),
    }


def status_line_key(task: Task, status: Status) -> Key:
    return line_key(task, f"status={status.value}")


def trace(task: Task, status: Status, *, at: datetime) -> dict[str, Any]:
    """The item that says when a task left a status; DynamoDB removes it when no scroll needs it any more."""
    line = _line(task).model_copy(
        update={"left_at": precisely(at), "expires_at": int((at + 2 * SCROLL_LIFE).timestamp())}
    )
    number = int(at.timestamp()) // _TRACE_SECONDS
    return {
        "pk": _trace_partition(task.tenant, status, number, shard_of(task.id)),
        "sk": line.position,
        **line.model_dump(exclude={"position"}),
    }


def precisely(moment: datetime) -> str:
    """A moment to the microsecond; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def shard_of(task_id: str) -> int:
    return hashlib.sha256(task_id.encode()).digest()[0] % SHARDS


def from_item(item: Mapping[str, Any]) -> Line:
    return Line.model_validate({**item, "position": item["sk"]})


def _line(task: Task) -> Line:
    return Line(
        position=position(task.created_at, task.id),
        kinds=kinds_of(task),
        trigger=task.trigger,
        expires_at=task.expires_at,
    )


def _partition(tenant: str, name: str, week: str, shard: int) -> str:
    return f"list#{tenant}#{name}#{week}#{shard}"


def _trace_partition(tenant: str, status: Status, number: int, shard: int) -> str:
    return f"left#{tenant}#{status.value}#{number}#{shard}"


def _week(moment: datetime) -> str:
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02}"


# ── what a filter reads ───────────────────────────────────────────────────────────────────────


def names(wanted: Filter) -> list[str]:
    """The lists to read, the narrowest that are kept: by status, else by kind, else by trigger. None when nothing can
    fit.
    """
    statuses = wanted.wanted_statuses
    if statuses is not None:
        return [f"status={status.value}" for status in statuses]
    if wanted.kind is not None:
        return [f"kind={wanted.kind}"]
    return [f"trigger={wanted.trigger}"] if wanted.trigger is not None else ["all"]


def partitions(wanted: Filter) -> Iterator[list[str]]:
    """The partitions to read, a week at a time, the newest first."""
    for week in _weeks(wanted.end - timedelta(microseconds=1), wanted.start):
        yield [_partition(wanted.tenant, name, week, shard) for name in names(wanted) for shard in range(SHARDS)]


def traces(wanted: Filter, since: datetime, until: datetime) -> list[str]:
    """The partitions of what has left the wanted statuses since a scroll began."""
    first, last = (int(moment.timestamp()) // _TRACE_SECONDS for moment in (since, until))
    return [
        _trace_partition(wanted.tenant, status, number, shard)
        for status in wanted.wanted_statuses or ()
        for number in range(first, last + 1)
        for shard in range(SHARDS)
    ]


def _weeks(newest: datetime, oldest: datetime) -> Iterator[str]:
    monday = newest.astimezone(UTC).date()
    monday -= timedelta(days=monday.weekday())
    while newest >= oldest and monday + timedelta(days=6) >= oldest.astimezone(UTC).date():
        year, week, _ = monday.isocalendar()
        yield f"{year}-W{week:02}"
        monday -= timedelta(days=7)


def window(
    start: datetime | None, end: datetime | None, now: datetime, retention: timedelta
) -> tuple[datetime, datetime]:
    """The asked-for window, cut to what can still be there; so a list from the year 1 costs no more than a week's, and
    one from the year 9999 is empty.

    Tasks expire by the whole second, so the oldest that is left begins one.
    """
    oldest = (now - retention).replace(microsecond=0) + timedelta(seconds=1)
    newest = now + _FUTURE
    last = max(oldest, min(end or newest, newest))
    return min(max(start or oldest, oldest), last), last
