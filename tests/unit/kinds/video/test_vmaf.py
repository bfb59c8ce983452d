from fractions import Fraction
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.video.codecs import ENCODERS, VideoCodec
from sluice.kinds.video.vmaf import MOST_PROBES, found, moments, next_crf, sampling

X264, AV1 = ENCODERS[VideoCodec.H264], ENCODERS[VideoCodec.AV1]


def searched(target: float, codec: VideoCodec, steep: float, best: float) -> tuple[float, float, int]:
    """The factor, its true score, and how many probes it took, on a film whose curve is as such curves are."""
    encoder, tried = ENCODERS[codec], dict[float, float]()

    def vmaf(crf: float) -> float:
        return max(0.0, best - exp(encoder.slope * steep * (crf - encoder.searched[0])))

    while (crf := next_crf(tried, target, encoder)) is not None:
        tried[crf] = vmaf(crf)
    result = found(tried, target, encoder)
    return result.crf, vmaf(result.crf), len(tried)


@given(
    target=st.floats(70, 95),
    codec=st.sampled_from(VideoCodec),
    steep=st.floats(0.6, 1.8),
    best=st.floats(97, 100),
)
def test_a_search_ends_within_four_probes_near_its_target_or_at_the_end_of_the_range(
    target: float, codec: VideoCodec, steep: float, best: float
) -> None:
    crf, score, probes = searched(target, codec, steep, best)

    assert 1 <= probes <= MOST_PROBES
    # half a factor is what rounding costs where factors are whole
    near = abs(score - target) <= 0.5 + (0 if ENCODERS[codec].fractional else ENCODERS[codec].slope * steep * 15)
    assert near or crf in ENCODERS[codec].searched


def test_the_first_guess_is_the_usual_quality() -> None:
    assert next_crf({}, 90, X264) == 23


def test_a_hit_ends_the_search() -> None:
    assert next_crf({23.0: 90.3}, 90, X264) is None


def test_too_good_a_film_is_tried_with_a_higher_factor() -> None:
    following = next_crf({23.0: 96.0}, 90, X264)

    assert following and following > 23


def test_the_estimate_lies_between_its_neighbours() -> None:
    result = found({20.0: 96.0, 30.0: 84.0, 40.0: 36.0}, 92, X264)

    assert result == (25.0, 92.0)


def test_factors_that_have_to_be_whole_are_and_the_estimate_is_theirs() -> None:
    result = found({30.0: 92.0, 40.0: 85.0}, 90, AV1)

    assert result.crf == 34
    assert result.vmaf == pytest.approx(89.7, abs=0.1)


def test_a_flat_curve_is_followed_to_where_it_bends() -> None:
    """SVT-AV1 on a quiet film: its scores of a real search."""
    following = next_crf({43.0: 95.6, 53.0: 94.5}, 93, AV1)

    assert following and 58 <= following <= 63


def test_a_target_out_of_reach_ends_at_the_best_factor() -> None:
    tried: dict[float, float] = {}
    while (crf := next_crf(tried, 99, X264)) is not None:
        tried[crf] = 80 - crf / 10

    assert found(tried, 99, X264).crf == X264.searched[0]


@pytest.mark.parametrize(
    ("duration", "rate"), [(None, Fraction(25)), (20.0, Fraction(25)), (3600.0, Fraction(1)), (0.04, None)]
)
def test_a_short_film_or_a_slow_one_is_measured_as_a_whole(duration: float | None, rate: Fraction | None) -> None:
    assert sampling(duration, rate) == []


def test_a_long_film_is_measured_by_forty_half_seconds() -> None:
    select, stamps = sampling(400.0, Fraction(30000, 1001))

    assert select == r"select=between(mod(t\,10.000000)\,4.750000\,5.250000)"
    assert stamps == "setpts=N/(30000/1001)/TB"


def test_samples_begin_in_the_middle_of_their_fortieth() -> None:
    starts = moments(400.0)

    assert len(starts) == 40 and starts[0] == 4.75 and starts[-1] == pytest.approx(394.75)
