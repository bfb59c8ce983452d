"""Discovery: what is in a film? Shots, faces, labels, text, speech; a cover, highlights and tags made of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sluice.kinds.base import Kind, Options, needs_film, needs_picture, needs_sound
from sluice.kinds.sampled import each_once, frame_times, interval_field, too_many_frames
from sluice.media import MediaInfo
from sluice.tasks import Failure

MAX_FRAMES = 500


class Part(StrEnum):
    """What can be found out."""

    SHOTS = "shots"
    FACES = "faces"
    LABELS = "labels"
    TEXT = "text"
    SPEECH = "speech"
    COVER = "cover"
    HIGHLIGHTS = "highlights"
    TAGS = "tags"


# Which frames are looked at for, which the cuts are needed for, and what tags are made of.
OF_FRAMES = frozenset({Part.FACES, Part.LABELS, Part.TEXT, Part.COVER, Part.HIGHLIGHTS})
OF_SHOTS = frozenset({Part.SHOTS, Part.HIGHLIGHTS})
OF_TAGS = frozenset({Part.FACES, Part.LABELS, Part.TEXT, Part.SPEECH})

_NEEDS = {
    Part.SHOTS: needs_film,
    Part.FACES: needs_picture,
    Part.LABELS: needs_picture,
    Part.TEXT: needs_picture,
    Part.SPEECH: needs_sound,
    Part.COVER: needs_film,
    Part.HIGHLIGHTS: needs_film,
}


class DiscoveryOptions(Options):
    """What to find out."""

    parts: Annotated[tuple[Part, ...], AfterValidator(each_once)] = Field(
        tuple(Part),
        min_length=1,
        max_length=len(Part),
        description="What is found out. A part that the source doesn't have (no sound: `speech`) is left out, with the "
        "reason in the result. `tags` are made of the `faces`, `labels`, `text` and `speech` that are asked for.",
    )
    sample_interval_seconds: float | None = interval_field(MAX_FRAMES)
    label_confidence: float = Field(40.0, ge=20, le=100, description="Percent that a label must reach somewhere.")
    highlight_count: int = Field(3, ge=1, le=20, description="At most so many highlights.")
    highlight_seconds: float = Field(6.0, ge=1, le=60, description="Length of a highlight.")
    tag_count: int = Field(15, ge=1, le=50, description="At most so many tags.")

    @model_validator(mode="after")
    def tags_of_something(self) -> "DiscoveryOptions":
        if Part.TAGS in self.parts and not OF_TAGS.intersection(self.parts):
            raise ValueError("tags are made of faces, labels, text or speech: ask for one of these in parts as well")
        return self


def missing(options: DiscoveryOptions, media: MediaInfo) -> dict[Part, Failure]:
    """The parts that were asked for and that can't be had from this source."""
    absent = {part: why for part in options.parts if part in _NEEDS and (why := _NEEDS[part](options, media))}
    if Part.TAGS in options.parts and not OF_TAGS.intersection(options.parts) - set(absent):
        message = "Tags are made of faces, labels, text and speech, and none of those asked for are in the file."
        absent[Part.TAGS] = Failure(code="source_unsupported", message=message)
    return absent


def needs(options: DiscoveryOptions, media: MediaInfo) -> tuple[str, ...]:
    """The steps whose files the parts are made of."""
    there = set(options.parts) - set(missing(options, media))
    steps = {"frames": bool(there & OF_FRAMES), "shots": bool(there & OF_SHOTS), "speech": Part.SPEECH in there}
    return tuple(step for step, needed in steps.items() if needed)


def sample_times(duration: float | None, options: DiscoveryOptions) -> list[float]:
    """Where to look: evenly over the film."""
    return frame_times(duration, options.sample_interval_seconds)


def refuse(options: DiscoveryOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has none of the parts, and an interval too short for this film."""
    absent = missing(options, media)
    if len(absent) == len(options.parts):
        return absent[options.parts[0]]
    if "frames" not in needs(options, media):
        return None
    return too_many_frames(media.duration, options.sample_interval_seconds, MAX_FRAMES)


KIND = Kind(
    name="discovery",
    state="Discovery",
    function="discovery",
    summary="What is in it: shots, faces, labels, text, speech, cover, highlights and tags, as JSON with times.",
    options=DiscoveryOptions,
    refuse=refuse,
    needs=needs,
    sample_times=sample_times,
)
