"""Who starts next: the order of waiting tasks, and fairness between tenants. Pure.

A tenant's tasks start by priority, then age. Between tenants the one with the fewest running tasks comes first, so that
nobody can push others aside by giving all their tasks the highest priority.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sluice.clock import iso
from sluice.media import Value

HIGHEST, LOWEST = 10, -10


class Waiting(Value):
    """An entry of the queue; entries of one tenant sort by `sort`."""

    task_id: str
    tenant: str
    attempt: int
    sort: str

    @property
    def since(self) -> datetime:
        return queued_at(self.sort)


def sort_key(priority: int, since: datetime, task_id: str) -> str:
    """Orders a tenant's queue: priority 10 to -10, then age, then id."""
    return f"{HIGHEST - priority:02}#{iso(since)}#{task_id}"


def queued_at(sort: str) -> datetime:
    """When an entry with this sort key was queued."""
    return datetime.fromisoformat(sort.split("#")[1])


def next_of(heads: Iterable[Waiting], running: Mapping[str, int], *, most_per_tenant: int) -> Waiting | None:
    """The entry to start, of the first ones of each tenant's queue; `running` counts each tenant's running tasks."""
    allowed = [head for head in heads if running.get(head.tenant, 0) < most_per_tenant]
    return min(allowed, key=lambda head: (running.get(head.tenant, 0), head.sort), default=None)
