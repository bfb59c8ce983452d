"""moto's DynamoDB, when a transaction is written: what it would put back is kept by item.

It copies the whole table with its stream, once for every item of the transaction: nine tenths of the time of a test
that writes by transactions.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

Operations = Sequence[dict[str, dict[str, Any]]]


def keep_by_item() -> None:
    """From now on, in this process."""
    written = DynamoDBBackend.transact_write_items

    def transact_write_items(backend: DynamoDBBackend, operations: Operations) -> None:
        put_back = [kept(table, key) for table, key in named(backend, operations)]
        try:
            written(backend, list(operations))
        except Exception:
            for item in put_back:
                item()
            raise

    DynamoDBBackend.transact_write_items = transact_write_items  # type: ignore[method-assign,assignment]
    models.copy = SimpleNamespace(deepcopy=_but_no_table, copy=copy.copy)  # type: ignore[attr-defined,assignment]


def named(backend: DynamoDBBackend, operations: Operations) -> Iterator[tuple[Table, dict[str, Any]]]:
    """The tables and keys that a transaction is about."""
    for operation in (value for kinds in operations for value in kinds.values()):
        table = backend.tables.get(operation.get("TableName", ""))
        if table:
            yield table, operation.get("Key") or operation["Item"]


def kept(table: Table, key: dict[str, Any]) -> Callable[[], None]:
    """Puts one item and the length of the stream back as they are now."""
    partition, sort = DynamoType(key[table.hash_key_attr]), DynamoType(key[str(table.range_key_attr)])
    was: Any = copy.deepcopy(table.items.get(partition, {}).get(sort))
    stream = table.stream_shard.items if table.stream_shard else []
    length = len(stream)

    def put_back() -> None:
        table.items[partition].pop(sort, None)
        if was is not None:
            table.items[partition][sort] = was
        del stream[length:]

    return put_back


def _but_no_table(value: Any) -> Any:
    return value if isinstance(value, Table) else copy.deepcopy(value)
