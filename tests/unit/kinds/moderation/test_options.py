import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sluice.kinds.moderation import DEFAULTS, MAX_FRAMES, ModerationOptions, refuse, sample_times
from sluice.kinds.moderation.labels import Category
from sluice.kinds.sampled import AUTOMATIC_FRAMES
from sluice.media import AudioStream, MediaInfo, VideoStream

PICTURE = VideoStream(index=0, codec="h264", width=640, height=360)


def a_film(duration: float) -> MediaInfo:
    return MediaInfo(container="mp4", demuxer="mov", duration=duration, video=(PICTURE,))


def options(**given: object) -> ModerationOptions:
    return ModerationOptions.model_validate(given)


def test_every_category_has_default_thresholds() -> None:
    assert set(options().categories) == set(Category) == set(DEFAULTS)


def test_nudity_is_judged_as_the_authors_of_the_model_recommend() -> None:
    nudity = options().categories[Category.NUDITY]

    assert (nudity.review_threshold, nudity.block_threshold) == (20, 80)


def test_what_is_not_named_keeps_its_default() -> None:
    categories = options(categories={"nudity": {"block_threshold": 95}}).categories

    assert categories[Category.NUDITY].review_threshold == 20
    assert categories[Category.NUDITY].block_threshold == 95
    assert categories[Category.VIOLENCE] == DEFAULTS[Category.VIOLENCE]


@pytest.mark.parametrize(
    "categories",
    [
        {"nudity": {"review_threshold": 90}},
        {"nudity": {"review_threshold": 50, "block_threshold": 40}},
        {"nudity": {"block_threshold": 101}},
        {"nudity": {"review_threshold": -1}},
        {"nudity": {"review_threshold": None}},
        {"nudity": {"limit": 5}},
        {"nudity": 50},
        {"kittens": {"review_threshold": 5}},
        ["nudity"],
        None,
    ],
)
def test_impossible_thresholds_are_refused(categories: object) -> None:
    with pytest.raises(ValidationError) as refused:
        options(categories=categories)

    assert refused.value.errors()[0]["loc"][0] == "categories"


def test_a_bad_threshold_is_told_at_the_path_that_the_caller_wrote() -> None:
    with pytest.raises(ValidationError) as refused:
        options(categories={"nudity": {"block_threshold": "always"}})

    (error,) = refused.value.errors()
    assert error["loc"] == ("categories", "nudity", "block_threshold")
    assert "0 to 100, or `never`" in error["msg"]


def test_never_survives_the_record() -> None:
    strict = options(categories={"alcohol": {"review_threshold": "never"}})

    again = ModerationOptions.model_validate(strict.model_dump(mode="json", exclude_none=True))

    assert again == strict
    assert again.categories[Category.ALCOHOL].floor == float("inf")


def test_the_floor_is_the_lowest_threshold_of_all() -> None:
    assert options().floor == 20
    assert options(categories={"gambling": {"review_threshold": 5}}).floor == 5


@pytest.mark.parametrize("seconds", [0, 0.05, -2, 4000])
def test_impossible_intervals_are_refused(seconds: float) -> None:
    with pytest.raises(ValidationError):
        options(sample_interval_seconds=seconds)


def test_a_short_film_is_looked_at_every_two_seconds() -> None:
    assert sample_times(8.0, options()) == [1.0, 3.0, 5.0, 7.0]


def test_a_given_interval_is_kept() -> None:
    assert sample_times(20, options(sample_interval_seconds=5)) == [2.5, 7.5, 12.5, 17.5]


def test_a_picture_is_looked_at_once() -> None:
    assert sample_times(None, options()) == [0.0]


def test_a_film_of_one_frame_is_looked_at_where_that_frame_is() -> None:
    assert sample_times(0.04, options()) == [0.0]


@given(st.floats(min_value=1, max_value=14_400))
def test_looks_are_rising_inside_the_film_and_bounded(duration: float) -> None:
    times = sample_times(duration, options())

    assert 1 <= len(times) <= AUTOMATIC_FRAMES
    assert times == sorted(set(times))
    assert all(0 <= time < duration for time in times)


def test_sound_is_refused() -> None:
    sound = MediaInfo(container="mp3", demuxer="mp3", duration=5, audio=(AudioStream(index=0, codec="mp3"),))

    failure = refuse(options(), sound)

    assert failure and failure.code == "source_has_no_video"


def test_too_short_an_interval_for_the_film_is_refused_with_one_that_is_possible() -> None:
    hour = a_film(3600)

    failure = refuse(options(sample_interval_seconds=0.5), hour)

    assert failure and failure.code == "limit_exceeded"
    assert "can have 3.6" in failure.message
    possible = options(sample_interval_seconds=3.6)
    assert refuse(possible, hour) is None
    assert len(sample_times(3600, possible)) == MAX_FRAMES


def test_a_long_film_is_never_refused_for_the_automatic_interval() -> None:
    assert refuse(options(), a_film(14_400)) is None
