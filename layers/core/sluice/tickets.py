"""Tickets: a URL's own right to one thing for a while, for players, which can't send an API key. Pure.

`<until>.<signature>`: the end in Unix seconds, and an HMAC over it and what the ticket is about.
"""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode

_TICKET = re.compile(r"(?P<until>\d{1,12})\.(?P<signature>[A-Za-z0-9_-]{32})", re.ASCII)
_SIGNATURE_BYTES = 24


def issued(key: bytes, about: str, *, until: int) -> str:
    """A ticket for what it is `about` (`play:<task id>`), good until a Unix second."""
    return f"{until}.{_signature(key, about, until)}"


def is_good(key: bytes, ticket: str, about: str, *, at: float) -> bool:
    """Whether this ticket was issued for this, and its time isn't over."""
    found = _TICKET.fullmatch(ticket)
    if not found:
        return False
    until = int(found["until"])
    return until > at and hmac.compare_digest(_signature(key, about, until), found["signature"])


def _signature(key: bytes, about: str, until: int) -> str:
    digest = hmac.digest(key, f"{about}\0{until}".encode(), hashlib.sha256)
    return urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode()
