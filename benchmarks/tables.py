"""Tables of tasks to measure lists on: one in memory, and ones that a DynamoDB or an emulator of it holds."""

import json
import random
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from types import SimpleNamespace
from typing import Any

from benchmarks.units import units_of
from sluice import counting, listing
from sluice.aws.clients import dynamodb
from sluice.aws.items import to_item, to_value
from sluice.aws.records import task_item
from sluice.aws.totals import counter_item
from sluice.clock import iso
from sluice.ids import random_id
from sluice.tasks import Status
from tests.builders import a_source, a_task, media_info

Item = dict[str, Any]

TABLE = "tasks"
_SEED = 7
# BatchWriteItem takes so many.
_MOST_AT_ONCE = 25
_SENDERS = 8


class Memory:
    """A table: items by partition, each sorted. It answers a client's requests and says what they consumed."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, Item]] = defaultdict(dict)
        self._sorted: dict[str, list[str]] = {}
        self._known: dict[str, tuple[Any, Any]] = {}

    def put(self, plain: Mapping[str, Any]) -> None:
        """Values that the last item had too are used again, since making them is what takes time."""
        item = {}
        for name, value in plain.items():
            known = self._known.get(name)
            if known is None or known[0] != value:
                known = self._known[name] = value, to_value(value)
            item[name] = known[1]
        self.partitions[plain["pk"]][plain["sk"]] = item

    def answer(self, model: Any, params: Mapping[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """In the place of the network, by botocore's event before-call."""
        asked = json.loads(params["body"])
        answer: dict[str, Any] = getattr(self, f"_{model.name}")(asked)
        if asked.get("ReturnConsumedCapacity") == "TOTAL":
            answer["ConsumedCapacity"] = {"CapacityUnits": units_of(model.name, answer)}
        return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def _Query(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        values = {name: value["S"] for name, value in asked["ExpressionAttributeValues"].items()}
        items = self.partitions.get(values[":pk"], {})
        order = self._sorted.setdefault(values[":pk"], sorted(items))
        low = bisect_left(order, values[":low"]) if ":low" in values else 0
        high = bisect_right(order, values[":high"]) if ":high" in values else len(order)
        found = order[low:high][:: 1 if asked.get("ScanIndexForward", True) else -1]
        limit = asked.get("Limit", len(found))
        more = {"LastEvaluatedKey": {"sk": {"S": found[limit - 1]}}} if len(found) > limit else {}
        return {"Items": [items[sort] for sort in found[:limit]], **more}

    def _BatchGetItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        [(table, wanted)] = asked["RequestItems"].items()
        found = [self._at(key) for key in wanted["Keys"]]
        return {"Responses": {table: [item for item in found if item]}}

    def _GetItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        item = self._at(asked["Key"])
        return {"Item": item} if item else {}

    def _PutItem(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        item = asked["Item"]
        self.partitions[item["pk"]["S"]][item["sk"]["S"]] = item
        return {}

    def _at(self, key: Mapping[str, Any]) -> "Item | None":
        return self.partitions.get(key["pk"]["S"], {}).get(key["sk"]["S"])


@contextmanager
def in_memory(size: int, moment: datetime) -> Iterator[None]:
    """The client's requests are answered by a table in memory that holds so many tasks."""
    memory = Memory()
    fill(memory.put, size, moment)
    answer: Any = memory.answer
    dynamodb().meta.events.register("before-call.dynamodb", answer)
    try:
        yield
    finally:
        dynamodb().meta.events.unregister("before-call.dynamodb", answer)


@contextmanager
def made(name: str, size: int, moment: datetime) -> Iterator[None]:
    """A table of that name with so many tasks in it, where the client's requests go; it is removed again."""
    dynamodb().create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
    )
    try:
        dynamodb().get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
        items: list[Mapping[str, Any]] = []
        fill(items.append, size, moment)
        with ThreadPoolExecutor(_SENDERS) as pool:
            for _ in pool.map(partial(_write, name), _batches(items)):
                pass
        yield
    finally:
        dynamodb().delete_table(TableName=name)
        dynamodb().get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


def _batches(items: Iterable[Mapping[str, Any]]) -> Iterator[list[Mapping[str, Any]]]:
    left = iter(items)
    while batch := list(islice(left, _MOST_AT_ONCE)):
        yield batch


def _write(table: str, plain: Iterable[Mapping[str, Any]]) -> None:
    wanted: Any = {table: [{"PutRequest": {"Item": to_item(item)}} for item in plain]}
    while wanted:
        wanted = dynamodb().batch_write_item(RequestItems=wanted)["UnprocessedItems"]


def fill(put: Callable[[Mapping[str, Any]], None], size: int, moment: datetime) -> None:
    """Tasks spread over the week before: 94 of 100 have succeeded, four failed, one waits, one runs; one in 50 has
    sprites. The items are made by the code that makes them in production.
    """
    dice = random.Random(_SEED)
    statuses = [Status.SUCCEEDED] * 94 + [Status.FAILED] * 4 + [Status.WAITING, Status.PROCESSING]
    source = a_source(media=media_info(), etag="0" * 32, size=10_000_000)
    models = {
        rare: a_task("0" * 26, "video", "screenshot", "moderation", *rare, created_at=moment, source=source)
        for rare in ((), ("sprite",))
    }
    plains = {rare: task_item(model) for rare, model in models.items()}
    changes: counting.Deltas = {}
    for number in range(size):
        created_at = moment - timedelta(seconds=7 * 86_400 * (number + 0.5) / size)
        created_at = created_at.replace(microsecond=created_at.microsecond // 1000 * 1000)
        rare = ("sprite",) if number % 50 == 0 else ()
        told: dict[str, Any] = {"id": random_id(created_at), "status": dice.choice(statuses), "created_at": created_at}
        told |= {
            "trigger": dice.choice(["upload", "upload", "api"]),
            "expires_at": int(created_at.timestamp()) + 604_800,
        }
        task = models[rare].model_copy(update=told)
        put({**plains[rare], **told, "pk": task.id, "status": task.status.value, "created_at": iso(created_at)})
        for line in listing.lines(task):
            put(line)
        state = counting.State.model_construct(
            task_id=task.id, attempt=1, tenant=task.tenant, kinds=task.kinds, gone=False, **told
        )
        for ref, cells in counting.deltas([(None, state)]).items():
            changes.setdefault(ref, Counter()).update(cells)
    for ref, cells in changes.items():
        put(counter_item(ref, 0, cells, revision=1, expires_at=0))
