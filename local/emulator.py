"""The emulator's process: ministack with a root-path door for our API, saving what it holds as it goes.

Runs in the emulator's own environment: `python local/emulator.py PORT API_PORT API_ID_FILE`. The file holds the id of
our HTTP API from the first deployment on.

SIGTERM stops it after a last save. SIGUSR1 makes it save everything at once, deployed code included.
"""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

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

    def save(*, everything: bool = False) -> None:
        states = ministack._build_persistence_save_dict()
        skipped = set() if everything else DEPLOYED_ONLY
        ministack.save_all({name: get for name, get in states.items() if name not in skipped})

    logging.getLogger("persistence").setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"127.0.0.1:{port}", f"127.0.0.1:{api_port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1

    doors = Doors(ministack.app, api_port, api_id_file)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, lambda: save(everything=True))

    saver = asyncio.create_task(save_while_used(doors.used, save))
    await serve_asgi(doors, config, shutdown_trigger=stop.wait)
    saver.cancel()


if __name__ == "__main__":
    _, port, api_port, api_id_file = sys.argv
    asyncio.run(serve(int(port), int(api_port), Path(api_id_file)))
