"""Frames a second, as an option: a number, or a fraction as text."""

import re
from fractions import Fraction

from pydantic import AfterValidator

# Few digits and no exponent: Python would work out «1e3000000» to its last digit.
_SHAPE = re.compile(r"\d{1,6}(\.\d{1,6}|/\d{1,6})?", re.ASCII)


def frame_rate_between(lowest: float, highest: float) -> AfterValidator:
    """For an option that takes a frame rate within bounds; it is kept as it was given."""

    def checked(value: float | str) -> float | str:
        if not lowest <= frame_rate(value) <= highest:
            raise ValueError(f"a frame rate lies between {lowest:g} and {highest:g}")
        return value

    return AfterValidator(checked)


def frame_rate(value: float | str) -> Fraction:
    """The rate, exact where it was given as a fraction.

    Raises: ValueError.
    """
    try:
        if isinstance(value, str) and not _SHAPE.fullmatch(value.strip()):
            raise ValueError(value)
        return Fraction(value).limit_denominator(1001)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise ValueError('a frame rate is a number or a fraction such as "30000/1001"') from error
