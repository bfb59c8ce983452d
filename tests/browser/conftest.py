"""The console in a real browser, on the API's own Lambda over moto."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page

from sluice.access import create_key
from sluice.aws import clients
from sluice.dialects.console import routes
from sluice.keys import Scope
from tests.browser.chromium import DESKTOP, PATIENCE_MILLISECONDS, chromium
from tests.browser.films import Films
from tests.browser.seeding import Seed
from tests.browser.site import Site
from tests.conftest import Handler
from tests.gateway import gateway
from tests.server import serving

_NOT_PASSED_ON = {"transfer-encoding", "connection", "content-length", "host", "date", "server", "origin"}
_ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, PUT, HEAD",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Length, Content-Range",
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def films(media_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Films:
    return Films(media_bin, tmp_path_factory.mktemp("films"))


@pytest.fixture
def buckets(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """moto's S3 behind a real socket, open to pages of other origins as the template's buckets are."""
    with serving(_hand_on) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url(""))
        monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
        _forget()
        yield
        _forget()


def _forget() -> None:
    clients.s3.cache_clear()
    routes._file_origins.cache_clear()


def _hand_on(request: BaseHTTPRequestHandler) -> None:
    body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
    if request.command == "OPTIONS":
        return _answer(request, 200, {}, b"")
    headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_PASSED_ON}
    url = f"https://s3.amazonaws.com{request.path}"
    answer = requests.request(request.command, url, headers=headers, data=body, timeout=30, stream=True)
    told = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_PASSED_ON}
    # to a HEAD the length is told and nothing comes
    if request.command == "HEAD":
        told["Content-Length"] = answer.headers.get("Content-Length", "0")
    is_bare = request.command == "HEAD" or answer.status_code == 304
    return _answer(request, answer.status_code, told, b"" if is_bare else answer.content)


def _answer(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers, **_ANY_ORIGIN}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def handler(function: Callable[[str], Handler]) -> Handler:
    return function("api")


@pytest.fixture
def seed(buckets: None, films: Films) -> Seed:
    return Seed(films)


@pytest.fixture
def address(buckets: None, handler: Handler) -> Iterator[str]:
    with gateway(handler) as address:
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport=DESKTOP,  # type: ignore[arg-type]
        accept_downloads=True,
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def site(address: str, page: Page) -> Iterator[Site]:
    """The console, opened by nobody yet. A page that complains, or asks anybody else for anything, fails the test."""
    site = Site(address, page)
    yield site
    assert site.complaints == []


@pytest.fixture
def secret_of(aws: None) -> Callable[..., str]:
    """The secret of a fresh key."""

    def secret(scope: Scope = Scope.ADMIN, tenant: str = "default", name: str = "Ada") -> str:
        return create_key(name, scope, tenant=tenant).secret

    return secret
