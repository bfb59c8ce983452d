"""Who is asking: the key behind a request, whether its scope reaches, and whether it asks too often."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sluice.aws import rates, secrets
from sluice.aws.keystore import KeyStore
from sluice.clock import now
from sluice.errors import Forbidden, NotFound, TooManyRequests, Unauthorized
from sluice.keys import ApiKey, Call, Limits, Scope, id_in, is_key_id, new_key, new_signing_secret, opens
from sluice.settings import settings


class NewKey(NamedTuple):
    """A key just made, with its two secrets: this is the one time that they can be seen."""

    key: ApiKey
    secret: str
    signing_secret: str


def caller(authorization: str | None, needed: Scope) -> ApiKey:
    """The key behind an `Authorization: Bearer` header.

    Raises: Unauthorized, Forbidden.
    """
    scheme, _, secret = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorized("Send your API key as «Authorization: Bearer <secret>».", code="token_missing")
    key = key_by_secret(secret.strip())
    if key is None:
        raise Unauthorized("The API key is unknown or revoked.")
    if not key.scope.covers(needed):
        raise Forbidden(f"This needs a key of scope {needed.value!r}; yours is of scope {key.scope.value!r}.")
    return key


def key_by_secret(secret: str) -> ApiKey | None:
    """The key that a bearer secret opens; None when it is unknown or revoked."""
    key_id = id_in(secret)
    key = KeyStore(settings().table).get(key_id) if key_id else None
    return key if key and opens(key, secret) else None


def signing_secret(key_id: str) -> tuple[ApiKey, str] | None:
    """A key by its id, with the secret that signs its requests; None when it is unknown, revoked, or can't sign.

    Raises: Unavailable.
    """
    key = KeyStore(settings().table).get(key_id) if is_key_id(key_id) else None
    if key is None or key.signing_sealed is None:
        return None
    return key, secrets.unseal(key.signing_sealed, _signing_context(key_id))


def within_limits(key: ApiKey, call: Call, *, at: datetime | None = None) -> None:
    """Count a call of this key: `list` for lists, `read` for one thing, `write` for all that changes something.

    Raises: TooManyRequests.
    """
    limit = key.limits.of(call)
    if not rates.counted(settings().table, key.id, call, limit, at=at or now()):
        raise TooManyRequests(f"This key may make {limit} such calls a second.", retry_after=1)


def create_key(
    name: str, scope: Scope, *, tenant: str, limits: Limits | None = None, at: datetime | None = None
) -> NewKey:
    """Make a key and keep it."""
    where = {"table": settings().table, "kms_key": settings().kms_key}
    return make_key(name, scope, tenant=tenant, limits=limits, at=at, **where)


def make_key(
    name: str,
    scope: Scope,
    *,
    tenant: str,
    table: str,
    kms_key: str,
    limits: Limits | None = None,
    at: datetime | None = None,
) -> NewKey:
    """Make a key for a stack that is named by its table and the KMS key that seals its secrets."""
    key, secret = new_key(name, scope, tenant=tenant, at=at or now(), limits=limits)
    signing = new_signing_secret()
    key = key.model_copy(update={"signing_sealed": secrets.seal(signing, _signing_context(key.id), by=kms_key)})
    KeyStore(table).put(key)
    return NewKey(key, secret, signing)


def create_key_by(maker: ApiKey, name: str, scope: Scope, *, tenant: str | None, limits: Limits | None) -> NewKey:
    """Make a key in the name of an administrator: of no wider scope than its own, and for its own tenant unless it owns
    the stack.

    Raises: Forbidden.
    """
    if not maker.scope.covers(scope):
        raise Forbidden(f"A key of scope {maker.scope.value!r} makes none of scope {scope.value!r}.")
    return create_key(name, scope, tenant=tenant_of(maker, tenant), limits=limits)


def tenant_of(maker: ApiKey, asked: str | None) -> str:
    """The tenant whose keys are meant.

    Raises: Forbidden when it is another's, and not for this key to see.
    """
    if asked is None or asked == maker.tenant:
        return maker.tenant
    if not maker.owns_the_stack:
        raise Forbidden("Keys of other tenants are for administrators of the tenant «default».")
    return asked


def keys_of(tenant: str) -> Iterator[ApiKey]:
    return KeyStore(settings().table).of(tenant)


def key_for(maker: ApiKey, key_id: str) -> ApiKey:
    """A key that this administrator may see.

    Raises: NotFound, also for another tenant's.
    """
    key = KeyStore(settings().table).get(key_id) if is_key_id(key_id) else None
    if key is None or not (key.tenant == maker.tenant or maker.owns_the_stack):
        raise NotFound(f"There is no key {key_id[:100]!r}.", code="key_not_found")
    return key


def limits_by(maker: ApiKey, limits: Limits, changes: Mapping[str, int]) -> Limits:
    """Limits with some of them changed by an administrator; unless it owns the stack, none becomes higher than its own.

    Raises: Forbidden.
    """
    changed = limits.model_copy(update=changes)
    if maker.owns_the_stack:
        return changed
    own = maker.limits.model_dump()
    if beyond := next((name for name, limit in changes.items() if limit > own[name]), None):
        raise Forbidden(
            f"Your own key may make {own[beyond]} calls a second of the kind {beyond!r}, and gives no more."
        )
    return Limits.model_validate({name: min(limit, own[name]) for name, limit in changed.model_dump().items()})


def changed(key: ApiKey, *, name: str, limits: Limits) -> ApiKey:
    """The key under another name, or with other limits."""
    new = key.model_copy(update={"name": name, "limits": limits, "changed_at": now()})
    KeyStore(settings().table).put(new, instead=True)
    return new


def revoke(key: ApiKey) -> None:
    """From now on the key opens nothing and signs nothing."""
    KeyStore(settings().table).delete(key.id)


def _signing_context(key_id: str) -> str:
    return f"signing:{key_id}"
