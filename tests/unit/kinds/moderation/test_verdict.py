from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.moderation import DEFAULTS
from sluice.kinds.moderation.labels import Category, LabelScore, label_score
from sluice.kinds.moderation.verdict import Limits, Segment, Suggestion, Verdict, judge
from sluice.sampling import spans


def porn(time: float, confidence: float) -> LabelScore:
    return label_score(time, Category.NUDITY, "porn", confidence)


def blood(time: float, confidence: float) -> LabelScore:
    return label_score(time, Category.VIOLENCE, "blood", confidence)


def judged(
    scores: Sequence[LabelScore],
    times: Sequence[float] = (1, 3, 5, 7, 9),
    duration: float | None = 10.0,
) -> Verdict:
    return judge(scores, DEFAULTS, times=times, duration=duration)


@pytest.mark.parametrize(
    ("confidence", "suggestion"),
    [(0, "pass"), (19.99, "pass"), (20, "review"), (79.99, "review"), (80, "block"), (100, "block")],
)
def test_a_threshold_belongs_to_what_it_starts(confidence: float, suggestion: str) -> None:
    assert judged([porn(1, confidence)]).verdict == suggestion


def test_never_is_never() -> None:
    assert Limits().suggestion(100) is Suggestion.PASS
    assert Limits(review_threshold=50).suggestion(100) is Suggestion.REVIEW
    assert Limits(block_threshold=50).suggestion(50) is Suggestion.BLOCK


def test_nothing_seen_passes_with_no_confidence() -> None:
    verdict = judged([])

    assert verdict == Verdict(verdict=Suggestion.PASS, confidence=0, labels=(), segments=())


def test_a_pass_tells_how_near_it_came() -> None:
    verdict = judged([porn(1, 3.2), porn(3, 12.5)])

    assert (verdict.verdict, verdict.confidence, verdict.labels) == ("pass", 12.5, ())


def test_the_gravest_label_decides_not_the_surest() -> None:
    verdict = judged([porn(1, 85), label_score(1, Category.ALCOHOL, "alcohol", 99)])

    assert (verdict.verdict, verdict.confidence) == ("block", 85)
    assert [label.label for label in verdict.labels] == ["porn", "alcohol"]


def test_a_label_is_named_once_with_its_peak() -> None:
    verdict = judged([porn(1, 30), porn(3, 60), porn(5, 40)])

    assert [(each.label, each.confidence) for each in verdict.labels] == [("porn", 60)]


def test_neighbours_are_one_segment_with_the_peak_of_them() -> None:
    verdict = judged([porn(1, 5), porn(3, 30), porn(5, 90), porn(7, 25), porn(9, 5)])

    assert verdict.segments == (
        Segment(
            start=2,
            end=8,
            category=Category.NUDITY,
            label="porn",
            confidence=90,
            suggestion=Suggestion.BLOCK,
        ),
    )


def test_a_look_at_which_nothing_was_seen_parts_two_segments() -> None:
    verdict = judged([porn(1, 30), porn(5, 30)])

    assert [(each.start, each.end) for each in verdict.segments] == [(0, 2), (4, 6)]


def test_categories_have_segments_of_their_own() -> None:
    verdict = judged([porn(3, 30), blood(3, 70), blood(5, 95)])

    assert [(each.category, each.start, each.end) for each in verdict.segments] == [
        ("nudity", 2, 4),
        ("violence", 2, 6),
    ]


def test_a_film_that_shows_it_all_along_is_one_segment_to_its_very_end() -> None:
    verdict = judged([porn(time, 99) for time in (1, 3, 5, 7, 9)], duration=10.43)

    assert [(each.start, each.end) for each in verdict.segments] == [(0, 10.43)]


def test_a_picture_has_no_segments() -> None:
    verdict = judged([porn(0, 94)], times=[0.0], duration=None)

    assert (verdict.verdict, verdict.segments) == ("block", ())


TIMES = st.lists(
    st.floats(min_value=0, max_value=100).map(lambda time: round(time, 3)),
    min_size=1,
    max_size=40,
    unique=True,
).map(sorted)
AFTER = st.floats(min_value=0.001, max_value=5)


@st.composite
def films(draw: st.DrawFn) -> tuple[list[float], float, list[LabelScore]]:
    times = draw(TIMES)
    score = st.builds(
        label_score,
        st.sampled_from(times),
        st.sampled_from([Category.NUDITY, Category.VIOLENCE, Category.ALCOHOL]),
        st.sampled_from(["one", "other"]),
        st.floats(min_value=0, max_value=100),
    )
    return times, times[-1] + draw(AFTER), draw(st.lists(score, max_size=60))


@given(TIMES, AFTER)
def test_spans_cover_the_film_without_gap_or_overlap(times: list[float], after: float) -> None:
    duration = times[-1] + after

    covered = list(spans(times, duration).values())

    assert covered[0].start == 0 and covered[-1].end == duration
    assert all(before.end == span.start for before, span in pairwise(covered))


@given(films())
def test_segments_are_sorted_within_the_film_and_apart(
    film: tuple[list[float], float, list[LabelScore]],
) -> None:
    times, duration, scores = film

    segments = judged(scores, times, duration).segments

    assert all(0 <= each.start < each.end <= duration for each in segments)
    assert list(segments) == sorted(segments, key=lambda each: each.start)
    for category in Category:
        own = [each for each in segments if each.category is category]
        assert all(before.end < after.start for before, after in pairwise(own))


@given(films())
def test_the_verdict_is_that_of_its_gravest_segment(
    film: tuple[list[float], float, list[LabelScore]],
) -> None:
    times, duration, scores = film

    verdict = judged(scores, times, duration)

    suggestions = [segment.suggestion for segment in verdict.segments]
    gravest = max(suggestions, key=lambda each: each.gravity, default=Suggestion.PASS)
    assert verdict.verdict is gravest


@given(films())
def test_every_look_that_asks_for_something_lies_in_a_segment_as_grave(
    film: tuple[list[float], float, list[LabelScore]],
) -> None:
    times, duration, scores = film
    places = spans(times, duration)

    segments = judged(scores, times, duration).segments

    for score in scores:
        asked, place = DEFAULTS[score.category].suggestion(score.confidence), places[score.time]
        assert asked is Suggestion.PASS or any(
            each.category is score.category
            and each.suggestion.gravity >= asked.gravity
            and each.start <= place.start
            and place.end <= each.end
            for each in segments
        )
