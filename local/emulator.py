"""The emulator's process: ministack with a root-path door for our API, saving what it holds as it goes.

Runs in the emulator's own environment: `python local/emulator.py PORT API_PORT API_ID_FILE`. The file holds the id of
our HTTP API from the first deployment on.

SIGTERM stops it after a last save. SIGUSR1 makes it save everything at once, deployed code included.

For tests and benchmarks: LOCAL_FAULTS may name a file; while it is there, calls of AWS fail as it says («RATE SEED»).
LOCAL_HOLD may name another; while it is there, those calls of AWS wait that have each of its lines in their body.
"""

import asyncio
import json
import logging
import os
import random
import re
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

READING = ("GET", "HEAD", "OPTIONS")
SAVE_EVERY = 5.0
DEPLOYED_ONLY = {"lambda"}
"""Services whose state changes with a deployment alone, and is too big to write every few seconds."""


def at_root(scope: Scope, api_id: str) -> Scope:
    """The request as the emulator wants it: below the prefix of the API and its stage, untouched otherwise."""
    prefix = f"/_aws/execute-api/{api_id}/$default"
    return {
        **scope,
        "path": prefix + scope["path"],
        "raw_path": prefix.encode() + scope["raw_path"],
    }


class Doors:
    """The emulator's app behind two ports: its own, and one where our API is at the root path.

    Clients of the API need neither a prefix nor a hosts entry that way, and Host header, path, query and body reach
    the function as they were sent, which a signature depends on.
    """

    def __init__(self, emulator: Asgi, api_port: int, api_id_file: Path) -> None:
        self.emulator = emulator
        self.api_port = api_port
        self.api_id_file = api_id_file
        self.used = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.emulator(scope, receive, send)
            return
        if scope["method"] not in READING:
            self.used.set()
        if scope["server"][1] != self.api_port:
            await self.emulator(scope, receive, send)
        elif self.api_id_file.exists():
            await self.emulator(at_root(scope, self.api_id_file.read_text()), receive, send)
        else:
            await say_unavailable(send)


class Fault(NamedTuple):
    """How a call fails: as what, and whether what was asked is done nevertheless."""

    status: int
    code: str
    done: bool = False


FAILING = ("dynamodb", "s3", "states")
# A throttled call has done nothing. Of one that broke, its caller can't know.
THROTTLED = {
    "dynamodb": Fault(400, "ThrottlingException"),
    "s3": Fault(503, "SlowDown"),
    "states": Fault(400, "ThrottlingException"),
}
BROKEN = {
    "dynamodb": Fault(500, "InternalServerError"),
    "s3": Fault(500, "InternalError"),
    "states": Fault(503, "ServiceUnavailable"),
}


class Faults:
    """Has some of the calls that reach the emulator fail, as AWS fails now and then: a third throttled, a third broken
    before the work, a third after it. Every one is a line of the log.
    """

    def __init__(self, emulator: Asgi, file: Path) -> None:
        self.emulator = emulator
        self.file = file
        self.dice = random.Random()
        self.told = ""
        self.rate = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service = service_of(scope) if scope["type"] == "http" else ""
        fault = self.fault(service) if service in FAILING else None
        if not fault:
            await self.emulator(scope, receive, send)
            return
        print(f"fault {service} {fault.code} {'after' if fault.done else 'before'}", flush=True)
        if fault.done:
            await self.emulator(scope, receive, _to_nobody)
        else:
            while (await receive()).get("more_body"):
                pass
        await say_fault(service, fault, scope["method"], send)

    def fault(self, service: str) -> Fault | None:
        """What becomes of the next call."""
        told = _told(self.file) or "0 0"
        if told != self.told:
            rate, seed = told.split()
            self.told, self.rate, self.dice = told, float(rate), random.Random(seed)
        if self.dice.random() >= self.rate:
            return None
        broken = BROKEN[service]
        return self.dice.choice((THROTTLED[service], broken, broken._replace(done=True)))


class Hold:
    """Has some of the calls that reach the emulator wait, as the network has them wait now and then: whoever makes one
    is held where he is, in a phase that is over in a moment otherwise.
    """

    PAUSE = 0.05

    def __init__(self, emulator: Asgi, file: Path) -> None:
        self.emulator = emulator
        self.file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not service_of(scope) or not _told(self.file):
            await self.emulator(scope, receive, send)
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        body = b"".join(message.get("body", b"") for message in messages)
        while self.holds(body):
            await asyncio.sleep(self.PAUSE)

        async def once_more() -> Scope:
            return messages.pop(0) if messages else await receive()

        await self.emulator(scope, once_more, send)

    def holds(self, body: bytes) -> bool:
        lines = _told(self.file).encode().splitlines()
        return bool(lines) and all(line in body for line in lines)


def _told(file: Path) -> str:
    """What a file says that whoever tests makes and removes; nothing without one."""
    try:
        return file.read_text()
    except FileNotFoundError:
        return ""


def service_of(scope: Scope) -> str:
    """The service that a request is signed for, in its headers or its URL; empty when it isn't."""
    signed = dict(scope["headers"]).get(b"authorization", b"").decode() or unquote(scope["query_string"].decode())
    found = re.search(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request", signed)
    return found[1] if found else ""


async def say_fault(service: str, fault: Fault, method: str, send: Send) -> None:
    if service == "s3":
        kind, body = b"application/xml", f"<Error><Code>{fault.code}</Code><Message>A fault.</Message></Error>"
    else:
        kind, body = b"application/x-amz-json-1.0", json.dumps({"__type": fault.code, "message": "A fault."})
    content = b"" if method == "HEAD" else body.encode()
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _to_nobody(message: Scope) -> None:
    """The answer is lost on the way."""


async def say_unavailable(send: Send) -> None:
    body = b'{"kind": "unavailable", "message": "Nothing is deployed here yet: run make up."}'
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 502, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def save_while_used(used: asyncio.Event, save: Callable[[], None]) -> None:
    """Save seconds after a request that may have changed something, so that a kill loses little.

    Everything waits while it saves, so it never spends more than a twentieth of the time on it.
    """
    pause = SAVE_EVERY
    while True:
        await used.wait()
        await asyncio.sleep(pause)
        used.clear()
        started = time.monotonic()
        save()
        pause = max(SAVE_EVERY, 20 * (time.monotonic() - started))


async def serve(port: int, api_port: int, api_id_file: Path) -> None:
    import ministack.app as ministack
    from hypercorn.asyncio import serve as serve_asgi
    from hypercorn.config import Config

    from local.mends import mend

    mend()

    def save(*, everything: bool = False) -> None:
        states = ministack._build_persistence_save_dict()
        skipped = set() if everything else DEPLOYED_ONLY
        ministack.save_all({name: get for name, get in states.items() if name not in skipped})

    logging.getLogger("persistence").setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"127.0.0.1:{port}", f"127.0.0.1:{api_port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1

    emulator: Asgi = ministack.app
    if file := os.environ.get("LOCAL_FAULTS"):
        emulator = Faults(emulator, Path(file))
    if file := os.environ.get("LOCAL_HOLD"):
        emulator = Hold(emulator, Path(file))
    doors = Doors(emulator, api_port, api_id_file)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: save(everything=True))

    saves = os.environ.get("PERSIST_STATE") == "1"
    saver = asyncio.create_task(save_while_used(doors.used, save)) if saves else None
    await serve_asgi(doors, config, shutdown_trigger=stop.wait)
    if saver:
        saver.cancel()


if __name__ == "__main__":
    # behind all else: what lies here must not stand in for a module of the emulator
    sys.path.append(str(Path(__file__).resolve().parent.parent))
    _, port, api_port, api_id_file = sys.argv
    asyncio.run(serve(int(port), int(api_port), Path(api_id_file)))
