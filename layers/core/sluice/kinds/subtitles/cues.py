"""From words with times to what is shown at once: few cues, full lines, breaks where sentences have them. Pure."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from math import ceil
from typing import NamedTuple

from sluice.speech.words import ends_sentence
from sluice.transcript import Segment, Word

MOST_SECONDS, LEAST_SECONDS = 7.0, 1.0
# Through a longer pause no cue stands.
LONGEST_PAUSE_SECONDS = 1.0
# Shown even where the next words come at once.
_SHORTEST_SECONDS = 0.2
_SENTENCE_WORTH, _CLAUSE_WORTH = 0.75, 0.4


class Layout(NamedTuple):
    """`joint` is what stands between two words: nothing in languages that are written without spaces."""

    line_characters: int
    lines: int
    joint: str = " "


class Cue(NamedTuple):
    """Seconds and lines of text."""

    start: float
    end: float
    lines: tuple[str, ...]


def cues(segments: Iterable[Segment], layout: Layout) -> list[Cue]:
    """In order, without overlap, none longer than seven seconds, nothing said left out."""
    parts = [part for segment in segments for part in parted(pieces(segment, layout.line_characters), layout)]
    timed = [Cue(part[0].start, part[-1].end, tuple(broken(part, layout))) for part in parts]
    return apart(timed)


class Piece(NamedTuple):
    """A word, or a part of one that is longer than a line."""

    start: float
    end: float
    text: str


def pieces(segment: Segment, longest: int) -> list[Piece]:
    """The segment's words, none longer than a line; where it has none, those of its text."""
    words = segment.words or (Word(start=segment.start, end=segment.end, text=segment.text),)
    return [piece for word in words for piece in _spread(word, longest)]


def _spread(word: Word, longest: int) -> list[Piece]:
    """The parts of a text over its time, each in proportion to its length."""
    found = [text[at : at + longest] for text in word.text.split() for at in range(0, len(text), longest)]
    ends = list(accumulate(map(len, found), initial=0))
    share = (word.end - word.start) / max(1, ends[-1])
    return [
        Piece(word.start + a * share, word.start + b * share, text)
        for (a, b), text in zip(pairwise(ends), found, strict=True)
    ]


# ── which words together ──────────────────────────────────────────────────────────────────────


def parted(words: Sequence[Piece], layout: Layout) -> list[Sequence[Piece]]:
    """The cheapest way to part the words, found from their end: each part fits, few parts, good breaks."""
    costs, choices = [0.0] * (len(words) + 1), [0] * len(words)
    for first in reversed(range(len(words))):
        ways = [(_cost(words[first:after], layout) + costs[after], after) for after in _afters(words, first, layout)]
        costs[first], choices[first] = min(ways)
    parts, first = [], 0
    while first < len(words):
        parts.append(words[first : choices[first]])
        first = choices[first]
    return parts


def _afters(words: Sequence[Piece], first: int, layout: Layout) -> list[int]:
    """Where a part that begins at `first` can end: anywhere until it doesn't fit any more, but after one word."""
    found = [first + 1]
    for after in range(first + 2, len(words) + 1):
        if not _fits(words[first:after], layout):
            break
        found.append(after)
    return found


def _fits(part: Sequence[Piece], layout: Layout) -> bool:
    return (
        part[-1].end - part[0].start <= MOST_SECONDS
        and part[-1].start - part[-2].end <= LONGEST_PAUSE_SECONDS
        and len(_lines(part, layout.line_characters, layout.joint)) <= layout.lines
    )


def _cost(part: Sequence[Piece], layout: Layout) -> float:
    """One for the cue, up to one for its emptiness, less where it ends well."""
    filled = len(_text(part, layout.joint)) / (layout.line_characters * layout.lines)
    return 1 + max(0.0, 1 - filled) ** 2 - _worth(part[-1].text)


def _worth(text: str) -> float:
    if ends_sentence(text):
        return _SENTENCE_WORTH
    return _CLAUSE_WORTH if text.endswith((",", ";", ":", "—", "、", "，")) else 0.0  # noqa: RUF001


# ── lines ─────────────────────────────────────────────────────────────────────────────────────


def broken(part: Sequence[Piece], layout: Layout) -> list[str]:
    """As few lines as the width allows, and those of much the same length."""
    widest = _lines(part, layout.line_characters, layout.joint)
    least = max(ceil(len(_text(part, layout.joint)) / len(widest)), *(len(piece.text) for piece in part), 1)
    balanced = (_lines(part, width, layout.joint) for width in range(least, layout.line_characters))
    return next((lines for lines in balanced if len(lines) <= len(widest)), widest)


def _lines(part: Iterable[Piece], width: int, joint: str) -> list[str]:
    """Lines filled one after the other."""
    lines: list[str] = []
    for piece in part:
        if lines and len(lines[-1]) + len(joint) + len(piece.text) <= width:
            lines[-1] += joint + piece.text
        else:
            lines.append(piece.text)
    return lines


def _text(part: Iterable[Piece], joint: str) -> str:
    return joint.join(piece.text for piece in part)


# ── times ─────────────────────────────────────────────────────────────────────────────────────


def apart(timed: Sequence[Cue]) -> list[Cue]:
    """The same cues without overlaps, each long enough to be read where there is room."""
    placed: list[Cue] = []
    nexts = [*(cue.start for cue in timed[1:]), float("inf")]
    for cue, following in zip(timed, nexts, strict=False):
        start = max(cue.start, placed[-1].end) if placed else cue.start
        room = max(following, start + _SHORTEST_SECONDS)
        end = min(max(cue.end, start + LEAST_SECONDS), room, start + MOST_SECONDS)
        placed.append(Cue(round(start, 3), round(end, 3), cue.lines))
    return placed
