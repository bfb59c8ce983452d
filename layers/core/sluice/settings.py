"""The environment, typed and read once. The only module that looks at `os.environ`."""

import os
from datetime import timedelta
from functools import cache

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """The variables of `Globals.Function.Environment` in template.yaml, without their `SLUICE_`."""

    model_config = ConfigDict(frozen=True)

    table: str
    media_bucket: str
    output_bucket: str
    state_machine_arn: str
    media_bin: str = Field("", description="Folder of ffmpeg and ffprobe; empty: the media layer.")
    moderation_provider: str = "embedded"
    speech_provider: str = "embedded"
    discovery_provider: str = "embedded"
    language_model: str = Field("", description="Bedrock's id of a model or inference profile; empty: off.")
    retention_days: int = 7
    upload_prefix: str = "uploads/"
    allowed_source_hosts: str = Field("", description="Private hosts that may be fetched from, by comma.")
    max_source_bytes: int = 20_000_000_000
    max_duration_seconds: int = 14_400
    max_pixels: int = 70_000_000
    max_streams: int = 64
    url_seconds: int = Field(3600, description="Life of a signed URL.")

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.retention_days)


@cache
def settings() -> Settings:
    """This environment's settings.

    Raises: pydantic.ValidationError when a variable is missing or malformed.
    """
    return Settings.model_validate(
        {
            name.removeprefix("SLUICE_").lower(): value
            for name, value in os.environ.items()
            if name.startswith("SLUICE_")
        }
    )
