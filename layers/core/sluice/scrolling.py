"""Scroll tokens: where a reader is in a list, signed, and good for that list alone. Pure.

A token is 16 bytes of HMAC-SHA256 and a short JSON text, in the letters of URLs. The HMAC is also of the tenant and the
filter, so that neither a made-up token nor one of another list passes.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from sluice.errors import InvalidRequest
from sluice.listing import SCROLL_LIFE, Filter
from sluice.media import Value

_MAC_BYTES = 16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLACK = timedelta(seconds=2)


class Place(Value):
    """`position` is the last one that was read; `since` is when the scroll began; its window was [start, end)."""

    position: str
    since: datetime
    start: datetime
    end: datetime


def token(place: Place, wanted: Filter, key: bytes) -> str:
    # whole microseconds: a float would lose the last of them
    moments = [(moment - _EPOCH) // timedelta(microseconds=1) for moment in (place.since, place.start, place.end)]
    text = json.dumps([place.position, *moments], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(text, wanted, key) + text).decode().rstrip("=")


def place(token: str, wanted: Filter, key: bytes, *, at: datetime) -> Place:
    """Where the token's reader is.

    Raises: InvalidRequest when the token is not ours, or not of this list.
    """
    text = _signed(token, wanted, key)
    if text is None:
        raise refused("The scroll token is not one that this API gave out for this list.")
    position, *moments = json.loads(text)
    since, start, end = (_EPOCH + timedelta(microseconds=number) for number in moments)
    found = Place(position=position, since=since, start=start, end=end)
    if wanted.wanted_statuses is not None and at - since > SCROLL_LIFE:
        raise refused("The scroll began more than an hour ago; begin it anew.")
    if not (_same(wanted.start, start, at - since) and _same(wanted.end, end, at - since)):
        raise refused("The scroll token is of a list with another start or end.")
    return found


def refused(message: str) -> InvalidRequest:
    return InvalidRequest(message, field="scroll_token", code="scroll_token_invalid")


def _signed(token: str, wanted: Filter, key: bytes) -> bytes | None:
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, text = plain[:_MAC_BYTES], plain[_MAC_BYTES:]
    return text if hmac.compare_digest(mac, _mac(text, wanted, key)) else None


def _mac(text: bytes, wanted: Filter, key: bytes) -> bytes:
    bound = hashlib.sha256(wanted.identity.encode()).digest()
    return hmac.digest(key, bound + text, "sha256")[:_MAC_BYTES]


def _same(asked: datetime, kept: datetime, passed: timedelta) -> bool:
    """Whether an edge of the window is that of the scroll's beginning: one that was left open moves on with time."""
    return abs(asked - kept) <= _SLACK or kept <= asked <= kept + passed + _SLACK
