"""alt-profanity-check's bag of words: how likely a text is abusive, and which of its words are bad. English only.

It has learnt from tweets and talk pages whether their readers took offence, so it knows tone as much as words, and it
doesn't know what words mean together.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from math import exp, sqrt
from typing import NamedTuple

from sluice.vision.models import table

MODEL = "alt-profanity-check 1.9.1"

# Its teachers often met these beside abuse, so it takes them for abuse. They say who somebody is: they aren't counted.
_NEUTRAL = """
    aids asian asians bisexual black blacks catholic catholics chinese christian christians feminist feminists gay gays
    german germans homosexual homosexuality homosexuals indian indians islam islamic jew jewish jews lesbian lesbians
    mexican mexicans minorities muslim muslims queer queers trans transgender turk turks white whites women
"""
NEUTRAL = frozenset(_NEUTRAL.split())

_WORD = re.compile(r"\b\w\w+\b")


class Weights(NamedTuple):
    """`words` is {word: (idf, weight by each classifier)}; a classifier is (intercept, a, b)."""

    words: Mapping[str, Sequence[float]]
    classifiers: Sequence[Sequence[float]]


@cache
def weights() -> Weights:
    """The layer's weights, read once."""
    return Weights(**table("profanity.json"))


def toxicity(text: str, learnt: Weights) -> float:
    """How likely the text is abusive, 0 to 1; 0 where it knows no word of it.

    tf-idf of the known words, brought to length 1, is judged by each classifier; the answers are averaged.
    """
    counts = Counter(word for word in words_of(text) if word in learnt.words and word not in NEUTRAL)
    values = {word: count * learnt.words[word][0] for word, count in counts.items()}
    length = sqrt(sum(value * value for value in values.values()))
    if not length:
        return 0.0
    votes = [
        _sigmoid(a, b, intercept + sum(value / length * learnt.words[word][number] for word, value in values.items()))
        for number, (intercept, a, b) in enumerate(learnt.classifiers, start=1)
    ]
    return sum(votes) / len(votes)


def bad_words(text: str, learnt: Weights) -> dict[str, float]:
    """Each word of the text, with how likely it alone is abusive, 0 to 1."""
    return {word: toxicity(word, learnt) for word in dict.fromkeys(words_of(text))}


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _sigmoid(a: float, b: float, distance: float) -> float:
    return 1 / (1 + exp(a * distance + b))
