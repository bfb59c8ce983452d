"""Webhook endpoints and the log of deliveries, in the table.

webhooks#<tenant>                        <endpoint>      an endpoint
delivery#<id>                            delivery        a delivery, until it expires
deliveries#<tenant>#<task or endpoint>   <time>#<id>     its lines in two lists, which are read newest first

A list is one partition, so an endpoint may be told a thousand times a second, which is what DynamoDB writes there.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sluice.aws import reading
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.writing import ABSENT, done, transacted
from sluice.clock import iso
from sluice.webhooks import Delivery, Endpoint, Errand, State, Try


class EndpointStore:
    """The endpoints of one tenant."""

    def __init__(self, table: str, tenant: str):
        self.table, self.tenant = table, tenant

    def all(self) -> list[Endpoint]:
        """By id."""
        return [Endpoint.model_validate(item) for item in reading.partition(self.table, self._partition)]

    def get(self, endpoint_id: str) -> Endpoint | None:
        found = dynamodb().get_item(TableName=self.table, Key=self._key(endpoint_id), ConsistentRead=True)
        return Endpoint.model_validate(from_item(found["Item"])) if "Item" in found else None

    def put(self, endpoint: Endpoint) -> None:
        """Keep a new one, or another state of one."""
        item = {"pk": self._partition, "sk": endpoint.id, **endpoint.model_dump(mode="json")}
        dynamodb().put_item(TableName=self.table, Item=to_item(item))

    def disable(self, endpoint_id: str, reason: str, *, at: datetime) -> None:
        """Tell it nothing more, unless it has been deleted meanwhile."""
        _updated(
            self.table,
            self._key(endpoint_id),
            {"active": False, "disabled": reason, "changed_at": iso(at)},
            condition="attribute_exists(pk)",
        )

    def delete(self, endpoint_id: str) -> bool:
        """False when there was none."""
        gone = dynamodb().delete_item(TableName=self.table, Key=self._key(endpoint_id), ReturnValues="ALL_OLD")
        return "Attributes" in gone

    @property
    def _partition(self) -> str:
        return f"webhooks#{self.tenant}"

    def _key(self, endpoint_id: str) -> dict[str, Any]:
        return to_item({"pk": self._partition, "sk": endpoint_id})


class DeliveryPage(NamedTuple):
    """`scroll_token` leads to the next page; None on the last one."""

    deliveries: list[Delivery]
    scroll_token: str | None


class DeliveryLog:
    """Every delivery with its tries. Each step is a conditional write: an errand that comes twice is run once."""

    def __init__(self, table: str):
        self.table = table

    def open(self, errand: Errand, *, at: datetime, retention: timedelta) -> Delivery:
        """The delivery of an errand; written down when it is new."""
        delivery = Delivery(
            **errand.model_dump(include=set(Delivery.model_fields)),
            id=errand.delivery,
            task_status=errand.status,
            created_at=at,
            expires_at=int((at + retention).timestamp()),
        )
        lists = (delivery.task_id, delivery.endpoint)
        lines = [_line(delivery, about) for about in lists if about]
        item = {**_key(delivery.id), **delivery.model_dump(mode="json")}
        if transacted([_put(self.table, item, ABSENT), *(_put(self.table, line) for line in lines)]):
            return delivery
        return self.get(delivery.id) or delivery

    def get(self, delivery_id: str) -> Delivery | None:
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_key(delivery_id)), ConsistentRead=True)
        return Delivery.model_validate(from_item(found["Item"])) if "Item" in found else None

    def begin(self, delivery_id: str, number: int, *, at: datetime, until: datetime) -> bool:
        """Take the try of this number; False when it, or a later one, was taken, or the delivery has ended.

        Whoever died within a try leaves it to the next one who comes after its lease.
        """
        return _updated(
            self.table,
            to_item(_key(delivery_id)),
            {"tries": number, "leased_until": iso(until), "next_at": None},
            condition="#state = :pending AND (tries = :before OR (tries = :tries AND leased_until < :now))",
            values={":pending": State.PENDING, ":before": number - 1, ":now": iso(at)},
            names={"#state": "state"},
        )

    def end(self, delivery_id: str, number: int, request: Try, state: State, *, next_at: datetime | None) -> bool:
        """Write down how the try went; False when somebody else has."""
        finished = None if state is State.PENDING else iso(request.at)
        return _updated(
            self.table,
            to_item(_key(delivery_id)),
            {
                "state": state.value,
                "next_at": iso(next_at) if next_at else None,
                "finished_at": finished,
                "leased_until": None,
            },
            condition="tries = :number AND attribute_exists(leased_until)",
            values={":number": number, ":request": [request.model_dump(mode="json", exclude_none=True)], ":none": []},
            also="requests = list_append(if_not_exists(requests, :none), :request)",
        )

    def queued(self, delivery_id: str, number: int) -> None:
        """The errand of this try is in the queue."""
        _updated(
            self.table,
            to_item(_key(delivery_id)),
            {"queued": number},
            condition="queued < :queued",
        )

    def page(self, tenant: str, about: str, *, limit: int, scroll_token: str | None) -> DeliveryPage:
        """Deliveries about a task or an endpoint, newest first. The token is the place of the last one seen."""
        partition = f"deliveries#{tenant}#{about}"
        found = list(_newest(self.table, partition, before=scroll_token, limit=limit + 1))
        lines = found[:limit]
        read = (self.get(line["sk"].partition("#")[2]) for line in lines)
        more = lines[-1]["sk"] if len(found) > limit else None
        return DeliveryPage([delivery for delivery in read if delivery], more)


def _key(delivery_id: str) -> dict[str, str]:
    return {"pk": f"delivery#{delivery_id}", "sk": "delivery"}


def _line(delivery: Delivery, about: str) -> dict[str, Any]:
    return {
        "pk": f"deliveries#{delivery.tenant}#{about}",
        "sk": f"{iso(delivery.created_at)}#{delivery.id}",
        "expires_at": delivery.expires_at,
    }


def _put(table: str, item: dict[str, Any], condition: str | None = None) -> Any:
    put = {"TableName": table, "Item": to_item(item)}
    return {"Put": {**put, "ConditionExpression": condition} if condition else put}


def _newest(table: str, partition: str, *, before: str | None, limit: int) -> Iterator[dict[str, Any]]:
    condition, values = "pk = :pk", {":pk": partition}
    if before:
        condition, values = "pk = :pk AND sk < :before", {":pk": partition, ":before": before}
    found = dynamodb().query(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=to_item(values),
        ScanIndexForward=False,
        ConsistentRead=True,
        Limit=limit,
    )
    yield from map(from_item, found["Items"])


def _updated(
    table: str,
    key: dict[str, Any],
    changes: dict[str, Any],
    *,
    condition: str,
    values: dict[str, Any] | None = None,
    names: dict[str, str] | None = None,
    also: str | None = None,
) -> bool:
    """Set what has a value, remove what is None; False when the condition doesn't hold."""
    sets = [f"#{name}_ = :{name}" for name, value in changes.items() if value is not None]
    removes = [f"#{name}_" for name, value in changes.items() if value is None]
    update = "SET " + ", ".join([*sets, *([also] if also else [])])
    return done(
        dynamodb().update_item,
        TableName=table,
        Key=key,
        UpdateExpression=update + (f" REMOVE {', '.join(removes)}" if removes else ""),
        ConditionExpression=condition,
        ExpressionAttributeNames={f"#{name}_": name for name in changes} | (names or {}),
        ExpressionAttributeValues=to_item({**{f":{name}": value for name, value in changes.items()}, **(values or {})}),
    )
