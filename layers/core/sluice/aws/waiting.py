"""The queues of waiting tasks, one a tenant, in the order of queue.sort_key; and who has one.

    queue#<tenant>    <sort key>    an entry: a waiting task
    queue             <tenant>      the tenant's queue is to be looked at; since when that is known (`renewed_at`)

A tenant is made known before anything is put into the queue, and again every RENEWED_SECONDS by whoever goes on to put
something in. It is forgotten when the queue is empty and nobody has renewed it for longer than anyone can have put off
what he meant to put in: so no entry is ever overlooked, and whoever looks for waiting tasks looks at the queues of
those who have had some within the last twenty minutes.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sluice.aws import reading
from sluice.aws.clients import dynamodb
from sluice.aws.items import to_item
from sluice.aws.records import queue_key
from sluice.aws.writing import done
from sluice.clock import iso
from sluice.queue import Waiting

RENEWED_SECONDS = 60
FORGOTTEN_AFTER = timedelta(minutes=20)
"""More than RENEWED_SECONDS, the longest that a function may run (15 minutes), and what clocks may differ by."""

_TENANTS = "queue"


class Queues:
    def __init__(self, table: str):
        self.table = table

    def heads(self, *, at: datetime) -> list[Waiting]:
        """The first of each tenant's queue."""
        firsts = (self._first(tenant, renewed, at) for tenant, renewed in list(self._known()))
        return [first for first in firsts if first]

    def of(self, tenant: str, *, at_once: int = 100) -> Iterator[Waiting]:
        """A tenant's waiting tasks, the next one first."""
        for item in reading.partition(self.table, queue_key(tenant, "")["pk"], at_once=at_once):
            yield Waiting(task_id=item["task_id"], tenant=tenant, attempt=item["attempt"], sort=item["sk"])

    def remove(self, tenant: str, sort: str) -> None:
        done(dynamodb().delete_item, TableName=self.table, Key=to_item(queue_key(tenant, sort)))

    def tenants(self) -> list[str]:
        """Everyone whose queue is looked at."""
        return [tenant for tenant, _ in self._known()]

    def remember(self, tenant: str, *, at: datetime) -> None:
        """From now on this tenant's queue is looked at."""
        item = {"pk": _TENANTS, "sk": tenant, "renewed_at": iso(at)}
        dynamodb().put_item(TableName=self.table, Item=to_item(item))

    def _known(self) -> Iterator[tuple[str, str]]:
        for item in reading.partition(self.table, _TENANTS):
            yield item["sk"], item.get("renewed_at", "")

    def _first(self, tenant: str, renewed: str, at: datetime) -> Waiting | None:
        """The tenant's next task; a tenant who has had none for long is forgotten, unless renewed in this moment."""
        first = next(self.of(tenant, at_once=1), None)
        if first is None and renewed < iso(at - FORGOTTEN_AFTER):
            self._forget(tenant, renewed)
        return first

    def _forget(self, tenant: str, renewed: str) -> None:
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(renewed_at)"}
        if renewed:
            values = to_item({":renewed": renewed})
            condition = {"ConditionExpression": "renewed_at = :renewed", "ExpressionAttributeValues": values}
        key = to_item({"pk": _TENANTS, "sk": tenant})
        done(dynamodb().delete_item, TableName=self.table, Key=key, **condition)
