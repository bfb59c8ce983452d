"""Indexes that lie: the readers say so, and never do more work than the file is worth."""

import random
import struct
from fractions import Fraction
from functools import cache

import pytest

from sluice.chunking import matroska, mp4
from sluice.chunking.boxes import Malformed
from sluice.chunking.segmented import Grid, matroska_segments, mp4_segments
from sluice.chunking.spans import Span, Wanted, checked, matroska_spans, mp4_spans
from sluice.kinds.chunked.reading import ODDITIES
from tests.hostile import elements, films
from tests.hostile.attack import Attack, Lures
from tests.hostile.boxes import film, full, table, track
from tests.hostile.mutations import mutated

_LURES = Lures("http://127.0.0.1:1", "/nowhere/secret.txt")
_WANTED = Wanted(Fraction(0), Fraction(0), None, None, 1.0, Fraction(1, 25), None, context=True)
_RHYTHM = _WANTED._replace(rate=Fraction(25))
_GRID = Grid(Fraction(25), 5)
_FILM = film(
    track(
        table("stts", [(10, 1)]),
        table("stsc", [(1, 10, 1)]),
        full("stsz", struct.pack(">II", 4, 10)),
        table("stco", [(600,)]),
        table("stss", [(1,), (6,)]),
    ),
    data=bytes(600),
)
_MATROSKA = elements.film(
    elements.usual(), elements.element(0x1C53BB6B, elements.cue(0, 300), elements.cue(400, 400)), elements.cluster()
)


class Source:
    """A file that counts how often it is read."""

    def __init__(self, content: bytes):
        self.content, self.reads = content, 0

    def read(self, offset: int, length: int) -> bytes:
        self.reads += 1
        return self.content[offset : offset + max(0, length)]


def planned(source: Source, form: str) -> list[Span]:
    size = len(source.content)
    if form == "mp4":
        frames = mp4.video_frames(mp4.moov(source.read, size))
        checked(mp4_segments(frames, _RHYTHM, _GRID, 0.2), size)
        return list(checked(mp4_spans(frames, _WANTED, 0.2), size))
    index = matroska.index(source.read, size)
    checked(matroska_segments(index, _RHYTHM, _GRID, 0.2), size)
    return list(checked(matroska_spans(index, _WANTED, 0.2), size))


def plan_or_refusal(content: bytes, form: str) -> Source:
    """Reads the index; what is raised is what the planner takes for «can't be cut»."""
    source = Source(content)
    try:
        planned(source, form)
    except (Malformed, *ODDITIES):
        pass
    return source


@cache
def attacks() -> list[tuple[Attack, str]]:
    of_boxes = ((attack, "mp4") for attack in films.attacks(_FILM))
    of_elements = ((attack, "matroska") for attack in elements.attacks(_MATROSKA, _LURES))
    return [*of_boxes, *of_elements]


def test_no_attack_costs_many_reads() -> None:
    reads = {attack.name: plan_or_refusal(attack.content, form).reads for attack, form in attacks()}

    assert max(reads.values()) <= 1000
    assert sum(count > 10 for count in reads.values()) == 1  # a million boxes


@pytest.mark.parametrize(("content", "form"), [(_FILM, "mp4"), (_MATROSKA, "matroska")])
def test_no_fault_is_more_than_a_refusal(content: bytes, form: str) -> None:
    for number in range(300):
        _, damaged = mutated(content, random.Random(number), number)
        plan_or_refusal(damaged, form)


@pytest.mark.parametrize(
    ("name", "form", "message"),
    [
        ("groups there and back", "mp4", "order"),
        ("a million boxes", "mp4", "no index"),
        ("long description", "mp4", "description"),
        ("sixty tracks of five million samples", "mp4", "more samples"),
        ("cue of a long number", "matroska", "number"),
    ],
)
def test_what_would_take_for_ever_is_refused_with_its_reason(name: str, form: str, message: str) -> None:
    content = next(attack.content for attack, _ in attacks() if attack.name == name)

    with pytest.raises(Malformed, match=message):
        planned(Source(content), form)


def test_a_film_whose_frames_lie_one_in_the_other_is_refused() -> None:
    spans = [Span(None, None, 1.0, 0.0, 25, 600, {}) for _ in range(10)]

    with pytest.raises(Malformed, match="one in the other"):
        checked(spans, 1000)


@pytest.mark.parametrize("length", [-1, 2_000_000_000])
def test_a_chunk_that_no_worker_can_read_is_refused(length: int) -> None:
    with pytest.raises(Malformed, match="too far apart"):
        checked([Span(None, None, 1.0, 0.0, 25, length, {})], 20_000_000_000)


def test_a_true_film_is_planned() -> None:
    assert len(planned(Source(_FILM), "mp4")) == 2
