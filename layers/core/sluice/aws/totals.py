"""How many tasks there are: counters in the table, kept from the table's stream by the function tally, read by lists.

A counter is one item a shard: its cells as compressed JSON, so that each costs about one read unit however full it is,
and a revision. States are applied by transactions that name the revision of every counter and the version of every task
they stand on: each counts once, whoever else is at work. Who loses a race goes on in another shard, so that counters
that many write to at once are spread over several; a reader sums whatever shards there are.
"""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from sluice import counting
from sluice.aws import lists
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.lists import items_of
from sluice.counting import ANY_KIND, Cell, CounterRef, State
from sluice.listing import Filter

SHARDS = 8
MOST_TRIES = 40

_MOST_WRITES = 100
"""Items in a transaction, by DynamoDB's limits."""

_LATE_SECONDS = 4 * 86_400
"""DynamoDB removes what has expired up to two days late, and its stream tells of it up to a day later."""

_KEPT_SECONDS = 34 * 86_400
"""How long a counter outlives a task that it counts: others of its month may be created later."""


class Kept(NamedTuple):
    """A counter as it lies in the table; revision 0 is one that isn't there yet."""

    cells: Mapping[Cell, int] = {}
    revision: int = 0
    expires_at: int = 0


# ── reading ───────────────────────────────────────────────────────────────────────────────────


def total(table: str, wanted: Filter, *, at: datetime) -> int:
    """How many tasks fit. Of the seconds at the edges that the window cuts through, the lines are read instead."""
    statuses = wanted.wanted_statuses
    if statuses == () or wanted.start >= wanted.end:
        return 0
    wanted = wanted.model_copy(update={"end": _beyond(wanted.end, at)})
    whole = counting.whole_seconds(wanted.start, wanted.end)
    if whole is None:
        return lists.count(table, wanted, at=at)
    start, end = whole
    edges = [wanted.model_copy(update={"end": start}), wanted.model_copy(update={"start": end})]
    counted = sum(lists.count(table, edge, at=at) for edge in edges if edge.start < edge.end)
    cover = counting.cover(start, end)
    refs = [CounterRef(wanted.tenant, wanted.kind or ANY_KIND, period) for period in cover]
    for ref, cells in zip(refs, _pool().map(lambda ref: _cells_of(table, ref), refs), strict=True):
        counted += counting.sum_of(cells, cover[ref.period], statuses, wanted.trigger)
    return counted


def _beyond(end: datetime, at: datetime) -> datetime:
    """An end in the future, where no task can lie, is as good as the end of that month, which takes no small units to
    come to.
    """
    if end < at + timedelta(minutes=4):
        return end
    following = (end.replace(day=1) + timedelta(days=32)).replace(day=1)
    return following.replace(hour=0, minute=0, second=0, microsecond=0)


def _cells_of(table: str, ref: CounterRef) -> Counter[Cell]:
    """All shards of a counter in one."""
    answer: Any = dynamodb().query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_item({":pk": _partition(ref)}),
        ConsistentRead=True,
    )
    cells: Counter[Cell] = Counter()
    for item in answer["Items"]:
        cells.update(_unpacked(from_item(item)))
    return cells


# ── counting ──────────────────────────────────────────────────────────────────────────────────


class Busy(RuntimeError):
    """Others are faster at the same counters, again and again."""


def apply(table: str, states: Iterable[State]) -> None:
    """Count tasks in their new states; of a task only the latest one matters. Harmless to be repeated.

    Raises: Uncounted.
    """
    latest: dict[str, State] = {}
    for state in states:
        known = latest.get(state.task_id)
        if known is None or state.version > known.version:
            latest[state.task_id] = state
    left = set(latest)
    for chunk in _chunks(latest.values()):
        try:
            _apply_chunk(table, chunk)
        except (ClientError, BotoCoreError, Busy) as error:
            raise Uncounted(left) from error
        left -= {state.task_id for state in chunk}


class Uncounted(Exception):
    """The counting had to stop: these tasks aren't counted yet, all others are."""

    def __init__(self, task_ids: Iterable[str]):
        self.task_ids = frozenset(task_ids)
        super().__init__(f"{len(self.task_ids)} tasks aren't counted yet.")


def _chunks(states: Iterable[State]) -> Iterator[list[State]]:
    """As many tasks at once as a transaction has room for, with all counters that they touch."""
    chunk: list[State] = []
    refs: set[CounterRef] = set()
    for state in states:
        with_it = refs.union(counting.counters(state))
        if chunk and len(chunk) + 1 + len(with_it) > _MOST_WRITES:
            yield chunk
            chunk, with_it = [], set(counting.counters(state))
        chunk.append(state)
        refs = with_it
    if chunk:
        yield chunk


def _apply_chunk(table: str, states: Sequence[State]) -> None:
    for attempt in range(MOST_TRIES):
        before = _counted(table, states)
        news = [state for state in states if _is_newer(state, before.get(state.task_id))]
        changes = counting.deltas((before.get(state.task_id), state) for state in news)
        if not news or _written(table, news, before, changes, shard=attempt % SHARDS):
            return
    raise Busy("The counters are busy.")


def _is_newer(state: State, before: State | None) -> bool:
    return before is None or state.version > before.version


def _written(
    table: str, news: Sequence[State], before: Mapping[str, State], changes: counting.Deltas, *, shard: int
) -> bool:
    """Write states and counters, all or nothing; False when another has been faster."""
    kept = _kept(table, list(changes), shard)
    expires = max(state.expires_at for state in news) + _KEPT_SECONDS
    puts = [_put_state(table, state, before.get(state.task_id)) for state in news]
    puts += [_put_counter(table, ref, shard, kept[ref], cells, expires) for ref, cells in changes.items()]
    try:
        dynamodb().transact_write_items(TransactItems=puts)
    except dynamodb().exceptions.TransactionCanceledException as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", ())}
        if not reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
            raise
        return False
    return True


def _counted(table: str, states: Sequence[State]) -> dict[str, State]:
    """The states that tasks are counted in."""
    keys = [_state_key(state.task_id) for state in states]
    found = (State.model_validate(item["state"]) for item in items_of(table, keys))
    return {state.task_id: state for state in found}


def _kept(table: str, refs: Sequence[CounterRef], shard: int) -> dict[CounterRef, Kept]:
    found = {item["pk"]: item for item in items_of(table, [_counter_key(ref, shard) for ref in refs])}
    items = {ref: found.get(_partition(ref)) for ref in refs}
    return {
        ref: Kept(_unpacked(item), item["revision"], item["expires_at"]) if item else Kept()
        for ref, item in items.items()
    }


def _put_state(table: str, state: State, before: State | None) -> Any:
    kept = {"state": state.model_dump(mode="json"), "expires_at": state.expires_at + _LATE_SECONDS}
    item = {**_state_key(state.task_id), **kept, "version": state.version}
    return _put(table, item, "version", before.version if before else None)


def _put_counter(table: str, ref: CounterRef, shard: int, kept: Kept, more: Mapping[Cell, int], expires: int) -> Any:
    cells = counting.added(kept.cells, more)
    until = max(expires, kept.expires_at)
    item = counter_item(ref, shard, cells, revision=kept.revision + 1, expires_at=until)
    return _put(table, item, "revision", kept.revision or None)


def counter_item(
    ref: CounterRef, shard: int, cells: Mapping[Cell, int], *, revision: int, expires_at: int
) -> dict[str, Any]:
    """A counter as it lies in the table."""
    kept = {"cells": _packed(cells), "revision": revision, "expires_at": expires_at}
    return {**_counter_key(ref, shard), **kept}


def _put(table: str, item: Mapping[str, Any], name: str, before: Any) -> Any:
    """A Put over the item whose member `name` is as it was, or, with None, where there is none."""
    put = {"TableName": table, "Item": to_item(item)}
    if before is None:
        return {"Put": {**put, "ConditionExpression": "attribute_not_exists(pk)"}}
    condition = {
        "ConditionExpression": "#name = :before",
        "ExpressionAttributeNames": {"#name": name},
        "ExpressionAttributeValues": to_item({":before": before}),
    }
    return {"Put": {**put, **condition}}


def _packed(cells: Mapping[Cell, int]) -> str:
    """Compressed, since the same few words stand in it again and again."""
    plain = json.dumps(sorted([*cell, number] for cell, number in cells.items()))
    return base64.b64encode(zlib.compress(plain.encode())).decode()


def _unpacked(item: Mapping[str, Any]) -> dict[Cell, int]:
    plain = zlib.decompress(base64.b64decode(item["cells"]))
    return {Cell(*cell): number for *cell, number in json.loads(plain)}


def _partition(ref: CounterRef) -> str:
    return f"total#{ref.tenant}#{ref.kind}#{ref.period}"


def _counter_key(ref: CounterRef, shard: int) -> dict[str, str]:
    return {"pk": _partition(ref), "sk": str(shard)}


def _state_key(task_id: str) -> dict[str, str]:
    return {"pk": f"counted#{task_id}", "sk": "counted"}


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)
