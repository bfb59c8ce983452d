from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.outline.sections import Outline, SaidOutline, SaidSection, outlined


def an_outline(*starts: float, duration: float = 60.0, most: int = 10) -> Outline:
    sections = tuple(SaidSection(start=start, title=f"At {start}") for start in starts)
    return outlined(SaidOutline(title="All", sections=sections), duration=duration, most=most)


def test_sections_end_where_the_next_one_begins() -> None:
    assert [(s.start, s.end) for s in an_outline(0, 20, 45).sections] == [(0, 20), (20, 45), (45, 60)]


def test_times_that_can_not_be_are_dropped() -> None:
    assert [(s.start, s.end) for s in an_outline(5, 20, 20.5, 70).sections] == [(0, 20), (20, 60)]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=30), st.integers(1, 10))
def test_sections_cover_the_film_whatever_the_model_says(starts: list[float], most: int) -> None:
    sections = an_outline(*starts, most=most).sections

    assert 1 <= len(sections) <= most
    assert (sections[0].start, sections[-1].end) == (0, 60)
    assert all(before.end == after.start for before, after in pairwise(sections))
    assert all(section.start < section.end for section in sections)
