"""The one runner of ffmpeg: argument lists, a deadline, live progress, the whole process group killed at the end."""

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
_KEPT_LINES = 40
_CONTEXT = re.compile(r"^\[[^]]*\] ")
_URL = re.compile(r"https?://\S+")
_NOISE = re.compile(r"^\s*$|^Last message repeated|deprecated pixel format|\[(https?|tls|tcp) @")


class FfmpegFailed(WorkFailed):
    """ffmpeg ended with an error; `detail` holds its last useful lines, without addresses."""

    code = "source_undecodable"


def ffmpeg(arguments: Sequence[str], *, timeout: float, on_progress: OnProgress | None = None) -> tuple[str, ...]:
    """Run ffmpeg to its end; `on_progress` gets the seconds of output that are done, about twice a second.

    Returns the last lines of its log. An exception of `on_progress` stops ffmpeg and goes up.

    Raises: FfmpegFailed on a non-zero exit; LimitExceeded after `timeout` seconds.
    """
    command = [binary("ffmpeg"), *_COMMON, *arguments]
    log: deque[str] = deque(maxlen=_KEPT_LINES)
    with _process_group(command) as process, _killed_after(timeout, process) as timed_out:
        drain = threading.Thread(target=_keep_tail, args=(process.stderr, log), daemon=True)
        drain.start()
        for seconds in _progress_seconds(process.stdout or ()):
            if on_progress:
                on_progress(seconds)
        code = process.wait()
        drain.join(timeout=5)
    lines = useful_lines(log)
    if timed_out.is_set():
        raise LimitExceeded(
            f"The work took longer than the {timeout:.0f} s that one step may take.",
            code="time_limit_exceeded",
            detail=lines,
        )
    if code != 0:
        raise FfmpegFailed(_sentence(lines), detail=lines)
    return lines


def output_of(command: Sequence[str], *, timeout: float) -> tuple[int, bytes, tuple[str, ...]]:
    """Run a short program of ours (ffprobe) to its end: exit code, standard output, useful lines of its log.

    Raises: LimitExceeded after `timeout` seconds.
    """
    with _process_group(command) as process, _killed_after(timeout, process) as timed_out:
        out, err = process.communicate()
    if timed_out.is_set():
        raise LimitExceeded(f"The file could not be read within {timeout:.0f} s.", code="time_limit_exceeded")
    return process.returncode, out, useful_lines(err.decode(errors="replace").splitlines())


def useful_lines(log: Sequence[str] | deque[str]) -> tuple[str, ...]:
    """The lines that tell something, addresses cut out (a signed URL is a secret), repetitions once."""
    clean = (_URL.sub("<source>", line.rstrip()) for line in log if not _NOISE.search(line))
    return tuple(dict.fromkeys(line[:300] for line in clean))[-10:]


def _sentence(lines: Sequence[str]) -> str:
    last = lines[-1] if lines else "no reason given"
    return f"The file could not be processed: {_CONTEXT.sub('', last)}."


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


def _keep_tail(stream: IO[bytes] | None, log: deque[str]) -> None:
    for line in stream or ():
        log.append(line.decode(errors="replace").rstrip())


def _progress_seconds(lines: Iterator[bytes] | IO[bytes] | tuple[()]) -> Iterator[float]:
    """The `out_time_us` values of `-progress`, in seconds. https://ffmpeg.org/ffmpeg.html#Main-options"""
    for line in lines:
        name, _, value = line.partition(b"=")
        if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
            yield max(0.0, int(value) / 1_000_000)
