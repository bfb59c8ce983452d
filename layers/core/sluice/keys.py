"""API keys: an id that may be seen, and a secret of which only the hash is kept."""

import hashlib
import hmac
import re
import secrets
from enum import StrEnum

from sluice.clock import Timestamp
from sluice.media import Value

_SECRET = re.compile(r"sk_(?P<id>key[0-9a-f]{16})_[\w-]{1,100}", re.ASCII)


class Scope(StrEnum):
    """What a key may do; each includes the ones before it."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"

    def covers(self, needed: "Scope") -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class ApiKey(Value):
    id: str
    name: str
    scope: Scope
    tenant: str = "default"
    secret_hash: str
    created_at: Timestamp


def new_key(name: str, scope: Scope, *, tenant: str, at: Timestamp) -> tuple[ApiKey, str]:
    """A key and its secret, which is shown once. The secret names its key, so that it can be looked up."""
    key_id = f"key{secrets.token_hex(8)}"
    secret = f"sk_{key_id}_{secrets.token_hex(24)}"
    return ApiKey(id=key_id, name=name, scope=scope, tenant=tenant, secret_hash=hash_of(secret), created_at=at), secret


def hash_of(secret: str) -> str:
    """A plain digest is enough for 192 random bits; a slow one is for what people think up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def id_in(secret: str) -> str | None:
    """The id of the key that a secret claims to be of."""
    found = _SECRET.fullmatch(secret)
    return found["id"] if found else None


def opens(key: ApiKey, secret: str) -> bool:
    return hmac.compare_digest(key.secret_hash, hash_of(secret))
