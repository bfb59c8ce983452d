from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import KINDS, kind_named, validated_options
from sluice.kinds.base import Kind
from tests.conftest import Change


@pytest.fixture(autouse=True)
def everything_is_on(change_settings: Change) -> None:
    """The kinds that a deployment has to turn on are refused by their names otherwise."""
    change_settings(language_model="a-model")


def refused(kind: str, options: dict[str, Any]) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as raised:
        validated_options(kind, options, path="subtasks.2")
    return raised.value


@pytest.mark.parametrize("kind", ["video", "screenshot", "moderation"])
def test_a_kind_can_be_asked_for_without_options(kind: str) -> None:
    filled = validated_options(kind, {})

    assert len(filled) == len(KINDS[kind].options.model_fields)
    assert validated_options(kind, filled) == filled


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_describes_itself(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    assert kind.summary.endswith(".")


@pytest.mark.parametrize("kind", KINDS)
def test_an_option_that_there_is_not_is_refused_by_its_path(kind: str) -> None:
    error = refused(kind, {"no_such": 1})

    if KINDS[kind].unavailable():
        assert (error.field, error.code) == ("subtasks.2.kind", "provider_off")
    else:
        # a kind that must be told something says that first
        assert error.code == "options_invalid" and error.field and error.field.startswith("subtasks.2.options")


@pytest.mark.parametrize(
    ("kind", "options", "field"),
    [
        ("video", {"resolution": 0}, "resolution"),
        ("video", {"resolution": "tall"}, "resolution"),
        ("video", {"quality": "best"}, "quality"),
        ("screenshot", {"times": []}, "times"),
        ("screenshot", {"times": ["50%", -1]}, "times.1"),
        ("screenshot", {"times": ["101%"]}, "times.0"),
        ("screenshot", {"times": ["soon"]}, "times.0"),
        ("screenshot", {"times": [float("inf")]}, "times.0"),
        ("screenshot", {"times": [float("nan")]}, "times.0"),
        ("screenshot", {"times": ["nan"]}, "times.0"),
        ("screenshot", {"width": 15}, "width"),
        ("moderation", {"sample_interval_seconds": float("inf")}, "sample_interval_seconds"),
        ("moderation", {"sample_interval_seconds": float("nan")}, "sample_interval_seconds"),
    ],
)
def test_a_bad_value_is_refused_by_its_path(kind: str, options: dict[str, Any], field: str) -> None:
    error = refused(kind, options)

    assert error.field and error.field.startswith(f"subtasks.2.options.{field}")
    assert error.message.startswith(error.field) and "Value error" not in error.message


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    error = refused("karaoke", {})

    assert (error.field, error.code) == ("subtasks.2.kind", "kind_unknown")
    assert all(kind in error.message for kind in KINDS)


def test_a_kind_is_found_by_its_name() -> None:
    assert kind_named("video").state == "Transcode"
