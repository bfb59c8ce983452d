"""Tasks that are held in a phase until they are ended, and what is left of them then."""

import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from local import processes
from local.media import media_programs
from local.processes import wait_until
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task
from tests.server import serving

# As many tasks run at once on the stack that the tests deploy.
MOST = 4


@contextmanager
def slow_source() -> Iterator[str]:
    """The address of a film of which a little comes at once, and the rest never."""
    released = threading.Event()

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        request.wfile.write(b"\0" * 1000)
        request.wfile.flush()
        released.wait(PATIENCE_SECONDS)
        request.close_connection = True

    with serving(answer) as server:
        try:
            yield server.url("/slow.mp4")
        finally:
            released.set()


def a_second() -> bytes:
    """A second of a small film."""
    return _film("-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "libx264", "-pix_fmt", "yuv420p")


def a_minute() -> bytes:
    """A film that takes minutes to encode well, and moments to make."""
    return _film("-i", "testsrc2=s=1280x720:r=25:d=60", "-c:v", "mpeg4", "-q:v", "5")


def _film(*arguments: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        subprocess.run([media_programs()["ffmpeg"], "-v", "error", "-f", "lavfi", *arguments, path], check=True)
        return path.read_bytes()


def reached(stack: Stack, task: Task, status: str) -> Task:
    """The task once it has this status."""
    assert wait_until(lambda: stack.task(task["id"])["status"] == status, PATIENCE_SECONDS), stack.task(task["id"])
    return stack.task(task["id"])


@contextmanager
def all_places_taken(stack: Stack, url: str) -> Iterator[Sequence[Task]]:
    """Tasks that validate until they are ended; as many as may run."""
    held = [stack.create({"url": url, "subtasks": [{"kind": "metadata"}]}) for _ in range(MOST)]
    try:
        for task in held:
            reached(stack, task, "validating")
        yield held
    finally:
        for task in held:
            end(stack, task)


@contextmanager
def held_as_it_finishes(hold: Path) -> Iterator[None]:
    """Whatever task comes to its end meanwhile stays `finishing`: the emulator holds the write that makes it succeed.

    `hold` is the file that its LOCAL_HOLD names.
    """
    hold.write_text('TransactItems\n"succeeded"\n"cost"\n')
    try:
        yield
    finally:
        hold.unlink()


def end(stack: Stack, task: Task) -> Task:
    answer = stack.http.post(f"/tasks/{task['id']}/end")
    assert answer.status_code == 200, answer.text
    ended: Task = answer.json()
    return ended


def encoders(stack: Stack) -> list[int]:
    """The ffmpegs that run for this local cloud."""
    port = str(urlsplit(stack.env.aws_endpoint_url).port)
    commands = (path.read_bytes().decode(errors="replace").split("\0") for path in _readable("cmdline"))
    emulator = next(words for words in commands if any(w.endswith("emulator.py") for w in words) and port in words)
    *_, api_id, _ = emulator
    return [pid for pid in processes.marked(str(Path(api_id).parent)) if _program(pid) == "ffmpeg"]


def _readable(name: str) -> Iterator[Path]:
    for path in Path("/proc").glob(f"[0-9]*/{name}"):
        if path.exists():
            yield path


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def stored(stack: Stack, task: Task, folder: str) -> list[str]:
    """What lies in the output bucket below `outputs` or `work` of a task."""
    place = {"Bucket": stack.env.sluice_output_bucket, "Prefix": f"{folder}/{task['id']}/"}
    return [item["Key"] for item in stack.client("s3").list_objects_v2(**place).get("Contents", ())]


def timed(done: Callable[[], bool]) -> float:
    """Seconds until it is so."""
    begun = time.monotonic()
    assert wait_until(done, PATIENCE_SECONDS)
    return time.monotonic() - begun
