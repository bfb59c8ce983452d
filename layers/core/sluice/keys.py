"""API keys: an id that may be seen, a bearer secret of which only the hash is kept, and a secret that signs requests.

A key belongs to a tenant. The tenant `default` is the owner's: its administrators make keys for other tenants as well.
"""

import hashlib
import hmac
import re
import secrets
from enum import StrEnum
from typing import Literal

from pydantic import Field

from sluice.clock import Timestamp
from sluice.media import Value

OWNER = "default"

_SECRET = re.compile(r"sk_(?P<id>key[0-9a-f]{16})_[\w-]{1,100}", re.ASCII)
_KEY_ID = re.compile(r"key[0-9a-f]{16}", re.ASCII)

Call = Literal["list", "read", "write"]

TENANT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
MOST_CALLS = 10_000
"""The highest limit of a key, in calls a second."""


class Scope(StrEnum):
    """What a key may do; each includes the ones before it."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"

    def covers(self, needed: "Scope") -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(needed)


class Limits(Value):
    """Calls a second: of lists, of reading one thing, of everything that changes something."""

    list: int = Field(100, ge=1, le=MOST_CALLS)
    read: int = Field(20, ge=1, le=MOST_CALLS)
    write: int = Field(100, ge=1, le=MOST_CALLS)

    def of(self, call: Call) -> int:
        return {"list": self.list, "read": self.read, "write": self.write}[call]


class ApiKey(Value):
    """`signing_sealed` is the secret that signs requests (TC3), sealed; a key made without one can't sign."""

    id: str
    name: str
    scope: Scope
    tenant: str = OWNER
    secret_hash: str
    signing_sealed: str | None = None
    limits: Limits = Limits()
    created_at: Timestamp
    changed_at: Timestamp | None = None

    @property
    def owns_the_stack(self) -> bool:
        """Whether it may make, see and revoke keys of other tenants."""
        return self.scope is Scope.ADMIN and self.tenant == OWNER


def new_key(name: str, scope: Scope, *, tenant: str, at: Timestamp, limits: Limits | None = None) -> tuple[ApiKey, str]:
    """A key and its secret, which is shown once. The secret names its key, so that it can be looked up."""
    key_id = f"key{secrets.token_hex(8)}"
    secret = f"sk_{key_id}_{secrets.token_hex(24)}"
    key = ApiKey(
        id=key_id,
        name=name,
        scope=scope,
        tenant=tenant,
        secret_hash=hash_of(secret),
        limits=limits or Limits(),
        created_at=at,
        changed_at=at,
    )
    return key, secret


def new_signing_secret() -> str:
    """160 random bits as letters and digits, of the length that clients of TC3 expect."""
    return secrets.token_hex(20)


def hash_of(secret: str) -> str:
    """A plain digest is enough for 192 random bits; a slow one is for what people think up."""
    return hashlib.sha256(secret.encode()).hexdigest()


def id_in(secret: str) -> str | None:
    """The id of the key that a secret claims to be of."""
    found = _SECRET.fullmatch(secret)
    return found["id"] if found else None


def is_key_id(text: str) -> bool:
    return bool(_KEY_ID.fullmatch(text))


def opens(key: ApiKey, secret: str) -> bool:
    return hmac.compare_digest(key.secret_hash, hash_of(secret))
