"""Tasks in Qencode's words."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from sluice.dialects.qencode import callback
from sluice.dialects.qencode.say import status_of
from sluice.tasks import Output, Status, Subtask, Task
from tests.builders import a_failure, a_subtask, a_task, an_output


def link(task: Task, subtask: Subtask, output: Output) -> str:
    return f"https://example.org/{output.key}"


def told(task: Task) -> dict[str, Any]:
    return status_of(task, "outputs", link)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.WAITING, "queued"),
        (Status.VALIDATING, "downloading"),
        (Status.QUEUED, "queued"),
        (Status.PROCESSING, "encoding"),
        (Status.FINISHING, "saving"),
        (Status.SUCCEEDED, "completed"),
        (Status.FAILED, "error"),
        (Status.CANCELLED, "error"),
    ],
)
def test_every_status_has_a_word(status: Status, word: str) -> None:
    said = told(a_task(status=status))

    assert (said["status"], said["error"]) == (word, int(word == "error"))
    assert bool(said["error_description"]) == bool(said["error"])
    assert all(isinstance(said[name], list) for name in ("videos", "audios", "images", "texts"))


@pytest.mark.parametrize(
    ("output", "files", "lists"),
    [
        ("mp4", ["video.mp4"], {"videos": 1}),
        ("advanced_hls", ["master.m3u8", "video-1-360p.m3u8", "manifest.mpd"], {"videos": 1}),
        ("mp3", ["audio.mp3"], {"audios": 1}),
        ("hls_audio", ["master.m3u8", "audio.m3u8"], {"audios": 1}),
        ("thumbnails", ["screenshot-001.png", "screenshot-002.png", "screenshots.zip"], {"images": 2}),
        ("metadata", ["metadata.json"], {"videos": 1}),
        ("speech_to_text", ["subtitles.vtt", "subtitles.srt"], {"texts": 2}),
    ],
)
def test_an_output_is_told_in_its_list(output: str, files: list[str], lists: dict[str, int]) -> None:
    subtask = a_subtask(
        status=Status.SUCCEEDED, client={"output": output, "format": 3}, outputs=tuple(map(an_output, files))
    )

    said = told(a_task(subtasks=(subtask,), status=Status.SUCCEEDED))

    counts = {name: len(said[name]) for name in ("videos", "audios", "images", "texts") if said[name]}
    assert counts == lists
    (name,) = lists
    assert said[name][0]["tag"] == f"{name.removesuffix('s')}-3-0"
    assert said[name][0]["url"].endswith(files[0])


def test_an_output_that_is_not_there_yet_has_no_address() -> None:
    (video,) = told(a_task(status=Status.PROCESSING))["videos"]

    assert (video["url"], video["status"], video["percent"]) == (None, "queued", 0)


def test_a_callback_is_a_form() -> None:
    client = {"task_token": "0" * 32, "payload": "a=1&b=ü"}
    task = a_task(status=Status.FAILED, error=a_failure(), client=client)

    body, kind = callback.message(task, callback.event_of(task) or "", bucket="outputs", link=link)

    fields = {name: values[0] for name, values in parse_qs(body.decode(), strict_parsing=True).items()}
    assert kind == "application/x-www-form-urlencoded"
    assert (fields["task_token"], fields["event"], fields["callback_type"]) == ("0" * 32, "error", "task")
    assert fields["payload"] == "a=1&b=ü"
    assert fields["error_message"] == "The file could not be processed." and fields["error_code"]
    assert json.loads(fields["status"])["error"] == 1


def test_only_what_qencode_has_words_for_is_called_back() -> None:
    events = {status: callback.event_of(a_task(status=status)) for status in Status}

    assert {status: event for status, event in events.items() if event} == {
        Status.QUEUED: "queued",
        Status.SUCCEEDED: "saved",
        Status.FAILED: "error",
        Status.CANCELLED: "error",
    }
