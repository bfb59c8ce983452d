"""Covers, highlights and tags: rules of thumb, whose rules are told here."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.discovery import Part
from sluice.kinds.discovery.cover import Candidate, best, score
from sluice.kinds.discovery.highlights import Film, highlights
from sluice.kinds.discovery.tags import keywords, tags
from sluice.sampling import Span

GOOD = Candidate(50.0, sharpness=800.0, brightness=115.0, contrast=55.0, colourfulness=50.0)


def test_a_blurred_a_dull_and_a_written_frame_are_worse() -> None:
    blurred = GOOD._replace(sharpness=5.0)
    dull = GOOD._replace(colourfulness=2.0, contrast=10.0)
    written = GOOD._replace(texts=(0.2, 0.2))

    assert score(GOOD) > max(score(blurred), score(dull), score(written))


def test_a_face_makes_a_better_cover() -> None:
    assert score(GOOD._replace(faces=(0.06,))) > score(GOOD._replace(faces=(0.01,))) > score(GOOD)


def test_black_and_white_frames_are_no_cover_at_all() -> None:
    assert score(GOOD._replace(brightness=3.0)) == score(GOOD._replace(brightness=250.0)) == 0


def test_the_credits_at_the_edges_count_less() -> None:
    assert score(GOOD._replace(time=1.0), 100.0) < score(GOOD, 100.0)


def test_of_equals_the_earliest_is_the_cover() -> None:
    assert best([GOOD._replace(time=60.0), GOOD, GOOD._replace(time=70.0)]).time == 50.0


LOOKS = [float(time) for time in range(1, 60, 2)]
FILM = Film(
    duration=60.0,
    cuts=[20.0, 21.0, 22.0, 23.0, 40.0],
    quality=dict.fromkeys(LOOKS, 50.0),
    faces={41.0: 1, 43.0: 1, 45.0: 2},
    speech=[Span(0.0, 3.0)],
)


def test_fast_cuts_and_faces_are_highlights_and_say_so() -> None:
    found = highlights(FILM, count=2, seconds=6.0)

    assert [(h.start, "fast cuts" in h.reasons, "faces" in h.reasons) for h in found] == [
        (20.0, True, False),
        (40.0, False, True),
    ]


def test_a_film_shorter_than_a_highlight_has_itself() -> None:
    film = Film(duration=2.0, cuts=[], quality={1.0: 50.0}, faces={})

    assert [(h.start, h.end) for h in highlights(film, count=3, seconds=6.0)] == [(0.0, 2.0)]


@given(
    st.lists(st.floats(0.1, 99.9).map(lambda cut: round(cut, 3)), max_size=30, unique=True).map(sorted),
    st.integers(1, 10),
    st.floats(1, 60),
)
def test_highlights_lie_in_the_film_apart_and_in_order(cuts: list[float], count: int, seconds: float) -> None:
    film = Film(duration=100.0, cuts=cuts, quality=dict.fromkeys(LOOKS, 40.0), faces={})

    found = highlights(film, count=count, seconds=seconds)

    assert 1 <= len(found) <= count
    assert all(0 <= h.start < h.end <= 100.001 and 0 <= h.score <= 100 for h in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_words_that_say_nothing_are_no_keywords() -> None:
    assert keywords(["The oranges that they have", "oranges!"], least=2) == {"oranges": 50.0}


def test_a_tag_names_all_that_it_comes_from_and_the_best_come_first() -> None:
    found = tags({"orange": 80.0}, ["Orange juice"], ["orange orange"], face_share=0.5, count=2)

    assert [(tag.name, tag.score, tag.sources) for tag in found] == [
        ("orange", 80.0, (Part.LABELS, Part.TEXT, Part.SPEECH)),
        ("people", 50.0, (Part.FACES,)),
    ]
