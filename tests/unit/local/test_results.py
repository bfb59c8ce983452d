from typing import Any

import pytest

from local.results import changes, length, note, rows, size


def a_subtask(**changes: Any) -> dict[str, Any]:
    return {
        "number": 1,
        "kind": "video",
        "status": "processing",
        "progress": 0.0,
        "outputs": [],
        "error": None,
        "skipped": None,
        "result": None,
        **changes,
    }


def a_task(*subtasks: dict[str, Any], status: str = "processing") -> dict[str, Any]:
    return {"status": status, "subtasks": list(subtasks)}


def test_every_output_is_a_row() -> None:
    video = {"name": "video.mp4", "size": 2_340_000, "width": 1280, "height": 720}
    details = {"duration": 61.25, "codec": "h264", "type": "video/mp4"}
    still = {"name": "1.jpg", "size": 999, "width": None, "height": None, "type": "image/jpeg", "duration": 0.04}
    task = a_task(
        a_subtask(outputs=[{**video, **details}]),
        a_subtask(number=2, kind="screenshot", outputs=[still]),
        a_subtask(number=3, kind="moderation"),
    )

    assert list(rows(task)) == [
        ("1 video", "video.mp4", "2.3 MB", "1280x720", "1:01.2", "h264"),
        ("2 screenshot", "1.jpg", "999 B", "", "", ""),
    ]


@pytest.mark.parametrize(("count", "said"), [(0, "0 B"), (1000, "1.0 kB"), (1_000_000, "1.0 MB"), (7e12, "7000.0 GB")])
def test_sizes_are_said_in_the_largest_unit_that_fits(count: int, said: str) -> None:
    assert size(count) == said


def test_lengths_are_said_in_minutes_when_there_are_any() -> None:
    assert [length(seconds) for seconds in (None, 9.96, 125.0)] == ["", "10.0 s", "2:05.0"]


def test_a_verdict_names_its_labels() -> None:
    labels = [{"label": "nudity", "confidence": 93.6}]

    assert note(a_subtask(result={"verdict": "block", "labels": labels})) == ("verdict block: nudity 94 %")
    assert note(a_subtask(result={"verdict": "pass", "labels": []})) == "verdict pass"


def test_a_failed_subtask_says_its_code_and_sentence() -> None:
    error = {"code": "source_unsupported", "message": "There is no video in it.", "detail": []}

    assert note(a_subtask(error=error)) == "source_unsupported: There is no video in it."


def test_the_first_look_tells_of_everything() -> None:
    assert list(changes(None, a_task(a_subtask(status="waiting")))) == [
        "task: processing",
        "1 video: waiting",
    ]


def test_a_later_look_tells_what_moved() -> None:
    before = a_task(a_subtask(progress=10.0), a_subtask(number=2, progress=30.0))
    after = a_task(a_subtask(progress=20.0), a_subtask(number=2, progress=55.0))

    assert list(changes(before, after)) == ["2 video: processing 55 %"]
