import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.keys import Scope, hash_of, id_in, new_key, opens
from tests.builders import MOMENT

KEY, SECRET = new_key("ci", Scope.SUBMIT, tenant="acme", at=MOMENT)


def test_a_secret_names_its_key_and_opens_it() -> None:
    assert id_in(SECRET) == KEY.id
    assert opens(KEY, SECRET)


def test_another_secret_of_the_same_key_does_not_open_it() -> None:
    assert not opens(KEY, SECRET[:-1])
    assert not opens(KEY, f"sk_{KEY.id}_")
    assert not opens(KEY, KEY.secret_hash)


def test_only_the_hash_of_a_secret_is_kept() -> None:
    kept = KEY.model_dump_json()

    assert hash_of(SECRET) in kept
    assert SECRET not in kept and SECRET.rpartition("_")[2] not in kept


def test_two_keys_share_neither_id_nor_secret() -> None:
    other, secret = new_key("ci", Scope.SUBMIT, tenant="acme", at=MOMENT)

    assert other.id != KEY.id
    assert secret != SECRET and not opens(KEY, secret)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "sk_",
        "sk__x",
        "pk_key0123456789abcdef_x",
        "sk_key0123456789abcdef_",
        "sk_key0123456789abcdef",
        "sk_task#1_x",
        f"sk_{'a' * 5000}_x",
        "sk_ключ_x",
    ],
)
def test_other_text_names_no_key(secret: str) -> None:
    assert id_in(secret) is None


@given(st.text(max_size=80))
def test_no_text_opens_a_key(text: str) -> None:
    assert not opens(KEY, text.encode(errors="replace").decode())
    assert id_in(text) is None


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        (Scope.READ, {Scope.READ}),
        (Scope.SUBMIT, {Scope.READ, Scope.SUBMIT}),
        (Scope.ADMIN, {Scope.READ, Scope.SUBMIT, Scope.ADMIN}),
    ],
)
def test_a_scope_includes_the_ones_before_it(scope: Scope, reaches: set[Scope]) -> None:
    assert {needed for needed in Scope if scope.covers(needed)} == reaches
