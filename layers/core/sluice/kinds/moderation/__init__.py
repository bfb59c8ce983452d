"""Moderation: is there anything in the pictures, in their text or in the speech that shouldn't be shown, and where?"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from sluice.kinds.base import Kind, Options, needs_picture, needs_sound
from sluice.kinds.moderation.labels import WORDS, Category, Part
from sluice.kinds.moderation.verdict import Limits
from sluice.kinds.sampled import each_once, frame_times, interval_field, too_many_frames
from sluice.media import MediaInfo
from sluice.tasks import Failure

MAX_FRAMES = 1000

# Nudity's are those that the authors of the embedded model give (below 0.2 safe, above 0.8 not).
# Those of profanity and toxicity are the embedded model's, whose scores below 90 are mostly of harmless words. The
# others concern Rekognition, where little under 50 is worth a look; what is lawful nearly everywhere is blocked only
# when that is asked for.
DEFAULTS: Mapping[Category, Limits] = {
    Category.NUDITY: Limits(review_threshold=20, block_threshold=80),
    Category.SUGGESTIVE: Limits(review_threshold=80),
    Category.VIOLENCE: Limits(review_threshold=60, block_threshold=90),
    Category.DISTURBING: Limits(review_threshold=60, block_threshold=90),
    Category.HATE: Limits(review_threshold=60, block_threshold=90),
    Category.DRUGS: Limits(review_threshold=70),
    Category.ALCOHOL: Limits(review_threshold=90),
    Category.RUDE_GESTURES: Limits(review_threshold=70),
    Category.GAMBLING: Limits(review_threshold=80),
    Category.PROFANITY: Limits(review_threshold=90),
    Category.TOXICITY: Limits(review_threshold=90),
    Category.OTHER: Limits(review_threshold=70),
}


class ModerationOptions(Options):
    """What to look at, and how strict to be."""

    parts: Annotated[tuple[Part, ...], AfterValidator(each_once)] = Field(
        (Part.FRAMES,),
        min_length=1,
        max_length=len(Part),
        description="What is judged: `frames` (the pictures), `text` (what is written in them), `speech` (what is "
        "said; English only). A part that the source doesn't have is left out, with the reason in the result.",
    )
    sample_interval_seconds: float | None = interval_field(MAX_FRAMES)
    categories: dict[Category, Limits] = Field(
        default_factory=lambda: dict(DEFAULTS),
        description="Thresholds by category. What isn't named keeps its default (review / block): "
        + "; ".join(f"{category} {limits}" for category, limits in DEFAULTS.items())
        + ".",
    )

    @model_validator(mode="before")
    @classmethod
    def defaults_where_not_named(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(given := data.get("categories"), dict):
            return data
        return {**data, "categories": _completed(given)}

    @property
    def floor(self) -> float:
        """No score of a picture below it can change a verdict, so a provider may leave it out."""
        return min(limits.floor for category, limits in self.categories.items() if category not in WORDS)


def sample_times(duration: float | None, options: ModerationOptions) -> list[float]:
    """Where to look: evenly over the film."""
    return frame_times(duration, options.sample_interval_seconds)


def missing(options: ModerationOptions, media: MediaInfo) -> dict[Part, Failure]:
    """The parts that were asked for and that this source doesn't have."""
    lacks = {
        Part.FRAMES: needs_picture(options, media),
        Part.TEXT: needs_picture(options, media),
        Part.SPEECH: needs_sound(options, media),
    }
    return {part: failure for part in options.parts if (failure := lacks[part])}


def needs(options: ModerationOptions, media: MediaInfo) -> tuple[str, ...]:
    """Frames for the pictures and their text, speech for what is said."""
    there = set(options.parts) - set(missing(options, media))
    frames = ("frames",) if there & {Part.FRAMES, Part.TEXT} else ()
    return (*frames, "speech") if Part.SPEECH in there else frames


def refuse(options: ModerationOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has none of the parts, and an interval too short for this film."""
    absent = missing(options, media)
    if len(absent) == len(options.parts):
        return absent[options.parts[0]]
    if "frames" not in needs(options, media):
        return None
    return too_many_frames(media.duration, options.sample_interval_seconds, MAX_FRAMES)


def _completed(given: dict[Any, Any]) -> dict[Any, Any]:
    """The given categories, and the defaults of what they leave out; nonsense is refused later."""
    defaults = {category.value: limits.model_dump() for category, limits in DEFAULTS.items()}
    named = {
        name: {**defaults.get(name, {}), **limits} if isinstance(limits, dict) else limits
        for name, limits in given.items()
    }
    return {**defaults, **named}


KIND = Kind(
    name="moderation",
    state="Moderation",
    function="moderation",
    summary="A verdict on pictures, text in them and speech: pass, review or block, with labels, confidence and times.",
    options=ModerationOptions,
    refuse=refuse,
    needs=needs,
    sample_times=sample_times,
)
