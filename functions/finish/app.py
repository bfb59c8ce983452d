"""Finish: end the task. Called by the workflow, and by EventBridge for an execution that died before it came here."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import TaskNotFound
from sluice.recording import finish_task
from sluice.settings import settings
from sluice.tasks import Failure

logger = Logger(service="finish")

DIED = Failure(code="workflow_failed", message="The workflow stopped before its end. Start the task again.")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    task_id, failure = ending_of(event)
    store = TaskStore(settings().table)
    try:
        status = finish_task(store, store.get(task_id, at=now()), failure)
    except TaskNotFound:
        logger.warning("task expired before its end", task_id=task_id)
        return {"task_id": task_id, "status": None}
    logger.info("task ended", task_id=task_id, status=status)
    return {"task_id": task_id, "status": status}


def ending_of(event: dict[str, Any]) -> tuple[str, Failure | None]:
    """Task id and failure of either caller."""
    if "detail" in event:
        return event["detail"]["name"].rpartition("-")[0], DIED
    failure = event.get("failure")
    return event["task_id"], Failure.model_validate(failure) if failure else None
