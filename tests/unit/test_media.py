from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.media import Size, even, fit_short_side
from tests.builders import a_picture, a_sound, media_info, video_stream

SIDES = st.integers(min_value=2, max_value=10_000)
SIZES = st.builds(Size, SIDES, SIDES)
SHORT_SIDES = st.integers(min_value=64, max_value=4320)


@given(SIZES, SHORT_SIDES)
def test_a_fitted_size_is_even(size: Size, short_side: int) -> None:
    fitted = fit_short_side(size, short_side)

    assert fitted.width % 2 == fitted.height % 2 == 0
    assert min(fitted) >= 2


@given(SIZES, SHORT_SIDES)
def test_a_fitted_size_is_never_larger_than_the_source(size: Size, short_side: int) -> None:
    fitted = fit_short_side(size, short_side)

    assert fitted.width <= size.width
    assert fitted.height <= size.height


@given(SIZES, SHORT_SIDES)
def test_a_fitted_size_keeps_the_aspect_within_a_pixel(size: Size, short_side: int) -> None:
    fitted = fit_short_side(size, short_side)
    scale = min(Fraction(1), Fraction(short_side, min(size)))

    # a side of less than two pixels can't be had
    assert abs(fitted.width - max(Fraction(2), size.width * scale)) <= 1
    assert abs(fitted.height - max(Fraction(2), size.height * scale)) <= 1


@given(SIZES, SHORT_SIDES)
def test_fitting_twice_is_fitting_once(size: Size, short_side: int) -> None:
    once = fit_short_side(size, short_side)

    assert min(fit_short_side(once, short_side)) == min(once)


@pytest.mark.parametrize(
    ("size", "short_side", "fitted"),
    [
        ((1920, 1080), 720, (1280, 720)),
        ((1080, 1920), 720, (720, 1280)),
        ((640, 360), 720, (640, 360)),
        ((641, 361), 720, (640, 360)),
        ((363, 363), 720, (362, 362)),
        ((1280, 720), 720, (1280, 720)),
        ((1, 1), 720, (2, 2)),
        ((10_000, 2), 64, (10_000, 2)),
    ],
)
def test_known_sizes(size: tuple[int, int], short_side: int, fitted: tuple[int, int]) -> None:
    assert fit_short_side(Size(*size), short_side) == fitted


@given(st.fractions(min_value=0, max_value=10_000))
def test_even_is_the_nearest_even_number_from_2_on(length: Fraction) -> None:
    found = even(length)

    assert found % 2 == 0 and found >= 2
    assert abs(found - max(Fraction(2), length)) <= 1


def test_a_phone_film_is_shown_upright() -> None:
    assert video_stream(width=1920, height=1080, rotation=90).display_size == (1080, 1920)


def test_upside_down_is_as_wide_as_before() -> None:
    assert video_stream(width=1920, height=1080, rotation=180).display_size == (1920, 1080)


def test_wide_pixels_make_a_wider_picture() -> None:
    assert video_stream(width=720, height=576, sample_aspect_ratio="16/11").display_size == (1047, 576)


def test_wide_pixels_of_a_turned_film_make_a_higher_one() -> None:
    turned = video_stream(width=720, height=576, sample_aspect_ratio="16/11", rotation=270)

    assert turned.display_size == (576, 1047)


def test_a_frame_rate_is_a_fraction() -> None:
    assert video_stream(frame_rate="30000/1001").frames_per_second == Fraction(30000, 1001)
    assert video_stream(frame_rate=None).frames_per_second is None


def test_the_main_streams_are_the_first_ones() -> None:
    info = media_info(video=(video_stream(index=3), video_stream(index=4)))

    assert info.main_video and info.main_video.index == 3
    assert info.main_audio and info.main_audio.index == 1
    assert a_picture().main_audio is None
    assert a_sound().main_video is None
