from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.ffmpeg.filters import resized
from sluice.geometry import Fit, Geometry, fitted
from sluice.media import Size

SIDES = st.integers(min_value=2, max_value=8192)
SIZES = st.builds(Size, SIDES, SIDES)
STEPS = st.sampled_from([1, 2])


@given(SIZES, SIDES, SIDES, st.sampled_from(Fit), st.booleans(), STEPS)
def test_a_picture_never_leaves_its_box(
    size: Size, width: int, height: int, fit: Fit, upscale: bool, step: int
) -> None:
    geometry = fitted(size, width, height, fit, upscale=upscale, step=step)

    assert geometry.size.width <= width and geometry.size.height <= height
    assert all(side >= step and side % step == 0 for side in (*geometry.size, *geometry.scaled))


@given(SIZES, SIDES, SIDES, st.sampled_from(Fit), STEPS)
def test_it_never_grows_unless_that_is_asked_for(size: Size, width: int, height: int, fit: Fit, step: int) -> None:
    scaled = fitted(size, width, height, fit, step=step).scaled

    assert scaled.width <= size.width + step and scaled.height <= size.height + step


@given(SIZES, SIDES, SIDES)
def test_a_cover_leaves_no_gap_and_bars_cut_nothing_off(size: Size, width: int, height: int) -> None:
    cover = fitted(size, width, height, Fit.COVER)
    pad = fitted(size, width, height, Fit.PAD)

    assert cover.scaled.width >= cover.size.width and cover.scaled.height >= cover.size.height
    assert pad.scaled.width <= pad.size.width and pad.scaled.height <= pad.size.height


@given(SIZES, SIDES, SIDES, STEPS)
def test_a_contained_picture_keeps_its_shape_to_the_rounding(size: Size, width: int, height: int, step: int) -> None:
    found = fitted(size, width, height, step=step).size
    shape = Fraction(size.width, size.height)

    assert abs(found.width - found.height * shape) <= step * (1 + shape) or min(found) == step


@pytest.mark.parametrize(
    ("fit", "upscale", "geometry"),
    [
        (Fit.CONTAIN, False, Geometry(Size(400, 224), Size(400, 224))),
        (Fit.COVER, False, Geometry(Size(712, 400), Size(400, 400))),
        (Fit.FILL, False, Geometry(Size(400, 400), Size(400, 400))),
        (Fit.PAD, False, Geometry(Size(400, 224), Size(400, 400))),
    ],
)
def test_a_wide_film_comes_into_a_square(fit: Fit, upscale: bool, geometry: Geometry) -> None:
    assert fitted(Size(1280, 720), 400, 400, fit, upscale=upscale) == geometry


def test_a_box_out_of_reach_is_made_smaller_in_its_own_shape() -> None:
    assert fitted(Size(640, 360), 1000, 1000, Fit.COVER).size == (360, 360)
    assert fitted(Size(640, 360), 1000, 1000, Fit.COVER, upscale=True).size == (1000, 1000)
    assert fitted(Size(640, 360), 1920, 1080).size == (640, 360)
    assert fitted(Size(640, 360), 1920, 1080, upscale=True).size == (1920, 1080)


def test_one_side_decides_alone_whatever_the_fit() -> None:
    assert {fitted(Size(1920, 1080), 640, None, fit) for fit in Fit} == {Geometry(Size(640, 360), Size(640, 360))}
    assert fitted(Size(641, 361), step=1).size == (641, 361)
    assert fitted(Size(641, 361)).size == (640, 360)


def test_only_what_differs_is_cut_or_filled() -> None:
    assert resized(fitted(Size(1280, 720), 640)) == ["scale=640:360:flags=bicubic", "setsar=1"]
    assert "crop=400:400" in resized(fitted(Size(1280, 720), 400, 400, Fit.COVER))
    assert "pad=400:400:-1:-1:#ff0000" in resized(fitted(Size(1280, 720), 400, 400, Fit.PAD), background="#ff0000")
