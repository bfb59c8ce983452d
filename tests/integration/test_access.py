from datetime import timedelta

import pytest

from sluice import access
from sluice.aws import secrets
from sluice.aws.clients import dynamodb
from sluice.aws.keystore import KeyStore
from sluice.errors import Forbidden, NotFound, TooManyRequests, Unavailable
from sluice.keys import ApiKey, Limits, Scope
from tests.builders import MOMENT
from tests.conftest import TABLE

pytestmark = pytest.mark.usefixtures("aws")


def made(scope: Scope = Scope.SUBMIT, tenant: str = "acme", **limits: int) -> access.NewKey:
    return access.create_key("test", scope, tenant=tenant, limits=Limits(**limits), at=MOMENT)


# ── keys ──────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_found_by_each_of_its_secrets() -> None:
    key, secret, signing_secret = made()

    assert access.key_by_secret(secret) == key
    assert access.signing_secret(key.id) == (key, signing_secret)


def test_neither_secret_lies_open_in_the_table() -> None:
    _, secret, signing_secret = made()

    kept = str(dynamodb().scan(TableName=TABLE)["Items"])

    assert secret not in kept and signing_secret not in kept


def test_a_revoked_key_opens_and_signs_nothing_any_more() -> None:
    key, secret, _ = made()

    access.revoke(key)

    assert access.key_by_secret(secret) is None
    assert access.signing_secret(key.id) is None
    assert list(access.keys_of("acme")) == []


def test_a_key_that_was_revoked_does_not_come_back_by_a_change() -> None:
    key, secret, _ = made()
    access.revoke(key)

    with pytest.raises(NotFound):
        access.changed(key, name="new", limits=Limits())

    assert access.key_by_secret(secret) is None


@pytest.mark.parametrize("text", ["", "key", "key0000000000000000", "sk_key0000000000000000_x", "é"])
def test_unknown_ids_and_secrets_are_none(text: str) -> None:
    assert access.key_by_secret(text) is None
    assert access.signing_secret(text) is None


def test_a_tenants_list_has_its_own_keys() -> None:
    mine = {made().key.id, made().key.id}
    made(tenant="other")

    assert {key.id for key in access.keys_of("acme")} == mine


def test_a_key_makes_none_of_a_wider_scope_or_another_tenant() -> None:
    submitter, admin = made(Scope.SUBMIT).key, made(Scope.ADMIN).key

    with pytest.raises(Forbidden):
        access.create_key_by(submitter, "x", Scope.ADMIN, tenant=None, limits=None)
    with pytest.raises(Forbidden):
        access.create_key_by(admin, "x", Scope.READ, tenant="default", limits=None)
    assert access.create_key_by(admin, "x", Scope.ADMIN, tenant=None, limits=None).key.tenant == "acme"


def test_the_owner_of_the_stack_makes_sees_and_limits_keys_of_every_tenant() -> None:
    owner, other = made(Scope.ADMIN, "default").key, made(tenant="acme").key

    assert access.create_key_by(owner, "x", Scope.READ, tenant="new", limits=None).key.tenant == "new"
    assert access.key_for(owner, other.id) == other
    assert access.limits_by(owner, Limits(), {"read": 5000}).read == 5000


def test_another_tenants_key_is_as_good_as_none() -> None:
    admin, other = made(Scope.ADMIN, "acme").key, made(tenant="other").key

    with pytest.raises(NotFound):
        access.key_for(admin, other.id)


def test_an_administrator_gives_no_higher_limits_than_its_own() -> None:
    admin = made(Scope.ADMIN, list=50, read=10).key

    assert access.limits_by(admin, Limits(), {"read": 5}) == Limits(list=50, read=5)
    with pytest.raises(Forbidden):
        access.limits_by(admin, Limits(), {"read": 11})


# ── rates ─────────────────────────────────────────────────────────────────────────────────────


def calls(key: ApiKey, count: int, second: int = 0) -> int:
    """How many of so many calls in one second were let through."""
    let_through = 0
    for _ in range(count):
        try:
            access.within_limits(key, "read", at=MOMENT + timedelta(seconds=second))
        except TooManyRequests as error:
            assert error.retry_after == 1
        else:
            let_through += 1
    return let_through


def test_a_key_has_so_many_calls_a_second() -> None:
    key = made(read=3).key

    assert [calls(key, 5), calls(key, 5), calls(key, 5, second=1)] == [3, 0, 3]


def test_kinds_of_calls_and_keys_are_counted_apart() -> None:
    key, other = made(read=1).key, made(read=1).key

    assert calls(key, 2) == calls(other, 2) == 1
    access.within_limits(key, "list", at=MOMENT)


# ── secrets ───────────────────────────────────────────────────────────────────────────────────


def test_a_sealed_text_opens_with_its_own_context_alone() -> None:
    sealed = secrets.seal("geheim", "one")

    assert secrets.unseal(sealed, "one") == "geheim"
    assert "geheim" not in sealed
    with pytest.raises(Unavailable):
        secrets.unseal(sealed, "two")


@pytest.mark.parametrize("sealed", ["", "no base64!", "AAAA", "é"])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Unavailable):
        secrets.unseal(sealed, "one")


def test_a_secret_of_the_stack_is_made_once() -> None:
    first = secrets.table_secret(TABLE, "scroll")

    assert secrets.table_secret(TABLE, "scroll") == first
    assert secrets.table_secret(TABLE, "other") != first


def test_a_secret_of_the_stack_that_opens_no_more_is_made_anew() -> None:
    item = {"pk": {"S": "secret#scroll"}, "sk": {"S": "secret"}, "sealed": {"S": "AAAA"}}
    dynamodb().put_item(TableName=TABLE, Item=item)

    assert secrets.table_secret(TABLE, "scroll") == secrets.table_secret(TABLE, "scroll")


def test_a_key_without_a_signing_secret_can_not_sign() -> None:
    key = made().key.model_copy(update={"signing_sealed": None})
    KeyStore(TABLE).put(key, instead=True)

    assert access.signing_secret(key.id) is None
