"""The log of whisper.cpp: dozens of lines for each model, none of use."""

import atexit
from functools import cache

import _pywhispercpp


@cache
def without_chatter() -> None:
    """Drop it from now on; Python must not be called for it any more once it has ended."""
    _pywhispercpp.whisper_log_set(_ignore)
    atexit.register(_pywhispercpp.whisper_log_set, None)


def _ignore(*said: object) -> None:
    """A line of it."""
