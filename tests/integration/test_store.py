from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.aws.store import TaskStore
from sluice.clock import iso
from sluice.errors import Cancelled, TaskNotFound
from sluice.ids import random_id
from sluice.tasks import SUBTASK_MOVES, TASK_MOVES, Source, Status, Task
from tests.builders import MOMENT, RETENTION, TASK_ID, a_failure, a_task, an_output, media_info
from tests.conftest import TABLE

pytestmark = pytest.mark.usefixtures("aws")
STORE = TaskStore(TABLE)

# every example has a task of its own, so the table may be shared
laws = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


def recorded(*kinds: str, created_at: datetime = MOMENT, **values: Any) -> Task:
    """A task in the table."""
    task = a_task(random_id(MOMENT), *kinds, created_at=created_at, **values)
    assert STORE.create(task)
    return task


def now_(task: Task) -> Task:
    return STORE.get(task.id, at=MOMENT)


# ── creating and reading ──────────────────────────────────────────────────────────────────────


def test_a_task_comes_back_as_it_was_written() -> None:
    task = recorded("video", "screenshot", "moderation")

    assert now_(task) == task


def test_a_task_that_is_there_is_not_written_again() -> None:
    task = recorded()
    STORE.move(task, Status.VALIDATING)

    assert STORE.create(task) is False
    assert now_(task).status is Status.VALIDATING


def test_a_source_comes_back_with_all_that_the_probe_said() -> None:
    task = recorded()
    source = task.source.model_copy(update={"media": media_info(duration=4.010667), "size": 20_000_000_001})

    STORE.move(task, Status.VALIDATING, source=source.model_dump(mode="json", exclude_none=True))

    assert now_(task).source == source


def test_fifty_subtasks_are_one_write() -> None:
    task = recorded(*["video"] * 50)

    assert [subtask.number for subtask in now_(task).subtasks] == list(range(1, 51))


def test_an_unknown_task_is_not_found() -> None:
    with pytest.raises(TaskNotFound):
        STORE.get(TASK_ID, at=MOMENT)


def test_an_expired_task_is_not_found_although_it_is_there() -> None:
    task = recorded()

    assert STORE.get(task.id, at=MOMENT + RETENTION - timedelta(seconds=1)) == task
    with pytest.raises(TaskNotFound):
        STORE.get(task.id, at=MOMENT + RETENTION)


# ── moving ────────────────────────────────────────────────────────────────────────────────────


def test_a_task_moves_through_its_stations() -> None:
    task = recorded()
    stations = [Status.VALIDATING, Status.QUEUED, Status.PROCESSING, Status.FINISHING, Status.SUCCEEDED]

    moved = [STORE.move(task, station) for station in stations]

    assert all(moved)
    assert now_(task).status is Status.SUCCEEDED


def test_a_move_that_may_not_be_changes_nothing() -> None:
    task = recorded()

    assert not STORE.move(task, Status.PROCESSING, started_at=iso(MOMENT))
    assert now_(task) == task


def test_a_move_sets_and_removes_values_beside_the_status() -> None:
    task = recorded()
    STORE.move(task, Status.VALIDATING, started_at=iso(MOMENT), error=a_failure().model_dump(mode="json"))

    STORE.move(task, Status.QUEUED, error=None)

    assert now_(task).started_at == MOMENT
    assert now_(task).error is None


def test_a_failed_task_says_that_it_has_failed() -> None:
    task = recorded()

    STORE.move(task, Status.FAILED, error=a_failure().model_dump(mode="json"))

    assert now_(task).has_failed and now_(task).error == a_failure()


def test_another_attempt_may_not_be_moved_by_the_one_before() -> None:
    task = recorded(attempt=2)

    assert not STORE.move(task.model_copy(update={"attempt": 1}), Status.VALIDATING)
    assert STORE.move(task, Status.VALIDATING)


def test_a_task_that_is_not_there_can_not_be_moved_into_being() -> None:
    assert not STORE.move(a_task(), Status.VALIDATING)
    with pytest.raises(TaskNotFound):
        STORE.get(TASK_ID, at=MOMENT)


@laws
@given(wishes=st.lists(st.sampled_from(sorted(TASK_MOVES)), max_size=8))
def test_the_record_moves_as_the_table_of_moves_says(wishes: list[Status]) -> None:
    task, expected = recorded(), Status.WAITING

    for wish in wishes:
        allowed = expected in TASK_MOVES[wish]
        assert STORE.move(task, wish) is allowed
        expected = wish if allowed else expected

    assert now_(task).status is expected


# ── subtasks ──────────────────────────────────────────────────────────────────────────────────


def test_a_worker_begins_reports_and_ends() -> None:
    task = recorded()
    outputs = [an_output().model_dump(mode="json", exclude_none=True)]

    STORE.begin(task, 1, at=MOMENT)
    STORE.progress(task.id, 1, 1, 42.5)
    working = now_(task)
    STORE.end_subtask(task.id, 1, 1, Status.SUCCEEDED, {"percent": 100.0, "outputs": outputs})

    assert (working.subtasks[0].percent, working.progress, working.subtasks[0].attempts) == (42.5, 42.5, 1)
    ended = now_(task).subtasks[0]
    assert (ended.status, ended.outputs) == (Status.SUCCEEDED, (an_output(),))


def test_a_worker_that_is_started_again_counts_and_keeps_its_first_start() -> None:
    task = recorded()
    STORE.begin(task, 1, at=MOMENT)

    STORE.begin(now_(task), 1, at=MOMENT + timedelta(minutes=1))

    subtask = now_(task).subtasks[0]
    assert (subtask.attempts, subtask.started_at, subtask.status) == (2, MOMENT, Status.PROCESSING)


def test_a_preparing_step_is_no_attempt() -> None:
    task = recorded()

    STORE.begin(task, 1, at=MOMENT, counts=False)

    assert now_(task).subtasks[0].attempts == 0


@pytest.mark.parametrize("ending", [Status.SUCCEEDED, Status.FAILED, Status.CANCELLED])
def test_a_worker_hears_that_its_subtask_has_ended(ending: Status) -> None:
    task = recorded()
    STORE.begin(task, 1, at=MOMENT)
    STORE.end_subtask(task.id, 1, 1, ending, {})

    with pytest.raises(Cancelled):
        STORE.progress(task.id, 1, 1, 50.0)
    with pytest.raises(Cancelled):
        STORE.begin(task, 1, at=MOMENT)


def test_a_worker_of_another_attempt_is_cancelled() -> None:
    task = recorded(attempt=2)

    with pytest.raises(Cancelled):
        STORE.begin(task.model_copy(update={"attempt": 1}), 1, at=MOMENT)


def test_what_a_subtask_works_on_is_written_down() -> None:
    task = recorded("video", "screenshot")
    made = Source(bucket="outputs", key="outputs/a/1-video/video.mp4", etag="e", size=1, media=media_info())

    STORE.set_input(task, 2, made)

    assert [subtask.input for subtask in now_(task).subtasks] == [None, made]


def test_progress_before_the_beginning_is_refused() -> None:
    with pytest.raises(Cancelled):
        STORE.progress(recorded().id, 1, 1, 50.0)


def test_the_first_ending_stays() -> None:
    task = recorded()

    first = STORE.end_subtask(task.id, 1, 1, Status.FAILED, {"error": a_failure().model_dump(mode="json")})
    second = STORE.end_subtask(task.id, 1, 1, Status.SUCCEEDED, {"error": None})

    assert (first, second) == (True, False)
    assert now_(task).subtasks[0].error == a_failure()


@laws
@given(wishes=st.lists(st.sampled_from(sorted(SUBTASK_MOVES)), max_size=6))
def test_a_subtask_moves_as_the_table_of_moves_says(wishes: list[Status]) -> None:
    task, expected = recorded(), Status.WAITING

    for wish in wishes:
        allowed = expected in SUBTASK_MOVES[wish]
        assert STORE.end_subtask(task.id, 1, 1, wish, {}) is allowed
        expected = wish if allowed else expected

    assert now_(task).subtasks[0].status is expected
