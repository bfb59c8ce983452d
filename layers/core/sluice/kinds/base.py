"""What every kind of work says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from sluice.media import MediaInfo
from sluice.pictures import Pictures
from sluice.tasks import Failure


class Options(BaseModel):
    """Base of all options: frozen, and an unknown name is an error rather than a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def refused_option(field: str, message: str) -> ValidationError:
    """What a model's validator raises about one field of it, for the caller to read that field's path."""
    problem = PydanticCustomError("value_error", "{message}", {"message": message})
    return ValidationError.from_exception_data("options", [{"type": problem, "loc": (field,), "input": None}])


class FileRef(Options):
    """A file beside the source: in the media bucket by `key`, or an output of an earlier `subtask` by its `name`."""

    key: str | None = Field(None, min_length=1, max_length=1024)
    subtask: int | None = Field(None, ge=1)
    name: str | None = Field(None, min_length=1, max_length=200)

    @model_validator(mode="after")
    def one_way(self) -> Self:
        by_output = self.subtask is not None and self.name is not None
        if (self.key is None) == (not by_output) or (self.key and (self.subtask or self.name)):
            raise ValueError("name the file either by key, or by subtask and name")
        return self


class Reference(NamedTuple):
    """A FileRef in the options, and what it has to be: `picture`, `subtitles` or `media`."""

    file: FileRef
    expected: str


Refuse = Callable[[Any, MediaInfo], Failure | None]
SampleTimes = Callable[[float | None, Any], list[float]]
Pictured = Callable[[Any, MediaInfo], Pictures]
Needs = Callable[[Any, MediaInfo], tuple[str, ...]]
References = Callable[[Any], Mapping[str, Reference]]
Unavailable = Callable[[], str | None]


def needs_nothing(options: Options, media: MediaInfo) -> tuple[str, ...]:
    return ()


def refers_to_nothing(options: Options) -> Mapping[str, Reference]:
    return {}


def always_available() -> str | None:
    return None


@dataclass(frozen=True)
class Kind:
    """One kind of work.

    `state` is its name in the state machine and `function` the Lambda that runs it. `refuse(options, media)` says
    why the work can't be done on this source (what only the probe can know), or None.

    A kind whose function has no ffmpeg has work files made beforehand: `needs(options, media)` names the steps
    (`frames`, `shots`, `sound`, `speech`), and `sample_times(duration, options)` the seconds of the frames.
    `pictures(options, media)` are the stills that it is made of, which can be taken along with those of others.
    `references(options)` are the files beside the source that its options name, by their path in the options.
    `unavailable()` says why this deployment doesn't do it (a provider that isn't turned on), or None.
    """

    name: str
    state: str
    function: str
    summary: str
    options: type[Options]
    refuse: Refuse
    needs: Needs = needs_nothing
    sample_times: SampleTimes | None = None
    pictures: Pictured | None = None
    references: References = refers_to_nothing
    unavailable: Unavailable = always_available


def needs_picture(options: Options, media: MediaInfo) -> Failure | None:
    """Refuses a source without any picture in it."""
    if media.main_video is None:
        return Failure(code="source_has_no_video", message="The file has no video stream, only sound.")
    return None


def needs_film(options: Options, media: MediaInfo) -> Failure | None:
    """Refuses a source whose picture doesn't move: a still, or a sound file with a cover."""
    if media.is_picture:
        return Failure(code="source_is_picture", message="The file is a still picture, not a film.")
    return needs_picture(options, media)


def needs_sound(options: Options, media: MediaInfo) -> Failure | None:
    """Refuses a source without any sound in it."""
    if media.main_audio is None:
        return Failure(code="source_has_no_audio", message="The file has no audio stream.")
    return None
