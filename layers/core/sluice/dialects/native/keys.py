"""/keys: for administrators. Each sees the keys of its own tenant; those of the tenant `default` may name another."""

from datetime import datetime
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, Field

from sluice import access
from sluice.clock import Timestamp
from sluice.dialects.native.describing import (
    Fragment,
    answers,
    answers_many,
    errors,
    operation,
    path_parameter,
    query_parameters,
)
from sluice.dialects.native.http import answer, key_with, parsed_body, parsed_query
from sluice.dialects.native.models import Incoming
from sluice.dialects.native.views import MessageView
from sluice.keys import MOST_CALLS, TENANT_PATTERN, ApiKey, Limits, Scope

router = Router()


class NewLimits(Incoming):
    """Calls a second. What is left out is as usual, or as much as the maker's own key has."""

    list: int | None = Field(None, ge=1, le=MOST_CALLS, description="Lists.")
    read: int | None = Field(None, ge=1, le=MOST_CALLS, description="Readings of one thing.")
    write: int | None = Field(None, ge=1, le=MOST_CALLS, description="All that changes something.")


class NewKey(Incoming):
    """`tenant` is the maker's own, unless the maker is an administrator of the tenant `default`."""

    name: str = Field(min_length=1, max_length=100)
    scope: Scope = Scope.SUBMIT
    tenant: str | None = Field(None, pattern=TENANT_PATTERN)
    limits: NewLimits = NewLimits()


class KeyChange(Incoming):
    """What is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=100)
    limits: NewLimits = NewLimits()


class KeyQuery(Incoming):
    tenant: str | None = Field(
        None, pattern=TENANT_PATTERN, description="Another tenant's, for the owner of the stack."
    )


class LimitsView(BaseModel):
    list: int
    read: int
    write: int


class KeyView(BaseModel):
    """`can_sign`: it has a secret for APIs whose requests are signed."""

    id: str
    name: str
    scope: Scope
    tenant: str
    limits: LimitsView
    can_sign: bool
    created_at: Timestamp
    changed_at: Timestamp


class NewKeyView(KeyView):
    """Both secrets are shown this once: `secret` for `Authorization: Bearer`, `signing_secret` for TC3."""

    secret: str
    signing_secret: str


@router.get("/keys")
def list_keys() -> Response[str]:
    admin = key_with(Scope.ADMIN, "list")
    tenant = access.tenant_of(admin, parsed_query(KeyQuery).tenant)
    return answer(200, [_said(key) for key in access.keys_of(tenant)])


@router.post("/keys")
def create_key() -> Response[str]:
    admin = key_with(Scope.ADMIN, "write")
    wanted = parsed_body(NewKey)
    limits = access.limits_by(admin, Limits(), wanted.limits.model_dump(exclude_none=True))
    made = access.create_key_by(admin, wanted.name, wanted.scope, tenant=wanted.tenant, limits=limits)
    secrets = {"secret": made.secret, "signing_secret": made.signing_secret}
    return answer(201, {**_said(made.key), **secrets}, {"Location": f"/keys/{made.key.id}"})


@router.get("/keys/<key_id>")
def get_key(key_id: str) -> Response[str]:
    return answer(200, _said(access.key_for(key_with(Scope.ADMIN, "read"), unquote(key_id))))


@router.patch("/keys/<key_id>")
def change_key(key_id: str) -> Response[str]:
    admin = key_with(Scope.ADMIN, "write")
    key = access.key_for(admin, unquote(key_id))
    wanted = parsed_body(KeyChange)
    limits = access.limits_by(admin, key.limits, wanted.limits.model_dump(exclude_none=True))
    return answer(200, _said(access.changed(key, name=wanted.name or key.name, limits=limits)))


@router.delete("/keys/<key_id>")
def revoke_key(key_id: str) -> Response[str]:
    key = access.key_for(key_with(Scope.ADMIN, "write"), unquote(key_id))
    access.revoke(key)
    return answer(200, {"message": f"The key {key.id} is revoked."})


def _said(key: ApiKey) -> dict[str, Any]:
    plain = key.model_dump(include={"id", "name", "scope", "tenant", "limits", "created_at"})
    changed_at: datetime = key.changed_at or key.created_at
    view = KeyView(**plain, can_sign=key.signing_sealed is not None, changed_at=changed_at)
    return view.model_dump(mode="json")


# ── the document ──────────────────────────────────────────────────────────────────────────────


def described() -> Fragment:
    one: Any = {**answers(200, "KeyView"), **errors(404)}
    collection = {
        "get": operation(
            "listKeys",
            "All keys of the tenant",
            {**answers_many(200, "KeyView"), **errors(400)},
            parameters=query_parameters(KeyQuery),
        ),
        "post": operation(
            "createKey", "Make a key, of no wider scope than one's own", answers(201, "NewKeyView"), body="NewKey"
        ),
    }
    single = {
        "parameters": [path_parameter("key_id")],
        "get": operation("getKey", "One key, without its secrets", one),
        "patch": operation("changeKey", "Rename a key, or change its limits", one, body="KeyChange"),
        "delete": operation("revokeKey", "Revoke a key at once", {**answers(200, "MessageView"), **errors(404)}),
    }
    return Fragment(
        {"/keys": collection, "/keys/{key_id}": single},
        incoming=(NewKey, KeyChange),
        outgoing=(KeyView, NewKeyView, MessageView),
    )
