"""From changes of the record to events: exactly the moves, each known by its id."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.announcing import SUBTASK_EVENT, TASK_EVENT, Move, entry, move_of, schemas
from sluice.aws.items import to_item
from sluice.aws.records import subtask_item, task_item
from sluice.tasks import Failure, Notify, Status, Task
from tests.builders import MOMENT, TASK_ID, a_task
from tests.template import ROOT

Plain = dict[str, Any]


def a_record(after: Plain | None, before: Plain | None = None) -> Plain:
    """As Lambda hands it on."""
    name = "REMOVE" if after is None else "MODIFY" if before else "INSERT"
    images = {"NewImage": after, "OldImage": before}
    change = {image: to_item(item) for image, item in images.items() if item is not None}
    return {"eventName": name, "dynamodb": {**change, "ApproximateCreationDateTime": MOMENT.timestamp()}}


def task_moved(after: Task, before: Task | None = None) -> Move | None:
    return move_of(a_record(task_item(after), task_item(before) if before else None))


def detail_of(move: Move | None) -> Plain:
    assert move, "nothing has moved"
    told = entry(move, "bus")
    detail: Plain = json.loads(told["Detail"])
    jsonschema.validate(detail, {**schemas()["properties"][told["DetailType"]], "$defs": schemas()["$defs"]})
    return detail


def test_a_new_task_is_a_move_from_nothing() -> None:
    move = task_moved(a_task())

    detail = detail_of(move)
    assert (detail["status"], detail["progress_phase"]) == ("waiting", "waiting")
    assert (detail["task_id"], detail["attempt"], detail["kinds"]) == (TASK_ID, 1, ["video"])
    assert detail["source"] == {"bucket": "media", "key": "uploads/clip.mp4"}
    assert "previous_status" not in detail


def test_a_change_of_status_tells_both() -> None:
    failed = a_task(
        status=Status.FAILED, has_failed=True, error=Failure(code="time_limit", message="It took too long.")
    )

    move = task_moved(failed, a_task(status=Status.FINISHING))

    assert move and move.type == "task.failed"
    detail = detail_of(move)
    assert (detail["previous_status"], detail["status"], detail["progress_phase"]) == ("finishing", "failed", "ended")
    assert detail["error"] == {"code": "time_limit", "message": "It took too long."}
    assert detail["has_failed"] is True


def test_a_subtask_tells_of_its_own() -> None:
    task = a_task(TASK_ID, "video", "screenshot")
    subtask = task.subtasks[1]
    working = subtask.model_copy(update={"status": Status.PROCESSING, "percent": 12.5, "started_at": MOMENT})

    move = move_of(a_record(subtask_item(task, working), subtask_item(task, subtask)))

    assert move and entry(move, "bus")["DetailType"] == SUBTASK_EVENT
    detail = detail_of(move)
    assert (detail["subtask"], detail["kind"], detail["percent"]) == (2, "screenshot", 12.5)
    assert (detail["task_id"], detail["tenant"], move.type) == (TASK_ID, "default", "subtask.processing")


def test_a_change_of_anything_else_is_no_move() -> None:
    task = a_task(status=Status.PROCESSING)
    subtask = task.subtasks[0]

    assert task_moved(task.model_copy(update={"has_failed": True}), task) is None
    further = subtask.model_copy(update={"percent": 50.0})
    assert move_of(a_record(subtask_item(task, further), subtask_item(task, subtask))) is None


def test_what_a_restart_leaves_as_it_was_is_no_move() -> None:
    task = a_task(status=Status.SUCCEEDED)
    again = task.model_copy(update={"attempt": 2, "status": Status.WAITING})
    done = task.subtasks[0].model_copy(update={"status": Status.SUCCEEDED})

    assert move_of(a_record(subtask_item(again, done), subtask_item(task, done))) is None
    assert detail_of(task_moved(again, task))["attempt"] == 2


@pytest.mark.parametrize("sort", ["deleted", "delivery", "2026-11-21T12:00:00.000Z#x", "subtask"])
def test_other_items_tell_nothing(sort: str) -> None:
    assert move_of(a_record({"pk": TASK_ID, "sk": sort, "status": "waiting"})) is None


def test_a_record_that_is_removed_tells_nothing() -> None:
    assert move_of(a_record(None, task_item(a_task(status=Status.SUCCEEDED)))) is None


def test_the_same_move_has_the_same_id_and_no_other_move_has() -> None:
    def told(**values: Any) -> str:
        event_id: str = detail_of(task_moved(a_task(**values)))["event_id"]
        return event_id

    subtask = move_of(a_record(subtask_item(a_task(), a_task().subtasks[0])))
    ids = [
        told(),
        told(status=Status.QUEUED),
        told(attempt=2),
        told(id="01kampge00abcdefghjkmnpqrt"),
        detail_of(subtask)["event_id"],
    ]

    assert told() == told()
    assert len(set(ids)) == len(ids)


def test_neither_secrets_nor_addresses_are_told() -> None:
    source = a_task().source.model_copy(update={"url": "https://example.com/film.mp4?token=hush"})
    task = a_task(source=source, notify=Notify(url="https://example.com/hush", secret="hush"), client={"key": "hush"})

    move = task_moved(task)

    assert move and "hush" not in entry(move, "bus")["Detail"]


@given(message=st.text(max_size=5000), key=st.text(min_size=1, max_size=1024))
def test_an_event_is_far_smaller_than_256_kilobytes(message: str, key: str) -> None:
    error = Failure(code="c", message=message, detail=("x" * 100_000,))
    task = a_task(status=Status.FAILED, error=error, source=a_task().source.model_copy(update={"key": key}))

    move = task_moved(task)

    assert move and len(entry(move, "bus")["Detail"].encode()) < 32_000


def test_the_published_schema_is_that_of_the_events() -> None:
    published = json.loads(Path(ROOT / "docs" / "events.schema.json").read_text())

    assert published == schemas(), "run `make docs`"
    assert set(published["properties"]) == {TASK_EVENT, SUBTASK_EVENT}


def test_the_examples_in_the_document_are_events() -> None:
    text = (ROOT / "docs" / "events.md").read_text()
    examples = [json.loads(part.partition("```")[0]) for part in text.split("```json")[1:]]
    events = [example for example in examples if "detail-type" in example]

    assert len(events) == 2
    for event in events:
        schema = {**schemas()["properties"][event["detail-type"]], "$defs": schemas()["$defs"]}
        jsonschema.validate(event["detail"], schema)
        assert set(event["detail"]) <= _members(schema)


def _members(schema: Plain) -> set[str]:
    name = schema["$ref"].rpartition("/")[2]
    return set(schema["$defs"][name]["properties"])


def test_that_a_subtask_can_be_played_is_told_once() -> None:
    task = a_task(TASK_ID, "adaptive")
    working = task.subtasks[0].model_copy(update={"status": Status.PROCESSING, "started_at": MOMENT})
    playable = working.model_copy(update={"playable_at": MOMENT})
    further = playable.model_copy(update={"percent": 99.0})

    move = move_of(a_record(subtask_item(task, playable), subtask_item(task, working)))

    detail = detail_of(move)
    assert (detail["previous_status"], detail["status"]) == ("processing", "processing")
    assert detail["playable_at"] and move and move.type == "subtask.playable"
    begun = move_of(a_record(subtask_item(task, working), subtask_item(task, task.subtasks[0])))
    assert begun and begun.detail.event_id != detail["event_id"]
    assert move_of(a_record(subtask_item(task, further), subtask_item(task, playable))) is None
