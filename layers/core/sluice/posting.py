"""POST to a stranger's address. What is answered is its status alone: redirects aren't followed, bodies aren't read."""

import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple
from urllib.parse import quote

from sluice import addresses
from sluice.errors import BadSource, InvalidRequest

SECONDS = 10.0
# What a URL may hold beside letters and digits (RFC 3986, 2), the sign of what is encoded already included.
_KEPT = "/?#[]@!$&'()*+,;=:-._~%"


class Answer(NamedTuple):
    """`status`, or the `error` for which there was none."""

    status: int | None = None
    error: str | None = None
    seconds: float = 0.0


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed_hosts: Collection[str], seconds: float = SECONDS
) -> Answer:
    """POST the body, with so much time for all of it. Errors are `url_invalid`, `url_forbidden`, `url_unreachable`,
    `tls_failed`, `connection_failed`, `answer_invalid`, `timeout`.
    """
    begun = time.monotonic()
    try:
        target = addresses.checked(url, allowed_hosts)
        status, error = _status_of(target, body, headers, seconds), None
    except (InvalidRequest, BadSource) as refused:
        status, error = None, refused.code
    except (OSError, HTTPException, ValueError) as broken:
        in_time = time.monotonic() - begun < seconds
        status, error = None, error_of(broken) if in_time else "timeout"
    return Answer(status, error, round(time.monotonic() - begun, 3))


def error_of(broken: Exception) -> str:
    """What to call that which has kept the other side from answering."""
    match broken:
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return "tls_failed"
        case OSError():
            return "connection_failed"
        case HTTPException():
            return "answer_invalid"
    return "url_invalid"


def _status_of(target: addresses.Target, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    connection = _Connection(target, seconds)
    # a server that drips its answer is never silent long enough for a socket's own time-out
    watch = threading.Timer(seconds, connection.cut)
    watch.start()
    try:
        told = {"Host": target.host_header, "User-Agent": "Sluice-Webhooks", "Connection": "close", **headers}
        connection.request("POST", quote(target.path, safe=_KEPT), body=body, headers=told)
        status = connection.getresponse().status
        if connection.is_cut:
            raise TimeoutError
        return status
    finally:
        watch.cancel()
        connection.close()


class _Connection(HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, target: addresses.Target, seconds: float):
        super().__init__(target.address, target.port, timeout=seconds)
        self._target, self.is_cut = target, False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._target.address, self._target.port), self.timeout)
        if self._target.scheme == "https":
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self._target.host)

    def cut(self) -> None:
        """End it, now; to whoever reads it seems that the other side has closed it."""
        self.is_cut = True
        try:
            if self.sock:
                self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
