"""What can be seen, read or heard: our categories, and where Amazon Rekognition's names belong."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field

from sluice.media import Value


class Category(StrEnum):
    NUDITY = "nudity"
    SUGGESTIVE = "suggestive"
    VIOLENCE = "violence"
    DISTURBING = "disturbing"
    HATE = "hate"
    DRUGS = "drugs"
    ALCOHOL = "alcohol"
    RUDE_GESTURES = "rude_gestures"
    GAMBLING = "gambling"
    PROFANITY = "profanity"
    TOXICITY = "toxicity"
    OTHER = "other"


# What words are judged by; all others are what pictures are judged by.
WORDS = frozenset({Category.PROFANITY, Category.TOXICITY})


class Part(StrEnum):
    """What is judged: the pictures, the text in them, what is said."""

    FRAMES = "frames"
    TEXT = "text"
    SPEECH = "speech"


class Score(Value):
    """One thing that a provider sees."""

    category: Category
    label: str = Field(description="The provider's name of it, in snake_case, for example `porn`.")
    confidence: float = Field(ge=0, le=100, description="How sure the provider is, in percent.")


class LabelScore(Score):
    """One thing that a provider sees in one frame, or hears in what is said from then on."""

    time: float = Field(description="Where the frame is in the source, in seconds.")


class Detection(NamedTuple):
    """A label as Rekognition says it; `parent` is empty at the top of its tree."""

    name: str
    parent: str
    confidence: float


# The top of their tree, in today's taxonomy (7) and, where a model is pinned to it, the one before.
REKOGNITION: Mapping[str, Category] = {
    "Explicit": Category.NUDITY,
    "Non-Explicit Nudity of Intimate parts and Kissing": Category.SUGGESTIVE,
    "Swimwear or Underwear": Category.SUGGESTIVE,
    "Violence": Category.VIOLENCE,
    "Visually Disturbing": Category.DISTURBING,
    "Drugs & Tobacco": Category.DRUGS,
    "Alcohol": Category.ALCOHOL,
    "Rude Gestures": Category.RUDE_GESTURES,
    "Gambling": Category.GAMBLING,
    "Hate Symbols": Category.HATE,
    "Explicit Nudity": Category.NUDITY,
    "Suggestive": Category.SUGGESTIVE,
    "Drugs": Category.DRUGS,
    "Tobacco": Category.DRUGS,
}


def label_score(time: float, category: Category, label: str, confidence: float) -> LabelScore:
    """A score in the precision that is worth keeping: two decimals, within 0 and 100."""
    bounded = round(min(100.0, max(0.0, confidence)), 2)
    return LabelScore(time=time, category=category, label=label, confidence=bounded)


def from_rekognition(time: float, detections: Sequence[Detection]) -> list[LabelScore]:
    """The detections of one frame in our words. A tree we don't know is `other`, never nothing."""
    parents = {detection.name: detection.parent for detection in detections}
    return [
        label_score(
            time,
            REKOGNITION.get(_top(detection.name, parents), Category.OTHER),
            snake_case(detection.name),
            detection.confidence,
        )
        for detection in detections
    ]


def snake_case(name: str) -> str:
    """`Drugs & Tobacco` becomes `drugs_and_tobacco`."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("&", "and")).strip("_")


def _top(name: str, parents: Mapping[str, str]) -> str:
    """The top label that a name hangs under; the answer holds each label's ancestors beside it."""
    seen: set[str] = set()
    while (parent := parents.get(name)) and name not in seen:
        seen.add(name)
        name = parent
    return name
