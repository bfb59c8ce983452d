"""API keys in the table."""

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.keys import ApiKey

_SORT = "key"


class KeyStore:
    def __init__(self, table: str):
        self.table = table

    def put(self, key: ApiKey) -> None:
        item = to_item({"pk": _partition(key.id), "sk": _SORT, **key.model_dump(mode="json")})
        dynamodb().put_item(TableName=self.table, Item=item, ConditionExpression="attribute_not_exists(pk)")

    def get(self, key_id: str) -> ApiKey | None:
        found = dynamodb().get_item(TableName=self.table, Key=_key(key_id), ConsistentRead=True)
        return ApiKey.model_validate(from_item(found["Item"])) if "Item" in found else None

    def delete(self, key_id: str) -> None:
        """From now on the key opens nothing."""
        dynamodb().delete_item(TableName=self.table, Key=_key(key_id))


def _partition(key_id: str) -> str:
    return f"key#{key_id}"


def _key(key_id: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": _partition(key_id)}, "sk": {"S": _SORT}}
