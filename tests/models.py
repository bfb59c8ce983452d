"""The layers' models for tests and benchmarks: made as the layers make them, once for each version of that."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.template import ROOT

LAYERS = ROOT / "layers"


def vision_models() -> Path:
    """The folder that holds the package `vision_models`, to be put on the path.

    Raises: subprocess.CalledProcessError where the packages can't be had.
    """
    return _made("vision")


def speech_models() -> Path:
    """The folder that holds the package `speech_models`; else as `vision_models`."""
    return _made("speech")


def _made(layer: str) -> Path:
    folder = ROOT / ".local" / "models" / f"{layer}-{_version(LAYERS / layer)}"
    with _one_at_a_time(folder.parent):
        if not folder.exists():
            fresh = folder.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            command = ["make", "-s", "-C", str(LAYERS / layer), "models", f"TARGET={fresh}"]
            subprocess.run(command, check=True, capture_output=True, text=True)
            fresh.rename(folder)
    return folder


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Tests run in several processes, and each may be the first to want a model."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version(layer: Path) -> str:
    sources = [layer / "Makefile", layer / "models.txt", *sorted(layer.glob("*/*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]
