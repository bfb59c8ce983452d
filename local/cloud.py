"""Bring a local cloud up and down: the two calls that the commands and the end-to-end tests make."""

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local import engine, keys, stack, stack_env
from local.places import DEFAULT_PORT, HOME, places
from local.stack_env import StackEnv


def up(
    port: int = DEFAULT_PORT,
    folder: Path | None = None,
    *,
    parameters: Mapping[str, str] | None = None,
    emulator: Mapping[str, str] | None = None,
) -> StackEnv:
    """Start what does not run, deploy what has changed, and tell where it is.

    `parameters` go to the template, `emulator` into the environment of the emulator when it is started.

    Raises: CloudFailed.
    """
    here = places(port, folder)
    here.folder.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        engine.start(here, emulator or {})
        env = keys.with_key(here, stack.deployed(here, parameters or {}))
        if env != stack_env.read(here.stack_env):
            stack_env.write(here.stack_env, env)
    return env


def down(port: int = DEFAULT_PORT, folder: Path | None = None) -> bool:
    """Stop the local cloud and all that it started; False when nothing ran. What it holds stays."""
    return engine.stop(places(port, folder))


def forget(port: int = DEFAULT_PORT, folder: Path | None = None) -> None:
    """Stop the local cloud and remove what it holds, so that the next start is from nothing."""
    down(port, folder)
    for path in places(port, folder).holdings:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two that build at the same time would trip over each other; the second waits."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
