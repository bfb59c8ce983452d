"""What lists and totals cost: read units of DynamoDB for a page and for a total, with a thousand tasks and with a
hundred thousand.

    python -m benchmarks.listing            (writes docs/benchmarks/listing.md and .json)

Requests are answered by a table in memory, since the emulators walk or sort whole partitions at each query. Consumed
capacity is worked out by DynamoDB's own rule: a strongly consistent read takes one unit for each begun 4 KB; a query is
rounded up once, each item of a batch by itself.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html The items are the real ones,
made by the code that makes them in production.
"""

import json
import math
import os
import random
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from threading import Lock
from types import SimpleNamespace
from typing import Any, NamedTuple

from moto import mock_aws

from benchmarks import report
from sluice import counting, listing
from sluice.aws import clients
from sluice.aws.items import to_value
from sluice.aws.secrets import table_secret
from sluice.aws.store import TaskStore, _task_item
from sluice.aws.totals import _counter_key, _packed
from sluice.clock import iso, now
from sluice.ids import random_id
from sluice.settings import settings
from sluice.tasks import Status
from tests.builders import a_source, a_task, media_info

Item = dict[str, Any]

TABLE = "tasks"
SIZES = (1_000, 10_000, 100_000)
LIMIT = 20
_SEED = 7


class Row(NamedTuple):
    """One measurement, for each number of tasks: read units and requests."""

    what: str
    units: tuple[float, ...]
    requests: tuple[int, ...]


class Memory:
    """A table: items by partition, each sorted. It answers a client's requests and counts the read units they take."""

    def __init__(self) -> None:
        self.partitions: dict[str, dict[str, Item]] = defaultdict(dict)
        self.units, self.requests = 0.0, 0
        self._sorted: dict[str, list[str]] = {}
        self._lock = Lock()
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
        # partitions are read by several threads
        with self._lock:
            self.units += units_of(model.name, answer)
            self.requests += 1
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


def units_of(operation: str, answer: Mapping[str, Any]) -> float:
    """The read units of one strongly consistent read."""
    if operation == "Query":
        return max(1, math.ceil(sum(map(size_of, answer["Items"])) / 4096))
    if operation == "BatchGetItem":
        items = [item for found in answer["Responses"].values() for item in found]
        return sum(math.ceil(size_of(item) / 4096) for item in items)
    return max(1, math.ceil(size_of(answer.get("Item", {})) / 4096)) if operation == "GetItem" else 0


def size_of(item: Mapping[str, Any]) -> int:
    """An item's size in bytes as DynamoDB counts it, near enough: names, and values as text."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    [(kind, plain)] = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(inner) for name, inner in plain.items())
    if kind == "L":
        return 3 + sum(1 + _value_size(inner) for inner in plain)
    if kind == "N":
        return len(plain) // 2 + 2
    return 1 if kind in {"BOOL", "NULL"} else len(plain.encode())


def main() -> None:
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SLUICE_TABLE": TABLE,
        "SLUICE_MEDIA_BUCKET": "media",
        "SLUICE_OUTPUT_BUCKET": "outputs",
        "SLUICE_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:process-task",
        "SLUICE_KMS_KEY": "alias/sluice",
    }
    measured = [measure(size) for size in SIZES]
    rows = [
        Row(
            what,
            tuple(found.get(what, (0.0, 0))[0] for found in measured),
            tuple(found.get(what, (0.0, 0))[1] for found in measured),
        )
        for what in measured[-1]
    ]
    report.write("listing.md", _page(rows))
    (report.FOLDER / "listing.json").write_text(
        json.dumps({"tasks": SIZES, "rows": [row._asdict() for row in rows]}, indent=1) + "\n"
    )


def measure(size: int) -> dict[str, tuple[float, int]]:
    """Read units and requests, by what was read, of a table with so many tasks."""
    memory = Memory()
    _fill(memory, size)
    with mock_aws():
        key_id = clients.kms().create_key()["KeyMetadata"]["KeyId"]
        clients.kms().create_alias(AliasName="alias/sluice", TargetKeyId=key_id)
        events = clients.dynamodb().meta.events
        answer: Any = memory.answer
        events.register("before-call.dynamodb", answer)
        try:
            # the key of scroll tokens is read once by each function, not by each page
            table_secret(TABLE, "scroll")
            return _readings(memory)
        finally:
            events.unregister("before-call.dynamodb", answer)


def _fill(memory: Memory, size: int) -> None:
    """Tasks spread over a week: 94 of 100 have succeeded, four failed, one waits, one runs; one in 50 has sprites."""
    dice, moment = random.Random(_SEED), now()
    statuses = [Status.SUCCEEDED] * 94 + [Status.FAILED] * 4 + [Status.WAITING, Status.PROCESSING]
    source = a_source(media=media_info(), etag="0" * 32, size=10_000_000)
    models = {
        rare: a_task("0" * 26, "video", "screenshot", "moderation", *rare, created_at=moment, source=source)
        for rare in ((), ("sprite",))
    }
    plains = {rare: _task_item(model) for rare, model in models.items()}
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
        memory.put({**plains[rare], **told, "pk": task.id, "status": task.status.value, "created_at": iso(created_at)})
        for line in listing.lines(task):
            memory.put(line)
        state = counting.State.model_construct(
            task_id=task.id, attempt=1, tenant=task.tenant, kinds=task.kinds, gone=False, **told
        )
        for ref, cells in counting.deltas([(None, state)]).items():
            changes.setdefault(ref, Counter()).update(cells)
    for ref, cells in changes.items():
        memory.put({**_counter_key(ref, 0), "cells": _packed(cells), "revision": 1, "expires_at": 0})


def _readings(memory: Memory) -> dict[str, tuple[float, int]]:
    moment = now()
    start, end = listing.window(None, None, moment, settings().retention)
    odd = timedelta(days=1, hours=3, minutes=7, seconds=13)
    filters: dict[str, Any] = {
        "all": {},
        "status=failed": {"statuses": (Status.FAILED,)},
        "status=waiting,processing": {"statuses": (Status.WAITING, Status.PROCESSING)},
        "has_failed=false": {"has_failed": False},
        "kind=sprite": {"kind": "sprite"},
        "trigger=api": {"trigger": "api"},
        "a window of 3.7 days": {"start": start + odd, "end": end - 2 * odd},
    }
    found: dict[str, tuple[float, int]] = {}
    for name, asked in filters.items():
        wanted = listing.Filter.model_validate({"start": start, "end": end, **asked})
        found |= _read(memory, name, wanted)
    return found


def _read(memory: Memory, name: str, wanted: listing.Filter) -> dict[str, tuple[float, int]]:
    """The first page, the next one, and the total."""
    store = TaskStore(TABLE)

    def metered(what: str, read: Callable[[], Any]) -> Any:
        memory.units, memory.requests = 0.0, 0
        answer = read()
        found[f"{name}: {what}"] = memory.units, memory.requests
        return answer

    found: dict[str, tuple[float, int]] = {}
    first = metered("page", lambda: store.page(wanted, limit=LIMIT, at=now()))
    token = first.scroll_token
    if token:
        metered("next page", lambda: store.page(wanted, limit=LIMIT, at=now(), scroll_token=token))
    metered("total", lambda: store.total(wanted, at=now()))
    return found


def _page(rows: Iterable[Row]) -> str:
    head = ["what is read", *(f"{size:,} tasks" for size in SIZES), "requests"]
    lines = [
        [row.what, *(f"{units:g}" for units in row.units), " / ".join(str(number) for number in row.requests)]
        for row in rows
    ]
    return f"""# What lists cost
Read units of DynamoDB (strongly consistent, 4 KB each) for a page of {LIMIT} tasks, the page after it, and the exact
total, in a table with that many tasks of the last seven days. {report.made_by("python -m benchmarks.listing")}

{report.table(head, lines)}
"""


if __name__ == "__main__":
    main()
