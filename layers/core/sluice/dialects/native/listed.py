"""A page of the list of tasks, found by token, by task or by number; and the headers that lead on from it."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from sluice import ids, listing
from sluice.aws.lists import Page
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.native.models import ListQuery
from sluice.dialects.native.owned import task_of
from sluice.errors import InvalidRequest
from sluice.settings import settings


class Found(NamedTuple):
    """A page, and how many tasks there are in all."""

    page: Page
    total: int


def found(query: ListQuery, tenant: str) -> Found:
    """Raises: InvalidRequest for a token that isn't ours, a page too deep down; TaskNotFound."""
    moment = now()
    start, end = listing.window(query.start_time, query.end_time, moment, settings().retention)
    wanted = listing.Filter(
        tenant=tenant,
        statuses=query.status or (),
        has_failed=query.has_failed,
        kind=query.kind,
        trigger=query.trigger,
        start=start,
        end=end,
    )
    store = TaskStore(settings().table)
    skip = ((query.page or 1) - 1) * query.limit
    if skip > listing.MOST_SKIPPED:
        return _past_all(query, store.total(wanted, at=moment))
    by_id = query.after is not None and ids.is_task_id(query.after)
    page = store.page(
        wanted,
        limit=query.limit,
        at=moment,
        scroll_token=query.scroll_token or (None if by_id else query.after),
        skip=skip,
        after=task_of(query.after, tenant) if query.after and by_id else None,
    )
    # counters follow a moment later: there are never fewer than this page has passed and shows
    seen = skip + len(page.tasks) + (page.scroll_token is not None)
    return Found(page, max(seen, store.total(wanted, at=moment, page=page)))


def _past_all(query: ListQuery, total: int) -> Found:
    """A page past the end is empty; one that isn't, and lies too deep to be counted down to, is said so.

    Raises: InvalidRequest.
    """
    if ((query.page or 1) - 1) * query.limit < total:
        message = f"Pages go by number {listing.MOST_SKIPPED} tasks deep; go on by `scroll_token`."
        raise InvalidRequest(message, field="page")
    return Found(Page([], None), total)


def headers(query: ListQuery, answered: Found) -> dict[str, str]:
    """What a list says beside its tasks: in both generations' names, and ours."""
    token = answered.page.scroll_token
    links = ", ".join(f'<{url}>; rel="{name}"' for name, url in _links(query, answered).items())
    told = {
        "Limit": str(query.limit),
        "Has-More": "true" if token else "false",
        "Total-Count": str(answered.total),
        "Link": links,
        "Links": links,
    }
    return {**told, "Scroll-Token": token} if token else told


def steady(told: Mapping[str, str]) -> list[str]:
    """What of these headers says something of the tasks. A scroll token is new each time, and leads to one place."""
    return [told["Limit"], told["Has-More"], told["Total-Count"]]


def _links(query: ListQuery, answered: Found) -> dict[str, str]:
    links = {"self": _url(query), "first": _url(query, page=query.page and 1)}
    token = answered.page.scroll_token
    if query.page is None:
        return {**links, "next": _url(query, scroll_token=token)} if token else links
    last = max(1, -(-answered.total // query.limit))
    if query.page > 1:
        links["prev"] = _url(query, page=min(query.page - 1, last))
    if token:
        links["next"] = _url(query, page=query.page + 1)
    if last * query.limit <= listing.MOST_SKIPPED:
        links["last"] = _url(query, page=last)
    return links


def _url(query: ListQuery, **place: str | int | None) -> str:
    """The list, at another place of it."""
    asked = query.model_dump(mode="json", exclude_none=True)
    if place:
        asked = {name: value for name, value in asked.items() if name not in ("page", "scroll_token", "after")}
        asked |= {name: value for name, value in place.items() if value is not None}
    if "status" in asked:
        asked["status"] = ",".join(asked["status"])
    if "has_failed" in asked:
        asked["has_failed"] = str(asked["has_failed"]).lower()
    return f"/tasks?{urlencode(asked)}"
