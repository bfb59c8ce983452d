"""The emulator's process, started and stopped for real on ports of its own."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local import engine, processes
from local.aws import client
from local.errors import CloudFailed
from local.places import Places


def two_free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Places]:
    places = Places(two_free_ports(), tmp_path / "cloud")
    places.folder.mkdir()
    yield places
    engine.stop(places)


def parameter(places: Places) -> str | None:
    ssm = client("ssm", places.endpoint)
    value: str = ssm.get_parameter(Name="/a")["Parameter"]["Value"]
    return value


def test_what_the_emulator_holds_survives_a_stop_and_leaves_no_process(here: Places) -> None:
    engine.start(here, {})
    client("ssm", here.endpoint).put_parameter(Name="/a", Value="kept", Type="String")

    engine.stop(here)

    assert not list(processes.marked(str(here.folder)))
    assert not here.scratch.exists()
    engine.start(here, {})
    assert parameter(here) == "kept"


def test_what_was_saved_survives_a_kill(here: Places) -> None:
    engine.start(here, {})
    client("ssm", here.endpoint).put_parameter(Name="/a", Value="kept", Type="String")
    engine.save(here)
    assert processes.wait_until((here.state / "ssm.json").exists, 5)

    os.kill(engine.running(here) or 0, signal.SIGKILL)
    assert processes.wait_until(lambda: not engine.running(here), 5)

    engine.start(here, {})
    assert parameter(here) == "kept"


def test_starting_twice_starts_one(here: Places) -> None:
    engine.start(here, {})
    first = engine.running(here)

    engine.start(here, {})

    assert engine.running(here) == first


def test_the_api_has_a_port_of_its_own_with_json_from_the_start(here: Places) -> None:
    engine.start(here, {})

    answer = httpx.get(f"{here.api_url}/tasks")

    assert (answer.status_code, answer.json()["kind"]) == (502, "unavailable")


def test_a_port_that_another_program_has_is_told(here: Places) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", here.api_port))
        other.listen()

        with pytest.raises(CloudFailed, match=f"Port {here.api_port} is taken"):
            engine.start(here, {})


def test_a_pid_file_of_a_process_that_is_not_ours_stops_nothing(here: Places) -> None:
    here.pid_file.write_text(f"{os.getpid()}\n")

    assert engine.running(here) is None
    assert engine.stop(here) is False
