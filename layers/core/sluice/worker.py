"""The frame around every kind: ids → job → run → result.

What can't be done is returned as a failure; what may pass (throttling, a lost connection) is raised, and the workflow
tries again. Between the two there is nothing: any other exception is a fault of ours, and is raised as well.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.aws.spending import Spending
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import Cancelled, WorkFailed
from sluice.jobs import Job, JobRef, JobResult
from sluice.kinds.spans import placed
from sluice.settings import settings
from sluice.tasks import Failure, Task
from sluice.workspace import Workspace

Run = Callable[[Workspace], JobResult]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]

logger = Logger(service="worker")

# A film in chunks was worked on once, however many workers did it.
_COUNTED = {"", "join"}

# Left of the Lambda's time for stopping ffmpeg, uploading a log line and answering.
_SECONDS_TO_ANSWER = 10.0


def worker(runs: Mapping[str, Run]) -> Handler:
    """A Lambda handler for these kinds."""

    def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        ref = JobRef.model_validate(event)
        logger.structure_logs(append=True, task_id=ref.task_id, subtask=ref.number, kind=ref.kind)
        seconds = context.get_remaining_time_in_millis() / 1000 - _SECONDS_TO_ANSWER
        began = time.monotonic()
        try:
            result = perform(ref, runs[ref.step or ref.kind], deadline=began + seconds)
        finally:
            gigabytes = int(context.memory_limit_in_mb) / 1024
            Spending(settings().table).add(ref.task_id, ref.number, round(gigabytes * (time.monotonic() - began), 3))
        logger.info("job done", outputs=len(result.outputs), failure=result.failure and result.failure.code)
        return result.model_dump(mode="json", exclude_none=True)

    return lambda_handler


def perform(ref: JobRef, run: Run, *, deadline: float) -> JobResult:
    """Do one job; every ending that is no accident is a result."""
    store = TaskStore(settings().table)
    try:
        task = store.get(ref.task_id, at=now())
        store.begin(task, ref.number, at=now(), counts=ref.step in _COUNTED)
        job = job_of(ref, task)
        with tempfile.TemporaryDirectory(prefix="sluice-") as folder:
            return run(Workspace(job, Path(folder), store, deadline=deadline))
    except Cancelled:
        return JobResult(cancelled=True)
    except WorkFailed as error:
        return JobResult(failure=Failure.of(error))


def job_of(ref: JobRef, task: Task) -> Job:
    """The job as the record has it; its source is the task's, or the output of an earlier subtask that it works on."""
    subtask = task.subtasks[ref.number - 1]
    source = subtask.input or task.source
    assert source.media, "the workflow looks at every source before it works on it"
    return Job(
        **ref.model_dump(exclude={"step", "companions"}),
        companions=tuple(job_of(_of_subtask(ref, number, task), task) for number in ref.companions),
        options=placed(subtask.options, source.media.duration),
        source=source,
        media=source.media,
        tenant=task.tenant,
        output_path=subtask.output_path,
    )


def _of_subtask(ref: JobRef, number: int, task: Task) -> JobRef:
    kind = task.subtasks[number - 1].kind
    return JobRef(task_id=ref.task_id, attempt=ref.attempt, number=number, kind=kind)
