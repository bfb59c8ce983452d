"""subtitles: what is said, as files that players show (state Subtitles, function speech)."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from sluice.kinds.base import Kind, Options, needs_sound
from sluice.media import MediaInfo
from sluice.sound import MOST_SECONDS
from sluice.speech.languages import AUTO, known_language
from sluice.tasks import Failure


class Format(StrEnum):
    VTT = "vtt"
    SRT = "srt"
    JSON = "json"


class SubtitlesOptions(Options):
    """Lines as broadcasters have them, unless asked otherwise."""

    language: Annotated[str, AfterValidator(known_language)] = Field(
        AUTO, description="The language that is spoken, as ISO 639-1 (`en`); `auto` finds it out."
    )
    formats: tuple[Format, ...] = Field(
        (Format.VTT, Format.SRT),
        min_length=1,
        max_length=len(Format),
        description="`vtt` (WebVTT), `srt` (SubRip), `json` (segments and words with times and confidence).",
    )
    max_line_characters: int = Field(42, ge=10, le=120, description="Characters in a line.")
    max_lines: int = Field(2, ge=1, le=4, description="Lines that are shown at once.")


def refuse(options: SubtitlesOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no sound, and what is longer than can be heard in one go."""
    if failure := needs_sound(options, media):
        return failure
    if (media.duration or 0.0) <= MOST_SECONDS:
        return None
    message = f"The file lasts {media.duration:.0f} s; subtitles are made of up to {MOST_SECONDS:.0f} s."
    return Failure(code="limit_exceeded", message=message)


def needs(options: SubtitlesOptions, media: MediaInfo) -> tuple[str, ...]:
    """What is heard for all, in whatever language it is; or the sound, to hear it in the one that was named."""
    return ("speech",) if options.language == AUTO else ("sound",)


KIND = Kind(
    name="subtitles",
    state="Subtitles",
    function="speech",
    summary="What is said, with times: WebVTT, SubRip, JSON.",
    options=SubtitlesOptions,
    refuse=refuse,
    needs=needs,
)
