"""Opaque tokens in the table, each under the hash of itself, with what it stands for and until when."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item

_SORT = "token"
_BYTES = 16


class TokenStore:
    """Tokens of one `purpose`: one of another purpose opens nothing."""

    def __init__(self, table: str, purpose: str):
        self.table, self.purpose = table, purpose

    def issue(self, values: Mapping[str, Any], *, at: datetime, life: timedelta) -> str:
        """A new token of 32 hexadecimal digits."""
        token = secrets.token_hex(_BYTES)
        item = {**self._key(token), **values, "expires_at": int((at + life).timestamp())}
        dynamodb().put_item(TableName=self.table, Item=to_item(item), ConditionExpression="attribute_not_exists(pk)")
        return token

    def get(self, token: str, *, at: datetime) -> dict[str, Any] | None:
        """What the token stands for; None when it is unknown, or has expired and DynamoDB hasn't removed it yet."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(self._key(token)), ConsistentRead=True)
        item = from_item(found["Item"]) if "Item" in found else None
        return item if item and item["expires_at"] > at.timestamp() else None

    def _key(self, token: str) -> dict[str, str]:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return {"pk": f"token#{self.purpose}#{digest}", "sk": _SORT}
