import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sluice.kinds.screenshot import MOST_STILLS, ScreenshotOptions, refuse, still_times
from tests.builders import a_picture, a_sound, media_info

DURATIONS = st.floats(min_value=0.04, max_value=14_400)


def options(**given: object) -> ScreenshotOptions:
    return ScreenshotOptions.model_validate(given)


@given(st.floats(min_value=0, max_value=100), DURATIONS)
def test_a_percentage_is_never_outside_the_film(percent: float, duration: float) -> None:
    (time,) = still_times(options(times=[f"{percent:.4f}%"]), duration)

    assert 0 <= time <= duration * (1 + 1e-9)


@given(st.integers(min_value=1, max_value=MOST_STILLS), DURATIONS)
def test_a_count_is_spread_evenly_inside_the_film(count: int, duration: float) -> None:
    times = still_times(options(count=count), duration)

    assert len(times) == count and times[0] > 0 and times[-1] < duration
    assert all(abs((time - times[0]) - n * duration / count) < 1e-6 * duration for n, time in enumerate(times))


@given(st.floats(min_value=0.04, max_value=1000), DURATIONS)
def test_an_interval_begins_at_the_start_and_stays_inside_the_film(interval: float, duration: float) -> None:
    if refuse(options(interval_seconds=interval), media_info(duration=duration)):
        return
    times = still_times(options(interval_seconds=interval), duration)

    assert times[0] == 0 and len(times) <= MOST_STILLS
    assert times[-1] < duration + 1e-3 and times[-1] + interval > duration - 1e-3


def test_where_nothing_says_when_there_are_three_stills() -> None:
    assert still_times(options(), 10) == pytest.approx([1, 5, 9])


@pytest.mark.parametrize(
    "given", [{"times": [1], "count": 2}, {"count": 2, "interval_seconds": 1}, {"times": [1], "interval_seconds": 1}]
)
def test_only_one_way_of_saying_when_is_taken(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="each say when"):
        options(**given)


def test_a_still_at_the_very_end_is_allowed() -> None:
    assert refuse(options(times=[10]), media_info(duration=10.0)) is None
    assert refuse(options(times=["100%"]), media_info(duration=10.0)) is None


def test_a_time_past_the_end_is_refused() -> None:
    failure = refuse(options(times=[10.5]), media_info(duration=10.0))

    assert failure and failure.code == "time_past_end"


def test_more_stills_than_can_be_listed_are_refused_with_an_interval_that_works() -> None:
    failure = refuse(options(interval_seconds=1), media_info(duration=1000.0))

    assert failure and failure.code == "limit_exceeded" and "5.1" in failure.message
    assert refuse(options(interval_seconds=5.1), media_info(duration=1000.0)) is None


def test_stills_are_of_films_only() -> None:
    refusals = [refuse(options(), media) for media in (a_picture(), a_sound())]

    assert [refusal and refusal.code for refusal in refusals] == ["source_is_picture", "source_has_no_video"]
