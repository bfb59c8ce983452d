"""How often a key has called in a second: one item a key, kind of call and second, counted up by each call.

Windows of whole seconds let through up to twice the limit across a boundary, and cost one write a call. A function that
has been told «too many» remembers it until the second is over, so that a flood costs no writes.
"""

from datetime import datetime
from typing import Any

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item

_KEPT_SECONDS = 120

_full: dict[tuple[str, str], tuple[int, int]] = {}


def counted(table: str, key_id: str, call: str, limit: int, *, at: datetime) -> bool:
    """Count a call; False when the second's calls are used up."""
    second = int(at.timestamp())
    if _full.get((key_id, call)) == (second, limit):
        return False
    answer: Any = dynamodb().update_item(
        TableName=table,
        Key=to_item({"pk": f"rate#{key_id}#{call}#{second}", "sk": "rate"}),
        UpdateExpression="ADD #calls :one SET #expires = :expires",
        ExpressionAttributeNames={"#calls": "calls", "#expires": "expires_at"},
        ExpressionAttributeValues=to_item({":one": 1, ":expires": second + _KEPT_SECONDS}),
        ReturnValues="UPDATED_NEW",
    )
    fits = bool(from_item(answer["Attributes"])["calls"] <= limit)
    if not fits:
        _full[key_id, call] = second, limit
    return fits
