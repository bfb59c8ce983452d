"""Lists of tasks, read from their lines in the table: pages, and counts of short stretches.

Reads are strongly consistent: a list shows what was written before it was asked for. Lines are read before traces, and
a trace is written in the one transaction that takes the line away, so that a task that moves meanwhile is seen in one
of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from heapq import merge
from itertools import chain
from typing import Any, NamedTuple

from sluice import listing, scrolling
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.secrets import table_secret
from sluice.clock import precise_now
from sluice.errors import InvalidRequest
from sluice.listing import Filter, Line
from sluice.scrolling import Place
from sluice.tasks import Task

MOST_READ = 5_000
"""Lines that one page may read beyond what it passes over; a page that comes to it is short, and the scroll goes on."""

# as many lines as one read unit holds, about 4 KB
_FIRST, _NEXT = 20, 500
_MOST_AT_ONCE = 100


class Page(NamedTuple):
    """Tasks without their subtasks, newest first; `scroll_token` is None on the last page.

    `total` is how many the whole list has: known when the page has come from its beginning to its end.
    """

    tasks: list[Task]
    scroll_token: str | None
    total: int | None = None


class Stretch(NamedTuple):
    """A part of a list: positions from `low` (included) to `high` (excluded)."""

    low: str
    high: str


class Read(NamedTuple):
    """Lines that fit, newest first; `floor` is how far down the list was looked at (included), None for all of it."""

    lines: list[Line]
    floor: str | None


def page(
    table: str,
    wanted: Filter,
    *,
    limit: int,
    at: datetime,
    scroll_token: str | None = None,
    skip: int = 0,
    after: Task | None = None,
) -> Page:
    """One page: from where the token says, or below the task `after`, or `skip` tasks below the beginning.

    Raises: InvalidRequest for a token that isn't ours, or a page too deep down.
    """
    if skip > listing.MOST_SKIPPED:
        raise InvalidRequest(f"Pages reach {listing.MOST_SKIPPED} tasks deep; scroll on instead.", field="page")
    place = _place(table, wanted, scroll_token)
    if place.position == "" and after:
        place = place.model_copy(update={"position": listing.position(after.created_at, after.id)})
    read = _read(table, wanted, place, skip + limit + 1, follows=scroll_token is not None, at=at)
    tasks = _tasks(table, read.lines[skip : skip + limit], at)
    more = len(read.lines) > skip + limit
    last = read.lines[skip + limit - 1].position if more else read.floor
    if last is None:
        return Page(tasks, None, None if place.position else len(read.lines))
    token = scrolling.token(place.model_copy(update={"position": last}), wanted, _signing_key(table))
    return Page(tasks, token)


def count(table: str, wanted: Filter, *, at: datetime) -> int:
    """How many tasks of a window fit, by reading all of their lines: for windows of less than a second."""
    lines = _lines(table, wanted, Stretch(listing.edge(wanted.start), listing.edge(wanted.end)))
    return sum(line.fits(wanted, at) for line in _unlike(lines))


def _place(table: str, wanted: Filter, token: str | None) -> Place:
    """Where to go on, or the beginning of a scroll that begins now."""
    moment = precise_now()
    if token:
        return scrolling.place(token, wanted, _signing_key(table), at=moment)
    return Place(position="", since=moment, start=wanted.start, end=wanted.end)


def _read(table: str, wanted: Filter, place: Place, most: int, *, follows: bool, at: datetime) -> Read:
    """The next lines of a list, `most` of them at most: those that stand in it, and those that stood there when the
    scroll began.
    """
    top = listing.edge(place.end)
    stretch = Stretch(listing.edge(place.start), min(place.position or top, top))
    live = _take(_lines(table, wanted, stretch), lambda line: line.fits(wanted, at), most)
    # within one list the first page needs no trace: what has left before it was read was not there
    if wanted.wanted_statuses is None or not (follows or len(listing.names(wanted)) > 1):
        return live
    since = listing.precisely(place.since)
    partitions = listing.traces(wanted, place.since, precise_now())
    traces = _merged(table, partitions, Stretch(live.floor or stretch.low, stretch.high))
    left = _take(traces, lambda line: (line.left_at or "") > since and line.fits(wanted, at), most)
    return _both(live, left, most)


def _both(live: Read, left: Read, most: int) -> Read:
    """Two reads of one stretch as one, as far down as both of them looked."""
    floor = max((floor for floor in (live.floor, left.floor) if floor), default=None)
    lines = _unlike(merge(live.lines, left.lines, key=_position, reverse=True))
    return Read([line for line in lines if floor is None or line.position >= floor][:most], floor)


def _take(lines: Iterable[Line], fits: Callable[[Line], bool], most: int) -> Read:
    """The first lines that fit, within what a page may read."""
    fitting: list[Line] = []
    for number, line in enumerate(_unlike(lines), start=1):
        if fits(line):
            fitting.append(line)
        if len(fitting) == most or number == most + MOST_READ:
            return Read(fitting, line.position)
    return Read(fitting, None)


def _unlike(lines: Iterable[Line]) -> Iterator[Line]:
    """Without repetitions, which lie side by side: a task in two of the lists, or in a list and among its traces."""
    last = None
    for line in lines:
        if line.position != last:
            yield line
        last = line.position


def _lines(table: str, wanted: Filter, stretch: Stretch) -> Iterator[Line]:
    """What stands in the lists of a filter, the newest first, a week after the other."""
    return chain.from_iterable(_merged(table, partitions, stretch) for partitions in listing.partitions(wanted))


def _merged(table: str, partitions: Sequence[str], stretch: Stretch) -> Iterator[Line]:
    if stretch.high <= stretch.low:
        return iter(())
    firsts = _pool().map(lambda partition: _query(table, partition, stretch, _FIRST), partitions)
    streams = [_stream(table, partition, stretch, first) for partition, first in zip(partitions, firsts, strict=True)]
    return merge(*streams, key=_position, reverse=True)


def _stream(table: str, partition: str, stretch: Stretch, first: tuple[list[Line], bool]) -> Iterator[Line]:
    lines, more = first
    yield from lines
    while more:
        lines, more = _query(table, partition, Stretch(stretch.low, lines[-1].position), _NEXT)
        yield from lines


def _query(table: str, partition: str, stretch: Stretch, limit: int) -> tuple[list[Line], bool]:
    """The topmost lines of a stretch of one partition, and whether there may be more."""
    answer: Any = dynamodb().query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :low AND :high",
        ExpressionAttributeValues=to_item({":pk": partition, ":low": stretch.low, ":high": stretch.high}),
        ScanIndexForward=False,
        ConsistentRead=True,
        # the bound itself comes along
        Limit=limit + 1,
    )
    lines = [listing.from_item(from_item(item)) for item in answer["Items"]]
    below = [line for line in lines if line.position < stretch.high]
    return below, bool(below) and "LastEvaluatedKey" in answer


def _tasks(table: str, lines: Sequence[Line], at: datetime) -> list[Task]:
    """The records of these lines; what was deleted meanwhile is left out."""
    found = {item["id"]: item for item in items_of(table, [{"pk": line.task_id, "sk": "task"} for line in lines])}
    items = (found[line.task_id] for line in lines if line.task_id in found)
    return [Task.model_validate(item) for item in items if item["expires_at"] > at.timestamp()]


def items_of(table: str, keys: Sequence[listing.Key]) -> Iterator[dict[str, Any]]:
    """The items of these keys, those that are there, in any order."""
    for begin in range(0, len(keys), _MOST_AT_ONCE):
        some = [to_item(key) for key in keys[begin : begin + _MOST_AT_ONCE]]
        asked: Any = {table: {"Keys": some, "ConsistentRead": True}}
        while asked:
            answer: Any = dynamodb().batch_get_item(RequestItems=asked)
            yield from map(from_item, answer["Responses"].get(table, ()))
            asked = answer.get("UnprocessedKeys")


def _position(line: Line) -> str:
    return line.position


def _signing_key(table: str) -> bytes:
    return table_secret(table, "scroll").encode()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(listing.SHARDS)
