from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sluice.clock import Timestamp, iso, now

MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 1, 1), timezones=st.just(UTC))


class Dated(BaseModel):
    at: Timestamp


def test_time_is_written_in_utc_with_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))

    assert iso(datetime(2026, 11, 21, 13, 0, 0, 7900, tzinfo=berlin)) == "2026-11-21T12:00:00.007Z"


@given(MOMENTS, MOMENTS)
def test_written_times_sort_as_the_moments_do(one: datetime, other: datetime) -> None:
    first, second = sorted([one, other])

    assert iso(first) <= iso(second)


def test_the_present_survives_being_written_and_read() -> None:
    moment = now()

    assert moment.tzinfo is UTC
    assert datetime.fromisoformat(iso(moment)) == moment
    assert Dated.model_validate_json(Dated(at=moment).model_dump_json()).at == moment


def test_a_timestamp_is_text_in_json_only() -> None:
    dated = Dated(at=datetime(2026, 11, 21, tzinfo=UTC))

    assert dated.model_dump(mode="json") == {"at": "2026-11-21T00:00:00.000Z"}
    assert dated.model_dump() == {"at": dated.at}
