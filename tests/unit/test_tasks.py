from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.tasks import FINAL, SUBTASK_MOVES, TASK_MOVES, Status, ending, new_task
from tests.builders import MOMENT, RETENTION, TASK_ID, a_failure, a_request, a_source, a_subtask, a_task

MOVES = {"task": TASK_MOVES, "subtask": SUBTASK_MOVES}
SKIPPED = a_subtask(status=Status.SUCCEEDED, skipped="The file is a still picture, not a film.")
DONE = a_subtask(status=Status.SUCCEEDED)
CANCELLED = a_subtask(status=Status.CANCELLED)
FAILED = a_subtask(status=Status.FAILED, error=a_failure("source_undecodable"))


@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
def test_no_move_leaves_a_final_status(moves: dict[Status, frozenset[Status]]) -> None:
    assert all(not FINAL & starts for starts in moves.values())


@pytest.mark.parametrize("moves", MOVES.values(), ids=MOVES)
@given(wishes=st.lists(st.sampled_from(Status)))
def test_whatever_is_tried_an_ended_status_stays(moves: dict[Status, frozenset[Status]], wishes: list[Status]) -> None:
    history = [Status.WAITING]

    for wish in wishes:
        history.append(wish if history[-1] in moves.get(wish, ()) else history[-1])

    assert all(before == after for before, after in pairwise(history) if before.is_final)


def test_nothing_becomes_waiting_again() -> None:
    assert Status.WAITING not in TASK_MOVES
    assert Status.WAITING not in SUBTASK_MOVES


def test_a_task_passes_through_all_stations_in_order() -> None:
    stations = [s for s in Status if not s.is_final]

    assert all(before in TASK_MOVES[after] for before, after in pairwise(stations))


@pytest.mark.parametrize("status", set(Status) - FINAL)
def test_a_running_task_can_always_be_failed_and_cancelled(status: Status) -> None:
    assert status in TASK_MOVES[Status.FAILED]
    assert status in TASK_MOVES[Status.CANCELLED]


def test_a_task_succeeds_only_by_way_of_finishing() -> None:
    assert TASK_MOVES[Status.SUCCEEDED] == {Status.FINISHING}


def test_all_done_is_a_success() -> None:
    assert ending([DONE, DONE], None) == (Status.SUCCEEDED, None)


def test_one_failure_fails_the_task_with_its_reason() -> None:
    assert ending([DONE, FAILED, CANCELLED], None) == (Status.FAILED, FAILED.error)


def test_a_failure_of_the_whole_comes_first() -> None:
    whole = a_failure("workflow_failed")

    assert ending([DONE, FAILED], whole) == (Status.FAILED, whole)


def test_a_skipped_subtask_beside_one_that_was_done_is_a_success() -> None:
    assert ending([SKIPPED, DONE], None) == (Status.SUCCEEDED, None)


def test_a_task_that_did_nothing_fails_and_says_why() -> None:
    status, error = ending([SKIPPED, SKIPPED], None)

    assert status is Status.FAILED
    assert error and (error.code, error.message) == ("source_unsupported", SKIPPED.skipped)


def test_a_cancelled_subtask_cancels_the_task() -> None:
    assert ending([DONE, CANCELLED], None) == (Status.CANCELLED, None)


def test_progress_is_the_mean_of_the_subtasks() -> None:
    task = a_task(subtasks=(DONE, a_subtask(percent=50.0), a_subtask(percent=0.0)))

    assert task.progress == 50.0


def test_an_ended_task_is_at_100() -> None:
    assert a_task(status=Status.FAILED).progress == 100.0


def test_a_task_without_its_subtasks_at_hand_is_at_0() -> None:
    assert a_task(subtasks=()).progress == 0.0


@given(st.lists(st.floats(min_value=0, max_value=100), max_size=10))
def test_progress_stays_between_0_and_100(percents: list[float]) -> None:
    task = a_task(subtasks=tuple(a_subtask(percent=percent) for percent in percents))

    assert 0 <= task.progress <= 100


def test_a_new_task_waits_with_its_subtasks_numbered() -> None:
    requests = [a_request("video"), a_request("screenshot", by_name=False)]

    task = new_task(TASK_ID, a_source(), requests, trigger="api", created_at=MOMENT, retention=RETENTION)

    assert task.status is Status.WAITING and task.attempt == 1 and task.subtask_count == 2
    assert [(s.number, s.kind, s.by_name, s.status) for s in task.subtasks] == [
        (1, "video", True, Status.WAITING),
        (2, "screenshot", False, Status.WAITING),
    ]
    assert task.expires_at == (MOMENT + RETENTION).timestamp()


def test_a_task_survives_being_written_and_read() -> None:
    task = a_task(TASK_ID, "video", "moderation", status=Status.FAILED, error=a_failure())

    assert type(task).model_validate_json(task.model_dump_json()) == task
