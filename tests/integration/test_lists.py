from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sluice.aws import lists
from sluice.aws.lists import Page
from sluice.aws.store import TaskStore
from sluice.control import next_attempt
from sluice.errors import InvalidRequest
from sluice.ids import random_id
from sluice.listing import Filter
from sluice.tasks import TASK_MOVES, Status, Task
from tests.builders import MOMENT, RETENTION, a_task
from tests.conftest import TABLE

pytestmark = pytest.mark.usefixtures("aws")
STORE = TaskStore(TABLE)
WINDOW = {"start": MOMENT - RETENTION, "end": MOMENT + timedelta(minutes=5)}


def recorded(*kinds: str, **values: Any) -> Task:
    """A task in the table."""
    created_at = values.pop("created_at", MOMENT)
    task = a_task(random_id(MOMENT), *kinds, created_at=created_at, **values)
    assert STORE.create(task)
    return task


def some(count: int, **values: Any) -> list[Task]:
    """Tasks that were created one after the other, the newest first."""
    return [recorded(created_at=MOMENT - timedelta(minutes=number), **values) for number in range(count)]


def a_page(limit: int = 100, token: str | None = None, skip: int = 0, **wanted: Any) -> Page:
    asked = Filter.model_validate({**WINDOW, **wanted})
    return STORE.page(asked, limit=limit, scroll_token=token, skip=skip, at=MOMENT)


def ids(tasks: list[Task]) -> list[str]:
    return [task.id for task in tasks]


def listed(limit: int = 100, token: str | None = None, **wanted: Any) -> list[str]:
    return ids(a_page(limit, token, **wanted).tasks)


def flat(pages: list[list[str]]) -> list[str]:
    return [task_id for page in pages for task_id in page]


def walk(limit: int, between: Callable[[], None] = lambda: None, **wanted: Any) -> list[list[str]]:
    """All pages; something may happen between them."""
    page = a_page(limit, **wanted)
    pages = [ids(page.tasks)]
    while page.scroll_token:
        between()
        page = a_page(limit, page.scroll_token, **wanted)
        pages.append(ids(page.tasks))
    return pages


def test_a_list_is_newest_first_over_midnight() -> None:
    tasks = [recorded(created_at=MOMENT - timedelta(hours=hours)) for hours in (1, 13, 0, 37)]

    assert listed() == [tasks[2].id, tasks[0].id, tasks[1].id, tasks[3].id]


def test_tasks_of_one_moment_have_an_order_too() -> None:
    tasks = [recorded().id for _ in range(5)]

    assert [id_ for page in walk(2) for id_ in page] == sorted(tasks, reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 100])
def test_the_pages_hold_every_task_once(limit: int) -> None:
    tasks = [recorded(created_at=MOMENT - timedelta(hours=9 * number)).id for number in range(7)]

    pages = walk(limit)

    assert [task_id for page in pages for task_id in page] == tasks
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


def test_tasks_that_come_while_one_reads_do_not_move_the_pages() -> None:
    old = [recorded(created_at=MOMENT - timedelta(hours=number)).id for number in range(1, 6)]
    window = Filter(start=MOMENT - RETENTION, end=MOMENT + timedelta(minutes=5))
    seen: list[str] = []
    token: str | None = None

    while len(seen) < 5:
        page = STORE.page(window, limit=2, scroll_token=token, at=MOMENT)
        seen += [task.id for task in page.tasks]
        token = page.scroll_token
        recorded()

    assert (seen, token) == (old, None)


def test_a_list_is_empty_where_there_is_nothing() -> None:
    assert walk(10) == [[]]


def test_a_list_does_not_hold_the_subtasks() -> None:
    recorded("video", "screenshot")

    page = STORE.page(
        Filter(start=MOMENT - RETENTION, end=MOMENT + timedelta(1)), limit=1, scroll_token=None, at=MOMENT
    )

    assert page.tasks[0].subtasks == () and page.tasks[0].subtask_count == 2


def test_an_expired_task_is_not_listed_although_it_is_there() -> None:
    alive = recorded(created_at=MOMENT - timedelta(hours=1))
    recorded(expires_at=int(MOMENT.timestamp()))

    assert listed() == [alive.id]


def test_a_list_is_narrowed_by_status_and_failure() -> None:
    waiting, failed, cancelled = recorded(), recorded(), recorded()
    STORE.move(failed, Status.FAILED)
    STORE.move(cancelled, Status.CANCELLED)

    assert listed(statuses=("waiting",)) == [waiting.id]
    assert listed(statuses=("failed",)) == listed(has_failed=True) == [failed.id]
    assert set(listed(has_failed=False)) == {waiting.id, cancelled.id}
    assert listed(statuses=("cancelled",), has_failed=True) == []
    assert listed(statuses=("cancelled",), has_failed=False) == [cancelled.id]
    assert listed(statuses=("succeeded",)) == []


def test_a_narrowed_list_has_full_pages() -> None:
    tasks = [recorded(created_at=MOMENT - timedelta(hours=number)) for number in range(8)]
    for task in tasks[::2]:
        STORE.move(task, Status.FAILED)

    assert [len(page) for page in walk(2, has_failed=False)] == [2, 2]


def test_a_window_holds_its_start_and_not_its_end() -> None:
    first, second = recorded(created_at=MOMENT - timedelta(hours=1)), recorded()

    assert listed(start=MOMENT - timedelta(hours=1), end=MOMENT) == [first.id]
    assert listed(start=MOMENT) == [second.id]
    assert listed(start=MOMENT, end=MOMENT) == []


def test_a_tenant_sees_its_own_tasks() -> None:
    recorded()
    theirs = recorded(tenant="acme")

    assert listed(tenant="acme") == [theirs.id]


def test_a_list_is_narrowed_by_kind_and_trigger() -> None:
    film, still = recorded("video", "sprite"), recorded("screenshot", trigger="api")
    STORE.move(still, Status.CANCELLED)

    assert listed(kind="sprite") == listed(kind="video", trigger="upload") == [film.id]
    assert listed(trigger="api") == listed(kind="screenshot", statuses=("cancelled",)) == [still.id]
    assert listed(kind="audio") == listed(kind="sprite", trigger="api") == []


def test_a_deleted_task_is_in_no_list() -> None:
    task = recorded()
    STORE.move(task, Status.CANCELLED)

    STORE.delete(STORE.get(task.id, at=MOMENT))

    assert listed() == listed(statuses=("cancelled",)) == listed(kind="video") == []


def test_a_restarted_task_waits_again_in_its_old_place() -> None:
    tasks = some(3)
    STORE.move(tasks[1], Status.FAILED)
    failed = STORE.get(tasks[1].id, at=MOMENT)

    assert STORE.restart(failed, next_attempt(failed, {1}, at=MOMENT))

    assert listed() == listed(statuses=("waiting",)) == ids(tasks)
    assert listed(statuses=("failed",)) == []


# ── pages by number, and below a task ─────────────────────────────────────────────────────────


def test_a_page_may_begin_further_down() -> None:
    tasks = some(5)

    assert ids(a_page(2, skip=2).tasks) == ids(tasks[2:4])
    assert ids(a_page(2, skip=4).tasks) == ids(tasks[4:])


def test_a_page_past_the_end_is_empty() -> None:
    some(5)

    page = a_page(2, skip=100)

    assert (page.tasks, page.scroll_token, page.total) == ([], None, 5)


def test_a_page_too_deep_is_refused() -> None:
    with pytest.raises(InvalidRequest) as refused:
        a_page(20, skip=10_001)

    assert refused.value.field == "page"


def test_a_page_may_begin_below_a_task() -> None:
    tasks = some(4)
    wanted = Filter.model_validate(WINDOW)

    page = STORE.page(wanted, limit=10, at=MOMENT, after=tasks[1])

    assert (ids(page.tasks), page.total) == (ids(tasks[2:]), None)


def test_a_list_of_one_page_knows_how_many_it_has() -> None:
    some(3)

    assert [a_page(limit).total for limit in (2, 3, 4)] == [None, 3, 3]


# ── scrolling while tasks move ────────────────────────────────────────────────────────────────


def test_a_scroll_through_a_status_shows_what_was_in_it_when_it_began() -> None:
    tasks = some(6)

    def one_starts() -> None:
        STORE.move(tasks[3], Status.VALIDATING)
        STORE.move(tasks[5], Status.CANCELLED)

    assert walk(2, one_starts, statuses=("waiting",)) == [ids(tasks[:2]), ids(tasks[2:4]), ids(tasks[4:])]


def test_a_scroll_does_not_show_what_had_left_before_it_began() -> None:
    tasks = some(6)
    STORE.move(tasks[4], Status.VALIDATING)

    shown = walk(2, statuses=("waiting",))

    assert flat(shown) == ids([*tasks[:4], tasks[5]])


def test_a_task_that_goes_on_within_a_list_of_several_statuses_is_shown_once() -> None:
    tasks = some(6)
    moves = iter([Status.VALIDATING, Status.QUEUED, Status.PROCESSING, Status.FINISHING, Status.SUCCEEDED])

    def all_move() -> None:
        to = next(moves)
        for task in tasks:
            STORE.move(task, to)

    shown = walk(2, all_move, statuses=("waiting", "validating", "queued"))

    assert flat(shown) == ids(tasks)


def test_a_task_that_comes_back_into_the_status_is_shown_once() -> None:
    tasks = some(4)
    for task in tasks:
        STORE.move(task, Status.FAILED)

    def again() -> None:
        failed = STORE.get(tasks[3].id, at=MOMENT)
        if failed.status is Status.FAILED:
            STORE.restart(failed, next_attempt(failed, {1}, at=MOMENT))
            STORE.move(STORE.get(failed.id, at=MOMENT), Status.FAILED)

    assert flat(walk(2, again, statuses=("failed",))) == ids(tasks)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), limit=st.integers(2, 4), statuses=st.sets(st.sampled_from(Status), min_size=1, max_size=3))
def test_no_task_is_missing_or_shown_twice_whatever_moves_meanwhile(
    data: st.DataObject, limit: int, statuses: set[Status]
) -> None:
    tenant = random_id(MOMENT)
    tasks = some(8, tenant=tenant)

    def some_move() -> None:
        for task in data.draw(st.lists(st.sampled_from(tasks), max_size=4)):
            STORE.move(STORE.get(task.id, at=MOMENT), data.draw(st.sampled_from(sorted(TASK_MOVES))))

    some_move()
    began = {task.id for task in tasks if STORE.get(task.id, at=MOMENT).status in statuses}
    shown = flat(walk(limit, some_move, tenant=tenant, statuses=tuple(statuses)))

    assert len(shown) == len(set(shown))
    assert began <= set(shown)
    assert shown == [task.id for task in tasks if task.id in shown]


def test_a_page_that_may_read_no_more_is_short_and_leads_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_READ", 3)
    tasks = some(12)
    rare = recorded("sprite", created_at=MOMENT - timedelta(hours=1))

    pages = walk(1, statuses=("waiting",), kind="sprite")

    assert len(tasks) > 3 and flat(pages) == [rare.id]
    assert len(pages) > 1


# ── tokens ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("token", ["Zm9yZ2Vk", "é", "x" * 400])
def test_a_forged_scroll_token_is_refused(token: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        listed(token=token)

    assert refused.value.field == "scroll_token"


def test_a_scroll_token_of_another_tenant_or_list_is_refused() -> None:
    some(3)
    token = a_page(1).scroll_token

    for other in ({"tenant": "acme"}, {"statuses": ("waiting",)}, {"kind": "video"}, {"end": MOMENT}):
        with pytest.raises(InvalidRequest):
            listed(token=token, **other)
