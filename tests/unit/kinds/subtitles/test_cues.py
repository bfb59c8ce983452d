from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.subtitles.cues import Cue, Layout, cues
from sluice.transcript import Segment, Word

USUAL = Layout(42, 2)
letters = st.text("abcdefgh.,?<&", min_size=1, max_size=60)


@st.composite
def transcripts(draw: st.DrawFn) -> list[Segment]:
    """Segments in order, their words too, some of them overlapping a little as models have them."""
    at, found = 0.0, []
    for _ in range(draw(st.integers(0, 4))):
        words = []
        for text in draw(st.lists(letters, min_size=1, max_size=25)):
            at += draw(st.sampled_from([0.0, 0.01, 0.3, 3.0]))
            length = draw(st.sampled_from([0.0, 0.2, 0.5, 9.0]))
            words.append(Word(start=at, end=at + length, text=text))
            at += length * draw(st.sampled_from([1.0, 0.9]))
        text = " ".join(word.text for word in words)
        kept = tuple(words) if draw(st.booleans()) else ()
        found.append(Segment(start=words[0].start, end=words[-1].end, text=text, words=kept))
    return found


layouts = st.builds(Layout, st.integers(10, 60), st.integers(1, 4), st.sampled_from([" ", ""]))


def said(text: str, *, start: float = 0.0, pace: float = 0.3) -> Segment:
    """So many seconds a word."""
    words = [Word(start=start + n * pace, end=start + (n + 1) * pace, text=word) for n, word in enumerate(text.split())]
    return Segment(start=words[0].start, end=words[-1].end, text=text, words=tuple(words))


def lines(*segments: Segment, layout: Layout = USUAL) -> list[tuple[str, ...]]:
    return [cue.lines for cue in cues(segments, layout)]


@given(transcripts(), layouts)
def test_cues_keep_to_their_limits(segments: list[Segment], layout: Layout) -> None:
    shown = cues(segments, layout)

    assert all(0 < cue.end - cue.start <= 7.001 for cue in shown)
    assert all(a.end <= b.start for a, b in pairwise(shown))
    assert all(0 < len(cue.lines) <= layout.lines for cue in shown)
    assert all(0 < len(line) <= layout.line_characters for cue in shown for line in cue.lines)


@given(transcripts(), layouts)
def test_no_letter_is_lost(segments: list[Segment], layout: Layout) -> None:
    shown = "".join(line for cue in cues(segments, layout) for line in cue.lines)

    assert shown.replace(" ", "") == "".join(segment.text for segment in segments).replace(" ", "")


def test_a_short_sentence_is_one_line() -> None:
    assert lines(said("He was not an ill-disposed young man.")) == [("He was not an ill-disposed young man.",)]


def test_two_lines_are_of_much_the_same_length() -> None:
    text = "Unless to be rather cold-hearted and rather selfish is to be ill-disposed."

    assert lines(said(text)) == [("Unless to be rather cold-hearted and", "rather selfish is to be ill-disposed.")]


def test_a_cue_ends_where_a_sentence_does() -> None:
    text = "It is a truth that is known by all the world. A man with a fortune must be in want of a wife, they say."

    assert [" ".join(shown) for shown in lines(said(text))] == [
        "It is a truth that is known by all the world.",
        "A man with a fortune must be in want of a wife, they say.",
    ]


def test_no_cue_stands_through_a_pause() -> None:
    heard = Segment(start=0, end=9, text="Wait. Now.", words=(
        Word(start=0, end=0.5, text="Wait."), Word(start=3, end=3.5, text="Now."),
    ))  # fmt: skip

    assert cues([heard], USUAL) == [Cue(0, 1.0, ("Wait.",)), Cue(3, 4.0, ("Now.",))]


def test_a_short_word_stays_long_enough_to_be_read_where_there_is_room() -> None:
    quick = [said("No.", start=0, pace=0.2), said("Yes.", start=0.5, pace=0.2)]

    assert [(cue.start, cue.end) for cue in cues(quick, USUAL)] == [(0, 0.5), (0.5, 1.5)]


def test_a_slow_speaker_fills_no_cue_for_longer_than_seven_seconds() -> None:
    shown = cues([said("one two three four five six seven eight nine ten", pace=1.5)], USUAL)

    assert len(shown) == 3
    assert max(cue.end - cue.start for cue in shown) <= 7


def test_a_word_that_is_longer_than_a_line_is_broken() -> None:
    assert lines(said("a" * 15), layout=Layout(10, 2)) == [("a" * 10, "a" * 5)]


def test_text_without_words_is_spread_over_its_time() -> None:
    heard = Segment(start=10, end=16, text="one two " * 8)

    shown = cues([heard], Layout(20, 1))

    assert " ".join(line for cue in shown for line in cue.lines) == "one two " * 7 + "one two"
    assert (shown[0].start, shown[-1].end) == (10, 16)


def test_nothing_said_is_nothing_shown() -> None:
    assert cues([], USUAL) == []
    assert cues([Segment(start=0, end=1, text="  ")], USUAL) == []
