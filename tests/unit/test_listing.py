from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice import listing
from sluice.listing import SHARDS, Filter
from sluice.tasks import Status, Task
from tests.builders import MOMENT, RETENTION, TASK_ID, a_task

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def a_filter(**values: object) -> Filter:
    return Filter.model_validate({"start": MOMENT - timedelta(days=1), "end": MOMENT, **values})


def read(wanted: Filter) -> list[str]:
    return [partition for week in listing.partitions(wanted) for partition in week]


def lists(wanted: Filter) -> set[str]:
    """The names of the lists that a filter reads."""
    return {partition.split("#")[2] for partition in read(wanted)}


def test_weeks_are_read_from_the_newest_to_the_oldest() -> None:
    weeks = [
        {partition.split("#")[3] for partition in week}
        for week in listing.partitions(a_filter(start=MOMENT - timedelta(days=14)))
    ]

    assert weeks == [{"2026-W47"}, {"2026-W46"}, {"2026-W45"}]


def test_a_window_that_ends_at_midnight_does_not_read_the_week_that_begins_there() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    found = read(a_filter(start=monday - timedelta(hours=1), end=monday))

    assert {partition.split("#")[3] for partition in found} == {"2026-W47"}


def test_an_empty_window_reads_nothing() -> None:
    assert read(a_filter(start=MOMENT + timedelta(days=1))) == []


def test_weeks_are_those_of_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    task = a_task(created_at=datetime(2026, 11, 23, 8, tzinfo=tokyo))

    assert "2026-W47" in listing.line_key(task, "all")["pk"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"all"}),
        ({"statuses": ("failed",)}, {"status=failed"}),
        ({"statuses": ("failed", "waiting")}, {"status=failed", "status=waiting"}),
        ({"statuses": tuple(Status)}, {"all"}),
        ({"has_failed": True}, {"status=failed"}),
        ({"has_failed": False}, {f"status={status}" for status in Status if status != "failed"}),
        ({"has_failed": True, "statuses": ("failed", "waiting")}, {"status=failed"}),
        ({"has_failed": True, "statuses": ("waiting",)}, set()),
        ({"kind": "video"}, {"kind=video"}),
        ({"trigger": "api"}, {"trigger=api"}),
        ({"kind": "video", "trigger": "api"}, {"kind=video"}),
        ({"kind": "video", "statuses": ("failed",)}, {"status=failed"}),
    ],
)
def test_a_filter_is_read_from_the_narrowest_lists(asked: dict[str, object], names: set[str]) -> None:
    assert lists(a_filter(**asked)) == names


@given(MOMENTS, st.sampled_from(Status), st.sets(st.sampled_from(["video", "sprite", "audio"]), min_size=1))
def test_a_task_has_a_line_where_its_filters_read(moment: datetime, status: Status, kinds: set[str]) -> None:
    task = a_task(TASK_ID, *kinds, created_at=moment, status=status)
    span = {"start": moment, "end": moment + timedelta(milliseconds=1)}

    items = {item["pk"]: item for item in listing.lines(task)}

    asked: list[dict[str, Any]] = [
        {},
        {"statuses": (status,)},
        {"trigger": "upload"},
        *({"kind": kind} for kind in kinds),
    ]
    for narrowed in asked:
        wanted = a_filter(**span, **narrowed)
        found = [items[partition] for partition in read(wanted) if partition in items]
        assert len(found) == 1
        assert listing.from_item(found[0]).fits(wanted, moment)


def test_a_line_says_which_filters_it_fits_beside_that_of_its_list() -> None:
    line = listing.from_item(listing.status_line(a_task(TASK_ID, "video", "sprite"), Status.WAITING))

    def fits(**asked: object) -> bool:
        return line.fits(a_filter(**asked), MOMENT)

    assert fits(kind="sprite", trigger="upload")
    assert not fits(kind="audio")
    assert not fits(trigger="api")
    assert not line.fits(a_filter(), MOMENT + RETENTION)


def test_a_line_knows_its_task() -> None:
    line = listing.from_item(listing.status_line(a_task(), Status.WAITING))

    assert line.task_id == TASK_ID


def test_a_task_that_was_read_without_its_subtasks_keeps_its_kinds() -> None:
    task = Task.model_validate({**a_task(TASK_ID, "video", "sprite").model_dump(mode="json"), "subtasks": []})

    assert listing.kinds_of(task) == ("video", "sprite")


@given(MOMENTS, st.timedeltas(timedelta(), listing.SCROLL_LIFE), st.timedeltas(timedelta(), listing.SCROLL_LIFE))
def test_a_scroll_reads_every_trace_since_it_began(began: datetime, to_trace: timedelta, to_read: timedelta) -> None:
    left_at = began + min(to_trace, to_read)
    trace = listing.trace(a_task(), Status.WAITING, at=left_at)

    found = listing.traces(a_filter(statuses=("waiting",)), began, began + to_read)

    assert trace["pk"] in found
    assert trace["left_at"] == listing.precisely(left_at)


def test_ids_are_spread_over_all_shards() -> None:
    assert {listing.shard_of(f"{TASK_ID}{number}") for number in range(200)} == set(range(SHARDS))


@given(MOMENTS, MOMENTS)
def test_positions_are_in_the_order_of_creation(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])

    assert listing.position(first, TASK_ID)[:24] <= listing.position(second, TASK_ID)[:24]


@given(MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)), MOMENTS)
def test_an_edge_divides_the_tasks_before_it_from_the_others(created_at: datetime, moment: datetime) -> None:
    assert (listing.position(created_at, TASK_ID) < listing.edge(moment)) is (created_at < moment)


def test_a_window_left_open_is_the_time_that_tasks_are_kept() -> None:
    start, end = listing.window(None, None, MOMENT, RETENTION)

    assert start == MOMENT - RETENTION + timedelta(seconds=1)
    assert end > MOMENT


@given(MOMENTS, MOMENTS.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)))
def test_the_oldest_task_of_a_window_is_the_oldest_that_has_not_expired(now: datetime, created_at: datetime) -> None:
    start, _ = listing.window(None, None, now, RETENTION)

    assert (created_at >= start) is (a_task(created_at=created_at).expires_at > now.timestamp())


def test_a_window_is_cut_to_what_can_still_be_there() -> None:
    early, late = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

    start, end = listing.window(early, late, MOMENT, RETENTION)

    assert start == MOMENT - RETENTION + timedelta(seconds=1)
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
    assert len(read(a_filter(start=from_, end=to))) <= SHARDS
