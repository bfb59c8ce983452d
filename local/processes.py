"""Processes that outlive the command that started them, known by a pid file and by a mark in their environment."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

MARK = "LOCAL_CLOUD_FOLDER"
"""The environment variable that every process of one local cloud inherits."""

PAUSE = 0.05
LOADED_WITHIN = 2.0


def start(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> int:
    """Start a process in a session of its own, which neither Ctrl-C nor our end reaches."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    pid = os.posix_spawn(
        command[0],
        list(command),
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    # for a moment, while the program is loaded, the kernel shows no environment, and so no mark, of a living process
    wait_until(lambda: any(_environment(pid)), LOADED_WITHIN)
    return pid


def recorded(pid_file: Path, mark: str) -> int | None:
    """The pid in the file, if that process still lives and is ours: pids are used again."""
    try:
        pid = int(pid_file.read_text())
    except (OSError, ValueError):
        return None
    return pid if is_marked(pid, mark) else None


def is_marked(pid: int, mark: str) -> bool:
    return f"{MARK}={mark}".encode() in _environment(pid)


def marked(mark: str) -> Iterator[int]:
    """Every process that carries the mark, ourselves left out."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            pid = int(folder.name)
            if is_marked(pid, mark):
                yield pid


def stop(pid: int, mark: str, *, patience: float) -> bool:
    """End a process in good order; False when it had to be killed."""
    send(pid, signal.SIGTERM)
    ended = wait_until(lambda: not is_marked(pid, mark), patience)
    if not ended:
        send(pid, signal.SIGKILL)
    return ended


def stop_left_behind(mark: str, *, patience: float = 2.0) -> int:
    """End workers that lost their parent, and what they started. Tells how many there were."""
    left = list(marked(mark))
    for pid in left:
        send(pid, signal.SIGTERM)
    wait_until(lambda: not any(is_marked(pid, mark) for pid in left), patience)
    for pid in marked(mark):
        send(pid, signal.SIGKILL)
    return len(left)


def send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(PAUSE)
    return True


def _environment(pid: int) -> list[bytes]:
    """The environment a process was started with; empty for one that is gone, a zombie or not ours."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []
