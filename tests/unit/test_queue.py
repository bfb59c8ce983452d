from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sluice.queue import Waiting, next_of, sort_key
from tests.builders import MOMENT

priorities = st.integers(-10, 10)
ages = st.integers(0, 10_000)


def waiting(tenant: str = "acme", priority: int = 0, age: int = 0, task_id: str = "task") -> Waiting:
    sort = sort_key(priority, MOMENT - timedelta(seconds=age), task_id)
    return Waiting(task_id=task_id, tenant=tenant, attempt=1, sort=sort)


@given(st.lists(st.tuples(priorities, ages), min_size=2, max_size=20))
def test_a_queue_is_in_the_order_of_priority_then_age(entries: list[tuple[int, int]]) -> None:
    keys = {
        sort_key(p, MOMENT - timedelta(seconds=age), f"{n:03}"): (-p, -age, n) for n, (p, age) in enumerate(entries)
    }

    assert [keys[key] for key in sorted(keys)] == sorted(keys.values())


def test_the_tenant_with_the_fewest_running_tasks_comes_first() -> None:
    greedy, modest = waiting("greedy", priority=10), waiting("modest", priority=-10)

    assert next_of([greedy, modest], {"greedy": 3, "modest": 2}, most_per_tenant=5) == modest


def test_between_equals_priority_decides_and_then_age() -> None:
    young, old, dear = waiting("a", age=1), waiting("b", age=2), waiting("c", priority=1)

    assert next_of([young, old], {}, most_per_tenant=5) == old
    assert next_of([young, old, dear], {}, most_per_tenant=5) == dear


def test_a_tenant_that_has_all_it_may_have_waits() -> None:
    full = waiting("full")

    assert next_of([full], {"full": 2}, most_per_tenant=2) is None
    assert next_of([], {}, most_per_tenant=2) is None
