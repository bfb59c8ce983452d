"""Where in a request a mistake is, and what it is, as its writer sees it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError


class Mistake(NamedTuple):
    """The dotted path through what was given ("" for the whole of it), and a sentence without its full stop."""

    path: str
    message: str


def first_mistake(error: ValidationError, given: Any) -> Mistake:
    first = error.errors(include_url=False)[0]
    return Mistake(field_path(first["loc"], given), first["msg"].removeprefix("Value error, "))


def field_path(location: Sequence[int | str], given: Any) -> str:
    """The path of pydantic's `loc`, without the branches of unions that it tried and a writer knows nothing of."""
    parts: list[str] = []
    value = given
    for place, part in enumerate(location, start=1):
        if isinstance(value, Mapping) and (part in value or place == len(location)):
            value = value.get(part)
        elif isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        parts.append(str(part))
    return ".".join(parts)
