"""Real programs and real sockets."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from sluice.aws import clients
from sluice.aws.keystore import KeyStore
from sluice.clock import now
from sluice.keys import Scope, new_key
from tests.api import Client
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import TABLE, Change, Handler
from tests.server import Server, serving

_NOT_PASSED_ON = {"transfer-encoding", "connection", "content-length", "host", "date", "server"}


@pytest.fixture(scope="session")
def clips(media_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(media_bin, tmp_path_factory.mktemp("clips"))


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def programs(change_settings: Change, media_bin: Path) -> None:
    """ffmpeg and ffprobe where the settings say."""
    change_settings(media_bin=media_bin)


@pytest.fixture
def s3_by_http(aws: None, programs: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """moto's S3 behind a real socket, so that ffmpeg can read signed URLs; yields the log of requests.

    moto answers within this process only, as botocore and requests ask it; the socket hands on what comes.
    """
    asked: list[str] = []

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
        request.send_header(
            "Content-Length", answer.headers.get("Content-Length", "0") if not content else str(len(content))
        )
        request.end_headers()
        request.wfile.write(content)

    with serving(hand_on) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url(""))
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
        clients.s3.cache_clear()
        yield asked
        clients.s3.cache_clear()


@pytest.fixture
def bench(s3_by_http: list[str], tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def handler(function: Callable[[str], Handler]) -> Handler:
    return function("api")


@pytest.fixture
def client_of(handler: Handler) -> Callable[..., Client]:
    """A client with a fresh key."""

    def client(scope: Scope = Scope.SUBMIT, tenant: str = "default") -> Client:
        key, secret = new_key("test", scope, tenant=tenant, at=now())
        KeyStore(TABLE).put(key)
        return Client(handler, secret)

    return client


@pytest.fixture
def client(client_of: Callable[..., Client]) -> Client:
    return client_of()
