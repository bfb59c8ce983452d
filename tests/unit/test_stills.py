from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.geometry import Geometry
from sluice.media import Size
from sluice.pictures import avif_quantiser, drawing, encoder, jpeg_scale
from sluice.sampling import SEEK_WORTH_SECONDS, cost, evenly_spaced, in_one_pass, middles, shared_pass
from sluice.stills import on_screen, output
from tests.builders import video_stream

DRAWN = drawing(video_stream(), Geometry(Size(64, 36), Size(64, 36)), "jpeg")


@given(st.integers(min_value=2, max_value=500), st.floats(min_value=1, max_value=14_400))
def test_a_pass_is_chosen_where_it_decodes_less_than_the_seeks_would(count: int, duration: float) -> None:
    times = middles(duration, count)

    assert evenly_spaced(times) or duration / count < 0.001
    if evenly_spaced(times):
        assert in_one_pass(times) == (times[-1] < count * SEEK_WORTH_SECONDS)


@given(st.integers(min_value=3, max_value=500), st.floats(min_value=0.1, max_value=60))
def test_times_that_were_rounded_are_still_evenly_spaced(count: int, step: float) -> None:
    assert evenly_spaced([round(number * step, 3) for number in range(count)])


@pytest.mark.parametrize("times", [[1.0], [3.0, 1.0], [1.0, 1.0], [1.0, 2.0, 4.0], [3600.0, 3601.0, 3602.0]])
def test_single_uneven_and_late_times_are_sought(times: list[float]) -> None:
    assert not in_one_pass(times)


@given(
    st.lists(st.integers(min_value=1, max_value=300), min_size=2, max_size=5), st.floats(min_value=2, max_value=14_400)
)
def test_a_pass_is_shared_only_where_nobody_waits_longer_for_it(counts: list[int], duration: float) -> None:
    looks = [middles(duration, count) for count in counts]

    if shared_pass(looks):
        last = max(times[-1] for times in looks)
        assert last <= max(map(cost, looks)) < sum(map(cost, looks))


def test_one_look_and_uneven_ones_share_no_pass() -> None:
    assert shared_pass([middles(10, 10), middles(10, 5)])
    assert not shared_pass([middles(10, 10), [5.0]])
    assert not shared_pass([middles(10, 10), [1.0, 2.0, 4.0]])


def test_after_a_seek_nothing_is_chosen_that_comes_too_late() -> None:
    assert on_screen(1.0, sought=True)[0].startswith("select='lte(t,1.001000)")
    assert len(on_screen(1.0, sought=False)) == 1


def test_several_pictures_go_under_a_pattern_and_one_under_its_name() -> None:
    many = output(video_stream(), [], DRAWN, Path("still-%03d.jpg"), 5)
    last_of_all = output(video_stream(), [], DRAWN, Path("still-001.jpg"), None)

    assert "-update" not in many and many[many.index("-frames:v") + 1] == "5"
    assert "-update" in last_of_all and "-frames:v" not in last_of_all


def test_interlaced_film_is_made_whole_before_a_frame_is_chosen() -> None:
    arguments = output(video_stream(interlaced=True), ["chosen"], DRAWN, Path("still.jpg"), 1)

    assert arguments[arguments.index("-vf") + 1].startswith("bwdif=mode=send_frame:deint=interlaced,chosen,")


@given(st.integers(min_value=1, max_value=99))
def test_more_quality_never_means_a_coarser_quantiser(quality: int) -> None:
    assert jpeg_scale(quality) >= jpeg_scale(quality + 1) >= 1
    assert avif_quantiser(quality) >= avif_quantiser(quality + 1) >= 0


def test_qualities_reach_from_the_coarsest_to_the_best() -> None:
    assert (jpeg_scale(1), jpeg_scale(100)) == (31, 1)
    assert (avif_quantiser(1), avif_quantiser(100)) == (62, 0)
    assert encoder("webp", 80)[-2:] == ["-quality", "80"]
