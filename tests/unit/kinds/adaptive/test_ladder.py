"""Which rungs a film gets."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.adaptive import AdaptiveOptions, Rung, VideoCodec
from sluice.kinds.adaptive.ladder import BITRATES, bitrate_for, constant_rate, renditions, timing
from sluice.media import Size
from tests.builders import video_stream

RATE = Fraction(25)


def heights(width: int, height: int, **options: object) -> list[int]:
    made = renditions(AdaptiveOptions.model_validate(options), video_stream(width=width, height=height), RATE)
    return [rendition.size.height for rendition in made]


@pytest.mark.parametrize(
    ("width", "height", "rungs"),
    [
        (1920, 1080, [1080, 720, 480, 360, 240]),
        (3840, 2160, [2160, 1440, 1080, 720, 480, 360, 240]),
        (1280, 720, [720, 480, 360, 240]),
        (320, 180, [180]),
        (2, 2, [2]),
        (1440, 1000, [1000, 720, 480, 360, 240]),
        (800, 490, [480, 360, 240]),
    ],
)
def test_the_ladder_ends_at_the_source(width: int, height: int, rungs: list[int]) -> None:
    assert heights(width, height) == rungs


def test_a_film_held_upright_has_its_rungs_by_its_width() -> None:
    upright = renditions(AdaptiveOptions(), video_stream(width=720, height=1280), RATE)

    assert [r.size for r in upright[:2]] == [(720, 1280), (480, 854)]


@given(st.integers(2, 4096), st.integers(2, 4096))
def test_no_rung_is_above_the_source_and_all_are_even(width: int, height: int) -> None:
    for rendition in renditions(AdaptiveOptions(), video_stream(width=width, height=height), RATE):
        assert rendition.size.width <= width + 1 and rendition.size.height <= height + 1
        assert rendition.size.width % 2 == rendition.size.height % 2 == 0


def test_given_rungs_above_the_source_are_left_out() -> None:
    assert heights(1280, 720, ladder=[{"short_side": 1080}, {"short_side": 360}]) == [360]


def test_of_given_rungs_that_are_all_above_the_source_one_stays_at_its_size() -> None:
    assert heights(320, 180, ladder=[{"short_side": 1080}, {"short_side": 720}]) == [180]


def test_a_rung_may_have_its_own_codec_and_bitrate() -> None:
    ladder = (Rung(short_side=720, codec=VideoCodec.H265), Rung(short_side=720, video_bitrate=9_000_000))

    best, other = renditions(AdaptiveOptions(ladder=ladder), video_stream(), RATE)

    assert (best.name, best.codec, best.bitrate) == ("video-1-720p", "h264", 9_000_000)
    assert (other.name, other.codec) == ("video-2-720p", "h265")
    assert other.bitrate < BITRATES[720]


def test_the_bitrates_are_those_of_the_table_and_grow_between_them() -> None:
    for side, bitrate in BITRATES.items():
        assert bitrate_for(Size(round(side * 16 / 9), side), RATE) == pytest.approx(bitrate, rel=0.02)
    assert BITRATES[480] < bitrate_for(Size(1024, 576), RATE) < BITRATES[720]
    assert bitrate_for(Size(1280, 720), Fraction(60)) == pytest.approx(1.5 * BITRATES[720], rel=0.01)


@pytest.mark.parametrize(
    ("average", "constant"),
    [
        ("25/1", "25"),
        ("2987/100", "30000/1001"),
        ("30000/1001", "30000/1001"),
        ("120/1", "60"),
        ("1/2", "1/2"),
        ("15/1", "15"),
    ],
)
def test_a_rate_becomes_constant(average: str, constant: str) -> None:
    assert constant_rate(Fraction(average)) == Fraction(constant)


def test_a_rate_that_nobody_knows_is_twenty_five() -> None:
    assert constant_rate(None) == 25


@pytest.mark.parametrize(
    ("seconds", "rate", "gop", "groups"), [(6, "25", 50, 3), (4, "30000/1001", 60, 2), (1, "1/2", 1, 1)]
)
def test_a_segment_is_a_whole_number_of_groups_of_two_seconds_at_most(
    seconds: float, rate: str, gop: int, groups: int
) -> None:
    found = timing(AdaptiveOptions(segment_seconds=seconds), video_stream(frame_rate=rate))

    assert (found.gop, found.gops_per_segment) == (gop, groups)
    assert found.segment_seconds == found.gop_seconds * groups
