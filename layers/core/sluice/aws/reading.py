"""Items of one partition, as plain values, page by page as they are asked for."""

from collections.abc import Iterator
from typing import Any

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item


def partition(table: str, name: str, *, begins: str = "", at_once: int | None = None) -> Iterator[dict[str, Any]]:
    """The items in the order of their sort keys, those alone that begin so; strongly consistent."""
    condition, values = "pk = :pk", {":pk": name}
    if begins:
        condition, values = f"{condition} AND begins_with(sk, :begins)", {**values, ":begins": begins}
    pages = (
        dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=to_item(values),
            ConsistentRead=True,
            PaginationConfig={"PageSize": at_once} if at_once else {},
        )
    )
    for page in pages:
        yield from map(from_item, page["Items"])
