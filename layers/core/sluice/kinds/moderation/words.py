"""What written or spoken words come to: bad words, and how abusive the whole line is. Pure but for the weights."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sluice.kinds.moderation.labels import WORDS, Category, LabelScore, Score, label_score
from sluice.kinds.moderation.report import TextScores
from sluice.kinds.moderation.verdict import Limits
from sluice.sampling import Span
from sluice.transcript import Transcript
from sluice.vision.words import Weights, bad_words, toxicity

# Scores under it are left out of the report, unless a threshold lies lower.
LEAST_PERCENT = 50.0
# One known word says nothing that its own score doesn't.
LEAST_WORDS_OF_A_LINE = 3


class Line(NamedTuple):
    """A line of text and its time: a frame's, or where it is first heard."""

    time: float
    text: str


def floor_of(categories: Mapping[Category, Limits]) -> float:
    """The lowest confidence that is worth a place in the report."""
    return min(LEAST_PERCENT, *(categories[category].floor for category in WORDS))


def scored(line: Line, weights: Weights, *, floor: float = LEAST_PERCENT) -> list[LabelScore]:
    """The bad words of a line by their name, and the line itself as `abusive`."""
    words = bad_words(line.text, weights)
    scores = [label_score(line.time, Category.PROFANITY, word, 100 * bad) for word, bad in words.items()]
    if len(words) >= LEAST_WORDS_OF_A_LINE:
        scores.append(label_score(line.time, Category.TOXICITY, "abusive", 100 * toxicity(line.text, weights)))
    return [score for score in scores if score.confidence >= floor]


def reported(lines: Iterable[Line], weights: Weights, *, floor: float = LEAST_PERCENT) -> tuple[TextScores, ...]:
    return tuple(
        TextScores(
            time=line.time,
            text=line.text,
            scores=tuple(
                Score.model_validate(s.model_dump(exclude={"time"})) for s in scored(line, weights, floor=floor)
            ),
        )
        for line in lines
    )


def scores_of(report: Iterable[TextScores]) -> list[LabelScore]:
    """The scores of a report's lines, each with the time of its line."""
    return [LabelScore(time=line.time, **score.model_dump()) for line in report for score in line.scores]


def spoken(transcript: Transcript) -> list[Line]:
    return [Line(segment.start, segment.text.strip()) for segment in transcript.segments if segment.text.strip()]


def breaths(transcript: Transcript) -> dict[float, Span]:
    """What each line of speech stands for, by its start; of two that start together the longer one."""
    ends: dict[float, float] = {}
    for segment in sorted(transcript.segments, key=lambda each: each.start):
        ends[segment.start] = max(segment.end, ends.get(segment.start, 0.0))
    return {start: Span(start, end) for start, end in ends.items()}


def not_understood(transcript: Transcript) -> str | None:
    """Why the speech can't be judged, or None."""
    if not transcript.language or transcript.language.partition("-")[0] == "en":
        return None
    return f"The embedded model judges English words only; the speech is in {transcript.language!r}."
