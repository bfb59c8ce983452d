import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice import counting, listing
from sluice.aws import clients, totals
from sluice.aws.items import to_item
from sluice.aws.records import task_item
from sluice.aws.store import TaskStore
from sluice.counting import State
from sluice.ids import random_id
from sluice.listing import Filter
from sluice.tasks import Status
from tests.builders import MOMENT, RETENTION, a_task
from tests.conftest import TABLE, Handler

pytestmark = pytest.mark.usefixtures("aws")
STORE = TaskStore(TABLE)
KINDS = ("video", "sprite")

laws = settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])


def a_filter(**values: object) -> Filter:
    start, end = listing.window(None, None, MOMENT, RETENTION)
    return Filter.model_validate({"start": start, "end": end, **values})


def total(**values: object) -> int:
    return totals.total(TABLE, a_filter(**values), at=MOMENT)


def a_state(
    task_id: str, tenant: str, created_at: datetime, status: Status = Status.WAITING, **values: object
) -> State:
    task = a_task(task_id, *KINDS[: 1 + len(task_id) % 2], created_at=created_at, tenant=tenant, status=status)
    return counting.state_of({**task.model_dump(mode="json"), **values}, gone=bool(values.get("gone")))


def brute(states: dict[str, State], wanted: Filter) -> int:
    """By looking at every task."""
    return sum(
        not state.gone
        and wanted.start <= state.created_at < wanted.end
        and (wanted.wanted_statuses is None or state.status in wanted.wanted_statuses)
        and (wanted.kind is None or wanted.kind in state.kinds)
        for state in states.values()
    )


def test_a_task_is_counted_where_it_stands(tallied: Callable[[], None]) -> None:
    task = a_task(trigger="api")
    STORE.create(task)
    tallied()
    before = [total(), total(statuses=("waiting",)), total(kind="video"), total(trigger="api"), total(has_failed=True)]

    STORE.move(task, Status.FAILED)
    tallied()

    assert before == [1, 1, 1, 1, 0]
    assert [total(), total(statuses=("waiting",)), total(has_failed=True), total(trigger="upload")] == [1, 0, 1, 0]


def test_a_deleted_task_is_counted_no_more(tallied: Callable[[], None]) -> None:
    task = a_task()
    STORE.create(task)
    STORE.move(task, Status.CANCELLED)
    tallied()

    STORE.delete(STORE.get(task.id, at=MOMENT))
    tallied()

    assert total() == 0


def test_an_expired_task_is_not_counted(tallied: Callable[[], None]) -> None:
    STORE.create(a_task(created_at=MOMENT - RETENTION))
    STORE.create(a_task(random_id(MOMENT), created_at=MOMENT - RETENTION + timedelta(seconds=1)))
    tallied()

    assert total() == 1


def test_a_window_may_cut_through_a_second(tallied: Callable[[], None]) -> None:
    for milliseconds in (0, 250, 500, 750, 1000, 1250):
        STORE.create(a_task(random_id(MOMENT), created_at=MOMENT + timedelta(milliseconds=milliseconds)))
    tallied()

    def between(first: int, last: int) -> int:
        return total(start=MOMENT + timedelta(milliseconds=first), end=MOMENT + timedelta(milliseconds=last))

    assert [between(250, 500), between(250, 1001), between(0, 1000), between(0, 1250), between(501, 750)] == [
        *(1, 4, 4, 5, 0),
    ]


def test_a_record_that_tells_of_no_task_does_not_stop_the_others(function: Callable[[str], Handler]) -> None:
    answer = function("tally")({"Records": [{"eventName": "INSERT", "dynamodb": {"NewImage": {"pk": {"S": "x"}}}}]})

    assert answer == {"batchItemFailures": []}


def test_what_could_not_be_counted_comes_again_from_its_first_record_on(
    function: Callable[[str], Handler], request: pytest.FixtureRequest
) -> None:
    tasks = [a_task(random_id(MOMENT), created_at=MOMENT - timedelta(days=40 * number)) for number in range(40)]
    images = [*map(task_item, tasks), task_item(tasks[-1])]
    records = [
        {"eventName": "INSERT", "dynamodb": {"NewImage": to_item(image), "SequenceNumber": str(1000 + number)}}
        for number, image in enumerate(images)
    ]
    written: list[Any] = []

    def refuse(params: Any, **_: Any) -> None:
        written.append(params)
        if len(written) == 2:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")

    events = clients.dynamodb().meta.events
    events.register("provide-client-params.dynamodb.TransactWriteItems", refuse)
    request.addfinalizer(lambda: events.unregister("provide-client-params.dynamodb.TransactWriteItems", refuse))
    tally = function("tally")

    answer = tally({"Records": records})

    [failed] = answer["batchItemFailures"]
    begin = int(failed["itemIdentifier"]) - 1000
    counted = sum("state" in write["Put"]["Item"] for write in written[0]["TransactItems"])
    assert 0 < begin == counted < 40
    assert tally({"Records": records[begin:]}) == {"batchItemFailures": []}
    wanted = Filter(start=MOMENT - timedelta(days=4000), end=MOMENT + timedelta(days=1))
    assert totals.total(TABLE, wanted, at=MOMENT) == 40


def test_who_loses_a_race_counts_beside_the_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    real = totals._kept
    raced: list[bool] = []

    def slow(table: str, refs: list[counting.CounterRef], shard: int) -> dict[counting.CounterRef, totals.Kept]:
        kept = real(table, refs, shard)
        if not raced:
            raced.append(True)
            totals.apply(TABLE, [a_state(random_id(MOMENT), "default", MOMENT)])
        return kept

    monkeypatch.setattr(totals, "_kept", slow)

    totals.apply(TABLE, [a_state(random_id(MOMENT), "default", MOMENT)])

    assert total() == 2


def test_more_tasks_than_a_transaction_holds_are_all_counted() -> None:
    states = [a_state(random_id(MOMENT), "default", MOMENT - timedelta(hours=n)) for n in range(60)]

    totals.apply(TABLE, states)

    assert total() == 60


@laws
@given(data=st.data(), seed=st.integers())
def test_totals_equal_a_count_of_all_tasks_whatever_is_told_twice_late_or_in_another_order(
    data: st.DataObject, seed: int
) -> None:
    dice, tenant = random.Random(seed), random_id(MOMENT)
    told: list[State] = []
    latest: dict[str, State] = {}
    for number in range(6):
        task_id, created_at = (
            random_id(MOMENT) + "x" * (number % 2),
            MOMENT - timedelta(seconds=dice.randrange(200_000)),
        )
        statuses = [
            Status.WAITING,
            *dice.sample([Status.VALIDATING, Status.QUEUED, Status.PROCESSING], dice.randrange(4)),
        ]
        states = sorted(
            [a_state(task_id, tenant, created_at, status) for status in statuses], key=lambda state: state.version
        )
        states += [a_state(task_id, tenant, created_at, Status.FAILED, gone=gone) for gone in range(dice.randrange(3))]
        told += states
        latest[task_id] = states[-1]

    shuffled = dice.sample(told, len(told)) + dice.choices(told, k=5)
    for begin in range(0, len(shuffled), 7):
        totals.apply(TABLE, shuffled[begin : begin + 7])

    edges = st.integers(0, 250_000).map(lambda seconds: MOMENT - timedelta(seconds=seconds))
    start, end = sorted([data.draw(edges), data.draw(edges)])
    window = {"start": start, "end": end}
    for asked in ({}, window, {"statuses": ("waiting", "queued")}, {"has_failed": True, **window}, {"kind": "sprite"}):
        wanted = a_filter(tenant=tenant, **asked)
        assert totals.total(TABLE, wanted, at=MOMENT) == brute(latest, wanted)
