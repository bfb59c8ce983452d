"""One deployment a session, into a local cloud of its own, or the stack that SLUICE_E2E_STACK_ENV names."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import cloud, stack_env
from local.media import link_media_programs
from tests.e2e.ending import MOST
from tests.e2e.stack import Stack, public_site

PORT = int(os.environ.get("E2E_PORT", "4610"))
# Films of ten seconds are cut already, so that there are chunks to be seen; and a few tasks make others wait.
PARAMETERS = {"AllowedSourceHosts": "127.0.0.1", "ChunkSeconds": "5", "ChunkWorkers": "2", "MaxActiveTasks": str(MOST)}

# Every function has the rights of its role and no others, as on AWS.
EMULATOR = {"AUTH": "true"}


@pytest.fixture(scope="session")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the emulator looks for what it is to hold."""
    return tmp_path_factory.mktemp("held") / "calls"


@pytest.fixture
def hold(held: Path) -> Path:
    """The same, of a stack that is our own."""
    if "SLUICE_E2E_STACK_ENV" in os.environ:
        pytest.skip("only an emulator that was started for the tests holds calls")
    return held


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, held: Path) -> Iterator[Stack]:
    """The deployed stack; what it held is gone with the session."""
    if deployed := os.environ.get("SLUICE_E2E_STACK_ENV"):
        env = stack_env.read(Path(deployed))
        assert env, f"{deployed} does not describe a stack"
        with Stack(env) as stack:
            yield stack
        return
    folder = tmp_path_factory.mktemp("cloud")
    emulator = {**EMULATOR, "LOCAL_HOLD": str(held)}
    try:
        with Stack(cloud.up(PORT, folder, parameters=PARAMETERS, emulator=emulator)) as stack:
            yield stack
    finally:
        cloud.down(PORT, folder)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A web server on 127.0.0.1: its address, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("site")
    with public_site(folder) as address:
        yield address, folder


@pytest.fixture(scope="session")
def second() -> bytes:
    """A second of film with sound, small."""
    return _made("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1")


@pytest.fixture(scope="session")
def silence() -> bytes:
    """A second of sound in an MP4 without any picture."""
    return _made("-f", "lavfi", "-i", "sine=d=1")


def _made(*inputs: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        programs, target = Path(folder) / "bin", Path(folder) / "clip.mp4"
        link_media_programs(programs)
        command: list[str | Path] = [
            programs / "ffmpeg",
            "-v",
            "error",
            *inputs,
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            target,
        ]
        subprocess.run(command, check=True)
        return target.read_bytes()
