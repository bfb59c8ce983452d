"""Which index partitions hold a list of tasks, newest first, and the token that carries a reader on. Pure.

Tasks are indexed by day, by day and status, and (the failed ones only) by day again. A page reads the partitions of its
days from the newest to the oldest until it is full, so its cost follows the page and not the table.
"""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sluice import ids
from sluice.clock import iso
from sluice.errors import InvalidRequest
from sluice.media import Value
from sluice.tasks import Status


class Filter(Value):
    """What a list is narrowed to; the window is [start, end) of the creation time."""

    tenant: str = "default"
    status: Status | None = None
    has_failed: bool | None = None
    start: datetime
    end: datetime


class Index(Value):
    """One of the table's indexes and the partition in it."""

    name: str
    partition: str


BY_DAY, BY_STATUS, BY_FAILED = "by_day", "by_status", "by_failed"


def index_keys(tenant: str, status: Status, has_failed: bool, created_at: datetime) -> dict[str, str | None]:
    """The index attributes of a task's item. `by_failed` is sparse: tasks without a failure aren't in it."""
    day = created_at.astimezone(UTC).date().isoformat()
    return {
        BY_DAY: f"{tenant}#{day}",
        BY_STATUS: f"{tenant}#{day}#{status.value}",
        BY_FAILED: f"{tenant}#{day}" if has_failed else None,
    }


def sort_key(created_at: datetime, task_id: str) -> str:
    """Orders a partition by creation, then id, so that no two tasks ever share a place."""
    return f"{iso(created_at)}#{task_id}"


def partitions(wanted: Filter) -> Iterator[Index]:
    """The partitions to read, newest day first."""
    for day in _days(wanted.end - timedelta(microseconds=1), wanted.start):
        if wanted.has_failed:
            yield Index(name=BY_FAILED, partition=f"{wanted.tenant}#{day}")
        elif wanted.status:
            yield Index(name=BY_STATUS, partition=f"{wanted.tenant}#{day}#{wanted.status.value}")
        else:
            yield Index(name=BY_DAY, partition=f"{wanted.tenant}#{day}")


def _days(newest: datetime, oldest: datetime) -> Iterator[date]:
    day = newest.astimezone(UTC).date()
    while day >= oldest.astimezone(UTC).date():
        yield day
        day -= timedelta(days=1)


def window(
    start: datetime | None, end: datetime | None, now: datetime, retention: timedelta
) -> tuple[datetime, datetime]:
    """The asked-for window, cut to what can still be there; so a list from the year 1 costs no more than a week's."""
    oldest, newest = now - retention, now + timedelta(minutes=5)
    return max(start or oldest, oldest), max(oldest, min(end or newest, newest))


def scroll_token(last_sort_key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"before": last_sort_key}).encode()).decode().rstrip("=")


def read_scroll_token(token: str) -> str:
    """The sort key that the next page begins after.

    Raises: InvalidRequest when the token is not one of ours.
    """
    try:
        padded = token + "=" * (-len(token) % 4)
        before = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))["before"]
        moment, _, task_id = before.partition("#")
        ours = before == sort_key(datetime.fromisoformat(moment), task_id) and ids.is_task_id(task_id)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        ours = False
    if not ours:
        raise InvalidRequest("The scroll token is not one that this API gave out.", field="scroll_token")
    return str(before)
