"""What the reconciler does: find what was lost between two steps, and mend it. Every repair may be repeated harmlessly.

uploads     whose event never came: they become tasks
executions  that are gone, or ran too long, without their task having ended: the task fails and says why
places      that ended tasks still hold: they are given back
queue       entries that could start: they do
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from sluice import admission, ids
from sluice.aws import files, workflow
from sluice.aws.slots import Slot, Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import Queues
from sluice.clock import now
from sluice.ending import DIED, end_attempt
from sluice.errors import BadSource, TaskNotFound
from sluice.intake import submit_upload
from sluice.media import Value
from sluice.settings import settings
from sluice.tasks import Failure, Status

# An event may take a while, and a step is between two writes for moments only.
PATIENCE = timedelta(minutes=2)
# Records live for days: an upload of the last day without one never had one.
LOOKS_BACK = timedelta(days=1)

TOO_LONG = Failure(
    code="time_limit_exceeded", message="The task took longer than a task may take. Split the work, or raise the limit."
)


class Repairs(Value):
    """How many of each were mended."""

    uploads: int = 0
    executions: int = 0
    places: int = 0
    started: int = 0

    @property
    def any(self) -> bool:
        return bool(self.uploads or self.executions or self.places or self.started)


def reconcile(*, deadline: float) -> Repairs:
    """Look once at everything; `deadline`, a point of time.monotonic(), ends the look at uploads for this time."""
    executions, places = _look_at_running(now())
    return Repairs(
        uploads=sum(_became_task(bucket, key) for bucket, key in lost_uploads(now(), deadline=deadline)),
        executions=executions,
        places=places,
        started=admission.admit(at_most=1000),
    )


def state_of_queue(at: datetime) -> tuple[int, float]:
    """How many tasks run, and for how many seconds the longest waiting of those that come next has waited."""
    heads = Queues(settings().table).heads(at=at)
    waited = [(at - head.since).total_seconds() for head in heads]
    return len(Slots(settings().table).taken()), max(waited, default=0.0)


def lost_uploads(at: datetime, *, deadline: float) -> Iterator[tuple[str, str]]:
    """Uploads of the last day that have no record: (bucket, key).

    A bucket that is too large to be looked through in time is gone on with the next time.
    """
    store, bucket = TaskStore(settings().table), settings().media_bucket
    after = store.bookmark()
    for page in files.pages(bucket, settings().upload_prefix, after=after):
        recent = [found for found in page if at - LOOKS_BACK < found.modified < at - PATIENCE]
        by_id = {ids.upload_id(bucket, found.key, found.etag, found.modified): found.key for found in recent}
        yield from ((bucket, by_id[task_id]) for task_id in store.unknown(by_id))
        if time.monotonic() > deadline:
            store.set_bookmark(page[-1].key)
            return
    store.set_bookmark(None)


def _became_task(bucket: str, key: str) -> bool:
    try:
        submit_upload(bucket, key)
    except (BadSource, TaskNotFound):
        return False
    return True


def _look_at_running(at: datetime) -> tuple[int, int]:
    """Mend the tasks that hold a place; returns how many executions and how many places were mended."""
    ended = freed = 0
    for task_id, slot in Slots(settings().table).taken().items():
        if at - slot.since < PATIENCE:
            continue
        if failure := _why_dead(task_id, slot, at):
            end_attempt(task_id, slot.attempt, failure)
            ended += 1
        elif _has_ended(task_id, slot):
            freed += Slots(settings().table).give_back(task_id, slot)
    return ended, freed


def _why_dead(task_id: str, slot: Slot, at: datetime) -> Failure | None:
    """Why a task that holds a place can't come to its end by itself; None when it can, or has."""
    runs = workflow.runs(task_id, slot.attempt)
    # read after the execution was looked at: one that has just ended has written so before
    if _has_ended(task_id, slot):
        return None
    task = TaskStore(settings().table).get(task_id, at=at)
    if runs and at - slot.since > settings().longest_task:
        workflow.stop(task)
        return TOO_LONG
    never_started = runs is None and task.status is Status.WAITING
    return None if runs or never_started else DIED


def _has_ended(task_id: str, slot: Slot) -> bool:
    try:
        task = TaskStore(settings().table).get(task_id, at=now())
    except TaskNotFound:
        return True
    return task.attempt != slot.attempt or task.status.is_final
