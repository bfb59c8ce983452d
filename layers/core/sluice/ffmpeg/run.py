"""The one runner of ffmpeg: argument lists, a deadline, limits on what it takes of the machine, live progress.

At the end the whole process group is killed.
"""

import os
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from sluice.errors import LimitExceeded, WorkFailed
from sluice.ffmpeg.binaries import binary
from sluice.ffmpeg.limits import confine, exceeded

OnProgress = Callable[[float], None]

_COMMON = (
    "-hide_banner",
    "-nostdin",
    "-y",
    "-loglevel",
    "warning",
    "-nostats",
    "-stats_period",
    "0.5",
    "-progress",
    "pipe:1",
)
_KEPT_LINES, _LINE_BYTES = 40, 8_192
# A description of a file takes some kilobytes; one of a hundred thousand chapters would fill a small function.
_MOST_OUTPUT = 8_000_000
_CONTEXT = re.compile(r"^\[[^]]*\] ")
_URL = re.compile(r"https?://\S+")
_NOISE = re.compile(r"^\s*$|^Last message repeated|deprecated pixel format|\[(https?|tls|tcp) @")


class FfmpegFailed(WorkFailed):
    """ffmpeg ended with an error; `detail` holds its last useful lines, without addresses."""

    code = "source_undecodable"


def ffmpeg(arguments: Sequence[str], *, timeout: float, on_progress: OnProgress | None = None) -> tuple[str, ...]:
    """Run ffmpeg to its end; `on_progress` gets the seconds of output that are done, about twice a second.

    Returns the last lines of its log. An exception of `on_progress` stops ffmpeg and goes up.

    Raises: FfmpegFailed on a non-zero exit; LimitExceeded after `timeout` seconds, and when it wanted more memory or
    room than a worker has.
    """
    command = [binary("ffmpeg"), *_COMMON, *arguments]
    with _started(command, timeout) as (process, log, timed_out):
        for seconds in _progress_seconds(process.stdout or ()):
            if on_progress:
                on_progress(seconds)
        code = process.wait()
    lines = useful_lines(log)
    if timed_out.is_set():
        raise LimitExceeded(
            f"The work took longer than the {timeout:.0f} s that one step may take.",
            code="time_limit_exceeded",
            detail=lines,
        )
    if code != 0:
        raise exceeded(code, lines) or FfmpegFailed(_sentence(lines), detail=lines)
    return lines


def output_of(
    command: Sequence[str], *, timeout: float, reserved: int | None = None
) -> tuple[int, bytes, tuple[str, ...]]:
    """Run a short program of ours (ffprobe) to its end: exit code, standard output, useful lines of its log.

    `reserved` is the address space it may take, in bytes, where that is less than what the function's memory allows.

    Raises: LimitExceeded after `timeout` seconds, when it has too much to tell, or wanted more memory than there is.
    """
    with _started(command, timeout, reserved) as (process, log, timed_out):
        out = process.stdout.read(_MOST_OUTPUT + 1) if process.stdout else b""
        code = process.wait() if len(out) <= _MOST_OUTPUT else 0
    if timed_out.is_set():
        raise LimitExceeded(f"The file could not be read within {timeout:.0f} s.", code="time_limit_exceeded")
    if len(out) > _MOST_OUTPUT:
        raise LimitExceeded("The file has more streams, chapters or tags than can be told.")
    if limit := exceeded(code, ()):
        raise limit
    return code, out, useful_lines(log)


def useful_lines(log: Sequence[str] | deque[str]) -> tuple[str, ...]:
    """The lines that tell something, addresses cut out (a signed URL is a secret), repetitions once."""
    clean = (_URL.sub("<source>", line.rstrip()) for line in log if not _NOISE.search(line))
    return tuple(dict.fromkeys(line[:300] for line in clean))[-10:]


def _sentence(lines: Sequence[str]) -> str:
    last = lines[-1] if lines else "no reason given"
    return f"The file could not be processed: {_CONTEXT.sub('', last)}."


@contextmanager
def _started(
    command: Sequence[str], timeout: float, reserved: int | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], deque[str], threading.Event]]:
    """The child within its limits, the last lines of its log, and whether it ran out of time."""
    with (
        _process_group(command) as process,
        _killed_after(timeout, process) as timed_out,
        _tail_of_log(process) as log,
    ):
        confine(process.pid, timeout, reserved)
        yield process, log, timed_out


@contextmanager
def _process_group(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill_group(process)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill the child and all that it started; harmless when it has ended."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def _killed_after(seconds: float, process: subprocess.Popen[bytes]) -> Iterator[threading.Event]:
    timed_out = threading.Event()

    def stop() -> None:
        timed_out.set()
        kill_group(process)

    timer = threading.Timer(max(0.0, seconds), stop)
    timer.daemon = True
    timer.start()
    try:
        yield timed_out
    finally:
        timer.cancel()


@contextmanager
def _tail_of_log(process: subprocess.Popen[bytes]) -> Iterator[deque[str]]:
    """The last lines that the child says, complete at the end; the child doesn't outlive it."""
    log: deque[str] = deque(maxlen=_KEPT_LINES)
    drain = threading.Thread(target=_keep_tail, args=(process.stderr, log), daemon=True)
    drain.start()
    try:
        yield log
    finally:
        # its stream is closed after this, so it must have ended: it reads until nobody can write any more
        kill_group(process)
        drain.join(timeout=5)


def _keep_tail(stream: IO[bytes] | None, log: deque[str]) -> None:
    while stream and (line := stream.readline(_LINE_BYTES)):
        log.append(line.decode(errors="replace").rstrip())


def _progress_seconds(lines: Iterator[bytes] | IO[bytes] | tuple[()]) -> Iterator[float]:
    """The `out_time_us` values of `-progress`, in seconds. https://ffmpeg.org/ffmpeg.html#Main-options"""
    for line in lines:
        name, _, value = line.partition(b"=")
        if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
            yield max(0.0, int(value) / 1_000_000)
