from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.ffmpeg.shots import (
    BLACK_END,
    BLACK_START,
    CUTS,
    LEAST_SHOT_SECONDS,
    SILENCE_END,
    SILENCE_START,
    all_cuts,
    detection,
    noted_times,
    notes,
    shots_of,
    spans,
)
from sluice.shots import Span

times = st.lists(st.floats(0, 120, allow_nan=False), max_size=30).map(sorted)


def found(**values: list[float]) -> dict[str, list[float]]:
    names = {"cuts": CUTS, "black": BLACK_START, "bright": BLACK_END, "silent": SILENCE_START, "loud": SILENCE_END}
    return {key: values.get(name, []) for name, key in names.items()}


def test_picture_and_sound_are_looked_at_in_one_command() -> None:
    arguments = detection(0, 1, Path("/tmp/a"))

    assert [arguments[n + 1] for n, a in enumerate(arguments) if a == "-map"] == ["0:0", "0:1"]
    assert (
        f"scdet=threshold=5,blackdetect=black_min_duration=0.2:pixel_black_th=0.1,metadata=mode=print:key={CUTS}"
        in arguments[3]
    )


def test_what_the_source_has_not_is_not_asked_for() -> None:
    assert "-af" not in detection(0, None, Path("/tmp/a"))
    assert "-vf" not in detection(None, 0, Path("/tmp/a"))


def test_a_folder_with_odd_letters_is_quoted_for_the_filter() -> None:
    assert r"file=/tmp/it\\\'s\, a\\:b/" in detection(0, None, Path("/tmp/it's, a:b"))[3]


def test_times_are_read_from_the_notes_of_their_key() -> None:
    text = (
        "frame:593  pts:593  pts_time:24.708333\nlavfi.scd.time=24.708\nframe:9 pts:9 pts_time:36\nlavfi.scd.time=36\n"
    )

    assert noted_times(text, CUTS) == [24.708, 36.0]
    assert noted_times(text, BLACK_START) == []


def test_a_stream_that_was_not_there_has_no_notes(tmp_path: Path) -> None:
    (tmp_path / CUTS).write_text("lavfi.scd.time=1.5\n")

    assert notes(tmp_path) == found(cuts=[1.5])


def test_a_silence_that_lasts_to_the_end_ends_there() -> None:
    assert spans([1.0, 8.0], [2.0], 10.0) == [Span(start=1, end=2), Span(start=8, end=10)]


def test_a_beginning_before_the_start_and_an_end_after_the_end_are_bounded() -> None:
    assert spans([-0.02], [10.3], 10.0) == [Span(start=0, end=10)]


def test_a_fade_through_black_is_a_cut_in_its_middle() -> None:
    assert all_cuts([2.0], [Span(start=5, end=6)], 10.0) == [2.0, 5.5]


def test_a_hard_cut_beside_black_is_one_cut() -> None:
    assert all_cuts([5.9], [Span(start=5, end=6)], 10.0) == [5.9]


@pytest.mark.parametrize("black", [Span(start=0, end=1), Span(start=9, end=10)])
def test_a_fade_in_and_a_fade_out_of_the_film_are_no_cuts(black: Span) -> None:
    assert all_cuts([], [black], 10.0) == []


def test_a_flash_is_no_shot() -> None:
    assert all_cuts([0.1, 3.0, 3.1, 9.9], [], 10.0) == [3.0]


def test_a_film_without_cuts_is_one_shot() -> None:
    assert shots_of(found(), 10.0, has_picture=True).shots == (Span(start=0, end=10),)


def test_a_sound_has_silences_and_no_shots() -> None:
    shots = shots_of(found(silent=[1.0], loud=[3.0]), 10.0, has_picture=False)

    assert (shots.shots, shots.silences) == ((), (Span(start=1, end=3),))


@given(times, times, times, st.floats(0.04, 120))
def test_shots_cover_the_film_and_none_is_a_flash(
    cuts: list[float], black: list[float], bright: list[float], duration: float
) -> None:
    shots = shots_of(found(cuts=cuts, black=black, bright=bright), duration, has_picture=True).shots

    assert shots[0].start == 0 and shots[-1].end == duration
    assert all(a.end == b.start for a, b in pairwise(shots))
    assert all(shot.seconds >= LEAST_SHOT_SECONDS - 0.002 for shot in shots[1:])
