"""Amazon Transcribe: speech in a file of ours to words, by jobs that are started and asked after."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sluice.errors import ProviderFailed

if TYPE_CHECKING:
    from mypy_boto3_transcribe import TranscribeServiceClient

# Refusals that no later try would lift. A throttle (LimitExceededException) is raised as it came.
REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "BadRequestException",
        "InvalidSignatureException",
        "NotFoundException",
        "OptInRequired",
        "SubscriptionRequiredException",
        "UnrecognizedClientException",
    }
)


class TranscriptionState(NamedTuple):
    """`language` as they say it (en-US); `reason` of a failure."""

    is_done: bool
    has_failed: bool = False
    language: str | None = None
    reason: str = ""


class Transcribe:
    def __init__(self, client: TranscribeServiceClient | None = None):
        self._client = client or _client()

    def start(self, name: str, *, bucket: str, key: str, target: str, language: str | None) -> None:
        """Start a job that reads the WAV `key` and writes its JSON to `target`, in the same bucket.

        Without a `language` they find it out. A job of this name that there is already is the one we meant.

        Raises: ProviderFailed when Transcribe refuses.
        """
        spoken: dict[str, Any] = {"LanguageCode": language} if language else {"IdentifyLanguage": True}
        try:
            self._client.start_transcription_job(
                TranscriptionJobName=name,
                Media={"MediaFileUri": f"s3://{bucket}/{key}"},
                MediaFormat="wav",
                OutputBucketName=bucket,
                OutputKey=target,
                **spoken,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConflictException":
                raise _translated(error) from error

    def state(self, name: str) -> TranscriptionState:
        """How the job stands.

        Raises: ProviderFailed when Transcribe refuses to say.
        """
        try:
            answer = self._client.get_transcription_job(TranscriptionJobName=name)
        except ClientError as error:
            raise _translated(error) from error
        job = answer["TranscriptionJob"]
        status = job.get("TranscriptionJobStatus")
        return TranscriptionState(
            is_done=status in {"COMPLETED", "FAILED"},
            has_failed=status == "FAILED",
            language=cast(str | None, job.get("LanguageCode")),
            reason=job.get("FailureReason", ""),
        )


@cache
def _client() -> TranscribeServiceClient:
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=30)
    return boto3.client("transcribe", config=config)


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code not in REFUSALS:
        return error
    said = error.response["Error"].get("Message", "")
    return ProviderFailed(f"Transcribe refused the sound: {code}.", detail=[said] if said else [])
