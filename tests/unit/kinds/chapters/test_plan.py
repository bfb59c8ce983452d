from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.chapters.plan import plan, shortened, title
from sluice.shots import Shots, Span
from sluice.transcript import Segment

times = st.lists(st.integers(1, 599).map(float), max_size=40, unique=True).map(sorted)
spans = st.lists(st.integers(0, 599), max_size=20, unique=True).map(
    lambda found: tuple(Span(start=a, end=b) for a, b in pairwise(sorted(found)))[::2]
)


def a_film(*cuts: float, duration: float = 600.0, **values: tuple[Span, ...]) -> Shots:
    shots = tuple(Span(start=a, end=b) for a, b in pairwise([0.0, *cuts, duration]))
    return Shots(duration=duration, shots=shots, **values)


def a_talk(*pauses: tuple[float, float], duration: float = 600.0) -> Shots:
    return Shots(duration=duration, silences=tuple(Span(start=a, end=b) for a, b in pauses))


def starts(shots: Shots, *speech: Segment, minimum: float = 60, maximum: int = 20) -> list[float]:
    return [chapter.start for chapter in plan(shots, speech, minimum=minimum, maximum=maximum)]


def says(text: str, start: float, end: float) -> Segment:
    return Segment(start=start, end=end, text=text)


@given(times, spans, spans, st.booleans(), st.floats(1, 700), st.integers(1, 30))
def test_chapters_cover_all_of_it_and_are_long_enough(
    cuts: list[float], silences: tuple[Span, ...], black: tuple[Span, ...], film: bool, minimum: float, maximum: int
) -> None:
    shots = a_film(*cuts, silences=silences, black=black) if film else Shots(duration=600.0, silences=silences)

    chapters = plan(shots, [], minimum=minimum, maximum=maximum)

    assert (chapters[0].start, chapters[-1].end) == (0, 600)
    assert all(a.end == b.start for a, b in pairwise(chapters))
    assert len(chapters) == 1 or all(chapter.end - chapter.start >= minimum for chapter in chapters)
    assert len(chapters) <= maximum


def test_a_film_without_cuts_is_one_chapter() -> None:
    assert [tuple(c) for c in plan(a_film(), [], minimum=60, maximum=20)] == [(0, 600, "Chapter 1")]


def test_a_chapter_begins_with_a_shot() -> None:
    assert starts(a_film(100, 300)) == [0, 100, 300]


def test_a_fade_is_a_better_beginning_than_a_cut() -> None:
    assert starts(a_film(100, 130, black=(Span(start=129.5, end=130),))) == [0, 130]


def test_a_chapter_begins_when_the_picture_comes_back() -> None:
    assert starts(a_film(100, 102, black=(Span(start=100, end=102),))) == [0, 102]


def test_a_cut_in_silence_is_a_better_beginning_than_one_in_the_noise() -> None:
    assert starts(a_film(100, 130, silences=(Span(start=129, end=130.2),))) == [0, 130]


def test_no_chapter_begins_within_a_sentence() -> None:
    said = says("It is a truth that is known by all the world.", 95, 105)

    assert starts(a_film(100, 300), said) == [0, 300]


def test_beginnings_are_spread_where_there_are_too_many() -> None:
    found = starts(a_film(*range(5, 600, 5)), minimum=1, maximum=4)

    assert found == [0, 150, 300, 450]
    assert starts(a_film(*range(5, 600, 5)), minimum=1, maximum=2) == [0, 300]


def test_a_talk_has_its_chapters_after_pauses() -> None:
    assert starts(a_talk((100, 100.6), (200, 203), (400, 402))) == [0, 201.5, 401]


def test_a_title_is_what_is_said_first_in_the_chapter() -> None:
    said = [says(" Hello\nworld.", 1, 2), says("Now to something else.", 130, 135)]

    chapters = plan(a_film(129.9), said, minimum=60, maximum=20)

    assert [chapter.title for chapter in chapters] == ["Hello world.", "Now to something else."]


def test_a_chapter_in_which_nothing_is_said_has_its_number() -> None:
    assert title(3, 100, 200, [says("Before.", 10, 12), says(" ", 150, 151)]) == "Chapter 3"


@given(st.text())
def test_a_title_is_not_too_long(text: str) -> None:
    assert len(shortened(text)) <= 60


def test_a_title_ends_with_a_whole_word() -> None:
    assert shortened("The universe is a rather large place, and most of it is empty.") == (
        "The universe is a rather large place, and most of it is…"
    )
    assert shortened("あ" * 100) == "あ" * 59 + "…"
