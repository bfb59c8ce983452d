"""A stretch of the source, whose start and end may be told from its end: negative seconds, as in Python. Pure."""

from collections.abc import Mapping
from typing import Any

from sluice.tasks import Failure

EARLIEST = -360_000.0
"""A hundred hours before the end."""

LENGTH_UNKNOWN = Failure(
    code="time_past_end",
    message="The file doesn't tell how long it is, so times can't be counted from its end; count from its beginning.",
)

_TIMES = ("start", "end")


def placed(options: Mapping[str, Any], duration: float | None) -> dict[str, Any]:
    """The options with both times counted from the beginning; a start before that is the beginning.

    What has no length that is known is left as it is, for its kind to refuse.
    """
    early = {name: options[name] for name in _TIMES if _from_end(options.get(name))}
    if not early or duration is None:
        return dict(options)
    return {**options, **{name: round(max(0.0, duration + seconds), 6) for name, seconds in early.items()}}


def is_backward(start: float | None, end: float | None) -> bool:
    """Whether nothing can lie between them; of times from different ends that isn't known yet."""
    if end is None:
        return False
    begin = start or 0.0
    return _from_end(begin) == _from_end(end) and end <= begin


def is_open(start: float | None, end: float | None) -> bool:
    """Whether a time is still told from the end: that of a file whose length nobody knows."""
    return _from_end(start) or _from_end(end)


def _from_end(seconds: Any) -> bool:
    return isinstance(seconds, int | float) and seconds < 0
