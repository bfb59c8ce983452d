"""Amazon Bedrock's Converse API: words and pictures to a language model, words back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from sluice.errors import ProviderFailed

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_bedrock_runtime.type_defs import ContentBlockTypeDef

# What Converse takes of pictures in one message.
MAX_IMAGES, MAX_IMAGE_BYTES = 20, 3_750_000

# Refusals that no later try would lift. Anything else (a throttle, a model that isn't ready, a fault of theirs, the
# network) is raised as it came, and the workflow tries again.
REFUSALS = frozenset(
    {
        "AccessDeniedException",
        "InvalidSignatureException",
        "ModelErrorException",
        "OptInRequired",
        "ResourceNotFoundException",
        "SubscriptionRequiredException",
        "UnrecognizedClientException",
        "ValidationException",
    }
)
# The model answered, but not to the end or not to the question.
UNFINISHED = {
    "content_filtered": "The model's provider filtered its answer.",
    "guardrail_intervened": "A guardrail held the answer back.",
    "max_tokens": "The model's answer was longer than it may be.",
}


class Block(NamedTuple):
    """A piece of a message: words, or a JPEG."""

    text: str = ""
    jpeg: bytes = b""


class Answer(NamedTuple):
    text: str
    input_tokens: int
    output_tokens: int


class Bedrock:
    def __init__(self, client: BedrockRuntimeClient | None = None):
        self._client = client or _client()

    def converse(self, model: str, *, system: str, message: Sequence[Block], max_tokens: int) -> Answer:
        """The model's answer to one message.

        Raises: ProviderFailed when Bedrock refuses, or the answer was cut off or held back.
        """
        try:
            said = self._client.converse(
                modelId=model,
                system=[{"text": system}],
                messages=[{"role": "user", "content": [_said(block) for block in message]}],
                inferenceConfig={"maxTokens": max_tokens},
            )
        except ClientError as error:
            raise _translated(error) from error
        if reason := UNFINISHED.get(said["stopReason"]):
            raise ProviderFailed(reason)
        blocks = said["output"].get("message", {"content": []})["content"]
        usage = said["usage"]
        text = "".join(block.get("text", "") for block in blocks).strip()
        return Answer(text, usage["inputTokens"], usage["outputTokens"])


def _said(block: Block) -> ContentBlockTypeDef:
    if not block.jpeg:
        return {"text": block.text}
    return {"image": {"format": "jpeg", "source": {"bytes": block.jpeg}}}


@cache
def _client() -> BedrockRuntimeClient:
    return boto3.client(
        "bedrock-runtime",
        config=Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=240),
    )


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code not in REFUSALS:
        return error
    said = error.response["Error"].get("Message", "")
    return ProviderFailed(f"Bedrock refused the request: {code}.", detail=[said] if said else [])
