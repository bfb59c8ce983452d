from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sluice.load import by_hour, peaks
from sluice.queue import sort_key
from sluice.tasks import Attempt, Status, Task
from tests.builders import MOMENT, TASK_ID, a_task

HOURS = [MOMENT + timedelta(hours=number) for number in range(5)]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def ended(created: float, started: float, finished: float, status: Status = Status.SUCCEEDED) -> Task:
    """A task by minutes after noon."""
    at = MOMENT + minutes(created)
    task = a_task(created_at=at, queued_as=sort_key(0, at, TASK_ID), status=status)
    times = {"started_at": MOMENT + minutes(started), "finished_at": MOMENT + minutes(finished)}
    return task.model_copy(update=times)


@given(st.lists(st.tuples(st.integers(0, 320), st.integers(1, 200)), max_size=30))
def test_a_peak_is_the_most_that_any_minute_of_the_hour_holds(spans: list[tuple[int, int]]) -> None:
    timed = [(MOMENT + minutes(begin), MOMENT + minutes(begin + length)) for begin, length in spans]

    found = peaks(timed, HOURS)

    assert found == [max(sum(b <= hour + minutes(m) < e for b, e in timed) for m in range(60)) for hour in HOURS]


def test_tasks_are_counted_where_they_come_wait_run_and_end() -> None:
    tasks = [ended(5, 70, 130), ended(6, 65, 75, Status.FAILED), ended(100, 101, 102, Status.CANCELLED)]

    hours = by_hour(tasks, MOMENT, MOMENT + timedelta(hours=3))

    assert [hour.created for hour in hours] == [2, 1, 0]
    assert [(hour.succeeded, hour.failed, hour.cancelled) for hour in hours] == [(0, 0, 0), (0, 1, 1), (1, 0, 0)]
    assert [hour.waiting for hour in hours] == [2, 2, 0]
    assert [hour.running for hour in hours] == [0, 2, 1]


def test_who_waits_or_runs_still_does_so_until_the_present() -> None:
    waiting, running = a_task(), a_task(status=Status.PROCESSING, started_at=MOMENT + minutes(70))

    hours = by_hour([waiting, running], MOMENT, MOMENT + minutes(150))

    assert [(hour.waiting, hour.running) for hour in hours] == [(2, 0), (2, 1), (1, 1)]


def test_every_attempt_counts_by_itself() -> None:
    """The first waited ten minutes; the present one was queued in the third hour, and waits."""
    first = Attempt(attempt=1, status=Status.FAILED, started_at=MOMENT + minutes(10), finished_at=MOMENT + minutes(20))
    queued_as = sort_key(0, MOMENT + minutes(130), TASK_ID)

    hours = by_hour([a_task(history=(first,), attempt=2, queued_as=queued_as)], MOMENT, MOMENT + minutes(140))

    assert [(hour.created, hour.failed, hour.waiting, hour.running) for hour in hours] == [
        (1, 1, 1, 1),
        (0, 0, 0, 0),
        (0, 0, 1, 0),
    ]
