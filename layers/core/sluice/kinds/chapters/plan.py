"""Where chapters begin, and what they are called. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sluice.shots import Shots, Span
from sluice.transcript import Segment

_NEAR_SECONDS = 0.3
_TITLE_CHARACTERS = 60
# What speaks for a new chapter besides a cut, which counts one.
_BLACK_WEIGHT, _MOST_SILENCE_WEIGHT, _WITHIN_SPEECH_WEIGHT = 2.0, 2.0, -2.0
# In a sound without picture only a real pause is a sign.
_LEAST_PAUSE_SECONDS = 1.0


class Chapter(NamedTuple):
    """[start, end) in seconds."""

    start: float
    end: float
    title: str


class Sign(NamedTuple):
    """A place where a chapter may begin, and how much speaks for it."""

    time: float
    weight: float


def plan(shots: Shots, speech: Sequence[Segment], *, minimum: float, maximum: int) -> list[Chapter]:
    """Chapters that cover [0, duration): at most `maximum`, each of `minimum` seconds or more, or else a single one."""
    found = [sign for sign in signs(shots, speech) if sign.weight > 0]
    starts = chosen(found, shots.duration, minimum, maximum - 1)
    borders = pairwise([0.0, *starts, shots.duration])
    return [Chapter(a, b, title(number, a, b, speech)) for number, (a, b) in enumerate(borders, start=1)]


def signs(shots: Shots, speech: Sequence[Segment]) -> Iterator[Sign]:
    """Cuts, weighed by the black and the silence around them; of a sound its pauses."""
    if not shots.shots:
        for pause in shots.silences:
            if pause.seconds >= _LEAST_PAUSE_SECONDS:
                middle = round((pause.start + pause.end) / 2, 3)
                yield Sign(middle, min(_MOST_SILENCE_WEIGHT, pause.seconds) + _speech_weight(middle, speech))
    for cut in shots.cuts:
        black = _BLACK_WEIGHT if any(_ends_at(span, cut) for span in shots.black) else 0.0
        silence = max((span.seconds for span in _around(cut, shots.silences)), default=0.0)
        yield Sign(cut, 1 + black + min(_MOST_SILENCE_WEIGHT, silence) + _speech_weight(cut, speech))


def chosen(found: Iterable[Sign], duration: float, minimum: float, count: int) -> list[float]:
    """At most `count` times, each `minimum` seconds from its neighbours and from both ends, in order.

    The strongest comes first; of equals the one that is farthest from those taken, so that they are spread.
    """
    taken = [0.0, duration]
    left = list(found)
    while len(taken) < count + 2:
        left = [sign for sign in left if _room(sign, taken) >= minimum]
        if not left:
            break
        taken.append(max(left, key=lambda sign: (sign.weight, _room(sign, taken), -sign.time)).time)
    return sorted(taken[2:])


def _room(sign: Sign, taken: Iterable[float]) -> float:
    return min(abs(sign.time - other) for other in taken)


def _ends_at(black: Span, time: float) -> bool:
    """Whether the picture comes back there: a cut to black is not yet a new beginning."""
    return (black.start + black.end) / 2 - 0.001 <= time <= black.end + _NEAR_SECONDS


def _around(time: float, spans: Iterable[Span]) -> list[Span]:
    return [span for span in spans if span.start - _NEAR_SECONDS <= time <= span.end + _NEAR_SECONDS]


def _speech_weight(time: float, speech: Iterable[Segment]) -> float:
    within = any(segment.start + _NEAR_SECONDS < time < segment.end - _NEAR_SECONDS for segment in speech)
    return _WITHIN_SPEECH_WEIGHT if within else 0.0


def title(number: int, start: float, end: float, speech: Iterable[Segment]) -> str:
    """The first words that are said in the chapter, or its number."""
    first = next((s.text.strip() for s in speech if start - _NEAR_SECONDS <= s.start < end and s.text.strip()), "")
    return shortened(" ".join(first.split())) or f"Chapter {number}"


def shortened(text: str) -> str:
    """The text, or as many whole words of it as a title holds."""
    if len(text) <= _TITLE_CHARACTERS:
        return text
    words, space, _ = text[:_TITLE_CHARACTERS].rpartition(" ")
    return f"{words if space else text[: _TITLE_CHARACTERS - 1]}…"
