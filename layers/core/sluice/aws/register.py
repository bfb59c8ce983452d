"""What ittybit's clients keep with us beside tasks: files, media, automations. An item each, by tenant."""

from typing import Generic, TypeVar

from botocore.exceptions import ClientError

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.clock import Timestamp
from sluice.media import Value


class Entry(Value):
    """Its id begins with a ULID, so that ids sort by creation."""

    id: str
    created_at: Timestamp
    updated_at: Timestamp


Kept = TypeVar("Kept", bound=Entry)


class Register(Generic[Kept]):
    """All entries of one model that a tenant has."""

    def __init__(self, table: str, tenant: str, model: type[Kept]):
        self.table, self.model = table, model
        self._partition = f"register#{model.__name__.lower()}#{tenant}"

    def get(self, entry_id: str) -> Kept | None:
        found = dynamodb().get_item(TableName=self.table, Key=self._key(entry_id), ConsistentRead=True)
        return self.model.model_validate(from_item(found["Item"])) if "Item" in found else None

    def put(self, entry: Kept, *, new: bool = False) -> bool:
        """Write it; False when it was to be changed and isn't there (any more)."""
        item = to_item({"pk": self._partition, "sk": entry.id, **entry.model_dump(mode="json")})
        condition = f"attribute_{'not_' if new else ''}exists(pk)"
        try:
            dynamodb().put_item(TableName=self.table, Item=item, ConditionExpression=condition)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def delete(self, entry_id: str) -> bool:
        """False when there was none."""
        gone = dynamodb().delete_item(TableName=self.table, Key=self._key(entry_id), ReturnValues="ALL_OLD")
        return "Attributes" in gone

    def page(self, *, skip: int, limit: int) -> list[Kept]:
        """Newest first. What is passed over is read all the same."""
        pages = (
            dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": self._partition}},
                ScanIndexForward=False,
                PaginationConfig={"MaxItems": skip + limit},
            )
        )
        items = [item for page in pages for item in page["Items"]]
        return [self.model.model_validate(from_item(item)) for item in items[skip : skip + limit]]

    def _key(self, entry_id: str) -> dict[str, dict[str, str]]:
        return {"pk": {"S": self._partition}, "sk": {"S": entry_id}}
