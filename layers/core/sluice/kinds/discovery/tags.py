"""A few words for the whole film: its labels, and the words that are read and said most. Pure.

Keywords are counted, not understood; the words that say nothing are known for English only.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sluice.kinds.discovery import Part
from sluice.kinds.discovery.report import Tag

SHORTEST = 4
# Said once, a word says little; written, it was meant to be read.
LEAST_SAID, LEAST_READ = 2, 1
FIRST_SCORE, SCORE_EACH = 30.0, 10.0
PEOPLE = "people"
# Faces in so many of the looks make people a tag.
PEOPLE_SHARE = 0.2

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# Words of at least four letters that say nothing.
_STOP_WORDS = """
    about above after again against also although always another anything aren't around away back been before
    being below between both can't cannot could couldn't didn't does doesn't doing don't down during each either
    else even ever every everything first from further going gonna hadn't hasn't have haven't having he'd he'll
    he's here here's hers herself himself how's however i'll i've into isn't it's itself just know less let's like
    little look made make many maybe might more most much must myself never next nothing often once only onto
    other others ought ours ourselves over perhaps quite rather really said same says shall she'd she'll she's
    should shouldn't since some someone something still such sure take tell than that that's their theirs them
    themselves then there there's these they they'd they'll they're they've thing things think this those though
    through thus toward towards under until upon used very want wasn't we'd we'll we're we've well went were
    weren't what what's when when's where where's whether which while who's whom whose why's will with within
    without won't would wouldn't yeah you'd you'll you're you've your yours yourself yourselves
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())


def tags(
    labels: Mapping[str, float], texts: Iterable[str], said: Iterable[str], *, face_share: float, count: int
) -> tuple[Tag, ...]:
    """The highest scores first. A label's is its confidence, a keyword's grows with each time it is met."""
    found: dict[str, list[tuple[float, Part]]] = {}
    for name, confidence in labels.items():
        found.setdefault(name, []).append((confidence, Part.LABELS))
    if face_share >= PEOPLE_SHARE:
        found.setdefault(PEOPLE, []).append((100 * min(1.0, face_share), Part.FACES))
    for part, lines, least in ((Part.TEXT, texts, LEAST_READ), (Part.SPEECH, said, LEAST_SAID)):
        for word, score in keywords(lines, least=least).items():
            found.setdefault(word, []).append((score, part))
    ranked = sorted((_tag(name, sources) for name, sources in found.items()), key=lambda tag: (-tag.score, tag.name))
    return tuple(ranked[:count])


def keywords(lines: Iterable[str], *, least: int) -> dict[str, float]:
    """Words of at least four letters by their score, those that say nothing left out."""
    counts = Counter(word for line in lines for word in _WORD.findall(line.lower()))
    return {
        word: min(100.0, FIRST_SCORE + SCORE_EACH * times)
        for word, times in counts.items()
        if times >= least and len(word) >= SHORTEST and word not in STOP_WORDS
    }


def _tag(name: str, sources: Sequence[tuple[float, Part]]) -> Tag:
    return Tag(
        name=name,
        score=round(max(score for score, _ in sources), 2),
        sources=tuple(dict.fromkeys(part for _, part in sources)),
    )
