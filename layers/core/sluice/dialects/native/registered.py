"""What is the same for everything that is registered: ids, pages, finding one of the caller's own."""

from typing import TypeVar
from urllib.parse import urlencode

from sluice import ids
from sluice.aws.register import Entry, Register
from sluice.clock import now
from sluice.dialects.native.models import Paged
from sluice.errors import InvalidRequest, NotFound

MOST_SKIPPED = 5_000

Kept = TypeVar("Kept", bound=Entry)


def new_id(prefix: str) -> str:
    return f"{prefix}_{ids.random_id(now())}"


def is_id(text: str, prefix: str) -> bool:
    head, _, rest = text.partition("_")
    return head == prefix and ids.is_task_id(rest)


def found(register: Register[Kept], entry_id: str, what: str) -> Kept:
    """Raises: NotFound, such as `file_not_found`."""
    entry = register.get(entry_id) if is_id(entry_id, what) else None
    if entry is None:
        raise missing(what, entry_id)
    return entry


def missing(what: str, entry_id: str) -> NotFound:
    return NotFound(f"There is no {what} {entry_id[:100]!r}.", code=f"{what}_not_found")


def page_of(register: Register[Kept], query: Paged) -> list[Kept]:
    """Raises: InvalidRequest for a page too deep down."""
    skip = ((query.page or 1) - 1) * query.limit
    if skip > MOST_SKIPPED:
        raise InvalidRequest(f"Pages reach {MOST_SKIPPED} entries deep.", field="page")
    return register.page(skip=skip, limit=query.limit + 1)


def headers(path: str, query: Paged, count: int) -> dict[str, str]:
    """Where to go on from a page; `count` is one more than its limit when there is another."""
    page = query.page or 1
    more = count > query.limit
    pages = {"self": page, "first": 1} | ({"prev": page - 1} if page > 1 else {}) | ({"next": page + 1} if more else {})
    links = ", ".join(
        f'<{path}?{urlencode({"page": number, "limit": query.limit})}>; rel="{name}"' for name, number in pages.items()
    )
    return {"Limit": str(query.limit), "Has-More": str(more).lower(), "Link": links, "Links": links}
