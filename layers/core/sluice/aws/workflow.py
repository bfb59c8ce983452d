"""Starting a task's execution. Its name is the task's id and attempt, so that it can't be started twice."""

import json

from sluice.aws.clients import stepfunctions
from sluice.settings import settings
from sluice.tasks import Task


def start(task: Task) -> None:
    """Start the workflow of this attempt; harmless when it has been started already."""
    try:
        stepfunctions().start_execution(
            stateMachineArn=settings().state_machine_arn,
            name=f"{task.id}-{task.attempt}",
            input=json.dumps({"task_id": task.id, "attempt": task.attempt, "fetch": task.source.key is None}),
        )
    except stepfunctions().exceptions.ExecutionAlreadyExists:
        pass
