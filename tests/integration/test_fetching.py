"""Fetching a source from a stranger's server, which here is one on 127.0.0.1 that the settings allow."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import Cancelled
from sluice.fetching import fetch_source, opened
from sluice.ids import random_id
from sluice.tasks import Failure, Source, Status, Task
from tests.builders import a_task
from tests.certificates import Certificate, self_signed
from tests.conftest import OUTPUTS, TABLE, Change, Handler
from tests.server import Answer, Server, serving

pytestmark = pytest.mark.usefixtures("aws")

FILM = bytes(range(256)) * 40


@pytest.fixture
def stranger(server: Server, change_settings: Change) -> Server:
    """A server that may be fetched from."""
    change_settings(allowed_source_hosts=f"example.com,{server.host}")
    return server


@pytest.fixture
def inside() -> Iterator[Server]:
    """A server on an address that may not."""
    with serving() as server:
        server.put("/secret", b"secret")
        yield server


def recorded(url: str) -> Task:
    task = a_task(random_id(now()), created_at=now(), source=Source(url=url))
    TaskStore(TABLE).create(task)
    return task


def fetched(url: str, seconds: float = 30) -> tuple[Task, Failure | None]:
    """The task after the fetch, and why it failed."""
    task = recorded(url)
    failure = fetch_source(task.id, task.attempt, deadline=time.monotonic() + seconds)
    return TaskStore(TABLE).get(task.id, at=now()), failure


def refusal(url: str) -> str:
    task, failure = fetched(url)
    assert failure, "it was fetched"
    assert task.source.key is None
    return failure.code


def answering(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Sends exactly this: what it says of its length may be wrong."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)
        request.close_connection = True

    return answer


def test_a_file_is_copied_beside_the_work_files(stranger: Server) -> None:
    url = stranger.put("/films/my film.mp4", FILM).replace(" ", "%20")
    stranger.files["/films/my%20film.mp4"] = FILM

    task, failure = fetched(url + "?token=1")

    assert failure is None
    assert (task.source.bucket, task.source.key) == (OUTPUTS, f"work/{task.id}/source/my_film.mp4")
    assert task.source.url == url + "?token=1" and task.status is Status.VALIDATING
    assert s3().get_object(Bucket=OUTPUTS, Key=task.source.key or "")["Body"].read() == FILM


def test_the_function_answers_with_the_failure_or_none(stranger: Server, function: Callable[[str], Handler]) -> None:
    fetch = function("fetch")
    good, bad = recorded(stranger.put("/a.mp4", FILM)), recorded(stranger.url("/none"))

    assert fetch({"task_id": good.id, "attempt": 1}) == {"failure": None}
    failure = fetch({"task_id": bad.id, "attempt": 1})["failure"]
    assert failure["code"] == "url_unreachable" and "404" in failure["message"]


def test_a_large_file_goes_over_in_parts(stranger: Server) -> None:
    large = b"0123456789abcdef" * (9 * 2**16)

    task, failure = fetched(stranger.put("/large.mp4", large))

    assert failure is None
    assert s3().get_object(Bucket=OUTPUTS, Key=task.source.key or "")["Body"].read() == large


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(status: int, stranger: Server) -> None:
    stranger.put("/there.mp4", FILM)
    url = stranger.redirect("/here", "/there.mp4", status)

    assert fetched(url)[1] is None
    assert stranger.asked == ["/here", "/there.mp4"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_an_address_inside_is_never_asked(host: str, inside: Server) -> None:
    assert refusal(f"http://{host}:{inside.port}/secret") == "url_forbidden"
    assert inside.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_a_redirect_to_an_address_inside_is_refused(host: str, stranger: Server, inside: Server) -> None:
    url = stranger.redirect("/clip.mp4", f"http://{host}:{inside.port}/secret")

    assert refusal(url) == "url_forbidden"
    assert inside.asked == []


def test_a_second_redirect_is_looked_at_like_the_first(stranger: Server, inside: Server) -> None:
    stranger.redirect("/second", inside.url("/secret"))
    url = stranger.redirect("/first", "/second")

    assert refusal(url) == "url_forbidden"
    assert inside.asked == []


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("file:///etc/passwd", "url_invalid"),
        ("ftp://example.com/a", "url_invalid"),
        ("http://user:word@8.8.8.8/", "url_invalid"),
        ("http://169.254.169.254/latest/meta-data/", "url_forbidden"),
        ("//10.0.0.1/a", "url_forbidden"),
    ],
)
def test_a_redirect_to_what_is_no_public_web_address_is_refused(location: str, code: str, stranger: Server) -> None:
    assert refusal(stranger.redirect("/clip.mp4", location)) == code


class Names:
    """A name server that answers in turn; the last answer stays. `asked` are the names that it was asked for."""

    def __init__(self, name: str, answers: list[list[str]]):
        self.name, self.asked, self._answers, self._real = name, 0, answers, socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *rest: Any, **named: Any) -> list[Any]:
        if host != self.name:
            return self._real(host, port, *rest, **named)
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return [found for address in answer for found in self._real(address, port, *rest, **named)]


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(
    stranger: Server, change_settings: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names("films.example", [["127.0.0.1"], ["127.0.0.99"]])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    change_settings(allowed_source_hosts="films.example")
    stranger.put("/clip.mp4", FILM)

    assert fetched(f"http://films.example:{stranger.port}/clip.mp4")[1] is None
    assert names.asked == 1


@pytest.mark.parametrize("answer", [["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::1"]])
def test_a_name_that_leads_inside_as_well_is_refused(
    answer: list[str], inside: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names("films.example", [answer]))

    assert refusal(f"http://films.example:{inside.port}/secret") == "url_forbidden"
    assert inside.asked == []


@pytest.fixture
def signed(tmp_path: Path) -> Certificate:
    return self_signed("films.example", tmp_path)


@pytest.fixture
def secure(
    signed: Certificate, change_settings: Change, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], str]]:
    """Addresses, by host name, of one file on a server with that certificate."""
    change_settings(allowed_source_hosts="films.example,other.example")
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **named: real("127.0.0.1", *rest, **named))
    with serving(tls=signed.server) as server:
        server.put("/clip.mp4", FILM)
        yield lambda host: f"https://{host}:{server.port}/clip.mp4"


def test_a_certificate_that_nobody_vouches_for_is_refused(secure: Callable[[str], str]) -> None:
    assert refusal(secure("films.example")) == "url_unreachable"


def test_a_certificate_has_to_be_that_of_the_host(
    secure: Callable[[str], str], signed: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(signed.path))

    assert fetched(secure("films.example"))[1] is None
    assert refusal(secure("other.example")) == "url_unreachable"


def test_a_circle_of_redirects_is_left(stranger: Server) -> None:
    assert refusal(stranger.redirect("/round", "/round")) == "url_unreachable"
    assert len(stranger.asked) == 6


@pytest.mark.parametrize("status", [204, 206, 304, 401, 403, 404, 410, 500, 503])
def test_any_other_answer_is_no_file(status: int, stranger: Server) -> None:
    stranger.answers["/clip.mp4"] = answering(status, Content_Length="0")

    assert refusal(stranger.url("/clip.mp4")) == "url_unreachable"


def test_a_server_that_is_not_there_is_unreachable(stranger: Server, change_settings: Change) -> None:
    change_settings(allowed_source_hosts="127.0.0.1:1")

    assert refusal("http://127.0.0.1:1/clip.mp4") == "url_unreachable"


@pytest.mark.parametrize("headers", [{"Content_Length": "20000"}, {"Transfer_Encoding": "chunked"}])
def test_a_connection_that_breaks_is_said_so_and_leaves_nothing(headers: dict[str, str], stranger: Server) -> None:
    body = FILM if "Content_Length" in headers else b"2800\r\n" + FILM
    stranger.answers["/clip.mp4"] = answering(200, body, **headers)

    assert refusal(stranger.url("/clip.mp4")) == "url_unreachable"
    assert "Contents" not in s3().list_objects_v2(Bucket=OUTPUTS)


def test_a_file_past_the_limit_is_left_off_and_leaves_nothing(stranger: Server, change_settings: Change) -> None:
    change_settings(max_source_bytes=len(FILM) - 1)

    assert refusal(stranger.put("/clip.mp4", FILM)) == "source_too_large"
    assert "Contents" not in s3().list_objects_v2(Bucket=OUTPUTS)


def test_a_file_that_never_ends_is_left_off(stranger: Server, change_settings: Change) -> None:
    change_settings(max_source_bytes=100_000)

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Connection", "close")
        request.end_headers()
        while True:
            request.wfile.write(FILM)

    stranger.answers["/clip.mp4"] = endless

    assert refusal(stranger.url("/clip.mp4")) == "source_too_large"


def test_a_file_that_drips_is_left_off_at_the_deadline(stranger: Server) -> None:
    drops: list[float] = []

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "400")
        request.end_headers()
        for _ in range(400):
            request.wfile.write(b"x")
            drops.append(time.monotonic())
            time.sleep(0.05)

    stranger.answers["/clip.mp4"] = drip

    _, failure = fetched(stranger.url("/clip.mp4"), seconds=0.5)

    assert failure and failure.code == "time_limit_exceeded"
    assert len(drops) < 400


@pytest.mark.parametrize("silent", ["before it answers", "in the middle"])
def test_a_copy_stops_when_its_task_is_ended(silent: str, stranger: Server) -> None:
    reached, go_on = Event(), Event()

    def wait(request: BaseHTTPRequestHandler) -> None:
        if silent == "in the middle":
            request.send_response(200)
            request.send_header("Content-Length", "400")
            request.end_headers()
            request.wfile.write(b"x")
        reached.set()
        go_on.wait(60)

    stranger.answers["/clip.mp4"] = wait
    task = recorded(stranger.url("/clip.mp4"))
    with ThreadPoolExecutor(1) as pool:
        copying = pool.submit(fetch_source, task.id, task.attempt, deadline=time.monotonic() + 60)
        reached.wait(60)
        TaskStore(TABLE).move(task, Status.CANCELLED)

        with pytest.raises(Cancelled):
            copying.result(timeout=30)
        assert not go_on.is_set()
        go_on.set()

    assert "Contents" not in s3().list_objects_v2(Bucket=OUTPUTS)


def test_a_file_is_asked_for_as_it_is_and_from_the_host_that_was_named(stranger: Server) -> None:
    told: dict[str, str] = {}

    def note(request: BaseHTTPRequestHandler) -> None:
        told.update({name.lower(): value for name, value in request.headers.items()})
        answering(200, FILM, Content_Length=str(len(FILM)))(request)

    stranger.answers["/clip.mp4"] = note

    with opened(stranger.url("/clip.mp4")) as response:
        assert response.read() == FILM

    assert told["host"] == stranger.host
    assert told["accept-encoding"] == "identity"
    assert not {"authorization", "cookie", "x-amz-security-token"} & set(told)


def test_a_repeated_fetch_writes_the_same_file(stranger: Server) -> None:
    task = recorded(stranger.put("/clip.mp4", FILM))

    failures = [fetch_source(task.id, task.attempt, deadline=time.monotonic() + 30) for _ in range(2)]

    assert failures == [None, None]
    assert s3().list_objects_v2(Bucket=OUTPUTS)["KeyCount"] == 1
