"""Whatever order owners, steps and the reconciler come in: no illegal move, and a final status stays within its
attempt.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from moto import mock_aws

from sluice import admission, control
from sluice.aws.clients import dynamodb, s3, stepfunctions
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import Queues
from sluice.clock import now
from sluice.ending import end_attempt
from sluice.errors import Cancelled, Conflict
from sluice.intake import TaskRequest, submit_request
from sluice.jobs import JobRef, JobResult
from sluice.recording import record_subtask
from sluice.tasks import Source, Status, Task
from tests.builders import a_failure, a_request
from tests.conftest import MEDIA, OUTPUTS, STATE_MACHINE, TABLE, forget
from tests.template import state_machine_text, table_request

ATTEMPTS, NUMBERS = st.integers(1, 3), st.integers(1, 2)
MOVES = {
    Status.WAITING: {Status.VALIDATING, Status.FINISHING, Status.FAILED, Status.CANCELLED},
    Status.VALIDATING: {Status.QUEUED, Status.FINISHING, Status.FAILED, Status.CANCELLED},
    Status.QUEUED: {Status.PROCESSING, Status.FINISHING, Status.FAILED, Status.CANCELLED},
    Status.PROCESSING: {Status.FINISHING, Status.FAILED, Status.CANCELLED},
    Status.FINISHING: {Status.SUCCEEDED, Status.FAILED, Status.CANCELLED},
}


class OneTask(RuleBasedStateMachine):
    """Every step of every attempt, late or early, in any order, any number of times."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_aws()
        self.mock.start()
        forget()
        dynamodb().create_table(**table_request(TABLE))
        for bucket in (MEDIA, OUTPUTS):
            s3().create_bucket(Bucket=bucket)
        stepfunctions().create_state_machine(
            name=STATE_MACHINE.rpartition(":")[2],
            definition=state_machine_text(),
            roleArn="arn:aws:iam::123456789012:role/workflow",
        )
        self.store = TaskStore(TABLE)

    def teardown(self) -> None:
        self.mock.stop()

    @initialize()
    def submitted(self) -> None:
        s3().put_object(Bucket=MEDIA, Key="uploads/a.mp4", Body=b"film")
        asked = (a_request("video"), a_request("screenshot"))
        self.id = submit_request(TaskRequest(source=Source(bucket=MEDIA, key="uploads/a.mp4"), subtasks=asked)).id
        self.before = self.task

    @property
    def task(self) -> Task:
        return self.store.get(self.id, at=now())

    def step(self, attempt: int, do: Callable[[Task], Any]) -> None:
        with suppress(Cancelled):
            do(self.store.current(self.id, attempt, at=now()))

    @rule(attempt=ATTEMPTS, to=st.sampled_from([Status.VALIDATING, Status.QUEUED, Status.PROCESSING]))
    def a_step_moves_it(self, attempt: int, to: Status) -> None:
        self.step(attempt, lambda task: self.store.move(task, to))

    @rule(attempt=ATTEMPTS, number=NUMBERS)
    def a_worker_begins(self, attempt: int, number: int) -> None:
        self.step(attempt, lambda task: self.store.begin(task, number, at=now()))

    @rule(
        attempt=ATTEMPTS,
        number=NUMBERS,
        result=st.sampled_from([JobResult(), JobResult(failure=a_failure()), JobResult(cancelled=True)]),
    )
    def a_result_is_recorded(self, attempt: int, number: int, result: JobResult) -> None:
        record_subtask(self.store, JobRef(task_id=self.id, attempt=attempt, number=number, kind="video"), result)

    @rule(attempt=ATTEMPTS, failure=st.sampled_from([None, a_failure()]))
    def it_finishes(self, attempt: int, failure: Any) -> None:
        end_attempt(self.id, attempt, failure)

    @rule()
    def its_owner_ends_it(self) -> None:
        try:
            control.end_task(self.task)
        except Conflict:
            assert self.task.status in {Status.SUCCEEDED, Status.FAILED}

    @rule(only_failed=st.booleans())
    def its_owner_starts_it_again(self, only_failed: bool) -> None:
        try:
            control.restart_task(self.task, only_failed=only_failed)
        except Conflict:
            assert not self.task.status.is_final or only_failed

    @rule()
    def someone_admits(self) -> None:
        admission.admit()

    @invariant()
    def moves_are_legal(self) -> None:
        if not hasattr(self, "before"):
            return
        before, task = self.before, self.task
        self.before = task
        if task.attempt != before.attempt:
            assert (task.attempt, task.status) == (before.attempt + 1, Status.WAITING) and before.status.is_final
            return
        assert task.status is before.status or self.reachable(before.status, task.status)
        for old, new in zip(before.subtasks, task.subtasks, strict=True):
            assert not old.status.is_final or new == old

    def reachable(self, old: Status, new: Status) -> bool:
        return any(step is new or self.reachable(step, new) for step in MOVES.get(old, ()))

    @invariant()
    def an_ended_task_has_no_open_subtask_and_no_place(self) -> None:
        if not hasattr(self, "before") or not self.task.status.is_final:
            return
        assert all(subtask.status.is_final for subtask in self.task.subtasks)
        assert Slots(TABLE).taken() == {}
        assert list(Queues(TABLE).of("default")) == []


@pytest.mark.usefixtures("environment")
def test_no_order_of_events_makes_an_illegal_move() -> None:
    run_state_machine_as_test(
        OneTask,
        settings=settings(
            max_examples=10,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
