"""What the kinds share that ask a language model: their options, what they need, when they are off."""

from pydantic import Field

from sluice.kinds.base import Options, needs_sound
from sluice.media import MediaInfo
from sluice.sampling import look_times
from sluice.settings import settings
from sluice.tasks import Failure


class LanguageOptions(Options):
    """What the model is shown."""

    frame_count: int = Field(8, ge=0, le=20, description="Frames of the film that the model sees, evenly spread.")
    language: str | None = Field(
        None,
        min_length=2,
        max_length=40,
        pattern=r"^[\w -]+$",
        description="Language of the answer, such as `en` or `French`. Left out: that of the speech, or English.",
    )


def unavailable() -> str | None:
    """Why this deployment asks no language model, or None."""
    if settings().language_model:
        return None
    return (
        "No language model is turned on: deploy with the parameter LanguageModel set to a model id of Amazon Bedrock."
    )


def needs(options: LanguageOptions, media: MediaInfo) -> tuple[str, ...]:
    """Frames where there are pictures, speech where there is sound."""
    frames = ("frames",) if media.main_video and options.frame_count else ()
    return (*frames, "speech") if media.main_audio else frames


def sample_times(duration: float | None, options: LanguageOptions) -> list[float]:
    return look_times(duration, max(1, options.frame_count))


def refuse(options: LanguageOptions, media: MediaInfo) -> Failure | None:
    """Refuses what leaves the model with nothing to see or hear."""
    return None if needs(options, media) else needs_sound(options, media)
