"""The shape of `discovery.json`, and the part of it that the record keeps."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from sluice.kinds.discovery import Part
from sluice.media import Value

COVER = "cover.jpg"
MAX_NAMES = 20
MAX_LINES = 10
MAX_LINE = 120


class Stretch(Value):
    """[start, end) in seconds, and the highest confidence (0 to 100) in it."""

    start: float
    end: float
    confidence: float = 100.0


class FaceStretch(Stretch):
    most: int = Field(description="Faces at once, where there are most.")


class FoundLabel(Value):
    name: str
    confidence: float = Field(description="The highest, 0 to 100.")
    segments: tuple[Stretch, ...] = Field((), description="Where it is to be seen; none in a picture.")


class FoundText(Value):
    text: str = Field(description="The line as it was read best.")
    confidence: float
    segments: tuple[Stretch, ...] = ()


class Said(Value):
    start: float
    end: float
    text: str


class Speech(Value):
    language: str | None = Field(description="ISO 639-1, null where nobody speaks.")
    segments: tuple[Said, ...] = ()


class Cover(Value):
    """The frame that suits a cover best; `score` 0 to 100."""

    file: str = COVER
    time: float
    score: float
    sharpness: float
    brightness: float
    faces: int


class Highlight(Value):
    """A stretch worth showing, by rules of thumb; `score` 0 to 100 compares highlights of one film only."""

    start: float
    end: float
    score: float
    reasons: tuple[str, ...]


class Tag(Value):
    """`score` 0 to 100; `sources` are the parts that it comes from."""

    name: str
    score: float
    sources: tuple[Part, ...]


class Discovery(Value):
    """The content of `discovery.json`. A part that wasn't asked for, or couldn't be had, is null."""

    duration: float | None = Field(description="In seconds; null for a picture.")
    provider: str = Field(description="Who looked at the frames.")
    models: Mapping[str, str] = Field(description="What it looked with, by part.")
    parts: tuple[Part, ...]
    left_out: Mapping[Part, str] = Field(description="The parts that couldn't be had, and why.")
    frame_count: int = 0
    shots: tuple[Stretch, ...] | None = None
    faces: tuple[FaceStretch, ...] | None = None
    labels: tuple[FoundLabel, ...] | None = None
    text: tuple[FoundText, ...] | None = None
    speech: Speech | None = None
    cover: Cover | None = None
    highlights: tuple[Highlight, ...] | None = None
    tags: tuple[Tag, ...] | None = None

    def summary(self) -> dict[str, Any]:
        """The part for the record: what there is most of, and how much of each."""
        said = self.model_dump(mode="json", include={"parts", "left_out", "provider", "cover", "highlights"})
        return {
            **{name: value for name, value in said.items() if value is not None},
            "frame_count": self.frame_count,
            "counts": {part: len(found) for part in Part if isinstance(found := getattr(self, part), tuple)},
            "labels": [label.name for label in (self.labels or ())[:MAX_NAMES]],
            "text": [line.text[:MAX_LINE] for line in (self.text or ())[:MAX_LINES]],
            "tags": [tag.name for tag in (self.tags or ())],
            "language": self.speech.language if self.speech else None,
        }
