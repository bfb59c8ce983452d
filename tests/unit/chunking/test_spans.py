"""Every frame belongs to one chunk, and its worker has all that it needs to decode it."""

from array import array
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.chunking.boxes import Edit, Malformed, Samples, Track
from sluice.chunking.matroska import Cue, Index
from sluice.chunking.mp4 import Frames
from sluice.chunking.segmented import Grid, matroska_segments, mp4_segments, seams
from sluice.chunking.spans import Wanted, matroska_spans, mp4_spans, slot

TICKS = 12_800
FRAME = 512


@st.composite
def films(draw: st.DrawFn) -> Frames:
    """Groups of pictures of any length, each a keyframe and then frames with one between two; some open: their first
    frames are shown before the keyframe but come after it.
    """
    pts: list[int] = []
    keys = bytearray()
    shown_to = 0
    for length, is_open in draw(st.lists(st.tuples(st.integers(3, 40), st.booleans()), min_size=1, max_size=12)):
        order = list(range(shown_to, shown_to + length))
        if is_open and pts:
            order[0], order[1] = order[1], order[0]
        body = order[1:] if not (is_open and pts) else order[2:]
        swapped = [frame for n in range(0, len(body), 2) for frame in reversed(body[n : n + 2])]
        group = [order[0], *([order[1]] if is_open and pts else []), *swapped]
        pts += group
        keys += b"\1" + bytes(length - 1)
        shown_to += length
    return a_film([frame * FRAME for frame in pts], keys)


def a_film(pts: list[int], keys: bytearray, edits: tuple[Edit, ...] = ()) -> Frames:
    count = len(pts)
    samples = Samples(
        dts=array("q", (FRAME * n for n in range(count))),
        pts=array("q", pts),
        durations=array("q", [FRAME] * count),
        sizes=array("q", [100] * count),
        offsets=array("q", (1000 + 100 * n for n in range(count))),
        keys=keys,
    )
    track = Track("vide", TICKS, bytes(84), bytes(16), edits, samples, b"")
    return Frames(track, samples.pts, bytearray(b"\1" * count))


def wanted(**values: Any) -> Wanted:
    usual = {"first": Fraction(0), "start": Fraction(0), "begin": None, "length": None, "duration": 10.0,
             "tick": Fraction(FRAME, TICKS), "rate": None, "context": False}  # fmt: skip
    return Wanted(**{**usual, **values})


@given(films(), st.floats(0.2, 5))
def test_the_frames_of_all_chunks_are_the_frames_of_the_film(film: Frames, chunk: float) -> None:
    spans = mp4_spans(film, wanted(), chunk)

    times = [time / TICKS for time in sorted(film.times)]
    owners = [
        [n for n, s in enumerate(spans) if (s.begin is None or t >= s.begin) and (s.end is None or t < s.end)]
        for t in times
    ]
    assert all(len(owner) == 1 for owner in owners)
    assert [sum(owner == [n] for owner in owners) for n in range(len(spans))] == [span.frames for span in spans]


@given(films(), st.floats(0.2, 5), st.booleans())
def test_a_worker_starts_at_a_keyframe_and_reads_each_frame_of_its_own(
    film: Frames, chunk: float, context: bool
) -> None:
    for span in mp4_spans(film, wanted(context=context), chunk):
        numbers = [(offset - 1000) // 100 for offset, _ in span.input["samples"]]
        read = {film.times[n] / TICKS for n in numbers}
        own = {
            t / TICKS
            for t in film.times
            if (span.begin is None or t / TICKS >= span.begin) and (span.end is None or t / TICKS < span.end)
        }
        assert film.track.samples.keys[numbers[0]]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        assert own <= read


@given(films(), st.floats(0.2, 5), st.sampled_from(["12", "24000/1001", "30", "60"]))
def test_the_pictures_of_another_rhythm_are_shared_out_too(film: Frames, chunk: float, rate: str) -> None:
    spans = mp4_spans(film, wanted(rate=Fraction(rate), tick=1 / Fraction(rate), context=True), chunk)

    bounds = [span.begin for span in spans[1:]]
    assert [span.end for span in spans[:-1]] == bounds
    assert all(round(bound * Fraction(rate)) / Fraction(rate) == pytest.approx(bound) for bound in bounds if bound)
    assert sum(span.frames or 0 for span in spans[:-1]) == (round((bounds[-1] or 0) * Fraction(rate)) if bounds else 0)


def test_frames_closer_than_the_grid_are_not_cut() -> None:
    film = a_film([0, 100, 200, 300], bytearray(b"\1\1\1\1"))

    with pytest.raises(Malformed, match="closer together"):
        mp4_spans(film, wanted(), 0.01)


def test_a_stretch_of_a_film_begins_where_it_is_asked_to() -> None:
    film = a_film([n * FRAME for n in range(100)], bytearray(b"\1" + bytes(24)) * 4)

    (first, *_, last) = spans = mp4_spans(film, wanted(first=Fraction(-1), begin=Fraction(1), length=Fraction(2)), 0.5)

    assert sum(span.frames or 0 for span in spans) == 50
    assert first.shift + film.times[25] / TICKS - 25 * FRAME / TICKS == pytest.approx(0, abs=1e-9)
    assert last.end and 1.96 < last.end <= 2


@given(st.fractions(0, 10_000), st.sampled_from([Fraction(25), Fraction(30000, 1001)]))
def test_a_frame_becomes_the_nearest_picture_of_a_rhythm(time: Fraction, rate: Fraction) -> None:
    assert abs(slot(time, rate) - time * rate) <= Fraction(1, 2)


def test_chunks_of_a_matroska_film_lie_between_its_keyframes() -> None:
    found = Index(b"head", 1, tuple(Cue(1000 * n, 500 * n) for n in range(10)), 5000)

    spans = matroska_spans(found, wanted(duration=10.0), 2)

    assert [(span.begin, span.end) for span in spans] == [(None, 2), (2, 4), (4, 6), (6, 8), (8, None)]
    assert [span.input["position"] for span in spans] == [0, 1000, 2000, 3000, 4000]


# ── seams at segments' beginnings ─────────────────────────────────────────────────────────────

RATES = st.sampled_from([Fraction(rate) for rate in ("12", "24000/1001", "25", "60")])


def shown_as(film: Frames, rate: Fraction) -> dict[int, int]:
    """Which of the source's times each picture of a constant rhythm is made of, as ffmpeg's `fps` does it."""
    times = {slot(Fraction(time, TICKS), rate): time for time in sorted(film.times)}
    found, last = {}, min(times.values())
    for number in range(max(times) + 1):
        last = found[number] = times.get(number, last)
    return found


@given(films(), st.floats(0.2, 5), RATES, st.integers(5, 60), st.booleans())
def test_chunks_of_whole_segments_have_what_each_of_their_pictures_is_made_of(
    film: Frames, chunk: float, rate: Fraction, segment: int, context: bool
) -> None:
    try:
        spans = mp4_segments(film, wanted(rate=rate, tick=1 / rate, context=context), Grid(rate, segment), chunk)
    except Malformed as odd:
        assert "too far apart" in str(odd)
        return
    pictures = shown_as(film, rate)

    begins = [round((span.begin or 0) * rate) for span in spans]
    assert begins[0] == 0 and all(begin % segment == 0 for begin in begins)
    for span, begin, end in zip(spans, begins, [*begins[1:], len(pictures)], strict=True):
        numbers = [(offset - 1000) // 100 for offset, _ in span.input["samples"]]
        read = {film.times[number] for number in numbers}
        assert film.track.samples.keys[numbers[0]]
        assert {pictures[number] for number in range(begin, end)} <= read
        # the frame after the last one tells how long that is shown
        assert span is spans[-1] or any(time > pictures[end - 1] for time in read)
        assert span.frames == (None if span is spans[-1] else end - begin)


@given(st.floats(1, 2000), st.floats(1, 60), st.integers(5, 300), st.lists(st.floats(0, 2000), max_size=50))
def test_no_chunk_of_whole_segments_is_far_from_what_it_is_to_be(
    length: float, chunk: float, segment: int, keys: list[float]
) -> None:
    grid = Grid(Fraction(25), segment)
    chunk = max(chunk, grid.seconds)

    found = seams([0.0, *sorted(keys)], length, grid, chunk)

    parts = [(later - earlier) / 25 for earlier, later in pairwise([*found, length * 25])]
    assert all(number % segment == 0 for number in found)
    assert all(part >= 0.49 * chunk for part in parts) or len(parts) == 1
    assert all(part <= 1.5 * chunk + 2 * grid.seconds for part in parts)


def test_a_chunk_ends_where_the_next_ones_worker_has_least_to_decode() -> None:
    # segments of a second, a keyframe at 11 s: of the seams near 10 s that one costs nothing
    assert seams([0.0, 5.5, 11.0], 20, Grid(Fraction(25), 25), 10) == [0, 275]


def test_a_film_of_a_single_keyframe_is_not_cut() -> None:
    film = a_film([n * FRAME for n in range(500)], bytearray(b"\1" + bytes(499)))

    with pytest.raises(Malformed, match="too far apart"):
        mp4_segments(film, wanted(rate=Fraction(25), duration=20.0), Grid(Fraction(25), 25), 2)


def test_segments_of_a_matroska_film_are_read_from_the_keyframe_before_them() -> None:
    found = Index(b"head", 1, tuple(Cue(1000 * n, 500 * n) for n in range(10)), 5000)

    asked = wanted(duration=10.0, rate=Fraction(25), tick=Fraction(1, 25))
    spans = matroska_segments(found, asked, Grid(Fraction(25), 60), 2.4)

    assert [(span.begin, span.end) for span in spans] == [(None, 2.4), (2.4, 4.8), (4.8, 7.2), (7.2, None)]
    assert [(span.input["position"], span.input["stop"]) for span in spans] == [
        (0, 1500), (1000, 2500), (2000, 4000), (3500, 5000),
    ]  # fmt: skip
