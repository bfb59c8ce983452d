"""Who is asking: the bearer key of a request, and whether its scope reaches."""

from sluice.aws.keystore import KeyStore
from sluice.errors import Forbidden, Unauthorized
from sluice.keys import ApiKey, Scope, id_in, opens
from sluice.settings import settings


def caller(authorization: str | None, needed: Scope) -> ApiKey:
    """The key behind an `Authorization: Bearer` header.

    Raises: Unauthorized, Forbidden.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized("Send your API key as «Authorization: Bearer <secret>».", code="token_missing")
    key = _key_of(secret.strip())
    if key is None:
        raise Unauthorized("The API key is unknown or revoked.")
    if not key.scope.covers(needed):
        raise Forbidden(f"This needs a key of scope {needed.value!r}; yours is of scope {key.scope.value!r}.")
    return key


def _key_of(secret: str) -> ApiKey | None:
    key_id = id_in(secret)
    key = KeyStore(settings().table).get(key_id) if key_id else None
    return key if key and opens(key, secret) else None
