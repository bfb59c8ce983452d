"""The API behind a real socket, and a client of it, for what isn't JSON or isn't ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.conftest import Handler
from tests.gateway import gateway

Site = Callable[..., httpx.Client]


@contextmanager
def client_at(handler: Handler, secret: str | None) -> Iterator[httpx.Client]:
    """A client of the served API, with a key."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    with gateway(handler) as address, httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        yield client
