"""A place in a film as callers give it: seconds, or percent of the duration. Pure."""

import re
from typing import Annotated

from pydantic import AfterValidator

_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")


def _time(value: float | str) -> float | str:
    """Seconds from the start, or a percentage of the duration as text.

    Raises: ValueError.
    """
    if isinstance(value, str):
        found = _PERCENT.fullmatch(value)
        if not found or float(found[1]) > 100:
            raise ValueError('a time is a number of seconds or a percentage such as "10%", up to "100%"')
    elif value < 0:
        raise ValueError("a time can't lie before the start")
    return value


Time = Annotated[float | str, AfterValidator(_time)]


def seconds(time: float | str, duration: float) -> float:
    """The place of an asked-for time in a film of this length."""
    return duration * float(time.rstrip("%")) / 100 if isinstance(time, str) else time
