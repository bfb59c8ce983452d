"""Where films are cut: laws of the cost model and of the choice among keyframes."""

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking.plan import (
    LONGEST_SECONDS,
    MOST_ENCODE_SECONDS,
    START_SECONDS,
    Cost,
    cost,
    cuts,
    wanted_seconds,
    weighted_bitrates,
)

RHOS = st.floats(0.001, 50)
DURATIONS = st.floats(1, 14_400)
GAPS = st.lists(st.floats(0.02, 12), min_size=1, max_size=200)


def hd(codec: str = "h264", workers: int = 200) -> Cost:
    return cost(codec, source_pixels=1920 * 1080, pixels=1280 * 720, frame_rate=25, passes=1, workers=workers)


@given(GAPS, st.floats(0.5, 60))
def test_chunks_begin_at_keyframes_in_their_order_the_first_one_first(gaps: list[float], chunk: float) -> None:
    keys = [sum(gaps[:n]) for n in range(len(gaps))]

    chosen = cuts(keys, keys[0], keys[-1] + gaps[-1], chunk)

    assert chosen[0] == 0
    assert all(a < b < len(keys) for a, b in pairwise([*chosen, len(keys) - 1]) if b != chosen[-1]) or len(chosen) == 1
    assert chosen == sorted(set(chosen))


@given(GAPS, st.floats(0.5, 60))
def test_no_chunk_is_a_sliver(gaps: list[float], chunk: float) -> None:
    keys = [sum(gaps[:n]) for n in range(len(gaps))]
    end = keys[-1] + gaps[-1]

    chosen = cuts(keys, keys[0], end, chunk)

    bounds = [*(keys[n] for n in chosen), end]
    assert len(chosen) == 1 or all(b - a >= chunk / 2 - 1e-6 for a, b in pairwise(bounds))


@given(st.floats(0.5, 60), st.integers(2, 100))
def test_with_a_keyframe_a_second_no_chunk_is_twice_as_long_as_wanted(chunk: float, seconds: int) -> None:
    keys = [float(n) for n in range(seconds)]

    chosen = cuts(keys, 0, seconds, chunk)

    bounds = [*(keys[n] for n in chosen), seconds]
    assert all(b - a <= max(2 * chunk, 2) + 1 for a, b in pairwise(bounds))


def test_a_seam_lies_at_a_cut_of_the_scene_where_one_is_near() -> None:
    keys = [0.0, 2, 4, 6, 8, 9.1, 10, 12, 14, 16, 18, 20]

    assert [keys[n] for n in cuts(keys, 0, 22, 10)][1] in {9.1, 10}


def test_a_film_with_one_keyframe_is_one_chunk() -> None:
    assert cuts([0.0], 0, 3600, 10) == [0]


@given(RHOS, st.integers(1, 1000), DURATIONS)
def test_no_chunk_can_reach_the_limit_of_a_worker(rho: float, workers: int, duration: float) -> None:
    chunk = Cost(rho, workers).chunk_seconds(duration)

    assert chunk * rho <= MOST_ENCODE_SECONDS * 1.000001
    assert chunk <= LONGEST_SECONDS


@given(RHOS, st.integers(1, 1000), DURATIONS)
def test_no_worker_gets_more_chunks_for_their_being_shorter(rho: float, workers: int, duration: float) -> None:
    model = Cost(rho, workers)
    chunk, longest = model.chunk_seconds(duration), model.hiding(4)

    assert chunk <= longest
    assert ceil(duration / chunk / workers - 1e-6) == ceil(duration / longest / workers - 1e-6)


@given(st.floats(0.1, 3), st.integers(1, 1000), DURATIONS)
def test_a_worker_encodes_at_least_twice_as_long_as_it_takes_to_start(
    rho: float, workers: int, duration: float
) -> None:
    encoding = Cost(rho, workers).chunk_seconds(duration) * rho

    assert 2 * START_SECONDS <= encoding * 1.000001 <= 4 * START_SECONDS * 1.00001


@pytest.mark.parametrize(("workers", "chunk"), [(50, 3600 / 150), (100, 18), (200, 18), (1000, 12)])
def test_an_hour_is_shared_out_among_all_workers(workers: int, chunk: float) -> None:
    assert Cost(0.5, workers).chunk_seconds(3600) == pytest.approx(chunk)


@given(RHOS, DURATIONS)
def test_what_is_cut_is_done_sooner_or_can_be_done_at_all(rho: float, duration: float) -> None:
    model = Cost(rho, 200)

    chunk = wanted_seconds(duration, model, 0)

    if chunk is not None:
        assert model.in_chunks(duration, chunk) < model.whole(duration) or model.whole(duration) > MOST_ENCODE_SECONDS


@pytest.mark.parametrize(("duration", "is_cut"), [(5, False), (60, False), (600, True), (7200, True)])
def test_short_films_are_encoded_in_one_go(duration: float, is_cut: bool) -> None:
    assert (wanted_seconds(duration, hd(), 0) is not None) is is_cut


def test_workers_that_come_one_by_one_cut_only_what_one_would_not_finish() -> None:
    assert wanted_seconds(120, hd(workers=1), 0) is None
    assert wanted_seconds(7200, hd(workers=1), 0) is not None


def test_a_deployment_may_say_how_long_chunks_are() -> None:
    assert wanted_seconds(10, hd(), 5) == 5
    assert wanted_seconds(9.9, hd(), 5) is None


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.floats(0.5, 60)), min_size=1, max_size=50), st.integers(10_000, 10**8)
)
def test_shares_of_a_bitrate_add_up_to_it(parts: list[tuple[int, float]], bitrate: int) -> None:
    sizes, lengths = [size for size, _ in parts], [length for _, length in parts]

    shares = weighted_bitrates(bitrate, sizes, lengths)

    average = sum(share * length for share, length in zip(shares, lengths, strict=True)) / sum(lengths)
    assert average == pytest.approx(bitrate, rel=0.001)
