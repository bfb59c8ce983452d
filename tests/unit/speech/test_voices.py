from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.speech.voices import SURE, Span, Stretch, stretches, voices

STEP, LONGEST = 0.032, 28.0
# mostly sure of one or the other, as the detector is
chances = st.lists(st.tuples(st.sampled_from([0.0, 0.02, 0.4, 0.6, 0.99, 1.0]), st.integers(1, 400)), max_size=20).map(
    lambda runs: [value for value, count in runs for _ in range(count)]
)


def speech(seconds: float) -> list[float]:
    return [0.98] * round(seconds / STEP)


def silence(seconds: float) -> list[float]:
    return [0.01] * round(seconds / STEP)


def test_silence_has_no_voices() -> None:
    assert voices(silence(60), STEP, longest=LONGEST) == []
    assert voices([], STEP, longest=LONGEST) == []


def test_a_voice_is_found_with_a_little_around_it() -> None:
    (span,) = voices(silence(2) + speech(3) + silence(2), STEP, longest=LONGEST)

    assert list(span) == pytest.approx([1.8, 5.2], abs=STEP)


def test_a_breath_parts_nothing_and_a_pause_does() -> None:
    def found(seconds: float) -> int:
        return len(voices(speech(1) + silence(seconds) + speech(1), STEP, longest=LONGEST))

    assert (found(0.3), found(0.8)) == (1, 2)


def test_a_click_is_no_voice() -> None:
    assert voices(silence(1) + speech(0.1) + silence(1), STEP, longest=LONGEST) == []


def test_a_long_speech_is_parted_where_a_voice_is_least_likely() -> None:
    said = [*speech(20), 0.6, *speech(20)]

    first, second = voices(said, STEP, longest=LONGEST)

    assert first.end == second.start == pytest.approx(20, abs=2 * STEP)


@given(chances)
def test_spans_are_in_order_within_the_sound_and_short_enough(values: list[float]) -> None:
    spans = voices(values, STEP, longest=LONGEST)

    assert all(0 <= span.start < span.end <= len(values) * STEP + 1e-9 for span in spans)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(spans))
    assert all(span.seconds <= LONGEST + 1e-9 for span in spans)


@given(chances)
def test_no_voice_that_lasts_is_missed(values: list[float]) -> None:
    spans = voices(values, STEP, longest=LONGEST)

    loud = [n for n in range(len(values) - 20) if min(values[n : n + 20]) >= SURE]
    assert all(any(span.start <= (n + 0.5) * STEP <= span.end for span in spans) for n in loud)


spans_in_order = st.lists(st.tuples(st.floats(0.01, 5), st.floats(0.3, LONGEST)), min_size=1, max_size=20).map(
    lambda steps: [
        Span(sum(a + b for a, b in steps[:n]) + gap, sum(a + b for a, b in steps[:n]) + gap + length)
        for n, (gap, length) in enumerate(steps)
    ]
)


@given(spans_in_order)
def test_stretches_are_all_spans_in_order_and_short_enough(spans: list[Span]) -> None:
    found = stretches(spans, longest=LONGEST)

    assert [span for stretch in found for span in stretch.spans] == spans
    assert all(stretch.seconds <= LONGEST + 1e-6 for stretch in found)
    assert all(a.seconds + b.spans[0].seconds > LONGEST for a, b in pairwise(found))


@given(spans_in_order, st.lists(st.floats(0, 200), min_size=2, max_size=10).map(sorted))
def test_what_is_heard_lies_within_its_spans_and_in_order(spans: list[Span], heard: list[float]) -> None:
    places = [Stretch(tuple(spans)).place(a, b) for a, b in pairwise(heard)]

    assert all(any(s.start <= place.start <= place.end <= s.end for s in spans) for place in places)
    assert all(a.start <= b.start + 1e-6 for a, b in pairwise(places))


def test_a_pause_that_was_left_out_is_put_back() -> None:
    stretch = Stretch((Span(2, 4), Span(10, 13)))

    assert stretch.place(0.5, 1.5) == (2.5, 3.5)
    assert stretch.place(2.5, 4) == (10.5, 12)


def test_a_word_lies_in_one_span_however_wrong_its_times_are() -> None:
    stretch = Stretch((Span(2, 4), Span(10, 13)))

    assert list(stretch.place(-0.1, 0.3)) == pytest.approx([2, 2.3])
    assert list(stretch.place(1.7, 2.3)) == pytest.approx([3.7, 4])
    assert list(stretch.place(1.9, 2.3)) == pytest.approx([10, 10.3])
    assert list(stretch.place(4.9, 6)) == pytest.approx([12.9, 13])
