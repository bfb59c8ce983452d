"""Copying a source that was given by URL into the output bucket's work files.

ffmpeg never sees the stranger's address: it would follow redirects to wherever they lead. The copy is also pinned, so
that all subtasks see the same file and the owner's server is asked once.

The copying is done by a thread of its own, since a server may keep us waiting for half a minute, and who ended the task
shan't.
"""

import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from threading import Event, Thread
from typing import IO, cast
from urllib.parse import urljoin

import urllib3

from sluice import addresses
from sluice.aws import files
from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.errors import BadSource, Cancelled, InvalidRequest, LimitExceeded, WorkFailed
from sluice.naming import WORK
from sluice.settings import settings
from sluice.tasks import Failure, Source, Status

_REDIRECTS = {301, 302, 303, 307, 308}
_MOST_REDIRECTS = 5
_PIECE = 2**18
_SECONDS_BETWEEN_LOOKS = 2.0
_TIMEOUT = urllib3.Timeout(connect=10, read=30)


def fetch_source(task_id: str, attempt: int, *, deadline: float) -> Failure | None:
    """Copy the source of the task and write down where it lies; or say why it can't be had.

    Raises: Cancelled.
    """
    store = TaskStore(settings().table)
    task = store.current(task_id, attempt, at=now())
    store.move(task, Status.VALIDATING, started_at=iso(task.started_at or now()))
    url = task.source.url
    assert url, "the workflow fetches only sources given by URL"
    key = f"{WORK}/{task.id}/source/{addresses.file_name(url)}"
    ended = Event()

    def copy() -> None:
        with opened(url) as response:
            files.put_stream(cast(IO[bytes], Limited(response, deadline, ended)), settings().output_bucket, key)

    try:
        _while_wanted(copy, lambda: store.current(task_id, attempt, at=now()), ended)
    except WorkFailed as error:
        return Failure.of(error)
    except InvalidRequest as error:
        return Failure(code=error.code, message=error.message)
    source = Source(bucket=settings().output_bucket, key=key, url=url)
    store.move(task, Status.VALIDATING, source=source.model_dump(mode="json", exclude_none=True))
    return None


def _while_wanted(copy: Callable[[], None], look: Callable[[], object], ended: Event) -> None:
    """Do the copying in another thread, and look now and then whether it is still wanted; if `look` raises, that is it:
    `ended` is set, and the thread left to hear of it when its server says something.
    """
    copying: futures.Future[None] = futures.Future()

    def run() -> None:
        try:
            copy()
        except BaseException as error:
            copying.set_exception(error)
        else:
            copying.set_result(None)

    Thread(target=run, daemon=True).start()
    while not futures.wait([copying], timeout=_SECONDS_BETWEEN_LOOKS).done:
        try:
            look()
        except BaseException:
            ended.set()
            raise
    copying.result()


@contextmanager
def opened(url: str) -> Iterator[urllib3.BaseHTTPResponse]:
    """The answer to a GET of the URL, every redirect checked like the first address.

    Raises: BadSource, InvalidRequest.
    """
    for _ in range(_MOST_REDIRECTS + 1):
        response = _get(addresses.checked(url, settings().allowed_source_hosts.split(",")))
        try:
            location = response.headers.get("location")
            if response.status in _REDIRECTS and location:
                url = urljoin(url, location)
                continue
            if response.status != 200:
                raise BadSource(f"The URL answered with HTTP status {response.status}.", code="url_unreachable")
            yield response
            return
        finally:
            response.release_conn()
            response.close()
    raise BadSource(f"The URL redirects more than {_MOST_REDIRECTS} times.", code="url_unreachable")


def _get(target: addresses.Target) -> urllib3.BaseHTTPResponse:
    pool: urllib3.HTTPConnectionPool
    if target.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            target.address, target.port, server_hostname=target.host, assert_hostname=target.host
        )
    else:
        pool = urllib3.HTTPConnectionPool(target.address, target.port)
    headers = {"Host": target.host_header, "User-Agent": "sluice", "Accept-Encoding": "identity"}
    try:
        return pool.request(
            "GET",
            target.path,
            headers=headers,
            preload_content=False,
            redirect=False,
            retries=False,
            timeout=_TIMEOUT,
        )
    except urllib3.exceptions.HTTPError as error:
        message = f"The server of the URL could not be reached ({type(error).__name__})."
        raise BadSource(message, code="url_unreachable") from None


class Limited:
    """A stream to read from, up to the size limit, the deadline, and the end of the task."""

    def __init__(self, response: urllib3.BaseHTTPResponse, deadline: float, ended: Event):
        self._response, self._deadline, self._ended, self._size = response, deadline, ended, 0

    def read(self, amount: int = -1) -> bytes:
        """That many bytes, fewer at the end only; taken as they come, so that a server that drips is noticed.

        Raises: LimitExceeded, BadSource, Cancelled.
        """
        data = bytearray()
        while amount < 0 or len(data) < amount:
            piece = self._piece(_PIECE if amount < 0 else min(_PIECE, amount - len(data)))
            if not piece:
                break
            data += piece
        return bytes(data)

    def _piece(self, most: int) -> bytes:
        if self._ended.is_set():
            raise Cancelled
        if time.monotonic() > self._deadline:
            raise LimitExceeded("The URL's file did not arrive in time.", code="time_limit_exceeded")
        try:
            data = self._response.read1(most)
        except urllib3.exceptions.HTTPError:
            raise BadSource("The connection broke before the whole file had come.", code="url_unreachable") from None
        self._size += len(data)
        if self._size > settings().max_source_bytes:
            message = f"The file has more than the {settings().max_source_bytes} bytes that this deployment takes."
            raise LimitExceeded(message, code="source_too_large")
        return data
