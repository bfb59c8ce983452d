"""Dispatcher: an upload's event becomes a recorded, started task."""

# ruff: noqa: E402
import gc

# as in the API's handler: a cold start needn't look for garbage
gc.disable()

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.errors import BadSource, TaskNotFound
from sluice.intake import submit_upload

gc.freeze()
gc.enable()

logger = Logger(service="dispatcher")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    # EventBridge's «Object Created» has the key as it is, unlike S3's direct notifications, which encode it
    bucket, key = event["detail"]["bucket"]["name"], event["detail"]["object"]["key"]
    try:
        task = submit_upload(bucket, key)
    except (BadSource, TaskNotFound) as gone:
        logger.warning("upload or its task not there any more", key=key, reason=gone.code)
        return {"task_id": None, "reason": gone.code}
    logger.info("upload dispatched", task_id=task.id, status=task.status)
    return {"task_id": task.id}
