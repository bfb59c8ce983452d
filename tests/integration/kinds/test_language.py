"""The language kinds as their Lambda runs them. Bedrock is a local server that answers as the service does."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from sluice.aws import bedrock
from sluice.kinds.description.run import run as description
from sluice.kinds.outline.run import run as outline
from sluice.kinds.prompt.run import run as prompt
from tests.builders import a_sound, media_info
from tests.conftest import Change
from tests.integration.kinds.conftest import Prepared, said
from tests.server import serving

MODEL = "eu.amazon.nova-lite-v1:0"


class Model:
    """Answers each request with `text`, and remembers the last one."""

    def __init__(self) -> None:
        self.text = ""
        self.asked: dict[str, Any] = {}

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        self.asked = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        body = json.dumps(self._answer()).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        request.wfile.write(body)

    def _answer(self) -> dict[str, Any]:
        return {
            "output": {"message": {"role": "assistant", "content": [{"text": self.text}]}},
            "stopReason": "end_turn",
            "usage": {"inputTokens": 900, "outputTokens": 60, "totalTokens": 960},
            "metrics": {"latencyMs": 10},
        }

    @property
    def content(self) -> list[dict[str, Any]]:
        return list(self.asked["messages"][0]["content"])


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, change_settings: Change) -> Iterator[Model]:
    model = Model()
    with serving(model.handle) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url(""))
        bedrock._client.cache_clear()
        change_settings(language_model=MODEL)
        yield model
    bedrock._client.cache_clear()


def test_a_film_is_described_from_its_frames_and_its_speech(model: Model, prepared: Prepared) -> None:
    model.text = json.dumps({"title": "A walk", "summary": "Short.", "description": "Long.", "keywords": ["walk"]})

    result = prepared.run(
        *("description", description, media_info()),
        frames=[(2.5, b"a jpeg"), (7.5, b"another")],
        transcript=said((0.0, 2.0, "Let us walk.")),
    )

    assert result.failure is None and result.result
    assert prepared.json("description.json")["title"] == "A walk"
    assert (result.result["input_tokens"], result.result["model"]) == (900, MODEL)
    assert sum("image" in block for block in model.content) == 2
    assert any("[0.0] Let us walk." in block.get("text", "") for block in model.content)


def test_a_recording_is_outlined_with_times_that_can_be(model: Model, prepared: Prepared) -> None:
    sections = [{"start": 0, "title": "Hello"}, {"start": 6, "title": "Talk"}, {"start": 99, "title": "Never"}]
    model.text = f"```json\n{json.dumps({'title': 'Call', 'sections': sections})}\n```"

    result = prepared.run("outline", outline, a_sound(), transcript=said((0.0, 2.0, "Hello.")))

    assert result.failure is None
    assert [(s["start"], s["end"]) for s in prepared.json("outline.json")["sections"]] == [(0.0, 6.0), (6.0, 10.0)]
    assert not any("image" in block for block in model.content)


def test_a_question_of_ones_own_is_answered_as_text(model: Model, prepared: Prepared) -> None:
    model.text = "Two people."

    result = prepared.run(
        *("prompt", prompt, media_info(audio=())), options={"prompt": "Who is in it?"}, frames=[(5.0, b"a jpeg")]
    )

    assert result.result and result.result["answer"] == "Two people."
    assert [(out.name, out.type) for out in result.outputs] == [("answer.txt", "text/plain")]
    assert "Who is in it?" in model.content[-1]["text"]


def test_an_answer_that_is_no_json_is_a_failure(model: Model, prepared: Prepared) -> None:
    model.text = "I'd rather not."

    result = prepared.run("description", description, a_sound(), transcript=said((0.0, 2.0, "Hello.")))

    assert result.failure and result.failure.code == "provider_failed"
