import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sluice.times import Time, seconds

TIME: TypeAdapter[float | str] = TypeAdapter(Time)


@pytest.mark.parametrize(
    ("time", "place"), [("0%", 0), ("50%", 30), ("12.5%", 7.5), ("100%", 60), (12.5, 12.5), (0, 0)]
)
def test_a_time_is_a_place_in_the_film(time: float | str, place: float) -> None:
    assert seconds(TIME.validate_python(time), 60) == place


@pytest.mark.parametrize("time", [-1, "-1%", "100.1%", "10", "10 %", "%", "soon", "1e1%", "50%x"])
def test_what_is_no_time_is_refused(time: float | str) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(time)


@given(st.floats(min_value=0, max_value=100), st.floats(min_value=0, max_value=14_400))
def test_a_percentage_is_never_outside_the_film(percent: float, duration: float) -> None:
    time = TIME.validate_python(f"{percent:.4f}%")

    assert 0 <= seconds(time, duration) <= duration * (1 + 1e-9)
