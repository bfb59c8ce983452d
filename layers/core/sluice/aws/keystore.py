"""API keys in the table: each by its id, and beside it a line in its tenant's list."""

from collections.abc import Iterator
from typing import Any

from sluice.aws import reading
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.writing import transacted
from sluice.errors import NotFound
from sluice.keys import ApiKey

_SORT = "key"


class KeyStore:
    def __init__(self, table: str):
        self.table = table

    def put(self, key: ApiKey, *, instead: bool = False) -> None:
        """Keep a new key, or another state of one that is there.

        Raises: NotFound when that has been revoked meanwhile.
        """
        item = {**_key(key.id), **key.model_dump(mode="json")}
        condition = "attribute_exists(pk)" if instead else "attribute_not_exists(pk)"
        self._write(
            {"Put": {"TableName": self.table, "Item": to_item(item), "ConditionExpression": condition}},
            {"Put": {"TableName": self.table, "Item": to_item(_line(key))}},
        )

    def get(self, key_id: str) -> ApiKey | None:
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_key(key_id)), ConsistentRead=True)
        return ApiKey.model_validate(from_item(found["Item"])) if "Item" in found else None

    def of(self, tenant: str) -> Iterator[ApiKey]:
        """A tenant's keys, by id."""
        for line in reading.partition(self.table, f"keys#{tenant}"):
            if key := self.get(line["sk"]):
                yield key

    def delete(self, key_id: str) -> None:
        """From now on the key opens nothing."""
        key = self.get(key_id)
        if key:
            self._write(
                {"Delete": {"TableName": self.table, "Key": to_item(_key(key_id))}},
                {"Delete": {"TableName": self.table, "Key": to_item(_line(key))}},
            )

    def _write(self, *writes: Any) -> None:
        if not transacted(writes):
            raise NotFound("There is no such key any more.", code="key_not_found")


def _key(key_id: str) -> dict[str, str]:
    return {"pk": f"key#{key_id}", "sk": _SORT}


def _line(key: ApiKey) -> dict[str, str]:
    return {"pk": f"keys#{key.tenant}", "sk": key.id}
