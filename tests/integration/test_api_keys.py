from collections.abc import Callable

import pytest

from sluice import access
from sluice.keys import Limits, Scope
from tests.api import Client, conforms, request
from tests.conftest import Handler

pytestmark = pytest.mark.usefixtures("aws")


@pytest.fixture
def admin(client_of: Callable[..., Client]) -> Client:
    return client_of(Scope.ADMIN, "acme")


@pytest.fixture
def owner(client_of: Callable[..., Client]) -> Client:
    return client_of(Scope.ADMIN)


def test_a_key_is_made_shown_listed_and_revoked_at_once(admin: Client, handler: Handler) -> None:
    made = admin.post({"name": "ci", "scope": "read", "limits": {"read": 7}}, "/keys")
    conforms("NewKeyView", made.json)
    public = {name: value for name, value in made.json.items() if "secret" not in name}
    new = Client(handler, made.json["secret"])
    before = new.get("/tasks").status

    assert (made.status, made.headers["Location"], before) == (201, f"/keys/{public['id']}", 200)
    assert public["limits"] == {"list": 100, "read": 7, "write": 100} and public["can_sign"]
    assert admin.get(f"/keys/{public['id']}").json == public
    assert public in admin.get("/keys").json
    assert admin.delete(f"/keys/{public['id']}").status == 200
    assert new.get("/tasks").error == (401, "token_invalid")
    assert admin.get(f"/keys/{public['id']}").error == (404, "key_not_found")


def test_a_key_is_changed(admin: Client) -> None:
    made = admin.post({"name": "ci"}, "/keys").json

    changed = admin.send(
        {**request("api_create_task", "PATCH", f"/keys/{made['id']}"), "body": '{"name": "new", "limits": {"list": 1}}'}
    )

    conforms("KeyView", changed.json)
    assert (changed.json["name"], changed.json["limits"]["list"], changed.json["limits"]["read"]) == ("new", 1, 20)


@pytest.mark.parametrize("scope", [Scope.READ, Scope.SUBMIT])
def test_keys_are_for_administrators(scope: Scope, client_of: Callable[..., Client]) -> None:
    client = client_of(scope)

    assert client.get("/keys").error == client.post({"name": "x"}, "/keys").error == (403, "scope_insufficient")


def test_another_tenants_keys_are_for_the_owner_of_the_stack(admin: Client, owner: Client) -> None:
    theirs = owner.post({"name": "x", "tenant": "other"}, "/keys").json

    assert theirs["tenant"] == "other"
    assert [key["id"] for key in owner.get("/keys", tenant="other").json] == [theirs["id"]]
    assert admin.get("/keys", tenant="other").error == (403, "scope_insufficient")
    assert admin.post({"name": "x", "tenant": "other"}, "/keys").error == (403, "scope_insufficient")
    assert admin.delete(f"/keys/{theirs['id']}").error == (404, "key_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x", "scope": "root"}, "scope"),
        ({"name": "x", "tenant": "A#B"}, "tenant"),
        ({"name": "x", "limits": {"read": 0}}, "limits.read"),
        ({"name": "x", "limits": {"reads": 1}}, "limits.reads"),
        ({"name": "x", "secret": "mine"}, "secret"),
    ],
)
def test_a_mistake_is_told_by_its_field(body: object, field: str, admin: Client) -> None:
    answer = admin.post(body, "/keys")

    assert (answer.status, answer.json["field"]) == (400, field)


def test_who_asks_too_often_is_told_when_to_ask_again(handler: Handler) -> None:
    made = access.create_key("x", Scope.READ, tenant="acme", limits=Limits(list=1))
    client = Client(handler, made.secret)

    answers = [client.get("/tasks") for _ in range(8)]

    refused = [answer for answer in answers if answer.status != 200]
    assert refused and refused[0].error == (429, "rate_limited")
    assert refused[0].headers["Retry-After"] == "1"
