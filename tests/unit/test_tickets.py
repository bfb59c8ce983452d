import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.tickets import is_good, issued

KEY = bytes(range(32))


@given(st.text(), st.integers(1, 10**11))
def test_a_ticket_is_good_for_what_it_was_issued_for_until_its_end(about: str, until: int) -> None:
    ticket = issued(KEY, about, until=until)

    assert is_good(KEY, ticket, about, at=until - 1)
    assert not is_good(KEY, ticket, about, at=until)
    assert not is_good(KEY, ticket, about + "x", at=until - 1)
    assert not is_good(b"x" * 32, ticket, about, at=until - 1)


@pytest.mark.parametrize(
    "forged", ["", ".", "9999999999.", "9999999999." + "A" * 32, "x.y", "٣٣٣." + "A" * 32, "1" * 5000]
)
def test_a_forged_ticket_is_not_good(forged: str) -> None:
    assert not is_good(KEY, forged, "play:a", at=1)


def test_the_end_of_a_ticket_can_not_be_moved() -> None:
    ticket = issued(KEY, "play:a", until=100)

    assert not is_good(KEY, ticket.replace("100.", "999."), "play:a", at=50)
