"""Counts of tasks by time, status, trigger and kind: which counters a task is in, and which of them make up a window.
Pure.

A counter holds one stretch of time in units: a month in days, a day in hours, an hour in minutes, a minute in seconds;
for each unit it knows how many tasks of each status and trigger were created then. A window is cut into the largest
units that fit, so that however long it is and however many tasks it holds, it takes a handful of counters. Beside those
of all tasks there are counters of the tasks of each kind.

A task is counted in one state at a time. States are ordered (`version`), so that a state that is told twice, late or
out of order changes nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sluice.clock import Timestamp, iso
from sluice.media import Value
from sluice.tasks import Status

_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60
# of a unit: its length in seconds, and where an ISO 8601 time is cut into counter and unit
_UNITS = {_DAY: (7, slice(8, 10)), _HOUR: (10, slice(11, 13)), _MINUTE: (13, slice(14, 16)), 1: (16, slice(17, 19))}
_ORDER = {status: number for number, status in enumerate(Status)}

ANY_KIND = ""
"""The counters of all tasks, whatever their kinds."""


class State(Value):
    """What is counted of a task; `gone` when its record was deleted."""

    task_id: str
    tenant: str
    created_at: Timestamp
    status: Status
    attempt: int
    trigger: str
    kinds: tuple[str, ...] = ()
    expires_at: int
    gone: bool = False

    @property
    def version(self) -> str:
        """Sorts the states of a task in the order in which they can follow each other: an attempt's statuses only go
        forward, a restart is another attempt, and a task that is made anew after it was deleted is a later one.
        """
        return f"{iso(self.created_at)}#{self.attempt:06}#{_ORDER[self.status]}{'#gone' if self.gone else ''}"


class CounterRef(NamedTuple):
    """One counter: `period` is a month, day, hour or minute as ISO 8601 writes it."""

    tenant: str
    kind: str
    period: str


class Cell(NamedTuple):
    """A place in a counter."""

    unit: str
    status: str
    trigger: str


Deltas = dict[CounterRef, Counter[Cell]]


def state_of(record: Mapping[str, Any], *, gone: bool = False) -> State:
    """The state that a task's item in the table tells of.

    Raises: pydantic.ValidationError for anything else.
    """
    return State.model_validate({**record, "task_id": record.get("id"), "gone": gone})


def counters(state: State) -> list[CounterRef]:
    """All counters that the task is counted in."""
    time = _text(int(state.created_at.timestamp()))
    kinds = (ANY_KIND, *state.kinds)
    return [CounterRef(state.tenant, kind, time[:cut]) for kind in kinds for cut, _ in _UNITS.values()]


def deltas(changes: Iterable[tuple[State | None, State]]) -> Deltas:
    """What changes in the counters when tasks go from one state to another; counters that don't change are left out."""
    found: Deltas = {}
    for before, after in changes:
        for state, number in ((before, -1), (after, 1)):
            if state and not state.gone:
                for ref, cell in _cells(state):
                    found.setdefault(ref, Counter())[cell] += number
    trimmed = {ref: Counter({cell: n for cell, n in cells.items() if n}) for ref, cells in found.items()}
    return {ref: cells for ref, cells in trimmed.items() if cells}


def added(cells: Mapping[Cell, int], more: Mapping[Cell, int]) -> Counter[Cell]:
    """A counter with what was added to it, without cells that have become nought."""
    total = Counter(cells)
    for cell, number in more.items():
        total[cell] += number
    return Counter({cell: number for cell, number in total.items() if number})


def sum_of(
    cells: Mapping[Cell, int], units: Iterable[str], statuses: Sequence[Status] | None, trigger: str | None
) -> int:
    """The tasks of some units of a counter that have one of the statuses (None: any) and the trigger (None: any)."""
    wanted = set(units)
    return sum(
        number
        for cell, number in cells.items()
        if cell.unit in wanted
        and (statuses is None or cell.status in statuses)
        and (trigger is None or cell.trigger == trigger)
    )


def cover(start: datetime, end: datetime) -> dict[str, list[str]]:
    """The counters (by period) and the units in them that make up a window of whole seconds."""
    found: dict[str, list[str]] = {}
    for second, length in _steps(int(start.timestamp()), int(end.timestamp())):
        cut, unit = _UNITS[length]
        time = _text(second)
        found.setdefault(time[:cut], []).append(time[unit])
    return found


def whole_seconds(start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """The part of a window that is made of whole seconds; None when there is none."""
    first = start if not start.microsecond else start.replace(microsecond=0) + timedelta(seconds=1)
    last = end.replace(microsecond=0)
    return (first, last) if first < last else None


def _cells(state: State) -> Iterator[tuple[CounterRef, Cell]]:
    time = _text(int(state.created_at.timestamp()))
    units = [time[unit] for _, unit in _UNITS.values()]
    for number, ref in enumerate(counters(state)):
        yield ref, Cell(units[number % len(units)], state.status.value, state.trigger)


def _steps(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The largest units that fit, from the start to the end, in epoch seconds."""
    while start < end:
        length = next(length for length in _UNITS if start % length == 0 and start + length <= end)
        yield start, length
        start += length


def _text(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()
