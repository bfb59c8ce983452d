from typing import Any

import pytest

from benchmarks.units import size_of, told_units, units_of

LARGE = {"pk": {"S": "a" * 4093}, "n": {"N": "12"}}


def test_a_query_is_rounded_up_once_and_takes_one_unit_at_least() -> None:
    small = {"pk": {"S": "x" * 1000}}

    assert [units_of("Query", {"Items": [small] * count}) for count in (0, 1, 4, 5)] == [1, 1, 1, 2]


def test_each_item_of_a_batch_is_rounded_up_by_itself() -> None:
    assert size_of(LARGE) > 4096
    assert units_of("BatchGetItem", {"Responses": {"tasks": [LARGE, {"pk": {"S": "a"}}]}}) == 3
    assert units_of("GetItem", {"Item": LARGE}) == 2
    assert units_of("GetItem", {}) == 1


@pytest.mark.parametrize(
    ("answer", "units"),
    [
        ({"ConsumedCapacity": {"CapacityUnits": 2.5}}, 2.5),
        ({"ConsumedCapacity": [{"CapacityUnits": 20.0}, {"CapacityUnits": 1.0}]}, 21),
        ({"ConsumedCapacity": []}, 0),
        ({}, 0),
    ],
)
def test_what_an_answer_says_of_itself_is_summed(answer: dict[str, Any], units: float) -> None:
    assert told_units(answer) == units
