"""The model of films in chunks on AWS: laws that hold whatever is put in, and AWS's limits."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.simulate import (
    LADDER,
    Film,
    Item,
    Limits,
    Rung,
    Speeds,
    best_chunk,
    chunks,
    factors,
    items_of,
    schedule,
    simulate,
    sounds,
)
from sluice.chunking.plan import SHORTEST_SECONDS
from sluice.chunking.sound_parts import FRAME, LEAD
from sluice.costs import prices

FILMS = st.builds(
    Film,
    seconds=st.floats(10, 4_000),
    width=st.sampled_from([640, 1920]),
    height=st.sampled_from([360, 1080]),
    gop=st.sampled_from([1.0, 2.0, 5.0]),
    has_sound=st.booleans(),
)
RUNGS = st.sampled_from([LADDER, LADDER[1:2], LADDER[:3]])
WORKERS = st.integers(1, 1_500)
LENGTHS = st.floats(2, 40)
few = settings(max_examples=60, deadline=None)


@few
@given(FILMS, RUNGS, WORKERS, LENGTHS)
def test_nothing_is_done_before_all_is_encoded(film: Film, rungs: tuple[Rung, ...], workers: int, chunk: float) -> None:
    found = simulate(film, rungs, workers, chunk=chunk)

    assert found.makespan >= found.reachable > found.floor
    assert found.makespan > found.longest
    assert 0 < found.efficiency < 1


@few
@given(FILMS, RUNGS, WORKERS, WORKERS, LENGTHS)
def test_more_workers_cost_no_more_than_a_start_in_time(
    film: Film, rungs: tuple[Rung, ...], one: int, other: int, chunk: float
) -> None:
    few, many = sorted((one, other))

    slow, fast = (simulate(film, rungs, workers, chunk=chunk) for workers in (few, many))

    assert fast.makespan <= slow.makespan + Speeds().start + 1e-6
    assert fast.floor <= slow.floor


@few
@given(FILMS, RUNGS, WORKERS, WORKERS, LENGTHS)
def test_workers_that_start_at_once_are_never_too_many(
    film: Film, rungs: tuple[Rung, ...], one: int, other: int, chunk: float
) -> None:
    few, many = sorted((one, other))
    ready = Speeds(start=0.3, start_warm=0.3)

    slow, fast = (simulate(film, rungs, workers, chunk=chunk, speeds=ready) for workers in (few, many))

    assert fast.makespan <= slow.makespan + 1e-6


@few
@given(FILMS, RUNGS, WORKERS, LENGTHS)
def test_what_it_costs_is_more_than_the_work_itself(
    film: Film, rungs: tuple[Rung, ...], workers: int, chunk: float
) -> None:
    found = simulate(film, rungs, workers, chunk=chunk)

    gigabytes = prices()["memory_mb"]["transcode"] / 1024
    assert found.busy > found.floor * workers
    assert found.usd > found.floor * workers * gigabytes * prices()["lambda_gb_second"]


@few
@given(FILMS, RUNGS, LENGTHS)
def test_chunks_together_are_the_film_and_their_work_all_the_work(
    film: Film, rungs: tuple[Rung, ...], chunk: float
) -> None:
    silent = replace(film, has_sound=False)
    lengths = chunks(silent, chunk)

    items = items_of(silent, rungs, lengths, Speeds())

    assert sum(lengths) == pytest.approx(film.seconds)
    assert min(lengths) > 0
    assert sum(item.work for item in items) == pytest.approx(film.seconds * Speeds().rho(silent, rungs))


@given(st.integers(1, 3_000), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_chunks_differ_about_a_mean_of_one(number: int, spread: float) -> None:
    drawn = factors(number, spread)

    assert sum(drawn) / number == pytest.approx(1)
    assert min(drawn) > 0
    assert spread or set(drawn) == {1.0}


def test_only_so_many_environments_start_at_once() -> None:
    items = [Item(60.0)] * 2_500

    spans = schedule(items, 10_000, Speeds(), Limits(starts_at_once=10_000))

    assert [begun for begun, _ in spans] == [0.0] * 1_000 + [10.0] * 1_000 + [20.0] * 500


def test_an_environment_that_is_free_sooner_is_waited_for() -> None:
    items = [Item(2.0)] * 2_000

    spans = schedule(items, 10_000, Speeds(), Limits(starts_at_once=10_000))

    first, second = spans[0], spans[1_500]
    assert second[0] == first[1]
    assert second[1] - second[0] < first[1] - first[0]


def test_children_of_a_map_start_no_faster_than_executions_may() -> None:
    spans = schedule([Item(60.0)] * 400, 1_000, Speeds(), Limits(starts_at_once=100, starts=100))

    assert spans[-1][0] == pytest.approx(3.0)


def test_no_more_run_than_a_map_may_have() -> None:
    spans = schedule([Item(60.0)] * 30, 1_000, Speeds(), Limits(children=10))

    assert max(sum(begun <= at < end for begun, end in spans) for at, _ in spans) == 10


def test_many_small_chunks_are_held_up_by_what_all_share() -> None:
    film = Film(20_000, width=64, height=36, has_sound=False)
    tiny = [Rung(64, 36)] * 3

    held = simulate(film, tiny, 10_000, chunk=2, limits=Limits(writes=100, starts_at_once=10_000))

    assert held.makespan > held.chunks / 100


def test_the_sound_of_a_long_film_is_what_lasts_unless_it_is_cut() -> None:
    film = Film(7_200)

    silent, uncut, cut = (
        simulate(replace(film, **how), workers=2_000, chunk=4)
        for how in ({"has_sound": False}, {"sound_can_be_cut": False}, {})
    )

    assert uncut.longest == pytest.approx(7_200 * Speeds().sound + Speeds().start)
    assert cut.makespan < silent.makespan + 2 < uncut.makespan


@given(st.floats(1, 20_000), st.floats(0.1, 60))
def test_parts_of_the_sound_together_are_the_sound(seconds: float, work: float) -> None:
    parts = sounds(Film(seconds, bitrate=0), work, Speeds(sound=1.0))

    lead = LEAD * FRAME / 48_000
    assert sum(part.work for part in parts) == pytest.approx(seconds + lead * (len(parts) - 1))


def test_a_chunk_that_no_worker_could_finish_is_refused() -> None:
    with pytest.raises(ValueError, match="would take"):
        simulate(Film(7_200, 3840, 2160), [Rung(3840, 2160, "h265")], 10, chunk=600)


def test_the_best_length_is_at_least_as_good_as_the_planners() -> None:
    film = Film(1_800, has_sound=False)

    best = best_chunk(film, LADDER, 400, Speeds(), Limits())

    assert best >= SHORTEST_SECONDS
    assert simulate(film, LADDER, 400, chunk=best).makespan <= simulate(film, LADDER, 400).makespan
