from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.discovery.timeline import Sight, face_segments, label_segments, stretches, text_segments
from sluice.sampling import spans

PLACES = spans([1.0, 3.0, 5.0, 7.0, 9.0], 10.0)


def test_neighbouring_looks_are_one_stretch_with_the_highest_confidence() -> None:
    found = stretches({1.0: 50.0, 3.0: 80.0, 9.0: 60.0}, PLACES)

    assert [(s.start, s.end, s.confidence) for s in found] == [(0.0, 4.0, 80.0), (8.0, 10.0, 60.0)]


def test_a_picture_has_no_stretches() -> None:
    assert stretches({0.0: 99.0}, {}) == ()


@given(st.sets(st.sampled_from(list(PLACES))))
def test_stretches_cover_what_was_shown_and_nothing_else(shown: set[float]) -> None:
    found = stretches(dict.fromkeys(shown, 50.0), PLACES)

    assert {time for time in PLACES if any(s.start <= time < s.end for s in found)} == shown
    assert all(before.end < after.start for before, after in pairwise(found))


def test_a_label_of_one_look_must_be_surer_than_one_of_two() -> None:
    sights = [Sight(1.0, "cat", 45.0), Sight(3.0, "cat", 41.0), Sight(5.0, "dog", 55.0), Sight(9.0, "cup", 61.0)]

    found = label_segments(sights, PLACES, least=40.0)

    assert [(label.name, label.confidence) for label in found] == [("cup", 61.0), ("cat", 45.0)]


def test_a_label_of_a_picture_needs_no_second_look() -> None:
    assert [label.name for label in label_segments([Sight(0.0, "dog", 45.0)], {}, least=40.0)] == ["dog"]


def test_faces_are_counted_where_there_are_most() -> None:
    (found,) = face_segments({1.0: [90.0], 3.0: [80.0, 95.0], 5.0: []}, PLACES)

    assert (found.start, found.end, found.most, found.confidence) == (0.0, 4.0, 2, 95.0)


def test_a_line_that_fades_in_or_is_misread_is_one_line_told_as_it_was_read_best() -> None:
    sights = [
        Sight(1.0, "The Blender Foundatio", 99.0),
        Sight(3.0, "The Blender Foundation and", 99.2),
        Sight(5.0, "The B1ender Foundation and", 80.0),
        Sight(9.0, "Revenge is coming...", 99.0),
    ]

    found = text_segments(sights, PLACES)

    assert [line.text for line in found] == ["The Blender Foundation and", "Revenge is coming..."]
    assert [(s.start, s.end) for s in found[0].segments] == [(0.0, 6.0)]


def test_short_lines_that_share_a_beginning_are_not_one() -> None:
    found = text_segments([Sight(1.0, "lib", 99.0), Sight(1.0, "libexec", 99.0)], PLACES)

    assert len(found) == 2
