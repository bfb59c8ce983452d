"""Time as it is written everywhere: UTC, ISO 8601, milliseconds, `Z`."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer


def now() -> datetime:
    """The present, cut to the millisecond so that it survives being written and read."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def precise_now() -> datetime:
    """The present, to the microsecond: for telling what came first."""
    return datetime.now(UTC)


def iso(moment: datetime) -> str:
    """`2026-01-31T12:00:00.000Z`; sorts as text in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(iso, return_type=str, when_used="json")]
