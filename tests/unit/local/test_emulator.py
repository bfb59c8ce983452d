import asyncio
from pathlib import Path
from typing import Any

from local.emulator import Doors, Faults, Hold, Scope, at_root, service_of


class FakeEmulator:
    """Keeps the requests that reach it."""

    def __init__(self) -> None:
        self.requests: list[Scope] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.requests.append(scope)
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        self.bodies.append(b"".join(message.get("body", b"") for message in messages))


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


# ── faults ────────────────────────────────────────────────────────────────────────────────────


def signed(service: str) -> Scope:
    credential = f"AWS4-HMAC-SHA256 Credential=test/20260131/us-east-1/{service}/aws4_request, Signature=a"
    return {**a_request("/", port=4566, method="POST"), "headers": [(b"authorization", credential.encode())]}


def statuses(faults: Faults, request: Scope, times: int) -> list[int]:
    """What a caller is told, each time; nought where the emulator answers."""

    async def received() -> Scope:
        return {"type": "http.request"}

    async def all_of_them() -> list[int]:
        told = []
        for _ in range(times):
            sent: list[Scope] = []

            async def send(message: Scope, sent: list[Scope] = sent) -> None:
                sent.append(message)

            await faults(request, received, send)
            told.append(sent[0]["status"] if sent else 0)
        return told

    return asyncio.run(all_of_them())


def test_some_calls_of_aws_fail_before_the_work_or_after_it(tmp_path: Path) -> None:
    emulator = FakeEmulator()
    faults = Faults(emulator, tmp_path / "faults")
    (tmp_path / "faults").write_text("0.5 1")

    told = statuses(faults, signed("dynamodb"), 100)

    assert set(told) == {0, 400, 500}
    assert told.count(0) < len(emulator.requests) < 100, "some were done, and said to be broken"


def test_no_call_fails_without_the_file_nor_of_another_service(tmp_path: Path) -> None:
    faults = Faults(FakeEmulator(), tmp_path / "faults")

    assert set(statuses(faults, signed("dynamodb"), 20)) == {0}
    (tmp_path / "faults").write_text("1 1")
    assert set(statuses(faults, signed("ssm"), 20)) == {0}


def test_a_signed_url_names_its_service_as_a_signed_request_does() -> None:
    query = b"X-Amz-Credential=test%2F20260131%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Expires=60"

    assert service_of({**a_request(), "headers": [], "query_string": query}) == "s3"
    assert service_of(a_request()) == ""


# ── holding ───────────────────────────────────────────────────────────────────────────────────


def body_of(*pieces: bytes) -> Any:
    """A request's body as it comes in, piece by piece."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> Scope:
        return messages.pop(0) if messages else {"type": "http.request"}

    return receive


async def told_nothing(message: Scope) -> None:
    pass


def test_a_call_that_is_held_reaches_the_emulator_whole_when_the_file_is_gone(tmp_path: Path) -> None:
    emulator, file = FakeEmulator(), tmp_path / "hold"
    file.write_text('"a"\n"b"\n')

    async def held_then_released() -> list[bytes]:
        hold = Hold(emulator, file)
        call = asyncio.create_task(hold(signed("dynamodb"), body_of(b'{"a": ', b'"b"}'), told_nothing))
        await hold(signed("dynamodb"), body_of(b'{"a": 1}'), told_nothing)
        await hold(a_request("/"), body_of(b'{"a": "b"}'), told_nothing)
        before = list(emulator.bodies)
        file.unlink()
        await call
        return before

    assert asyncio.run(held_then_released()) == [b'{"a": 1}', b'{"a": "b"}'], "another call, and none of AWS"
    assert emulator.bodies[2:] == [b'{"a": "b"}']


def test_nothing_is_held_without_the_file_nor_by_an_empty_one(tmp_path: Path) -> None:
    emulator, file = FakeEmulator(), tmp_path / "hold"
    hold = Hold(emulator, file)

    asyncio.run(hold(signed("dynamodb"), body_of(b"{}"), told_nothing))
    file.touch()
    asyncio.run(hold(signed("dynamodb"), body_of(b"{}"), told_nothing))

    assert emulator.bodies == [b"{}", b"{}"]
