"""The query of start_encode2: its members as Qencode documents them. What is carried out of them is in outputs.py.

Lengths in pixels, rates in kbit/s, times in seconds. An unknown member is an error; an empty one counts as not given,
since the clients send their templates with the blanks in them.
"""

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sluice.dialects.qencode.errors import QUERY_REQUIRED, QencodeError
from sluice.errors import InvalidRequest
from sluice.paths import first_mistake

MOST_FORMATS = 20
MOST_STREAMS = 10
_EMPTY: tuple[Any, ...] = (None, "", [], {})


class Incoming(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", coerce_numbers_to_str=True, allow_inf_nan=False, populate_by_name=True
    )

    @model_validator(mode="before")
    @classmethod
    def empty_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if not any(value is e or value == e for e in _EMPTY)}

    @property
    def given(self) -> frozenset[str]:
        """The members that came, by Qencode's names."""
        fields = type(self).model_fields
        return frozenset(fields[name].alias or name for name in self.model_fields_set)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Destination(Incoming):
    url: str = Field(max_length=2000)
    key: str | None = None
    secret: str | None = None
    permissions: str | None = None
    storage_class: str | None = None
    cache_control: str | None = None


class SubtitleSource(Incoming):
    source: str
    language: str
    name: str | None = None


class Subtitles(Incoming):
    sources: list[SubtitleSource] = Field(min_length=1, max_length=16)
    copy_streams: bool | None = Field(None, alias="copy")


class Encoding(Incoming):
    """What an output and a rendition of it have in common."""

    size: str | None = Field(None, pattern=r"^[1-9]\d{0,4}x[1-9]\d{0,4}$")
    width: int | None = Field(None, ge=1, le=99_999)
    height: int | None = Field(None, ge=1, le=99_999)
    resolution: int | None = Field(None, ge=1, le=99_999)
    rotate: int | None = None
    aspect_ratio: str | None = None
    framerate: str | None = Field(None, pattern=r"^\d{1,4}(\.\d{1,6})?$|^\d{1,6}/\d{1,6}$")
    keyframe: str | None = Field(None, pattern=r"^\d{1,6}(\.\d{1,3})?$")
    quality: float | None = None
    bitrate: float | None = Field(None, gt=0, le=10_000_000)
    two_pass: bool | None = None
    pix_format: str | None = None
    video_codec: str | None = None
    profile: str | None = None
    video_codec_parameters: Any = None
    audio_codec: str | None = None
    audio_bitrate: float | None = Field(None, gt=0, le=10_000_000)
    audio_sample_rate: int | None = Field(None, ge=1)
    audio_channels_number: int | None = Field(None, ge=1)
    audio_mute: bool | None = None
    downmix_mode: Any = None
    segment_duration: float | None = Field(None, gt=0)
    start_time: float | None = Field(None, ge=0)
    duration: float | None = Field(None, gt=0)
    logo: Any = None
    optimize_bitrate: bool | None = None
    min_crf: float | None = None
    max_crf: float | None = None
    adjust_crf: float | None = None

    @property
    def box(self) -> tuple[int | None, int | None]:
        """Width and height as they were asked for."""
        if self.size:
            width, _, height = self.size.partition("x")
            return int(width), int(height)
        return self.width, self.height


class Stream(Encoding):
    """One rendition of an adaptive set."""


class Format(Encoding):
    """One output."""

    output: str
    destination: Annotated[list[Destination], BeforeValidator(_listed)] | None = None
    file_extension: str | None = None
    resize_mode: str | None = None
    resize_mod: str | None = Field(None, description="As the Python client's class spells resize_mode.")
    stream: list[Stream] | None = Field(None, max_length=MOST_STREAMS)
    time: float | None = None
    frame_number: int | None = None
    interval: float | None = None
    image_format: str | None = None
    sprite: bool | None = None
    columns: int | None = None
    separate_audio: bool | None = None
    fmp4: bool | None = None
    playlist_name: str | None = None
    subtitles: Subtitles | None = None
    tag: str | None = Field(None, max_length=200)
    is_watermark: bool | None = None
    path: str | None = None
    metadata_version: str | None = None
    allow_soft_fail: bool | None = None
    encryption: Any = None
    cenc_drm: Any = None
    fps_drm: Any = None
    language: str | None = None
    mode: str | None = None
    transcript: bool | None = None
    as_json: bool | None = Field(None, alias="json")
    srt: bool | None = None
    vtt: bool | None = None
    translate_languages: Any = None


class Query(Incoming):
    """One source and what to make of it."""

    source: str | None = Field(None, max_length=2048)
    stitch: list[Any] | None = None
    format: list[Format] = Field(min_length=1, max_length=MOST_FORMATS)
    callback_url: str | None = Field(None, max_length=4000)
    use_subtask_callback: bool | None = None
    retry_on_error: bool | None = None
    refresh_playlist: Any = None
    upscale: bool | None = None
    encoder_version: str | None = Field(None, pattern="^[12]$")


def parsed(text: str) -> Query:
    """The query from the form field's JSON, `{"query": {…}}`.

    Raises: QencodeError, InvalidRequest naming the first bad member.
    """
    if not text.strip():
        raise QencodeError(QUERY_REQUIRED, "query field is required")
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRequest("query: this is not valid JSON.", field="query", code="json_invalid") from None
    if not isinstance(plain, dict) or not isinstance(plain.get("query"), dict):
        raise QencodeError(QUERY_REQUIRED, "query field is required")
    if unknown := sorted(set(plain) - {"query"}):
        raise InvalidRequest(f"{unknown[0]}: this isn't known beside query.", field=unknown[0])
    return checked(Query, plain["query"])


def checked(model: type[Query], plain: Any) -> Query:
    try:
        return model.model_validate(plain)
    except (ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            raise InvalidRequest("query: this is nested too deeply.", field="query") from None
        field, message = first_mistake(error, plain)
        raise InvalidRequest(f"{field}: {message}." if field else f"{message}.", field=field or None) from error
