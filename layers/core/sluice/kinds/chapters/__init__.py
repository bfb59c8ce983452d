"""chapters: where a film or a talk comes to something new (state Chapters, function screenshot)."""

from enum import StrEnum

from pydantic import Field

from sluice.kinds.base import Kind, Options
from sluice.media import MediaInfo
from sluice.tasks import Failure


class Format(StrEnum):
    VTT = "vtt"
    FFMETADATA = "ffmetadata"
    JSON = "json"


class Titles(StrEnum):
    NUMBERED = "numbered"
    SPEECH = "speech"


class ChaptersOptions(Options):
    minimum_seconds: float = Field(60, ge=1, le=3600, description="The shortest chapter; a shorter source is one.")
    maximum_chapters: int = Field(20, ge=1, le=200, description="Chapters are longer where there would be more.")
    titles: Titles = Field(
        Titles.NUMBERED,
        description="`numbered`: «Chapter 1»; `speech`: the first words said in it, and no chapter begins within a "
        "sentence.",
    )
    formats: tuple[Format, ...] = Field(
        (Format.VTT, Format.FFMETADATA),
        min_length=1,
        max_length=len(Format),
        description="`vtt` (WebVTT), `ffmetadata` (for `ffmpeg -i film -i chapters -map_metadata 1`), `json`.",
    )


def refuse(options: ChaptersOptions, media: MediaInfo) -> Failure | None:
    """Refuses stills, and files of which no length is known."""
    if media.is_picture:
        return Failure(code="source_is_picture", message="The file is a still picture, not a film.")
    if not media.duration:
        return Failure(code="source_unsupported", message="The file doesn't say how long it is.")
    return None


def needs(options: ChaptersOptions, media: MediaInfo) -> tuple[str, ...]:
    """A silent film has numbers for titles, whatever was asked for."""
    return ("speech",) if options.titles is Titles.SPEECH and media.main_audio else ()


KIND = Kind(
    name="chapters",
    state="Chapters",
    function="screenshot",
    summary="Chapters from cuts, fades, silence and, if wanted, speech: WebVTT, FFmetadata, JSON.",
    options=ChaptersOptions,
    refuse=refuse,
    needs=needs,
)
