import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.conditions import NAMES, checked, holds
from tests.builders import media_info, video_stream

FILM = media_info(duration=90.0, video=(video_stream(width=1920, height=1080),))


@pytest.mark.parametrize(
    "condition",
    [
        "duration > 60",
        "has_video and not is_picture",
        "short_side >= 1080 or audio_tracks > 3",
        "0 < width <= 1920",
        "container in ('mp4', 'mov')",
        "video_codec != 'vp9'",
        "not (duration < -1)",
        "true",
    ],
)
def test_a_condition_is_true_of_a_film(condition: str) -> None:
    assert holds(checked(condition), FILM)


@pytest.mark.parametrize("condition", ["duration > 3600", "is_picture", "hdr", "height < 1080 and has_video", "false"])
def test_a_condition_is_false_of_a_film(condition: str) -> None:
    assert not holds(checked(condition), FILM)


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('true')",
        "duration.__class__",
        "[x for x in (1,)]",
        "(lambda: 1)()",
        "length > 3",
        "duration > 'long'",
        "duration >",
        "duration + 1 > 2",
        "duration is 3",
        "f'{duration}'",
        "",
        "has_video and nonsense",
        "(" * 200 + "1" + ")" * 200,
        "duration > 1 " + "and true " * 100,
    ],
)
def test_anything_else_is_no_condition(condition: str) -> None:
    with pytest.raises(ValueError):
        checked(condition)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    try:
        checked(text)
    except ValueError:
        return
    assert holds(text, FILM) in {True, False}


def test_every_fact_can_be_asked_about() -> None:
    for name in NAMES:
        checked(f"{name} == {name}")
