"""Speech as text with times, on its way from the function that hears to those that read."""

from pathlib import Path

from sluice.media import Value

NAME = "transcript.json"


class Word(Value):
    """Times in seconds of the source; `confidence` 0 to 100."""

    start: float
    end: float
    text: str
    confidence: float | None = None


class Segment(Value):
    """What a subtitle shows at once."""

    start: float
    end: float
    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()


class Transcript(Value):
    """`language` as ISO 639-1 (`en`); no segments where nobody speaks."""

    language: str | None = None
    segments: tuple[Segment, ...] = ()
    provider: str = ""
    model: str = ""

    @property
    def text(self) -> str:
        return " ".join(segment.text.strip() for segment in self.segments)


def read_transcript(path: Path) -> Transcript:
    return Transcript.model_validate_json(path.read_bytes())
