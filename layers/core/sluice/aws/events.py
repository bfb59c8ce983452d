"""Amazon EventBridge: telling it what has happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from sluice.aws.clients import events

MOST_AT_ONCE = 10
"""Entries of one PutEvents, https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""


def put(entries: Sequence[Mapping[str, Any]]) -> list[int]:
    """Send the entries in their order; returns the places of those that weren't taken, or not tried any more."""
    for begin in range(0, len(entries), MOST_AT_ONCE):
        some: Any = entries[begin : begin + MOST_AT_ONCE]
        answer = events().put_events(Entries=some)
        refused = [n for n, entry in enumerate(answer["Entries"], start=begin) if "ErrorCode" in entry]
        if refused:
            return sorted({*refused, *range(begin + len(some), len(entries))})
    return []
