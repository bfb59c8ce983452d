"""admit(): start waiting tasks while there is room.

Called after a task was recorded, after one has ended, and by the reconciler; any number of callers at once. A place is
taken before the execution starts, and the entry leaves the queue after it: whoever dies in between leaves an entry with
a place, which the next caller starts (again, harmlessly: an execution has one name).
"""

from functools import lru_cache

from sluice import queue
from sluice.aws import workflow
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import RENEWED_SECONDS, Queues
from sluice.clock import now
from sluice.errors import TaskNotFound
from sluice.queue import Waiting
from sluice.settings import settings
from sluice.tasks import Status, Task


def admit(*, at_most: int = 25) -> int:
    """Start waiting tasks until none waits or no place is free; returns how many were started."""
    started = 0
    while started < at_most and (head := _next()):
        started += _start(head)
    return started


def enlist(tenant: str) -> None:
    """Make the tenant's queue known, before anything is put into it."""
    known(settings().table, tenant, int(now().timestamp()) // RENEWED_SECONDS)


def release(task: Task) -> None:
    """Give back the place of a task that has ended."""
    slots = Slots(settings().table)
    slot = slots.taken().get(task.id)
    if slot and slot.attempt <= task.attempt:
        slots.give_back(task.id, slot)


@lru_cache(maxsize=1000)
def known(table: str, tenant: str, period: int) -> None:
    """Once a process, tenant and period is enough."""
    Slots(table).prepare()
    Queues(table).remember(tenant, at=now())


def _next() -> Waiting | None:
    """A waiting task that may start now, its place taken."""
    table, limits = settings().table, settings()
    slots = Slots(table)
    while True:
        heads, taken = Queues(table).heads(at=now()), slots.taken()
        for head in heads:
            if head.task_id in taken and taken[head.task_id].attempt == head.attempt:
                return head
        if len(taken) >= limits.max_active_tasks:
            return None
        running: dict[str, int] = {}
        for slot in taken.values():
            running[slot.tenant] = running.get(slot.tenant, 0) + 1
        chosen = queue.next_of(heads, running, most_per_tenant=limits.max_active_per_tenant)
        if chosen is None:
            return None
        most = {"most": limits.max_active_tasks, "most_per_tenant": limits.max_active_per_tenant}
        if slots.take(chosen, **most, at=now()):
            return chosen


def _start(head: Waiting) -> bool:
    """Start the execution of an entry that has its place; an entry without a waiting task is dropped with its place."""
    table = settings().table
    try:
        task = TaskStore(table).get(head.task_id, at=now())
    except TaskNotFound:
        task = None
    waits = task is not None and task.status is Status.WAITING and task.attempt == head.attempt
    if task and waits:
        workflow.start(task)
    else:
        _drop(head)
    Queues(table).remove(head.tenant, head.sort)
    return waits


def _drop(head: Waiting) -> None:
    slots = Slots(settings().table)
    slot = slots.taken().get(head.task_id)
    if slot and slot.attempt == head.attempt:
        slots.give_back(head.task_id, slot)
