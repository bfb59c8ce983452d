"""Read units of DynamoDB: as the service tells them (ConsumedCapacity), and by its documented rule beside it.

A strongly consistent read takes one unit for each begun 4 KB; a query is rounded up once, each item of a batch by
itself; what finds nothing takes one.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import math
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

READS = ("Query", "GetItem", "BatchGetItem")
_UNIT = 4096


class Reading(NamedTuple):
    """What some requests took: units by the rule, units that the service told, how many requests, and how many of them
    found nothing.
    """

    by_rule: float = 0.0
    told: float = 0.0
    requests: int = 0
    empty: int = 0


class Meter:
    """Asks DynamoDB, at each read of a client, what the read has consumed, and sums it up.

    By botocore's events, so that the code that is measured is the code that runs in production.
    """

    def __init__(self, client: Any):
        self.reading = Reading()
        self._lock = Lock()
        self._events = client.meta.events
        for operation in READS:
            self._events.register(f"provide-client-params.dynamodb.{operation}", self._ask)
            self._events.register(f"after-call.dynamodb.{operation}", self._sum)

    def close(self) -> None:
        for operation in READS:
            self._events.unregister(f"provide-client-params.dynamodb.{operation}", self._ask)
            self._events.unregister(f"after-call.dynamodb.{operation}", self._sum)

    def _ask(self, params: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "TOTAL"}

    def _sum(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        if "Error" in parsed:
            return
        with self._lock:
            before = self.reading
            self.reading = Reading(
                before.by_rule + units_of(model.name, parsed),
                before.told + told_units(parsed),
                before.requests + 1,
                before.empty + (parsed.get("Items") == []),
            )


def told_units(answer: Mapping[str, Any]) -> float:
    """What an answer says of itself: one figure, or one for each table of a batch."""
    told = answer.get("ConsumedCapacity") or []
    return float(sum(table["CapacityUnits"] for table in (told if isinstance(told, list) else [told])))


def units_of(operation: str, answer: Mapping[str, Any]) -> float:
    """The read units of one strongly consistent read, by the rule."""
    if operation == "Query":
        return max(1, math.ceil(sum(map(size_of, answer["Items"])) / _UNIT))
    if operation == "BatchGetItem":
        items = [item for found in answer["Responses"].values() for item in found]
        return sum(math.ceil(size_of(item) / _UNIT) for item in items)
    return max(1, math.ceil(size_of(answer.get("Item", {})) / _UNIT))


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
