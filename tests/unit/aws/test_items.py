import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.aws.items import from_item, to_item, to_value

# DynamoDB keeps 38 digits of a number, and floats are kept by the seventeen that tell them apart.
WHOLE = st.integers(min_value=-(10**38) + 1, max_value=10**38 - 1)
BROKEN = st.floats(min_value=-(2.0**53), max_value=2.0**53, allow_subnormal=False).filter(
    lambda number: number == 0 or abs(number) > 1e-100
)
SCALARS = st.none() | st.booleans() | WHOLE | BROKEN | st.text()
NAMES = st.text(min_size=1, max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


@given(st.dictionaries(NAMES, VALUES, max_size=3))
def test_values_come_back_as_they_went_in(plain: dict[str, Any]) -> None:
    kept = {name: value for name, value in plain.items() if value is not None}

    assert from_item(to_item(plain)) == kept


@given(BROKEN)
def test_a_float_comes_back_exactly(number: float) -> None:
    assert from_item(to_item({"number": number}))["number"] == number


def test_a_whole_number_comes_back_as_int() -> None:
    found = from_item(to_item({"size": 20_000_000_001, "percent": 50.0, "duration": 1.25}))

    assert [type(value) for value in found.values()] == [int, int, float]


def test_a_truth_is_not_a_number() -> None:
    assert from_item(to_item({"has_failed": True, "count": 1})) == {"has_failed": True, "count": 1}
    assert to_value(True) == {"BOOL": True}


def test_a_tuple_comes_back_as_a_list() -> None:
    assert from_item(to_item({"times": ("10%", 2.5)})) == {"times": ["10%", 2.5]}


def test_none_is_left_out_on_top_and_kept_below() -> None:
    assert to_item({"a": None, "b": {"c": None}, "d": [None]}) == {
        "b": {"M": {"c": {"NULL": True}}},
        "d": {"L": [{"NULL": True}]},
    }


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(TypeError):
        to_item({"number": number})


def test_a_float_is_kept_as_the_shortest_decimal_that_tells_it() -> None:
    assert Decimal(to_value(0.1)["N"]) == pytest.approx(Decimal("0.1"))
    assert len(to_value(29.97)["N"]) <= 18
