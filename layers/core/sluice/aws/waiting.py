"""The queues of waiting tasks, one a tenant, in the order of queue.sort_key."""

from collections.abc import Iterator

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.queue import Waiting

_TENANTS = "queue"


class Queues:
    def __init__(self, table: str):
        self.table = table

    def heads(self) -> list[Waiting]:
        """The first of each tenant's queue."""
        firsts = (next(self.of(tenant, limit=1), None) for tenant in self.tenants())
        return [first for first in firsts if first]

    def of(self, tenant: str, *, limit: int = 100) -> Iterator[Waiting]:
        """A tenant's waiting tasks, the next one first."""
        pages = (
            dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"queue#{tenant}"}},
                ConsistentRead=True,
                PaginationConfig={"PageSize": limit},
            )
        )
        for page in pages:
            for item in map(from_item, page["Items"]):
                yield Waiting(task_id=item["task_id"], tenant=tenant, attempt=item["attempt"], sort=item["sk"])

    def remove(self, tenant: str, sort: str) -> None:
        dynamodb().delete_item(TableName=self.table, Key=to_item({"pk": f"queue#{tenant}", "sk": sort}))

    def tenants(self) -> list[str]:
        """Everyone who ever had something in a queue."""
        found = dynamodb().query(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": _TENANTS}},
            ConsistentRead=True,
        )
        return [str(from_item(item)["sk"]) for item in found["Items"]]

    def remember(self, tenant: str) -> None:
        """From now on this tenant's queue is looked at."""
        dynamodb().put_item(TableName=self.table, Item=to_item({"pk": _TENANTS, "sk": tenant}))
