import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from sluice.paths import first_mistake


class Still(BaseModel):
    model_config = ConfigDict(extra="forbid")

    times: tuple[float | str, ...] = ()
    width: int = 1


class Asked(BaseModel):
    stills: list[Still]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"stills": [{"width": "wide"}]}, "stills.0.width"),
        ({"stills": [{}, {"times": [1, None]}]}, "stills.1.times.1"),
        ({"stills": [{"colour": "red"}]}, "stills.0.colour"),
        ({}, "stills"),
        ([], ""),
    ],
)
def test_a_mistake_is_told_where_its_writer_made_it(given: object, path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate(given)

    assert first_mistake(caught.value, given).path == path
