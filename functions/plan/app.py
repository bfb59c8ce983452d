"""Plan: which subtasks run, and which the probe has settled."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import Cancelled
from sluice.grouping import groups
from sluice.planning import plan
from sluice.settings import settings
from sluice.tasks import Status

logger = Logger(service="plan")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    store = TaskStore(settings().table)
    try:
        task = store.current(event["task_id"], event["attempt"], at=now())
    except Cancelled:
        # nothing more starts, and Finish finds the task ended
        return {"groups": [], "more": False}
    assert task.source.media, "the workflow validates before it plans"
    steps, more = plan(task, task.source.media)
    store.move(task, Status.PROCESSING)
    logger.info("task planned", task_id=task.id, steps=len(steps), more=more)
    return {"groups": groups(task, steps), "more": more}
