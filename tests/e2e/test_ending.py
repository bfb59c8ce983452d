"""Ending tasks in each of their phases, starting them again, and who comes first: on the deployed stack."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.processes import wait_until
from tests.e2e import ending
from tests.e2e.ending import (
    a_minute,
    all_places_taken,
    encoders,
    held_as_it_finishes,
    reached,
    slow_source,
    stored,
)
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task, subtask_of


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    with slow_source() as address:
        yield address


@pytest.fixture(scope="module")
def film() -> bytes:
    return a_minute()


def source(stack: Stack, content: bytes, key: str) -> dict[str, Any]:
    return {"input": {"bucket": stack.env.sluice_bucket, "key": stack.upload(content, key)}}


def check_cancelled(stack: Stack, task: Task) -> None:
    """For good, with nothing of it left."""
    ended = stack.task(task["id"])
    assert (ended["status"], ended["error"]) == ("cancelled", None)
    assert ended["finished_at"]
    assert {subtask["status"] for subtask in ended["subtasks"]} <= {"cancelled", "succeeded"}
    made = [output["key"] for subtask in ended["subtasks"] for output in subtask["outputs"]]
    assert sorted(stored(stack, task, "outputs")) == sorted(made)


def test_a_waiting_task_is_cancelled_and_never_starts(stack: Stack, slow: str, second: bytes) -> None:
    with all_places_taken(stack, slow):
        task = stack.create({**source(stack, second, "ending/waiting.mp4"), "subtasks": [{"kind": "metadata"}]})
        assert task["status"] == "waiting"

        assert ending.end(stack, task)["status"] == "cancelled"

    check_cancelled(stack, task)
    assert stack.task(task["id"])["started_at"] is None


def test_a_task_whose_source_is_still_fetched_is_cancelled(stack: Stack, slow: str) -> None:
    task = stack.create({"url": slow, "subtasks": [{"kind": "metadata"}]})
    reached(stack, task, "validating")

    assert ending.end(stack, task)["status"] == "cancelled"

    check_cancelled(stack, task)


def test_the_encoder_of_a_task_that_is_ended_stops_and_nothing_is_published(stack: Stack, film: bytes) -> None:
    video = {"kind": "video", "options": {"codec": "h264", "crf": 18}}
    task = stack.create({**source(stack, film, "ending/processing.mp4"), "subtasks": [{"kind": "metadata"}, video]})
    assert wait_until(lambda: bool(encoders(stack)), PATIENCE_SECONDS), stack.task(task["id"])

    assert ending.end(stack, task)["status"] == "cancelled"

    assert wait_until(lambda: not encoders(stack), PATIENCE_SECONDS)
    check_cancelled(stack, task)
    assert subtask_of(stack.task(task["id"]), "video")["status"] == "cancelled"
    assert subtask_of(stack.task(task["id"]), "video")["outputs"] == []
    assert ending.end(stack, task)["status"] == "cancelled", "ending it twice is harmless"


def test_a_task_that_is_ended_as_it_finishes_stays_cancelled(stack: Stack, hold: Path, second: bytes) -> None:
    given = {**source(stack, second, "ending/finishing.mp4"), "subtasks": [{"kind": "metadata"}]}
    with held_as_it_finishes(hold):
        task = reached(stack, stack.create(given), "finishing")

        assert ending.end(stack, task)["status"] == "cancelled"

    later = stack.ended(stack.create(given)["id"])
    assert later["status"] == "succeeded", "what was held has gone on"
    check_cancelled(stack, task)
    assert len(stored(stack, task, "outputs")) == 1, "what had succeeded before is kept"
    assert stored(stack, task, "work") == []


def test_waiting_tasks_start_by_priority_then_age(stack: Stack, slow: str, second: bytes) -> None:
    given = source(stack, second, "ending/order.mp4")
    with all_places_taken(stack, slow) as held:
        asked = [("low", -5), ("first", 0), ("second", 0), ("high", 5)]
        body = {**given, "subtasks": [{"kind": "metadata"}]}
        tasks = {name: stack.create({**body, "priority": priority}) for name, priority in asked}
        assert {stack.task(task["id"])["status"] for task in tasks.values()} == {"waiting"}

        ending.end(stack, held[0])

        ended = {name: stack.ended(task["id"]) for name, task in tasks.items()}
    assert {task["status"] for task in ended.values()} == {"succeeded"}
    assert sorted(ended, key=lambda name: ended[name]["started_at"]) == ["high", "first", "second", "low"]


def test_a_restart_of_what_failed_leaves_the_rest_and_one_of_all_makes_the_same(stack: Stack, second: bytes) -> None:
    still = {"kind": "screenshot", "options": {"times": ["50%"]}}
    late = {"kind": "screenshot", "options": {"times": [99]}}
    task = stack.create({**source(stack, second, "ending/again.mp4"), "subtasks": [still, late]})
    first = stack.ended(task["id"])
    assert [subtask["status"] for subtask in first["subtasks"]] == ["succeeded", "failed"]

    failed_only = restarted(stack, task, "failed")
    everything = restarted(stack, task, "all")

    assert [(again["attempt"], again["status"]) for again in (failed_only, everything)] == [
        (2, "failed"),
        (3, "failed"),
    ]
    assert failed_only["subtasks"][0]["finished_at"] == first["subtasks"][0]["finished_at"]
    assert failed_only["subtasks"][1]["finished_at"] > first["subtasks"][1]["finished_at"]
    assert everything["subtasks"][0]["finished_at"] > first["subtasks"][0]["finished_at"]
    assert made(everything) == made(failed_only) == made(first)
    assert sorted(stored(stack, task, "outputs")) == sorted(key for key, _ in made(first))


def restarted(stack: Stack, task: Task, which: str) -> Task:
    answer = stack.http.post(f"/tasks/{task['id']}/restart", json={"which": which})
    assert answer.status_code == 200, answer.text
    return stack.ended(task["id"])


def made(task: Task) -> list[tuple[str, int]]:
    return [(output["key"], output["size"]) for subtask in task["subtasks"] for output in subtask["outputs"]]
