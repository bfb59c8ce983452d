"""Bundle: the outputs of a task as one zip in the work files. Called by the API, which doesn't wait for it."""

import io
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws import bundles, files
from sluice.aws.bundles import BundleStore, State
from sluice.aws.store import TaskStore
from sluice.bundling import Stream, archive, bundle_key, members
from sluice.clock import now
from sluice.settings import settings

logger = Logger(service="bundle")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    task_id, bundle = event["task_id"], event["bundle"]
    store = BundleStore(settings().table)
    if store.state(task_id, bundle, at=now()) is not State.MAKING:
        logger.info("nothing to bundle", task_id=task_id)
        return {"state": None}
    try:
        count = make(task_id, bundle, event["subtasks"])
    except Exception:
        # whoever asks next is told; trying again by ourselves would meet the same
        logger.exception("bundle failed", task_id=task_id)
        store.end(task_id, bundle, State.FAILED)
        return {"state": State.FAILED}
    store.end(task_id, bundle, State.READY)
    logger.info("bundle made", task_id=task_id, files=count)
    return {"state": State.READY}


def make(task_id: str, bundle: str, numbers: list[int]) -> int:
    """Write the archive of these subtasks, of all when none is named; returns how many files are in it."""
    bucket = settings().output_bucket
    task = TaskStore(settings().table).get(task_id, at=now())
    found = members(task, numbers, lambda prefix: bundles.below(bucket, prefix))
    pieces = archive(found, lambda key: bundles.pieces(bucket, key), at=task.finished_at or task.created_at)
    files.put_stream(io.BufferedReader(Stream(pieces)), bucket, bundle_key(task_id, bundle))
    return len(found)
