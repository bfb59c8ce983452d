"""A local HTTP server: files with ranges, answers of one's own, and a log of all that it was asked for."""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from moto.core.models import responses_mock

Answer = Callable[[BaseHTTPRequestHandler], None]

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")
_NOT_PASSED_ON = {"transfer-encoding", "connection", "content-length", "host", "date", "server"}


class Server:
    """`files` are served with ranges, `answers` write their own; both by path. `asked` is every path that came."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port, self.scheme = port, scheme
        self.files: dict[str, bytes] = {}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}{path}"

    def put(self, path: str, content: bytes) -> str:
        """Serve a file; returns its address."""
        self.files[path] = content
        return self.url(path)

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        def answer(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            request.send_header("Location", to)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.answers[path] = answer
        return self.url(path)

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        self.asked.append(path)
        if path in self.answers:
            self.answers[path](request)
        elif path in self.files:
            _send_file(request, self.files[path])
        else:
            request.send_error(404)


def _send_file(request: BaseHTTPRequestHandler, content: bytes) -> None:
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    end = min(int(asked[2]) + 1 if asked and asked[2] else len(content), len(content))
    if asked and start >= len(content):
        request.send_error(416)
        return
    request.send_response(206 if asked else 200)
    if asked:
        request.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
    request.send_header("Accept-Ranges", "bytes")
    request.send_header("Content-Length", str(end - start))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content[start:end])


@contextmanager
def serving(handle: Answer | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of 127.0.0.1; every request goes to `handle` when it is given."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # or the body waits until the client has acknowledged the headers, 40 ms each time
        disable_nagle_algorithm = True

        def answer(self) -> None:
            # ffmpeg hangs up as soon as it has seen enough
            try:
                (handle or server.handle)(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = answer

        def log_message(self, format: str, *arguments: object) -> None:
            """The log is `Server.asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server = Server(http.server_address[1], "https" if tls else "http")
        if tls:
            http.socket = tls.wrap_socket(http.socket, server_side=True)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def s3_over_http(asked: list[str]) -> Answer:
    """Hands requests on to moto's S3 and notes them, so that programs of their own can read signed URLs.

    moto answers within this process only, as botocore and requests ask it.
    """

    def hand_on(request: BaseHTTPRequestHandler) -> None:
        asked.append(f"{request.command} {request.path.partition('?')[0]}")
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _NOT_PASSED_ON}
        url = f"https://s3.amazonaws.com{request.path}"
        answer = requests.request(request.command, url, headers=headers, data=body, timeout=30, stream=True)
        request.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _NOT_PASSED_ON:
                request.send_header(name, value)
        # to a HEAD the length is told and nothing comes
        content = b"" if request.command == "HEAD" else answer.content
        length = answer.headers.get("Content-Length", "0") if not content else str(len(content))
        request.send_header("Content-Length", length)
        request.end_headers()
        request.wfile.write(content)
        # moto keeps every answer that it gave, and keeps it twice
        for calls in (responses_mock.calls, *(answered.calls for answered in responses_mock.registered())):
            calls.reset()

    return hand_on
