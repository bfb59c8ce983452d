"""Archives of outputs: who makes which, by one item each in the table; and their members in S3."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

from sluice.aws.clients import dynamodb, s3
from sluice.aws.items import from_item, to_item

# A little more than a Lambda may take: whoever began it has died.
_TAKES_AT_MOST = timedelta(minutes=16)
# Less than the work files' lifecycle rule, so that a ready archive is there.
_KEPT = timedelta(days=1)
_PIECE_BYTES = 1024 * 1024
_FREE = "attribute_not_exists(pk) OR expires_at <= :now OR (#state = :making AND begun <= :dead)"


class State(StrEnum):
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"


class BundleStore:
    """Reads and writes of one table."""

    def __init__(self, table: str):
        self.table = table

    def state(self, task_id: str, bundle: str, *, at: datetime) -> State | None:
        """How it is with an archive; None when nobody makes it (any more)."""
        found = dynamodb().get_item(TableName=self.table, Key=_key(task_id, bundle), ConsistentRead=True)
        item = from_item(found["Item"]) if "Item" in found else None
        if item is None or item["expires_at"] <= at.timestamp():
            return None
        state = State(item["state"])
        return None if state is State.MAKING and item["begun"] <= _long_ago(at) else state

    def begin(self, task_id: str, bundle: str, *, at: datetime) -> bool:
        """Be the one who makes it; False when somebody else is, or has."""
        item = {"state": State.MAKING.value, "begun": at.timestamp(), "expires_at": int((at + _KEPT).timestamp())}
        try:
            dynamodb().put_item(
                TableName=self.table,
                Item={**_key(task_id, bundle), **to_item(item)},
                ConditionExpression=_FREE,
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":now": int(at.timestamp()), ":making": State.MAKING.value, ":dead": _long_ago(at)}
                ),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True

    def end(self, task_id: str, bundle: str, state: State) -> None:
        dynamodb().update_item(
            TableName=self.table,
            Key=_key(task_id, bundle),
            UpdateExpression="SET #state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":state": {"S": state.value}},
        )

    def forget(self, task_id: str, bundle: str) -> None:
        """So that it can be begun again."""
        dynamodb().delete_item(TableName=self.table, Key=_key(task_id, bundle))


def below(bucket: str, prefix: str) -> Iterator[tuple[str, int]]:
    """Keys and sizes of what lies under a prefix."""
    for page in s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from ((item["Key"], item["Size"]) for item in page.get("Contents", ()))


def pieces(bucket: str, key: str) -> Iterator[bytes]:
    """An object's bytes, a megabyte at a time."""
    yield from s3().get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(_PIECE_BYTES)


def _long_ago(at: datetime) -> float:
    return (at - _TAKES_AT_MOST).timestamp()


def _key(task_id: str, bundle: str) -> dict[str, Any]:
    return to_item({"pk": f"bundle#{task_id}#{bundle}", "sk": "bundle"})
