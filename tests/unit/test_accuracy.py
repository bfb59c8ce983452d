import pytest

from tests.accuracy import hits, word_errors, words_of


def test_words_are_compared_as_they_sound() -> None:
    assert words_of("Mr. Dashwood, an ill-disposed man.") == ["mister", "dashwood", "an", "ill", "disposed", "man"]


@pytest.mark.parametrize(
    ("heard", "errors"), [("a b c", 0), ("a x c", 1), ("a c", 1), ("a b c d", 1), ("", 3), ("b c a", 2)]
)
def test_each_word_that_is_wrong_too_many_or_missing_is_an_error(heard: str, errors: int) -> None:
    assert word_errors(["a", "b", "c"], heard.split()) == errors


def test_hits_are_counted_from_both_sides() -> None:
    assert hits([1.0, 2.0], [1.02, 5.0, 9.0, 9.5], within=0.1) == (0.25, 0.5)
    assert hits([], [], within=0.1) == (0, 0)
