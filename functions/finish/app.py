"""Finish: end the task. Called by the workflow, and by EventBridge for an execution that died before it came here."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.workflow import task_and_attempt
from sluice.ending import DIED, end_attempt
from sluice.errors import TaskNotFound
from sluice.tasks import Failure, Task

logger = Logger(service="finish")
metrics = Metrics(service="finish")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    task_id, attempt, failure = ending_of(event)
    try:
        ended, first = end_attempt(task_id, attempt, failure)
    except TaskNotFound:
        logger.warning("task expired before its end", task_id=task_id)
        return {"task_id": task_id, "status": None}
    logger.info("task ended", task_id=task_id, attempt=attempt, status=ended.status)
    if first:
        count(ended)
    return {"task_id": task_id, "status": ended.status}


def count(ended: Task) -> None:
    metrics.add_metric(name=f"Task{ended.status.value.capitalize()}", unit=MetricUnit.Count, value=1)
    if ended.finished_at and ended.attempt == 1:
        seconds = (ended.finished_at - ended.created_at).total_seconds()
        metrics.add_metric(name="TaskSeconds", unit=MetricUnit.Seconds, value=seconds)
    metrics.flush_metrics()


def ending_of(event: dict[str, Any]) -> tuple[str, int, Failure | None]:
    """Task id, attempt and failure of either caller."""
    if "detail" in event:
        return *task_and_attempt(event["detail"]["name"]), DIED
    failure = event.get("failure")
    return event["task_id"], event["attempt"], Failure.model_validate(failure) if failure else None
