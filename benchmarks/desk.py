"""A kind's work without a cloud: the source over HTTP from this machine, what is made stays in a folder.

Each piece of work runs in a fresh process, so that its memory is its own; what it costs, with all that it starts, is
the kernel's word.

    python -m benchmarks.desk '{"url": …, "works": [{"run": "frames", "kind": "moderation", "options": {}}]}'
"""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any, NamedTuple, cast

from local.media import link_media_programs
from local.places import ROOT
from sluice.aws.store import TaskStore
from sluice.errors import WorkFailed
from sluice.ffmpeg.probe import probe
from sluice.jobs import Job
from sluice.kinds import KINDS, validated_options
from sluice.kinds.base import FileRef
from sluice.media import MediaInfo
from sluice.settings import settings
from sluice.tasks import Output, Source
from sluice.worker import Run
from sluice.workspace import Workspace, described_by_probe, type_of
from tests.models import speech_models, vision_models
from tests.server import Server, serving

# A Lambda's most.
DEADLINE_SECONDS = 890.0
_STEPS = {"frames": "sample", "shots": "detect", "sound": "extract", "speech": "hear"}


class Work(NamedTuple):
    """`run` is a step (`frames`, `shots`, `sound`, `speech`) or a kind; `kind` says whose options these are.

    `companions` are numbers, kinds and options of those whose stills are taken along; `prepared`: somebody has.
    """

    run: str
    kind: str
    options: Mapping[str, Any]
    number: int = 1
    companions: Sequence[tuple[int, str, Mapping[str, Any]]] = ()
    prepared: bool = False


class Cost(NamedTuple):
    """Seconds by the clock, seconds of processor time, the most bytes that one process had at once.

    `ending` is "made", or code and sentence of the failure; `results` what each of the works told.
    """

    seconds: float
    cpu: float
    memory: int
    ending: str
    results: Sequence[Mapping[str, Any] | None] = ()


class Desk(Workspace):
    """A job's view of a world without AWS. What a step leaves for the next lies in `shelf`."""

    def __init__(self, job: Job, folder: Path, url: str, shelf: Path, server: Server):
        super().__init__(job, folder, cast(TaskStore, None), deadline=time.monotonic() + DEADLINE_SECONDS)
        self.source_url = url
        self._shelf, self._server = shelf, server

    def progress(self, percent: float) -> None:
        pass

    def _check_unchanged(self) -> None:
        pass

    def publish(
        self,
        path: Path,
        *,
        name: str | None = None,
        at: float | None = None,
        known: Mapping[str, object] | None = None,
    ) -> Output:
        media_type = type_of(name or path.name)
        described = known if known is not None else described_by_probe(path, media_type, timeout=60)
        shutil.copy(path, self._shelf / (name or path.name))
        return Output(name=path.name, key=path.name, type=media_type, size=path.stat().st_size, time=at, **described)

    def _upload(self, path: Path, root: Path) -> int:
        return path.stat().st_size

    def put_work(self, name: str, path: Path) -> None:
        shutil.copy(path, self._shelf / name)

    def get_work(self, name: str) -> Path:
        return Path(shutil.copy(self._shelf / name, self.folder / name))

    def file_url(self, ref: FileRef) -> str:
        """Of what an earlier work has made."""
        name = ref.name or "none"
        return self._server.put(f"/{name}", (self._shelf / name).read_bytes())


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address of a file, read by ranges as S3 gives it."""
    with serving() as server:
        yield server.put(f"/{path.name}", path.read_bytes())


def cost(url: str, works: Sequence[Work]) -> Cost:
    """Of these works, one after another in one fresh process."""
    asked = json.dumps({"url": url, "works": [work._asdict() for work in works]})
    command = [sys.executable, "-m", "benchmarks.desk", asked]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return Cost(**json.loads(done.stdout))


def equip(programs: Path) -> None:
    """What a deployment would set, and the models on the path."""
    link_media_programs(programs)
    names = ("TABLE", "MEDIA_BUCKET", "OUTPUT_BUCKET", "STATE_MACHINE_ARN")
    os.environ.update({f"SLUICE_{name}": "none" for name in names})
    os.environ["SLUICE_MEDIA_BIN"] = str(programs)
    os.environ["SLUICE_MAX_DURATION_SECONDS"] = "1000000"
    sys.path[:0] = [str(vision_models()), str(speech_models())]


def do(url: str, works: Sequence[Work], folder: Path) -> tuple[str, list[dict[str, Any] | None]]:
    media = probe(url, timeout=100, max_pixels=settings().max_pixels)
    shelf = folder / "shelf"
    shelf.mkdir()
    results: list[dict[str, Any] | None] = []
    try:
        with serving() as server:
            for number, work in enumerate(works, start=1):
                scratch = folder / str(number)
                scratch.mkdir()
                results.append(run_of(work)(Desk(job_of(work, media), scratch, url, shelf, server)).result)
                shutil.rmtree(scratch)
    except WorkFailed as error:
        return f"{error.code}: {error.message}", results
    return "made", results


def run_of(work: Work) -> Run:
    """The function, its module loaded."""
    if work.run in KINDS:
        return cast(Run, importlib.import_module(f"sluice.kinds.{work.run}.run").run)
    return cast(Run, getattr(importlib.import_module(f"sluice.steps.{work.run}"), _STEPS[work.run]))


def job_of(work: Work, media: MediaInfo) -> Job:
    return Job(
        task_id="none",
        attempt=1,
        number=work.number,
        kind=work.kind,
        options=validated_options(work.kind, work.options),
        source=Source(bucket="none", key="none", media=media),
        media=media,
        prepared_by=work.number if work.prepared else None,
        companions=tuple(job_of(Work("", kind, given, number), media) for number, kind, given in work.companions),
    )


def measured(work: Callable[[], tuple[str, list[dict[str, Any] | None]]]) -> Cost:
    """Of this process and its children, from here on."""
    began, before = time.monotonic(), _processor_seconds()
    ending, results = work()
    seconds, cpu = time.monotonic() - began, _processor_seconds() - before
    memory = max(_most_bytes(), getrusage(RUSAGE_CHILDREN).ru_maxrss * 1024)
    return Cost(seconds, cpu, memory, ending, results)


def _most_bytes() -> int:
    """Of this process; getrusage would count what its parent had when it started this one."""
    found = re.search(r"^VmHWM:\s*(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def _processor_seconds() -> float:
    return sum(found.ru_utime + found.ru_stime for found in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def main(asked: dict[str, Any]) -> None:
    works = [Work(**work) for work in asked["works"]]
    with tempfile.TemporaryDirectory(prefix="sluice-desk-") as name:
        folder = Path(name)
        equip(folder / "bin")
        for work in works:
            run_of(work)
        print(json.dumps(measured(lambda: do(asked["url"], works, folder))._asdict()))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
