"""/usage: what a tenant's tasks amount to, by day and kind; and how busy it was, by the hour."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, Field

from sluice import listing, load
from sluice.aws.spending import Spending
from sluice.aws.store import TaskStore
from sluice.clock import Timestamp, now
from sluice.dialects.native.describing import Fragment, answers, errors, operation, query_parameters
from sluice.dialects.native.http import answer, key_with, parsed_query
from sluice.dialects.native.models import Incoming, Moment
from sluice.keys import Scope
from sluice.load import HourOfLoad
from sluice.settings import settings
from sluice.tasks import Task

router = Router()

# Read of each day beyond their exact count: enough for most, bounded for all.
MOST_READ = 500
_AT_ONCE = 100


class UsageQuery(Incoming):
    start_time: Moment | None = Field(None, description="ISO 8601; the oldest task that is kept when absent.")
    end_time: Moment | None = Field(None, description="Now when absent.")


class DayOfUsage(BaseModel):
    """A day in UTC. `tasks` is exact; the others are of the newest tasks of the day when it isn't `complete`.

    `source_minutes` and `source_bytes` are of sources, each task counted, once it has been looked at; `cost_usd` is an
    estimate, of the tasks that ended on that day.
    """

    date: date
    tasks: int
    succeeded: int
    failed: int
    cancelled: int
    by_kind: dict[str, int]
    source_minutes: float
    source_bytes: int
    cost_usd: float
    complete: bool


class UsageView(BaseModel):
    start_time: Timestamp
    end_time: Timestamp
    days: list[DayOfUsage]
    hours: list[HourOfLoad] = Field(description="The oldest first; of days that aren't complete, their newest tasks'.")


class _Read(NamedTuple):
    """A day with the tasks that were read of it: all of them when it is `complete`."""

    start: datetime
    tasks: list[Task]
    total: int
    complete: bool


@router.get("/usage")
def usage() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    query = parsed_query(UsageQuery)
    start, end = listing.window(query.start_time, query.end_time, now(), settings().retention)
    end = min(end, now())
    read = [_read(tenant, *span) for span in _days(start, end)]
    hours = load.by_hour((task for day in read for task in day.tasks), start, end)
    view = UsageView(start_time=start, end_time=end, days=[_day(tenant, day) for day in read], hours=hours)
    return answer(200, view.model_dump(mode="json"))


def _days(start: datetime, end: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The days of a window, the newest first, those at its edges cut."""
    while start < end:
        midnight = (end - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
        yield max(start, midnight), end
        end = midnight


def _read(tenant: str, start: datetime, end: datetime) -> _Read:
    store, moment = TaskStore(settings().table), now()
    wanted = listing.Filter(tenant=tenant, start=start, end=end)
    tasks: list[Task] = []
    token: str | None = None
    while len(tasks) < MOST_READ:
        page = store.page(wanted, limit=_AT_ONCE, scroll_token=token, at=moment)
        tasks, token = [*tasks, *page.tasks], page.scroll_token
        if token is None:
            break
    total = store.total(wanted, at=moment) if token else len(tasks)
    return _Read(start, tasks, total, complete=token is None)


def _day(tenant: str, day: _Read) -> DayOfUsage:
    begin = day.start.date()
    return DayOfUsage(
        date=begin,
        tasks=day.total,
        cost_usd=Spending(settings().table).of_day(tenant, begin.isoformat()),
        complete=day.complete,
        **_sums(day.tasks),
    )


def _sums(tasks: Iterable[Task]) -> dict[str, object]:
    every = tuple(tasks)
    statuses = Counter(task.status.value for task in every)
    media = [task.source.media for task in every if task.source.media]
    return {
        **{name: statuses[name] for name in ("succeeded", "failed", "cancelled")},
        "by_kind": dict(sorted(Counter(kind for task in every for kind in task.kinds).items())),
        "source_minutes": round(sum(m.duration or 0 for m in media) / 60, 3),
        "source_bytes": sum(task.source.size or 0 for task in every),
    }


def described() -> Fragment:
    told = {**answers(200, "UsageView", "By day, the newest first"), **errors(400)}
    usage = operation(
        "getUsage", "Tasks, minutes and bytes by day and kind", told, parameters=query_parameters(UsageQuery)
    )
    return Fragment({"/usage": {"get": usage}}, outgoing=(UsageView,))
