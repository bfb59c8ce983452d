"""Hostile files one after the other through validation and a few kinds, each ending written down.

    python -m tests.hostile.trial FOLDER PART OF EACH [ONLY]   (PYTHONPATH=layers/core:.; prints a line of JSON a file)

Runs part PART of OF; EACH is how many versions of every clip are made, ONLY a part of the names of those to run. A
process of its own, since memory is told by process.
"""

import ctypes
import json
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from moto import mock_aws

from local.media import link_media_programs
from sluice.aws import clients
from sluice.aws.clients import s3
from sluice.jobs import JobResult
from sluice.kinds.audio.run import run as audio
from sluice.kinds.metadata.run import run as metadata
from sluice.kinds.screenshot.run import run as screenshot
from sluice.kinds.video.chunked import encode_chunk, encode_sound, plan_chunks
from sluice.kinds.video.run import run as video
from sluice.planning import settle
from sluice.settings import settings
from sluice.tasks import Failure, Status, Task
from sluice.validation import validate
from sluice.worker import Run
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS, STATE_MACHINE, TABLE
from tests.hostile import handmade, mutations
from tests.hostile.attack import Attack, Lures
from tests.server import Server, s3_over_http, serving
from tests.template import table_request

STEP_SECONDS = 8.0
_SHORT = {"end": 0.4, "resolution": 48}
# kind, options, step, what does it
_STEPS: tuple[tuple[str, dict[str, Any], str, Run], ...] = (
    ("metadata", {}, "", metadata),
    ("screenshot", {"count": 2}, "", screenshot),
    ("video", _SHORT, "", video),
    ("audio", {"end": 0.4}, "", audio),
    ("video", {"resolution": 48}, "chunks", plan_chunks),
)
# of ffmpeg and ffprobe: before it becomes its program, a child still has this process's memory
_MEDIA_PROGRAM = re.compile(r"Name:\s+ff")
_PEAK = re.compile(r"VmHWM:\s+(\d+)")
_PASSWORDS = b"root:x:0:0"


class Ending(NamedTuple):
    """How one step of one file ended: `succeeded`, a failure's code, or the name of an exception in capitals."""

    step: str
    code: str
    seconds: float
    said: str


class Trial:
    """What every file is put through. `canary` is what no output and no message may hold."""

    def __init__(self, folder: Path, canaries: Server, asked: list[str]):
        self.bench = Bench(folder / "out")
        self.canaries, self.asked = canaries, asked
        self.canary = secrets.token_hex(16)
        self.watched = folder / "secret"
        self.watched.mkdir()
        (self.watched / "secret.txt").write_text(self.canary)
        self.lures = Lures(canaries.url(""), str(self.watched / "secret.txt"))

    def put(self, attack: Attack) -> dict[str, Any]:
        """All that happened, as JSON."""
        del self.asked[:], self.canaries.asked[:]
        _new_table()
        _forget_peak()
        with _opened(self.watched) as opened, _largest_child() as largest:
            task, endings = self._endings(attack)
        return {
            "name": attack.name,
            "family": attack.family,
            "bytes": len(attack.content),
            "endings": [ending._asdict() for ending in endings],
            "leaked": self._leaked(task, endings),
            "asked": self.canaries.asked + [line for line in self.asked if not _is_own(line, attack)],
            "opened": opened(),
            "child_bytes": largest(),
            "worker_bytes": _peak("self"),
        }

    def _endings(self, attack: Attack) -> tuple[Task, list[Ending]]:
        (kind, options, _, _), *beside = _STEPS
        task = self.bench.upload(attack.content, attack.key, kind, [each[:2] for each in beside], **options)
        endings = [_ended("validation", lambda: _as_result(validate(task.id, task.attempt)))]
        if endings[0].code == "succeeded":
            self.bench.store.move(task, Status.PROCESSING)
            endings += self._worked(self.bench.now(task))
        return task, endings

    def _worked(self, task: Task) -> Iterator[Ending]:
        media = task.source.media
        assert media, "it was validated"
        for number, (kind, _, step, run) in enumerate(_STEPS, start=1):
            if settled := settle(task.subtasks[number - 1], media):
                yield Ending(step or kind, "refused", 0.0, settled.skipped or str(settled.failure))
                continue
            results: list[JobResult] = []
            yield _ended(step or kind, partial(self._performed, task, run, results, step=step, number=number))
            if step and results and (plan := results[0].result or {}).get("chunked"):
                yield from self._workers(task, number, plan)

    def _workers(self, task: Task, number: int, plan: Mapping[str, Any]) -> Iterator[Ending]:
        """The first chunk, and the first part of the sound, or all of it."""
        listed = json.loads(s3().get_object(Bucket=plan["bucket"], Key=plan["key"])["Body"].read())
        for step, run in (("chunk", encode_chunk), ("soundtrack", encode_sound)):
            for item in [item for item in listed if item["step"] == step][:1]:
                ref = {"step": step, "number": number, "chunk": item["chunk"]}
                yield _ended(step, partial(self._performed, task, run, [], **ref))

    def _performed(self, task: Task, run: Run, results: list[JobResult], **ref: Any) -> JobResult:
        results.append(self.bench.perform(task, run, seconds=STEP_SECONDS, **ref))
        # what a step of the workflow may hand on is 256 KiB in all
        assert len(results[-1].model_dump_json()) < 100_000, "the result is too long to be handed on"
        return results[-1]

    def _leaked(self, task: Task, endings: list[Ending]) -> list[str]:
        """Where the watched file's content, or the passwords of this machine, can be read."""
        found = [ending.step for ending in endings if self._is_secret(ending.said.encode()) or "X-Amz" in ending.said]
        s3().delete_object(Bucket=MEDIA, Key=task.source.key or "")
        for listed in s3().list_objects_v2(Bucket=OUTPUTS).get("Contents", []):
            if self._is_secret(s3().get_object(Bucket=OUTPUTS, Key=listed["Key"])["Body"].read()):
                found.append(listed["Key"])
            s3().delete_object(Bucket=OUTPUTS, Key=listed["Key"])
        return found + (["record"] if self._is_secret(self.bench.now(task).model_dump_json().encode()) else [])

    def _is_secret(self, content: bytes) -> bool:
        return self.canary.encode() in content or _PASSWORDS in content


def _is_own(line: str, attack: Attack) -> bool:
    """Whether a request to the stand-in for S3 is for this very source, or for where outputs go."""
    path = unquote(line.partition(" ")[2])
    return path == f"/{MEDIA}/{attack.key}" or path.rstrip("/") == f"/{OUTPUTS}" or path.startswith(f"/{OUTPUTS}/")


def _as_result(failure: Failure | None) -> JobResult:
    return JobResult(failure=failure)


def _ended(step: str, work: Callable[[], JobResult]) -> Ending:
    began = time.monotonic()
    try:
        result = work()
        code = result.failure.code if result.failure else "succeeded"
        said = result.model_dump_json()
    except Exception as error:
        code, said = type(error).__name__.upper(), repr(error)
    return Ending(step, code, round(time.monotonic() - began, 2), said[:20_000])


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[], int]]:
    """How often a file in this folder has been opened, by inotify(7)."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    libc.inotify_add_watch(watch, str(folder).encode(), 0x20)
    events = b""

    def count() -> int:
        return len(events) // 16

    yield count
    try:
        events = os.read(watch, 65_536)
    except BlockingIOError:
        events = b""
    os.close(watch)


@contextmanager
def _largest_child() -> Iterator[Callable[[], int]]:
    """The most memory that a program started meanwhile has held, in bytes; looked at some fifty times a second."""
    done, peak = threading.Event(), 0

    def look() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max([peak, *(_peak(child, _MEDIA_PROGRAM) for child in _children())])

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    yield lambda: peak
    done.set()
    watcher.join()


def _children() -> list[str]:
    found = []
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += listed.read_text().split()
    return found


def _peak(process_id: str, name: re.Pattern[str] = re.compile("")) -> int:
    """The most memory that a process of such a name has held, in bytes; 0 for another, or one that has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{process_id}/status").read_text()
        if name.match(status) and (found := _PEAK.search(status)):
            return int(found[1]) * 1024
    return 0


def _forget_peak() -> None:
    """From here on this process's peak is counted anew, so that a file is not blamed for the one before; proc(5)."""
    Path("/proc/self/clear_refs").write_text("5")


# ── the process ───────────────────────────────────────────────────────────────────────────────


@contextmanager
def trial(folder: Path) -> Iterator[Trial]:
    """AWS by moto, S3 behind a socket, and a server that nobody may ask."""
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        asked: list[str] = []
        store = stack.enter_context(serving(s3_over_http(asked)))
        canaries = stack.enter_context(serving())
        os.environ["AWS_ENDPOINT_URL_S3"] = store.url("")
        for bucket in (MEDIA, OUTPUTS):
            s3().create_bucket(Bucket=bucket)
        yield Trial(folder, canaries, asked)


def _new_table() -> None:
    if TABLE in clients.dynamodb().list_tables()["TableNames"]:
        clients.dynamodb().delete_table(TableName=TABLE)
    clients.dynamodb().create_table(**table_request(TABLE))


def _environment(folder: Path) -> None:
    programs = folder / "bin"
    link_media_programs(programs)
    ours = {"TABLE": TABLE, "MEDIA_BUCKET": MEDIA, "OUTPUT_BUCKET": OUTPUTS, "STATE_MACHINE_ARN": STATE_MACHINE,
            "MEDIA_BIN": str(programs), "CHUNK_SECONDS": "0.2", "SOUND_SECONDS": "0.2"}  # fmt: skip
    os.environ.update({f"SLUICE_{name}": value for name, value in ours.items()})
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1",
                      AWS_REQUEST_CHECKSUM_CALCULATION="when_required")  # fmt: skip
    settings.cache_clear()


def main(folder: Path, part: int, of: int, each: int, only: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _environment(folder)
    with trial(folder) as put:
        (folder / "out").mkdir()
        (folder / "clips").mkdir()
        clips = Clips(folder / "bin", folder / "clips")
        corpus = [*handmade(clips, put.lures), *mutations(clips, each=each)]
        for attack in [attack for attack in corpus if only in f"{attack.family}: {attack.name}"][part::of]:
            print(json.dumps(put.put(attack)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]), *sys.argv[5:])  # type: ignore[arg-type]
