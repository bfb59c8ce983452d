"""A task's execution. Its name is the task's id and attempt, so that it can't be started twice."""

import json

from botocore.exceptions import ClientError

from sluice.aws.clients import stepfunctions
from sluice.settings import settings
from sluice.tasks import Task

_RUNNING = "RUNNING"
# Never begun, and ended already.
_NOTHING_TO_STOP = {"ExecutionDoesNotExist", "ValidationException"}


def start(task: Task) -> None:
    """Start the workflow of this attempt; harmless when it has been started already."""
    try:
        stepfunctions().start_execution(
            stateMachineArn=settings().state_machine_arn,
            name=_name(task.id, task.attempt),
            input=json.dumps({"task_id": task.id, "attempt": task.attempt, "fetch": task.source.key is None}),
        )
    except stepfunctions().exceptions.ExecutionAlreadyExists:
        pass


def stop(task: Task) -> None:
    """Stop the workflow of this attempt; harmless when it has ended, or never began."""
    try:
        stepfunctions().stop_execution(executionArn=_arn(task.id, task.attempt), cause="The task was ended.")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOTHING_TO_STOP:
            raise


def runs(task_id: str, attempt: int) -> bool | None:
    """Whether the workflow of this attempt runs; None when there is none, or none any more: 90 days are kept."""
    try:
        found = stepfunctions().describe_execution(executionArn=_arn(task_id, attempt))
    except stepfunctions().exceptions.ExecutionDoesNotExist:
        return None
    return found["status"] == _RUNNING


def task_and_attempt(execution_name: str) -> tuple[str, int]:
    """What an execution is about."""
    task_id, _, attempt = execution_name.rpartition("-")
    return task_id, int(attempt)


def _name(task_id: str, attempt: int) -> str:
    return f"{task_id}-{attempt}"


def _arn(task_id: str, attempt: int) -> str:
    """https://docs.aws.amazon.com/step-functions/latest/dg/concepts-standard-vs-express.html"""
    machine = settings().state_machine_arn.replace(":stateMachine:", ":execution:")
    return f"{machine}:{_name(task_id, attempt)}"
