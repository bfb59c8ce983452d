"""Workflows and presets of a tenant, in the table: one item each, all of a sort in one partition."""

from typing import Generic, TypeVar

from sluice.aws import reading
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.workflows import Preset, Workflow

Entry = TypeVar("Entry", Workflow, Preset)


class Shelf(Generic[Entry]):
    """All entries of one model that a tenant has."""

    def __init__(self, table: str, tenant: str, model: type[Entry]):
        self.table = table
        self.model: type[Entry] = model
        self._partition = f"{model.__name__.lower()}#{tenant}"

    def all(self) -> list[Entry]:
        """Sorted by name."""
        return [self.model.model_validate(item) for item in reading.partition(self.table, self._partition)]

    def get(self, name: str) -> Entry | None:
        found = dynamodb().get_item(TableName=self.table, Key=self._key(name), ConsistentRead=True)
        return self.model.model_validate(from_item(found["Item"])) if "Item" in found else None

    def put(self, entry: Entry) -> None:
        """Write it, in the place of one of the same name."""
        item = to_item({**self._key_values(entry.name), **entry.model_dump(mode="json")})
        dynamodb().put_item(TableName=self.table, Item=item)

    def delete(self, name: str) -> bool:
        """False when there was none of this name."""
        gone = dynamodb().delete_item(TableName=self.table, Key=self._key(name), ReturnValues="ALL_OLD")
        return "Attributes" in gone

    def _key_values(self, name: str) -> dict[str, str]:
        return {"pk": self._partition, "sk": name}

    def _key(self, name: str) -> dict[str, dict[str, str]]:
        return {"pk": {"S": self._partition}, "sk": {"S": name}}
