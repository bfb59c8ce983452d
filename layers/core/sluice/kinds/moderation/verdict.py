"""From scores to a verdict. Pure: no model, no file, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from sluice.kinds.base import Options
from sluice.kinds.moderation.labels import Category, LabelScore, Part
from sluice.media import Value
from sluice.sampling import Span, spans


def _one_error(value: object, validate: ValidatorFunctionWrapHandler) -> object:
    """Instead of an error for each member of the union, at a path that the caller never wrote."""
    try:
        return validate(value)
    except ValidationError as error:
        raise ValueError("a threshold is a number from 0 to 100, or `never`") from error


Threshold = Annotated[Annotated[float, Field(ge=0, le=100)] | Literal["never"], WrapValidator(_one_error)]


class Suggestion(StrEnum):
    PASS = "pass"
    REVIEW = "review"
    BLOCK = "block"

    @property
    def gravity(self) -> int:
        return list(Suggestion).index(self)


class Limits(Options):
    """From which confidence on something is done about a category."""

    review_threshold: Threshold = Field(
        "never", description="Confidence, 0 to 100, from which a person should look; or `never`."
    )
    block_threshold: Threshold = Field(
        "never", description="Confidence, 0 to 100, from which it must not be shown; or `never`."
    )

    @model_validator(mode="after")
    def in_order(self) -> Self:
        review, block = self.review_threshold, self.block_threshold
        if review != "never" and block != "never" and review > block:
            raise ValueError("review_threshold must not be above block_threshold")
        return self

    def __str__(self) -> str:
        return f"{self.review_threshold} / {self.block_threshold}".replace(".0", "")

    @property
    def floor(self) -> float:
        """The lowest confidence that matters; above 100 when none does."""
        return min(_number(self.review_threshold), _number(self.block_threshold))

    def suggestion(self, confidence: float) -> Suggestion:
        """What one score asks for."""
        if confidence >= _number(self.block_threshold):
            return Suggestion.BLOCK
        if confidence >= _number(self.review_threshold):
            return Suggestion.REVIEW
        return Suggestion.PASS


class Label(Value):
    """The highest score of one label in the whole source."""

    part: Part = Part.FRAMES
    category: Category
    label: str
    confidence: float
    suggestion: Suggestion


class Segment(Value):
    """A stretch [start, end) of seconds in which every look showed the category, and its peak."""

    start: float
    end: float
    part: Part = Part.FRAMES
    category: Category
    label: str
    confidence: float
    suggestion: Suggestion


class Verdict(Value):
    """What to do with the source, and why."""

    verdict: Suggestion
    confidence: float = Field(description="The highest of the labels that decided; of a pass, the highest seen at all.")
    labels: tuple[Label, ...] = Field(description="Those that reach a threshold, gravest first.")
    segments: tuple[Segment, ...] = Field(description="By start; none for a picture.")


def judge(
    scores: Sequence[LabelScore],
    limits: Mapping[Category, Limits],
    *,
    times: Iterable[float],
    duration: float | None,
    part: Part = Part.FRAMES,
) -> Verdict:
    """The verdict on frames taken at `times`; every category must have its limits.

    Without a `duration`, as for a picture, there are no segments.
    """
    return judge_looks(scores, limits, spans(times, duration) if duration else {}, part=part)


def judge_looks(
    scores: Iterable[LabelScore], limits: Mapping[Category, Limits], looks: Mapping[float, Span], *, part: Part
) -> Verdict:
    """The verdict on looks that each stand for a stretch of the source, in order of time; no looks, no segments."""
    scores = list(scores)
    labels = _labels(scores, limits, part)
    return _concluded(labels, _segments(scores, limits, looks, part) if looks else [])


def joined(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict on several parts: the gravest of them, with the labels and segments of all."""
    verdicts = list(verdicts)
    labels = [label for each in verdicts for label in each.labels]
    segments = [segment for each in verdicts for segment in each.segments]
    passed = max((each.confidence for each in verdicts), default=0.0)
    return _concluded(labels, segments, otherwise=passed)


def _concluded(labels: Iterable[Label], segments: Iterable[Segment], *, otherwise: float = 0.0) -> Verdict:
    """The gravest label decides. `otherwise` is the confidence where there is none."""
    ranked = sorted(labels, key=lambda each: (-each.suggestion.gravity, -each.confidence))
    verdict = ranked[0].suggestion if ranked else Suggestion.PASS
    deciding = [each.confidence for each in ranked if each.suggestion is verdict]
    return Verdict(
        verdict=verdict,
        confidence=max(deciding, default=otherwise),
        labels=tuple(each for each in ranked if each.suggestion is not Suggestion.PASS),
        segments=tuple(sorted(segments, key=lambda s: (s.start, s.category))),
    )


def _labels(scores: Iterable[LabelScore], limits: Mapping[Category, Limits], part: Part) -> list[Label]:
    peaks: dict[tuple[Category, str], float] = {}
    for score in scores:
        name = (score.category, score.label)
        peaks[name] = max(peaks.get(name, 0.0), score.confidence)
    return [
        Label(part=part, category=category, label=label, confidence=peak, suggestion=limits[category].suggestion(peak))
        for (category, label), peak in peaks.items()
    ]


def _segments(
    scores: Iterable[LabelScore], limits: Mapping[Category, Limits], places: Mapping[float, Span], part: Part
) -> list[Segment]:
    """One segment for each run of neighbouring looks that show a category."""
    order = {time: number for number, time in enumerate(places)}
    shown = sorted(_shown(scores, limits), key=lambda score: (score.category, score.time))
    # Among neighbours, the number of the look and the place in this list grow together, so their
    # difference stays the same.
    runs = groupby(enumerate(shown), key=lambda item: (item[1].category, order[item[1].time] - item[0]))
    segments = [_segment([score for _, score in run], limits, places, part) for _, run in runs]
    return [segment for segment in segments if segment.start < segment.end]


def _shown(scores: Iterable[LabelScore], limits: Mapping[Category, Limits]) -> list[LabelScore]:
    """The highest score of each category at each look, where it asks for anything."""
    peaks: dict[tuple[Category, float], LabelScore] = {}
    for score in scores:
        peak = peaks.setdefault((score.category, score.time), score)
        if score.confidence > peak.confidence:
            peaks[score.category, score.time] = score
    return [
        score for score in peaks.values() if limits[score.category].suggestion(score.confidence) is not Suggestion.PASS
    ]


def _segment(
    run: Sequence[LabelScore], limits: Mapping[Category, Limits], places: Mapping[float, Span], part: Part
) -> Segment:
    peak = max(run, key=lambda score: score.confidence)
    return Segment(
        start=places[run[0].time].start,
        end=places[run[-1].time].end,
        part=part,
        category=peak.category,
        label=peak.label,
        confidence=peak.confidence,
        suggestion=limits[peak.category].suggestion(peak.confidence),
    )


def _number(threshold: Threshold) -> float:
    return float("inf") if threshold == "never" else threshold
