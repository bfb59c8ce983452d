"""The API's Lambda behind a real socket: HTTP becomes API Gateway's event (payload 2.0), its answer becomes HTTP.

For clients that can't be given a function to call. Host, path, query and raw body reach the function as they were sent.
"""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.conftest import Handler

# What API Gateway hands on as text; every other body comes in base64.
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")


@contextmanager
def gateway(handler: Handler) -> Iterator[str]:
    """Serve the function on a free port of 127.0.0.1; yields its address, without a slash at the end."""

    one_at_a_time, closed = threading.Lock(), threading.Event()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # or the body waits until the client has acknowledged the headers, 40 ms each time
        disable_nagle_algorithm = True

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            # as in Lambda, where a function has one request at a time
            with one_at_a_time:
                if closed.is_set():
                    return
                answer = handler(as_event(self.command, self.path, dict(self.headers.items()), body))
            # a browser hangs up when its reader goes on
            try:
                _say(self, answer)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_QUERY = pass_on

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: a failed test shows what it needs."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            # what is still asked for is answered before the function's world is gone, or not at all
            closed.set()
            with one_at_a_time:
                server.shutdown()
            thread.join()


def as_event(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """What API Gateway makes of a request («Working with AWS Lambda proxy integrations for HTTP APIs», format 2.0)."""
    lowered = {name.lower(): value for name, value in headers.items()}
    path, _, query = target.partition("?")
    textual = lowered.get("content-type", "").startswith(_TEXT) and _is_text(body)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"x-forwarded-proto": "http", **lowered},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": lowered.get("host", ""),
            "domainPrefix": "api",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": lowered.get("user-agent", ""),
            },
            "requestId": "request",
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795262400000,
        },
        "isBase64Encoded": bool(body) and not textual,
    }
    if query:
        event["queryStringParameters"] = _joined(query)
    if body:
        event["body"] = body.decode() if textual else base64.b64encode(body).decode()
    return event


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _joined(query: str) -> dict[str, str]:
    """Values of a name that comes more than once are joined by commas."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _say(door: BaseHTTPRequestHandler, answer: dict[str, Any]) -> None:
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    door.send_response(answer["statusCode"])
    for name, value in answer.get("headers", {}).items():
        door.send_header(name, value)
    for cookie in answer.get("cookies", ()):
        door.send_header("Set-Cookie", cookie)
    door.send_header("Content-Length", str(len(body)))
    door.end_headers()
    if door.command != "HEAD":
        door.wfile.write(body)
