from fractions import Fraction
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sluice.kinds.frame_rate import frame_rate, frame_rate_between


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        (25, Fraction(25)),
        (23.976, Fraction(2997, 125)),
        ("30000/1001", Fraction(30000, 1001)),
        (" 12.5 ", Fraction(25, 2)),
    ],
)
def test_a_frame_rate_is_a_number_or_a_fraction(given: Any, rate: Fraction) -> None:
    assert frame_rate(given) == rate


@pytest.mark.parametrize(
    "given", ["", "fast", "1/0", "1e3000000", "9" * 10_000, "1/3/5", "-5", float("inf"), float("nan")]
)
def test_what_is_none_or_would_take_long_to_work_out_is_refused_at_once(given: Any) -> None:
    with pytest.raises(ValueError):
        frame_rate(given)


@pytest.mark.parametrize("given", [0, 241, "481/2", 1e300])
def test_a_rate_out_of_bounds_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError, match="lies between"):
        TypeAdapter(Annotated[float | str, frame_rate_between(0.1, 240)]).validate_python(given)
