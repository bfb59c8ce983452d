"""Spelling what the reading graph says, and judging words: pure, with small weights of our own."""

import pytest

from sluice.vision.ocr import spelled
from sluice.vision.words import Weights, bad_words, toxicity

ALPHABET = ["", "a", "b", " "]
WEIGHTS = Weights(
    words={"rotten": (2.0, 4.0), "gay": (2.0, 4.0), "apple": (1.0, -1.0)}, classifiers=[(-1.0, -2.0, 0.0)]
)


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ([1, 1, 1], "a"),
        ([1, 0, 1], "aa"),
        ([0, 1, 1, 0, 2, 3, 1], "ab a"),
        ([3, 1, 3], "a"),
        ([0, 0], ""),
        ([], ""),
    ],
)
def test_a_letter_that_goes_on_is_one_and_a_gap_parts_two(letters: list[int], words: str) -> None:
    assert spelled(letters, [1.0] * len(letters), ALPHABET)[0] == words


def test_the_certainty_is_that_of_the_letters_alone() -> None:
    assert spelled([0, 1, 0, 2], [0.1, 0.8, 0.1, 0.6], ALPHABET)[1] == pytest.approx(0.7)


def test_a_bad_word_makes_a_line_bad_and_is_told() -> None:
    assert toxicity("What a ROTTEN day", WEIGHTS) > 0.99
    assert bad_words("What a ROTTEN apple", WEIGHTS) == pytest.approx(
        {"what": 0.0, "rotten": 0.998, "apple": 0.018}, abs=0.001
    )


def test_a_harmless_word_weakens_a_bad_one() -> None:
    assert toxicity("apple", WEIGHTS) < toxicity("rotten apple", WEIGHTS) < toxicity("rotten", WEIGHTS)


def test_who_somebody_is_is_never_bad() -> None:
    assert toxicity("gay", WEIGHTS) == 0
    assert toxicity("gay rotten", WEIGHTS) == toxicity("rotten", WEIGHTS)


def test_a_line_of_unknown_words_is_harmless() -> None:
    assert toxicity("Das ist ein Haus", WEIGHTS) == 0
