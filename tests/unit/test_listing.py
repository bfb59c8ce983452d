import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice import listing
from sluice.errors import InvalidRequest
from sluice.listing import BY_DAY, BY_FAILED, BY_STATUS, Filter, partitions
from sluice.tasks import Status
from tests.builders import MOMENT, RETENTION, TASK_ID

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def a_filter(**values: object) -> Filter:
    return Filter.model_validate({"start": MOMENT - timedelta(days=1), "end": MOMENT, **values})


def a_token(before: object) -> str:
    return base64.urlsafe_b64encode(json.dumps({"before": before}).encode()).decode().rstrip("=")


def test_days_are_read_from_the_newest_to_the_oldest() -> None:
    found = [index.partition for index in partitions(a_filter(start=MOMENT - timedelta(days=2)))]

    assert found == ["default#2026-11-21", "default#2026-11-20", "default#2026-11-19"]


def test_a_window_that_ends_at_midnight_does_not_read_the_day_that_begins_there() -> None:
    midnight = datetime(2026, 11, 21, tzinfo=UTC)

    found = [index.partition for index in partitions(a_filter(start=midnight - timedelta(hours=1), end=midnight))]

    assert found == ["default#2026-11-20"]


def test_an_empty_window_reads_nothing() -> None:
    assert list(partitions(a_filter(start=MOMENT + timedelta(days=1)))) == []


def test_days_are_those_of_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    morning = datetime(2026, 11, 21, 8, tzinfo=tokyo)

    keys = listing.index_keys("default", Status.WAITING, False, morning)

    assert keys[BY_DAY] == "default#2026-11-20"


@pytest.mark.parametrize(
    ("asked", "index", "partition"),
    [
        ({}, BY_DAY, "default#2026-11-21"),
        ({"status": "failed"}, BY_STATUS, "default#2026-11-21#failed"),
        ({"has_failed": True}, BY_FAILED, "default#2026-11-21"),
        ({"has_failed": False}, BY_DAY, "default#2026-11-21"),
        ({"has_failed": True, "status": "failed"}, BY_FAILED, "default#2026-11-21"),
        ({"tenant": "acme"}, BY_DAY, "acme#2026-11-21"),
    ],
)
def test_a_filter_is_read_from_the_narrowest_index(asked: dict[str, object], index: str, partition: str) -> None:
    found = next(partitions(a_filter(**asked)))

    assert (found.name, found.partition) == (index, partition)


@given(MOMENTS, st.sampled_from(Status), st.booleans())
def test_a_task_lies_in_the_partitions_that_its_filters_read(moment: datetime, status: Status, failed: bool) -> None:
    keys = listing.index_keys("default", status, failed, moment)
    span = {"start": moment, "end": moment + timedelta(milliseconds=1)}

    asked = [a_filter(**span), a_filter(**span, status=status), a_filter(**span, has_failed=failed)]

    assert all(keys[index.name] == index.partition for wanted in asked for index in partitions(wanted))


def test_a_task_without_a_failure_is_not_in_the_index_of_failed_ones() -> None:
    assert listing.index_keys("default", Status.SUCCEEDED, False, MOMENT)[BY_FAILED] is None


@given(MOMENTS, MOMENTS)
def test_sort_keys_are_in_the_order_of_creation(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])

    assert listing.sort_key(first, TASK_ID)[:24] <= listing.sort_key(second, TASK_ID)[:24]


def test_a_window_left_open_is_the_time_that_tasks_are_kept() -> None:
    start, end = listing.window(None, None, MOMENT, RETENTION)

    assert start == MOMENT - RETENTION
    assert end > MOMENT


def test_a_window_is_cut_to_what_can_still_be_there() -> None:
    early, late = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

    start, end = listing.window(early, late, MOMENT, RETENTION)

    assert start == MOMENT - RETENTION
    assert end - MOMENT < timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (None, datetime.min.replace(tzinfo=UTC)),
        (datetime.max.replace(tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_a_window_beyond_all_tasks_is_empty(start: datetime | None, end: datetime | None) -> None:
    from_, to = listing.window(start, end, MOMENT, RETENTION)

    assert from_ >= to
    assert len(list(partitions(a_filter(start=from_, end=to)))) <= 1


@given(MOMENTS)
def test_a_scroll_token_gives_its_sort_key_back(moment: datetime) -> None:
    key = listing.sort_key(moment, TASK_ID)

    assert listing.read_scroll_token(listing.scroll_token(key)) == key


def test_a_scroll_token_can_stand_in_a_url_as_it_is() -> None:
    token = listing.scroll_token(listing.sort_key(MOMENT, TASK_ID))

    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "=",
        "nonsense!",
        "é",
        a_token("yesterday"),
        a_token(7),
        a_token(None),
        a_token(["2026-11-21"]),
        a_token({"before": "2026-11-21"}),
        a_token(""),
        a_token(f"#{TASK_ID}"),
        a_token("2026-11-21"),
        a_token(f"2026-11-21T12:00:00.000Z#{'x' * 100}"),
        a_token("2026-11-21T12:00:00.000Z#\ud800"),
        a_token("2026-11-21T12:00:00.000Z#' OR 1=1"),
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b'"before"').decode(),
        base64.urlsafe_b64encode(b"{}").decode(),
        base64.urlsafe_b64encode(b"[" * 370).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_a_forged_scroll_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        listing.read_scroll_token(token)

    assert refused.value.field == "scroll_token"


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_scroll_tokens(text: str) -> None:
    with pytest.raises(InvalidRequest):
        listing.read_scroll_token(text)
