"""Fetch: a source that was given by URL is copied beside the work files, so that everything after reads a bucket."""

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.errors import Cancelled
from sluice.fetching import fetch_source
from sluice.tasks import Failure

logger = Logger(service="fetch")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    logger.structure_logs(append=True, task_id=event["task_id"])
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - 10
    try:
        failure = fetch_source(event["task_id"], event["attempt"], deadline=deadline)
    except Cancelled as ended:
        failure = Failure(code=ended.code, message=ended.message)
    logger.info("source fetched", failure=failure and failure.code)
    return {"failure": failure.model_dump(mode="json") if failure else None}
