"""How many tasks waited and ran at once, and how many came and ended, hour by hour, told from their records. Pure.

A record says when its task was created, when its present attempt was queued, and when each attempt started and ended;
only how long an earlier restart had waited isn't kept, so such an attempt is counted from its start. Records that were
deleted tell nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field

from sluice.clock import Timestamp
from sluice.queue import queued_at
from sluice.tasks import Attempt, Status, Task

Span = tuple[datetime, datetime]

_HOUR = timedelta(hours=1)


class HourOfLoad(BaseModel):
    """An hour in UTC: tasks that were created in it, attempts that ended in it, and the most that waited or ran."""

    start: Timestamp
    created: int
    succeeded: int
    failed: int
    cancelled: int
    waiting: int = Field(description="The most that waited at once.")
    running: int = Field(description="The most that ran at once.")


def by_hour(tasks: Iterable[Task], start: datetime, end: datetime) -> list[HourOfLoad]:
    """The hours of a window, the oldest first; the first is whole, the last goes up to `end`, which is the present."""
    every = tuple(tasks)
    hours = list(_hours(start, end))
    created = Counter(_hour(task.created_at) for task in every)
    ended = Counter((_hour(at), status) for task in every for at, status in _ends(task))
    waiting = peaks([span for task in every for span in _waits(task, end)], hours)
    running = peaks([span for task in every for span in _runs(task, end)], hours)
    return [
        HourOfLoad(
            start=hour,
            created=created[hour],
            succeeded=ended[hour, Status.SUCCEEDED],
            failed=ended[hour, Status.FAILED],
            cancelled=ended[hour, Status.CANCELLED],
            waiting=waiting[number],
            running=running[number],
        )
        for number, hour in enumerate(hours)
    ]


def peaks(spans: Iterable[Span], hours: Sequence[datetime]) -> list[int]:
    """For each hour (they follow each other), the most spans that hold one of its moments; a span holds its begin, not
    its end.
    """
    steps = sorted((moment, step) for span in spans for moment, step in zip(span, (1, -1), strict=True))
    found: list[int] = []
    level = at = 0
    for hour in hours:
        while at < len(steps) and steps[at][0] <= hour:
            level, at = level + steps[at][1], at + 1
        most = level
        while at < len(steps) and steps[at][0] < hour + _HOUR:
            level, at = level + steps[at][1], at + 1
            most = max(most, level)
        found.append(most)
    return found


def _ends(task: Task) -> Iterator[tuple[datetime, Status]]:
    attempts: tuple[Attempt | Task, ...] = (*task.history, task)
    for attempt in attempts:
        if attempt.finished_at and attempt.status.is_final:
            yield attempt.finished_at, attempt.status


def _waits(task: Task, end: datetime) -> Iterator[Span]:
    if task.history:
        yield from _span(task.created_at, task.history[0].started_at or task.history[0].finished_at)
    since = queued_at(task.queued_as) if task.queued_as else task.created_at
    yield from _span(since, task.started_at or task.finished_at or end)


def _runs(task: Task, end: datetime) -> Iterator[Span]:
    for attempt in task.history:
        yield from _span(attempt.started_at, attempt.finished_at)
    yield from _span(task.started_at, task.finished_at or end)


def _span(begin: datetime | None, end: datetime | None) -> Iterator[Span]:
    if begin and end and begin < end:
        yield begin, end


def _hours(start: datetime, end: datetime) -> Iterator[datetime]:
    hour = _hour(start)
    while hour < end:
        yield hour
        hour += _HOUR


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
