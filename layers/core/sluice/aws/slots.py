"""The running tasks: one item that names them all, so that a place is taken or given back in one conditional write.

The item holds `active` (task id → {tenant, attempt, since}) and `counts` (tenant → how many of them are its own). A
hundred tasks make it 8 KB; DynamoDB's 400 KB bound the parameter MaxActiveTasks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.writing import ABSENT, done
from sluice.clock import Timestamp, iso
from sluice.media import Value
from sluice.queue import Waiting

_KEY = {"pk": "slots", "sk": "all"}


class Slot(Value):
    """Taken by this attempt of the task `since` then."""

    tenant: str
    attempt: int
    since: Timestamp


class Slots:
    def __init__(self, table: str):
        self.table = table

    def taken(self) -> dict[str, Slot]:
        """All running tasks, by id."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_KEY), ConsistentRead=True)
        item = from_item(found.get("Item", {}))
        return {task_id: Slot.model_validate(slot) for task_id, slot in item.get("active", {}).items()}

    def take(self, waiting: Waiting, *, most: int, most_per_tenant: int, at: datetime) -> bool:
        """Take a place for a waiting task; False when all are taken, or this task has one."""
        slot = {"tenant": waiting.tenant, "attempt": waiting.attempt, "since": iso(at)}
        return self._update(
            "SET #active.#id = :slot, #counts.#tenant = if_not_exists(#counts.#tenant, :none) + :one",
            "attribute_not_exists(#active.#id) AND size(#active) < :most"
            " AND (attribute_not_exists(#counts.#tenant) OR #counts.#tenant < :most_per_tenant)",
            names={"#id": waiting.task_id, "#tenant": waiting.tenant},
            values={":slot": slot, ":none": 0, ":one": 1, ":most": most, ":most_per_tenant": most_per_tenant},
        )

    def give_back(self, task_id: str, slot: Slot) -> bool:
        """Free the place that this attempt has; False when it has none (any more)."""
        return self._update(
            "SET #counts.#tenant = #counts.#tenant - :one REMOVE #active.#id",
            "#active.#id.#attempt = :attempt",
            names={"#id": task_id, "#tenant": slot.tenant, "#attempt": "attempt"},
            values={":one": 1, ":attempt": slot.attempt},
        )

    def _update(self, update: str, condition: str, *, names: Mapping[str, str], values: Mapping[str, Any]) -> bool:
        return done(
            dynamodb().update_item,
            TableName=self.table,
            Key=to_item(_KEY),
            UpdateExpression=update,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#active": "active", "#counts": "counts", **names},
            ExpressionAttributeValues=to_item(values),
        )

    def prepare(self) -> None:
        """Lay the empty item down where it isn't yet, since a map must be there before something is set in it."""
        empty = to_item({**_KEY, "active": {}, "counts": {}})
        done(dynamodb().put_item, TableName=self.table, Item=empty, ConditionExpression=ABSENT)
