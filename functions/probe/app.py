"""Validate: look at the source, pin its version, write down what it is. Also every other look at a file: metadata."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.errors import Cancelled
from sluice.jobs import JobRef
from sluice.kinds.metadata.run import run as metadata
from sluice.tasks import Failure
from sluice.validation import look_at_output, validate
from sluice.worker import worker

logger = Logger(service="probe")

describe = worker({"metadata": metadata})


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    logger.structure_logs(append=True, task_id=event["task_id"], subtask=event.get("number"))
    if event.get("step") == "source":
        return look_at_output(JobRef.model_validate(event)).model_dump(mode="json", exclude_none=True)
    if "kind" in event:
        return describe(event, context)
    try:
        failure = validate(event["task_id"], event["attempt"])
    except Cancelled as ended:
        failure = Failure(code=ended.code, message=ended.message)
    logger.info("source validated", failure=failure and failure.code)
    return {"failure": failure.model_dump(mode="json") if failure else None}
