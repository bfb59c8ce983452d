from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sluice.kinds.animation import AnimationOptions, refuse, spans
from sluice.media import MediaInfo
from tests.builders import a_picture, a_sound, media_info, video_stream


def options(**given: object) -> AnimationOptions:
    return AnimationOptions.model_validate(given)


@given(
    st.integers(min_value=2, max_value=20),
    st.floats(min_value=4, max_value=30),
    st.floats(min_value=0.5, max_value=14_400),
)
def test_highlights_lie_in_order_inside_the_film_without_overlap(count: int, length: float, duration: float) -> None:
    stretches = spans(options(highlights=count, duration_seconds=length, fps=1), media_info(duration=duration))

    assert len(stretches) == count
    assert all(one[0] + one[1] <= other[0] + 1e-6 for one, other in pairwise(stretches))
    assert stretches[0][0] >= 0 and sum(stretches[-1]) <= duration + 1e-6
    assert sum(each for _, each in stretches) <= length + 1e-6


def test_a_stretch_ends_with_the_film() -> None:
    assert spans(options(start="90%", duration_seconds=3), media_info(duration=10.0)) == [(9.0, 1.0)]


def test_highlights_stay_where_there_is_something_to_see() -> None:
    silent_end = media_info(duration=100.0, video=(video_stream(duration=10.0),))

    assert sum(spans(options(highlights=2), silent_end)[-1]) <= 10


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"highlights": 3, "start": 1}, "leave start out"),
        ({"duration_seconds": 30, "fps": 11}, "300 frames"),
        ({"highlights": 20, "duration_seconds": 3}, "shorter than"),
    ],
)
def test_what_contradicts_itself_is_no_option(given: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        options(**given)


@pytest.mark.parametrize(
    ("given", "media", "code"),
    [
        ({}, a_picture(), "source_is_picture"),
        ({}, a_sound(), "source_has_no_video"),
        ({"start": 10.5}, media_info(), "time_past_end"),
        ({"start": 20}, media_info(duration=100.0, video=(video_stream(duration=10.0),)), "time_past_end"),
        ({"width": 1280, "duration_seconds": 30}, media_info(), "limit_exceeded"),
    ],
)
def test_what_only_the_probe_knows_is_refused(given: dict[str, object], media: MediaInfo, code: str) -> None:
    failure = refuse(options(**given), media)

    assert failure and failure.code == code
