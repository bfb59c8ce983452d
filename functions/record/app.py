"""Record: how a subtask ended. The one writer of results."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.store import TaskStore
from sluice.jobs import JobRef, JobResult
from sluice.recording import record_subtask, status_of
from sluice.settings import settings

logger = Logger(service="record")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    ref, result = JobRef.model_validate(event), JobResult.model_validate(event["result"])
    written = record_subtask(TaskStore(settings().table), ref, result)
    logger.info(
        "subtask ended",
        task_id=ref.task_id,
        subtask=ref.number,
        status=status_of(result),
        written=written,
    )
    return {"number": ref.number, "status": status_of(result)}
