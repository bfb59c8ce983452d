import asyncio
from pathlib import Path
from typing import Any

from local.emulator import Doors, Scope, at_root


class FakeEmulator:
    """Keeps the requests that reach it."""

    def __init__(self) -> None:
        self.requests: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.requests.append(scope)


def a_request(path: str = "/tasks", *, port: int = 4567, method: str = "GET") -> Scope:
    return {
        "type": "http",
        "method": method,
        "server": ("127.0.0.1", port),
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"a=%2B&a=b+c",
        "headers": [(b"host", b"127.0.0.1:4567"), (b"x-a", b"1"), (b"x-a", b"2")],
    }


def sent_through(doors: Doors, request: Scope) -> list[Scope]:
    sent: list[Scope] = []

    async def send(message: Scope) -> None:
        sent.append(message)

    async def receive() -> Scope:
        return {"type": "http.request"}

    asyncio.run(doors(request, receive, send))
    return sent


def deployed(tmp_path: Path) -> Path:
    (tmp_path / "api-id").write_text("abc")
    return tmp_path / "api-id"


def test_a_request_at_the_root_path_reaches_the_api_and_keeps_all_but_its_path() -> None:
    request = a_request("/tasks")

    assert at_root(request, "abc") == {
        **request,
        "path": "/_aws/execute-api/abc/$default/tasks",
        "raw_path": b"/_aws/execute-api/abc/$default/tasks",
    }


def test_slashes_and_escapes_are_left_alone() -> None:
    request = {**a_request(), "path": "//a/b c/", "raw_path": b"//a%2Fb%20c/"}

    assert at_root(request, "abc")["raw_path"] == b"/_aws/execute-api/abc/$default//a%2Fb%20c/"


def test_only_the_port_of_the_api_has_the_api_at_its_root(tmp_path: Path) -> None:
    emulator = FakeEmulator()
    doors = Doors(emulator, 4567, deployed(tmp_path))

    sent_through(doors, a_request("/bucket/key", port=4566))
    sent_through(doors, a_request("/tasks", port=4567))

    assert [request["path"] for request in emulator.requests] == [
        "/bucket/key",
        "/_aws/execute-api/abc/$default/tasks",
    ]


def test_before_the_first_deployment_the_api_says_that_it_is_unavailable(tmp_path: Path) -> None:
    emulator = FakeEmulator()

    start, body = sent_through(Doors(emulator, 4567, tmp_path / "api-id"), a_request())

    assert start["status"] == 502
    assert b'"kind": "unavailable"' in body["body"]
    assert not emulator.requests


def test_a_request_that_only_reads_gives_no_reason_to_save(tmp_path: Path) -> None:
    doors = Doors(FakeEmulator(), 4567, deployed(tmp_path))

    sent_through(doors, a_request(method="GET"))
    read = doors.used.is_set()
    sent_through(doors, a_request(method="POST"))

    assert (read, doors.used.is_set()) == (False, True)
