from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from sluice import admission
from sluice.aws import clients
from sluice.aws.slots import Slots
from sluice.aws.store import TaskStore
from sluice.aws.waiting import FORGOTTEN_AFTER, Queues
from sluice.clock import now
from tests.builders import MOMENT, a_task
from tests.conftest import TABLE

pytestmark = pytest.mark.usefixtures("aws")
QUEUES = Queues(TABLE)
LONG_AFTER = MOMENT + FORGOTTEN_AFTER + timedelta(seconds=1)


def waiting(task_id: str, tenant: str) -> str:
    task = a_task(task_id, tenant=tenant)
    assert TaskStore(TABLE).create(task)
    return task.id


@contextmanager
def at_each_query(act: Any) -> Iterator[list[str]]:
    """`act` is done behind the back of whoever has just read a queue; yields which partitions were read."""
    asked: list[str] = []

    def after(**_: Any) -> None:
        act()

    def before(params: Any, **_: Any) -> None:
        asked.append(params["ExpressionAttributeValues"][":pk"]["S"])

    events = clients.dynamodb().meta.events
    events.register("provide-client-params.dynamodb.Query", before)
    events.register("after-call.dynamodb.Query", after)
    try:
        yield asked
    finally:
        events.unregister("provide-client-params.dynamodb.Query", before)
        events.unregister("after-call.dynamodb.Query", after)


def test_the_first_of_each_queue_is_found() -> None:
    for tenant in ("one", "two"):
        QUEUES.remember(tenant, at=MOMENT)
    first, second = waiting("0" * 26, "one"), waiting("1" * 26, "two")

    heads = QUEUES.heads(at=MOMENT)

    assert {(head.tenant, head.task_id) for head in heads} == {("one", first), ("two", second)}


def test_a_tenant_without_waiting_tasks_is_forgotten_after_a_while() -> None:
    QUEUES.remember("idle", at=MOMENT)
    QUEUES.remember("busy", at=MOMENT)
    waiting("0" * 26, "busy")

    QUEUES.heads(at=LONG_AFTER)

    assert QUEUES.tenants() == ["busy"]


def test_a_tenant_who_has_just_been_made_known_is_not_forgotten() -> None:
    QUEUES.remember("new", at=MOMENT)

    QUEUES.heads(at=MOMENT + FORGOTTEN_AFTER)

    assert QUEUES.tenants() == ["new"]


def test_a_tenant_known_of_old_is_forgotten_too() -> None:
    clients.dynamodb().put_item(TableName=TABLE, Item={"pk": {"S": "queue"}, "sk": {"S": "old"}})

    QUEUES.heads(at=MOMENT)

    assert QUEUES.tenants() == []


def test_who_is_renewed_while_another_looks_is_not_forgotten() -> None:
    QUEUES.remember("back", at=MOMENT)

    with at_each_query(lambda: QUEUES.remember("back", at=LONG_AFTER)):
        QUEUES.heads(at=LONG_AFTER)
    task_id = waiting("0" * 26, "back")

    assert [head.task_id for head in QUEUES.heads(at=LONG_AFTER)] == [task_id]


def test_admitting_looks_at_no_more_queues_than_have_had_something_of_late() -> None:
    long_ago = now() - timedelta(days=1)
    for number in range(30):
        QUEUES.remember(f"tenant-{number}", at=long_ago)
    Slots(TABLE).prepare()
    admission.admit()
    admission.enlist("tenant-7")

    with at_each_query(lambda: None) as asked:
        admission.admit()

    assert asked == ["queue", "queue#tenant-7"]
