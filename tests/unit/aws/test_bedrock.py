"""Bedrock against botocore's Stubber: requests are checked against the service's own model."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from sluice.aws.bedrock import Answer, Bedrock, Block
from sluice.errors import ProviderFailed

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

MODEL = "eu.amazon.nova-lite-v1:0"
MESSAGE = [Block("Frame at 1.0 s:"), Block(jpeg=b"jpeg"), Block("What is it?")]


@pytest.fixture
def client() -> "BedrockRuntimeClient":
    return boto3.client("bedrock-runtime", config=Config(retries={"max_attempts": 1}))


@pytest.fixture
def stub(client: "BedrockRuntimeClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber


def an_answer(*texts: str, stop_reason: str = "end_turn") -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [{"text": text} for text in texts]}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 1200, "outputTokens": 34, "totalTokens": 1234},
        "metrics": {"latencyMs": 900},
    }


def asked(client: "BedrockRuntimeClient") -> Answer:
    return Bedrock(client).converse(MODEL, system="Be brief.", message=MESSAGE, max_tokens=100)


def test_words_and_pictures_are_sent_in_their_order(client: "BedrockRuntimeClient", stub: Stubber) -> None:
    content = [
        {"text": "Frame at 1.0 s:"},
        {"image": {"format": "jpeg", "source": {"bytes": b"jpeg"}}},
        {"text": "What is it?"},
    ]
    expected = {
        "modelId": MODEL,
        "system": [{"text": "Be brief."}],
        "messages": [{"role": "user", "content": content}],
        "inferenceConfig": {"maxTokens": 100},
    }
    stub.add_response("converse", an_answer("A ", "cat.\n"), expected)

    assert asked(client) == Answer("A cat.", 1200, 34)


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])
def test_a_refusal_is_a_failure_that_says_why(client: "BedrockRuntimeClient", stub: Stubber, code: str) -> None:
    stub.add_client_error("converse", code, "You don't have access to the model.", 403)

    with pytest.raises(ProviderFailed) as failed:
        asked(client)

    assert (failed.value.code, failed.value.detail) == ("provider_failed", ("You don't have access to the model.",))
    assert code in failed.value.message


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "ModelNotReadyException", "ModelTimeoutException", "ServiceUnavailableException"]
)
def test_what_may_pass_is_raised_for_the_workflow_to_retry(
    client: "BedrockRuntimeClient", stub: Stubber, code: str
) -> None:
    stub.add_client_error("converse", code, "Later.", 429)

    with pytest.raises(ClientError):
        asked(client)


@pytest.mark.parametrize("reason", ["content_filtered", "guardrail_intervened", "max_tokens"])
def test_an_answer_that_was_held_back_or_cut_off_is_a_failure(
    client: "BedrockRuntimeClient", stub: Stubber, reason: str
) -> None:
    stub.add_response("converse", an_answer("I can", stop_reason=reason))

    with pytest.raises(ProviderFailed, match="answer"):
        asked(client)
