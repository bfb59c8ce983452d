"""Real programs and real sockets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sluice.aws import clients
from sluice.aws.keystore import KeyStore
from sluice.clock import now
from sluice.keys import Scope, new_key
from tests.api import Client
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import TABLE, Change, Handler
from tests.server import Server, s3_over_http, serving
from tests.streams import Stream, let_through

# A file is one process's: if one of these came last, the others would wait for it.
_LONGEST = ("test_hostile_files.py", "test_api_schemathesis.py", "test_ladders.py", "test_seams.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in _LONGEST)


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
    """moto's S3 behind a real socket, so that ffmpeg can read signed URLs; yields the log of requests."""
    asked: list[str] = []
    with serving(s3_over_http(asked)) as server:
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


@pytest.fixture
def tallied(aws: None, function: Callable[[str], Handler]) -> Callable[[], None]:
    """Lets the function tally count what has happened to tasks since it was called last."""
    stream = Stream(TABLE)
    tally = function("tally")

    def count() -> None:
        records = let_through("TallyFunction", "TaskChanged", stream.new())
        if records:
            tally({"Records": records})

    return count
