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
    kms_key: str = Field("", description="The KMS key that seals secrets: its id, ARN or alias.")
    bundle_function: str = Field("", description="The function that makes zips of outputs.")
    event_bus_name: str = Field("default", description="EventBridge's bus that hears of every move of a status.")
    delivery_queue: str = Field("", description="URL of the queue of webhook deliveries.")
    dead_delivery_queue: str = Field("", description="URL of the queue of those that were given up.")
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
    max_active_tasks: int = Field(100, description="Tasks that run at once; the others wait.")
    max_active_per_tenant: int = Field(100, description="The same for each tenant.")
    max_task_usd: float = Field(0.0, description="What a task may be estimated at, in US dollars; 0: no limit.")
    max_tenant_day_usd: float = Field(0.0, description="What a tenant may spend a day, in US dollars; 0: no limit.")
    max_task_seconds: int = Field(21_600, description="As the state machine's TimeoutSeconds.")
    chunk_seconds: float = Field(0, description="Length of a film's chunks; nought: as the model of cost has it.")
    sound_seconds: float = Field(0, description="Length of its sound's parts; nought: that of as much work as a chunk.")
    chunk_workers: int = Field(200, description="Chunks of one film that are encoded at once; nought: none is cut.")
    url_seconds: int = Field(3600, description="Life of a signed URL.")

    @property
    def retention(self) -> timedelta:
        return timedelta(days=self.retention_days)

    @property
    def longest_task(self) -> timedelta:
        """When a task that still runs is given up: the workflow's own limit, and time for it to say so."""
        return timedelta(seconds=self.max_task_seconds + 300)


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


def function_memory() -> int | None:
    """Bytes of memory that Lambda says this function has; None elsewhere."""
    told = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
    return int(told) * 2**20 if told else None
