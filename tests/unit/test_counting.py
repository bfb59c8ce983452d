from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sluice import counting
from sluice.counting import Cell, CounterRef, State
from sluice.tasks import Status
from tests.builders import MOMENT, a_task

SECONDS = st.integers(0, 60 * 86_400).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n))


def a_state(**values: object) -> State:
    plain = {**a_task().model_dump(mode="json"), **values}
    return counting.state_of(plain, gone=bool(values.get("gone")))


def seconds_of(period: str, unit: str) -> range:
    """The seconds of a unit, counted from the epoch."""
    begin, length = {
        7: (f"{period}-{unit}T00:00:00", 86_400),
        10: (f"{period}T{unit}:00:00", 3_600),
        13: (f"{period}:{unit}:00", 60),
        16: (f"{period}:{unit}", 1),
    }[len(period)]
    first = int(datetime.fromisoformat(f"{begin}+00:00").timestamp())
    return range(first, first + length)


@given(SECONDS, SECONDS)
def test_the_units_of_a_window_cover_it_once(one: datetime, other: datetime) -> None:
    start, end = sorted([one, other])

    spans = [seconds_of(period, unit) for period, units in counting.cover(start, end).items() for unit in units]

    assert sum(map(len, spans)) == int((end - start).total_seconds())
    assert not spans or (min(s.start for s in spans), max(s.stop for s in spans)) == (
        int(start.timestamp()),
        int(end.timestamp()),
    )
    ordered = sorted(spans, key=lambda span: span.start)
    assert all(span.stop == following.start for span, following in pairwise(ordered))


@given(SECONDS, SECONDS)
def test_a_window_takes_a_handful_of_counters(one: datetime, other: datetime) -> None:
    start, end = sorted([one, other])

    months = (end.year - start.year) * 12 + end.month - start.month + 1
    assert len(counting.cover(start, end)) <= 6 + months


def test_a_window_is_taken_by_its_whole_seconds() -> None:
    half = timedelta(milliseconds=500)

    assert counting.whole_seconds(MOMENT, MOMENT + half) is None
    assert counting.whole_seconds(MOMENT + half, MOMENT + 3 * half) is None
    assert counting.whole_seconds(MOMENT - half, MOMENT + half) is None
    assert counting.whole_seconds(MOMENT + half, MOMENT + 5 * half) == (
        MOMENT + timedelta(seconds=1),
        MOMENT + timedelta(seconds=2),
    )


def test_a_task_is_counted_in_its_month_day_hour_and_minute_in_all_and_by_kind() -> None:
    found = counting.deltas([(None, a_state(kinds=["video", "sprite"]))])

    periods = {"2026-11": "21", "2026-11-21": "12", "2026-11-21T12": "00", "2026-11-21T12:00": "00"}
    assert found == {
        CounterRef("default", kind, period): Counter({Cell(unit, "waiting", "upload"): 1})
        for kind in ("", "sprite", "video")
        for period, unit in periods.items()
    }


def test_a_move_takes_from_one_cell_what_it_gives_to_another() -> None:
    found = counting.deltas([(a_state(), a_state(status="failed"))])

    cells = found[CounterRef("default", "", "2026-11")]
    assert cells == {Cell("21", "waiting", "upload"): -1, Cell("21", "failed", "upload"): 1}


def test_a_deleted_task_is_taken_away_once() -> None:
    gone = a_state(status="failed", gone=True)

    assert counting.deltas([(a_state(status="failed"), gone)])[CounterRef("default", "", "2026-11")] == {
        Cell("21", "failed", "upload"): -1
    }
    assert counting.deltas([(None, gone)]) == {}


def test_what_does_not_change_is_left_out() -> None:
    assert counting.deltas([(a_state(), a_state())]) == {}


def test_cells_that_have_become_nought_are_left_out() -> None:
    cell = Cell("21", "waiting", "upload")

    assert counting.added({cell: 1}, {cell: -1}) == {}


def test_the_states_of_a_task_are_in_the_order_in_which_it_has_them() -> None:
    stations = ["waiting", "validating", "queued", "processing", "finishing", "succeeded"]
    states = [a_state(status=status, attempt=attempt) for attempt in (1, 2, 10) for status in stations]
    states.append(a_state(status="succeeded", attempt=10, gone=True))
    states.append(a_state(created_at="2026-11-21T12:00:01.000Z"))

    versions = [state.version for state in states]

    assert versions == sorted(set(versions))


@pytest.mark.parametrize("record", [{}, {"id": "x"}, {"id": "x", "status": "unheard-of"}])
def test_what_is_no_task_has_no_state(record: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        counting.state_of(record)


def test_a_sum_takes_the_units_statuses_and_trigger_that_are_wanted() -> None:
    cells = {
        Cell("01", "failed", "api"): 1,
        Cell("01", "waiting", "upload"): 10,
        Cell("02", "failed", "upload"): 100,
        Cell("03", "failed", "upload"): 1000,
    }

    assert counting.sum_of(cells, ["01", "02"], None, None) == 111
    assert counting.sum_of(cells, ["01", "02"], (Status.FAILED,), None) == 101
    assert counting.sum_of(cells, ["01", "02", "03"], (Status.FAILED, Status.WAITING), "upload") == 1110
    assert counting.sum_of(cells, ["01"], (), None) == 0
