import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice import listing, scrolling
from sluice.errors import InvalidRequest
from sluice.listing import Filter
from sluice.scrolling import Place
from tests.builders import MOMENT, RETENTION, TASK_ID

KEY = b"k" * 32
LATER = MOMENT + timedelta(minutes=10)


def a_filter(at: datetime = MOMENT, **values: Any) -> Filter:
    start, end = listing.window(None, None, at, RETENTION)
    return Filter.model_validate({"start": start, "end": end, **values})


def a_place(wanted: Filter, since: datetime = MOMENT) -> Place:
    return Place(position=listing.position(MOMENT, TASK_ID), since=since, start=wanted.start, end=wanted.end)


def refused(token: str, wanted: Filter, key: bytes = KEY, at: datetime = MOMENT) -> bool:
    try:
        scrolling.place(token, wanted, key, at=at)
    except InvalidRequest as error:
        assert error.field == "scroll_token"
        return True
    return False


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_token_gives_its_place_back(since: datetime) -> None:
    wanted = a_filter(since)
    place = a_place(wanted, since)

    assert scrolling.place(scrolling.token(place, wanted, KEY), wanted, KEY, at=since) == place


def test_a_token_can_stand_in_a_url_as_it_is() -> None:
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)

    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < 250


@pytest.mark.parametrize(
    "other",
    [
        {"tenant": "acme"},
        {"statuses": ("failed",)},
        {"has_failed": True},
        {"kind": "video"},
        {"trigger": "api"},
        {"start": MOMENT - timedelta(days=2)},
        {"end": MOMENT - timedelta(days=1)},
    ],
)
def test_a_token_is_good_for_its_own_list_alone(other: dict[str, Any]) -> None:
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)

    assert not refused(token, a_filter())
    assert refused(token, a_filter(**other))


def test_a_token_is_good_for_the_same_list_said_otherwise() -> None:
    wanted = a_filter(statuses=("failed", "waiting"))
    token = scrolling.token(a_place(wanted), wanted, KEY)

    assert not refused(token, a_filter(statuses=("waiting", "failed")))


def test_a_window_left_open_moves_on_while_one_scrolls() -> None:
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)

    assert scrolling.place(token, a_filter(LATER), KEY, at=LATER).end == a_filter().end


def test_a_token_of_another_stack_is_refused() -> None:
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)

    assert refused(token, a_filter(), key=b"x" * 32)


def test_a_scroll_through_a_status_lasts_an_hour() -> None:
    wanted, late = a_filter(statuses=("waiting",)), MOMENT + timedelta(minutes=61)
    token = scrolling.token(a_place(wanted), wanted, KEY)

    assert not refused(token, a_filter(LATER, statuses=("waiting",)), at=LATER)
    assert refused(token, a_filter(late, statuses=("waiting",)), at=late)


def test_other_scrolls_last_as_long_as_the_tasks() -> None:
    late = MOMENT + timedelta(days=6)
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)

    assert not refused(token, a_filter(late), at=late)


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_token_that_was_changed_is_refused(place: int, change: int) -> None:
    token = scrolling.token(a_place(a_filter()), a_filter(), KEY)
    plain = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    plain[place % len(plain)] ^= change

    assert refused(base64.urlsafe_b64encode(plain).decode(), a_filter())


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    assert refused(text, a_filter())
