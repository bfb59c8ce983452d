import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.speech.words import LONG_PAUSE_SECONDS, Token, ends_sentence, moved, segments, sentences, whole, words
from sluice.transcript import Word


def tokens(*texts: str | bytes, chance: float = 0.9) -> list[Token]:
    """A token a second."""
    data = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return [Token(text, float(n), n + 1.0, chance) for n, text in enumerate(data)]


def said(*texts: str) -> list[Word]:
    return [Word(start=n, end=n + 1, text=text, confidence=90) for n, text in enumerate(texts)]


def test_a_word_begins_with_a_space_and_keeps_its_punctuation() -> None:
    heard = words(tokens(" And", " Mr", ".", " Dash", "wood", ","))

    assert [(w.text, w.start, w.end) for w in heard] == [("And", 0, 1), ("Mr.", 1, 3), ("Dashwood,", 3, 6)]


def test_a_word_is_as_sure_as_its_tokens_are_together() -> None:
    heard = words([Token(b" ill", 0, 1, 0.9), Token(b"-", 1, 2, 0.7), Token(b"disposed", 2, 3, 0.2)])

    assert [w.confidence for w in heard] == [60.0]


def test_a_letter_that_is_parted_over_tokens_is_whole_again() -> None:
    assert [w.text for w in words(tokens(" na", b"\xc3", b"\xaf", "ve"))] == ["naïve"]


def test_without_spaces_each_token_is_a_word() -> None:
    ten = "天".encode()

    heard = words(tokens("今", ten[:1], ten[1:], "、", "気"), unspaced=True)

    assert [w.text for w in heard] == ["今", "天、", "気"]


def test_broken_letters_are_shown_as_such() -> None:
    assert [w.text for w in words(tokens(b" a\xff"))] == ["a�"]


def test_spaces_alone_are_no_word() -> None:
    assert words(tokens(" ", "  ")) == []
    assert words([]) == []


def test_a_token_that_ends_before_it_begins_makes_no_word_of_negative_length() -> None:
    (word,) = words([Token(b" a", 5, 3, 1.0)])

    assert (word.start, word.end) == (5, 5)


@given(st.lists(st.sampled_from([" a", "b", ",", " ", " cd", "。", "語"])), st.booleans())
def test_no_letter_is_lost(texts: list[str], unspaced: bool) -> None:
    heard = words(tokens(*texts), unspaced=unspaced)

    assert "".join(w.text for w in heard).replace(" ", "") == "".join(texts).replace(" ", "")


def test_words_make_a_segment_that_a_long_pause_parts() -> None:
    heard = [*said("one", "two"), Word(start=2 + LONG_PAUSE_SECONDS + 0.1, end=9, text="three", confidence=50)]

    found = segments(heard)

    assert [(s.text, s.start, s.end, s.confidence) for s in found] == [
        ("one two", 0, 2, 90),
        ("three", 4.1, 9, 50),
    ]
    assert segments([]) == []


def test_words_without_spaces_are_joined_without() -> None:
    assert segments(said("今", "天"), joint="")[0].text == "今天"


def test_moved_words_have_the_times_of_their_places() -> None:
    heard = moved(said("one"), lambda start, end: (start + 10.00049, end + 10.00049))

    assert [(w.text, w.start, w.end) for w in heard] == [("one", 10.0, 11.0)]


def test_groups_are_joined_where_a_sentence_goes_on() -> None:
    one, two, three = said("He", "was"), said("here."), said("So?")

    assert whole([one, two, [], three]) == [[*one, *two], three]
    assert whole([]) == whole([[]]) == []


def test_sentences_end_with_their_marks() -> None:
    parted = sentences(said("Is", "it?", "Yes.", "It", "is"))

    assert [[w.text for w in sentence] for sentence in parted] == [["Is", "it?"], ["Yes."], ["It", "is"]]
    assert sentences([]) == []


@pytest.mark.parametrize(
    ("text", "ends"), [("so.", True), ("so?”", True), ("です。", True), ("so,", False), ("Mr.", False), ("", False)]
)
def test_the_end_of_a_sentence_is_seen_by_its_mark(text: str, ends: bool) -> None:
    assert ends_sentence(text) is ends
