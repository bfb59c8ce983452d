"""outline: the sections of a film or recording with their times, by a language model."""

from pydantic import Field

from sluice.kinds.base import Kind
from sluice.kinds.language import LanguageOptions, needs, sample_times, unavailable
from sluice.kinds.language import refuse as refuse_nothing_to_tell
from sluice.media import MediaInfo
from sluice.tasks import Failure


class OutlineOptions(LanguageOptions):
    """What the model is shown, and how finely it divides."""

    frame_count: int = Field(16, ge=0, le=20, description="Frames of the film that the model sees, evenly spread.")
    max_sections: int = Field(12, ge=1, le=50, description="At most so many sections.")


def refuse(options: OutlineOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no length to divide, and what leaves the model with nothing to see or hear."""
    if media.is_picture:
        return Failure(code="source_is_picture", message="The file is a still picture; an outline divides time.")
    return refuse_nothing_to_tell(options, media)


KIND = Kind(
    name="outline",
    state="Outline",
    function="language",
    summary="Sections with times, titles and summaries that a language model makes of key frames and transcript.",
    options=OutlineOptions,
    refuse=refuse,
    needs=needs,
    sample_times=sample_times,
    unavailable=unavailable,
)
