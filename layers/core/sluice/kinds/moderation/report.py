"""What is kept of a verdict: all of it in `moderation.json`, a bounded part of it in the record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from sluice.kinds.moderation.labels import Category, LabelScore, Part, Score
from sluice.kinds.moderation.verdict import Limits, Segment, Verdict
from sluice.media import Value

MAX_LABELS = 20
MAX_SEGMENTS = 50


class FrameScores(Value):
    """What was seen in one frame."""

    time: float = Field(description="Where the frame is in the source, in seconds.")
    scores: tuple[Score, ...]


class TextScores(Value):
    """A line of text in one frame, or what was said in one breath from `time` on."""

    time: float
    text: str
    scores: tuple[Score, ...] = Field(
        description="Bad words, and how likely the whole is abusive; the rest is left out."
    )


class Report(Value):
    """The content of `moderation.json`."""

    provider: str = Field(description="Who looked at the pictures, `embedded` or `rekognition`.")
    model: str | None = Field(description="The provider's model and its version; null where no picture was judged.")
    word_model: str | None = Field(None, description="What judged words; null where none were judged.")
    verdict: Verdict
    categories: Mapping[Category, Limits] = Field(description="The thresholds that applied.")
    duration: float | None = Field(description="Of the video, in seconds; null for a picture.")
    parts: tuple[Part, ...] = Field((Part.FRAMES,), description="What was judged.")
    left_out: Mapping[Part, str] = Field(default_factory=dict, description="What could not be judged, and why.")
    frames: tuple[FrameScores, ...] = Field((), description="Every frame that was looked at, by time.")
    text: tuple[TextScores, ...] = Field((), description="Every line that was read in a frame, by time.")
    speech: tuple[TextScores, ...] = Field((), description="What was said, by time.")

    def summary(self) -> dict[str, Any]:
        """The part for the record: the gravest labels and segments, and how many there were."""
        verdict = self.verdict.model_dump(mode="json")
        return {
            **verdict,
            "labels": verdict["labels"][:MAX_LABELS],
            "segments": [s.model_dump(mode="json") for s in gravest(self.verdict.segments)],
            "segment_count": len(self.verdict.segments),
            "frame_count": len(self.frames),
            "parts": list(self.parts),
            "left_out": dict(self.left_out),
            "provider": self.provider,
            "model": self.model,
        }


def by_frame(times: Iterable[float], scores: Iterable[LabelScore]) -> tuple[FrameScores, ...]:
    """Scores under their frames; a frame in which nothing was seen is there as well."""
    seen: dict[float, list[Score]] = defaultdict(list)
    for score in scores:
        seen[score.time].append(Score.model_validate(score.model_dump(exclude={"time"})))
    return tuple(FrameScores(time=time, scores=tuple(seen[time])) for time in times)


def gravest(segments: Iterable[Segment], count: int = MAX_SEGMENTS) -> list[Segment]:
    """The worst so many, in their order of time."""
    ranked = sorted(segments, key=lambda s: (-s.suggestion.gravity, -s.confidence))
    return sorted(ranked[:count], key=lambda s: (s.start, s.category))
