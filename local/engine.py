"""The emulator as a process: started apart from us, found again by its pid file, stopped in good order."""

import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from signal import SIGUSR1

import httpx

from local import environment, processes
from local.console import step
from local.errors import CloudFailed
from local.http import http_client
from local.places import HOME, Places

PYTHON = HOME / "venvs" / "cloud" / "bin" / "python"
PROGRAM = Path(__file__).with_name("emulator.py")


def start(places: Places, extra: Mapping[str, str]) -> None:
    """Start the emulator, unless it runs.

    Raises: CloudFailed when it cannot, with its last words.
    """
    if running(places) and _answers(places):
        return
    stop(places)
    for port in (places.port, places.api_port):
        _must_be_free(port)
    with step("Starting the local cloud", f"Local cloud on {places.endpoint}"):
        _spawn(places, extra)
        processes.wait_until(lambda: _answers(places) or not running(places), 30)
    if not running(places):
        raise CloudFailed(f"The emulator did not start.\n\n{_last_words(places.log)}")


def stop(places: Places) -> bool:
    """Stop the emulator and all that it started; False when nothing ran. What it holds stays."""
    mark, pid = str(places.folder), running(places)
    if pid:
        with step("Stopping the local cloud", "Stopped; what it holds is kept"):
            processes.stop(pid, mark, patience=30)
    left = processes.stop_left_behind(mark)
    places.pid_file.unlink(missing_ok=True)
    shutil.rmtree(places.scratch, ignore_errors=True)
    return bool(pid or left)


def running(places: Places) -> int | None:
    """The pid of the emulator, if it runs."""
    return processes.recorded(places.pid_file, str(places.folder))


def save(places: Places) -> None:
    """Have everything written to disk, deployed code too, so that a kill does not undo the deployment."""
    pid = running(places)
    if pid:
        processes.send(pid, SIGUSR1)


def _spawn(places: Places, extra: Mapping[str, str]) -> None:
    for folder in (places.state, places.objects, places.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    arguments = (places.port, places.api_port, places.api_id)
    pid = processes.start(
        [str(PYTHON), "-P", str(PROGRAM), *map(str, arguments)],
        env={**environment.for_emulator(places, os.environ), **extra},
        log=places.log,
    )
    places.pid_file.write_text(f"{pid}\n")


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CloudFailed(
                f"Port {port} is taken by another program. Choose another, for example PORT=4600."
            ) from error


def _answers(places: Places) -> bool:
    try:
        with http_client(places.endpoint, timeout=5) as http:
            return http.get("/_ministack/ready").is_success
    except httpx.TransportError:
        return False


def _last_words(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
