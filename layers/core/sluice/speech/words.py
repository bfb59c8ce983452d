"""From a model's tokens to words and segments. Pure."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from sluice.transcript import Segment, Word

_TITLES = frozenset({"dr.", "mr.", "mrs.", "ms.", "prof.", "st."})

# A pause that a subtitle shouldn't stand through.
LONG_PAUSE_SECONDS = 2.0


class Token(NamedTuple):
    """A piece of text, possibly of a letter; times in seconds, `chance` 0 to 1."""

    data: bytes
    start: float
    end: float
    chance: float


def words(tokens: Iterable[Token], *, unspaced: bool = False) -> list[Word]:
    """Tokens joined to words: a word begins where a token begins with a space.

    In a language that is written `unspaced`, each token that begins a letter is a word; punctuation stays with the
    word before it.
    """
    groups: list[list[Token]] = []
    for token in tokens:
        if groups and not _begins_word(token, groups[-1], unspaced):
            groups[-1].append(token)
        else:
            groups.append([token])
    return [word for group in groups if (word := _word(group)).text]


def _begins_word(token: Token, before: Sequence[Token], unspaced: bool) -> bool:
    if token.data.startswith(b" "):
        return True
    return unspaced and _is_text(_joined(before)) and (_has_letter(token.data) or not _is_text(token.data))


def _has_letter(data: bytes) -> bool:
    return any(letter.isalnum() for letter in data.decode(errors="ignore"))


def _is_text(data: bytes) -> bool:
    """Whole letters: some tokens end in the middle of one."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _joined(tokens: Iterable[Token]) -> bytes:
    return b"".join(token.data for token in tokens)


def _word(tokens: Sequence[Token]) -> Word:
    return Word(
        start=tokens[0].start,
        end=max(tokens[0].start, tokens[-1].end),
        text=_joined(tokens).decode(errors="replace").strip(),
        confidence=round(100 * sum(token.chance for token in tokens) / len(tokens), 1),
    )


def segments(heard: Sequence[Word], *, joint: str = " ") -> list[Segment]:
    """The words as one segment, parted at long pauses."""
    pauses = [n for n, (a, b) in enumerate(pairwise(heard), start=1) if b.start - a.end > LONG_PAUSE_SECONDS]
    return [_segment(heard[a:b], joint) for a, b in pairwise([0, *pauses, len(heard)]) if a < b]


def _segment(heard: Sequence[Word], joint: str) -> Segment:
    sure = [word.confidence or 0.0 for word in heard]
    return Segment(
        start=heard[0].start,
        end=heard[-1].end,
        text=joint.join(word.text for word in heard),
        confidence=round(sum(sure) / len(sure), 1),
        words=tuple(heard),
    )


def moved(heard: Sequence[Word], place: Callable[[float, float], tuple[float, float]]) -> list[Word]:
    """Words at other times: `place` gives a word's new start and end."""
    times = [place(word.start, word.end) for word in heard]
    return [
        word.model_copy(update={"start": round(start, 3), "end": round(end, 3)})
        for word, (start, end) in zip(heard, times, strict=True)
    ]


def sentences(heard: Iterable[Word]) -> list[list[Word]]:
    """The words by sentences, as far as their punctuation tells."""
    found: list[list[Word]] = [[]]
    for word in heard:
        found[-1].append(word)
        if ends_sentence(word.text):
            found.append([])
    return [sentence for sentence in found if sentence]


def whole(groups: Iterable[Sequence[Word]]) -> list[list[Word]]:
    """The groups joined where a sentence goes on: models end their segments wherever they took breath."""
    found: list[list[Word]] = []
    for group in groups:
        if found and not ends_sentence(found[-1][-1].text):
            found[-1] += group
        elif group:
            found.append(list(group))
    return found


def ends_sentence(text: str) -> bool:
    if text.lower() in _TITLES:
        return False
    return text.rstrip("\"'»”’)").endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟"))  # noqa: RUF001
