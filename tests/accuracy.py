"""How near a model comes to what is known, for tests and benchmarks alike."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Recording(NamedTuple):
    """A sound file, and the exact words that are spoken in it."""

    path: Path
    words: list[str]


def recordings(samples: Path) -> list[Recording]:
    """The LibriVox samples by their list of sentences: `<s> words </s> (name)`."""
    listed = (samples / "librivox_transcription.txt").read_text().splitlines()
    found = [match for line in listed if (match := re.fullmatch(r"<s> (.*) </s> \((.*)\)", line.strip()))]
    return [Recording(samples / f"{match[2]}.wav", words_of(match[1])) for match in found]


def words_of(text: str) -> list[str]:
    """Words as they sound: without marks, without capitals, hyphens as spaces."""
    plain = text.lower().replace("mr.", "mister").replace("-", " ")
    return re.sub(r"[^a-z' ]", "", plain).split()


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words that were added, left out or taken for others: Levenshtein's distance."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


class Hits(NamedTuple):
    """`precision`: what was found and is there, of all found; `recall`: the same, of all that is there."""

    precision: float
    recall: float


def hits(known: Sequence[float], found: Sequence[float], *, within: float) -> Hits:
    """Times that were found, against those that are known."""
    right = sum(any(abs(time - other) <= within for other in known) for time in found)
    seen = sum(any(abs(time - other) <= within for other in found) for time in known)
    return Hits(right / max(1, len(found)), seen / max(1, len(known)))
