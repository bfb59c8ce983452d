"""What the parts stand on: the steps and a film for them; the film in chunks and in one go, and what each has cost."""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

from benchmarks.standin import desk
from sluice.aws import clients
from sluice.kinds.video.run import run
from sluice.tasks import Task
from tests.bench import Bench
from tests.chunks import film, joined, planned, worked
from tests.conftest import OUTPUTS, forget

FILM, CHUNK_SECONDS = "bbb_trailer_720p.mp4", 10


@dataclass(frozen=True)
class Asked:
    samples: Path
    runs: int
    seconds: int
    join_bytes: int


@contextmanager
def equipped(asked: Asked) -> Iterator[tuple[Bench, Path, Path]]:
    """The steps' world, its programs, and the real film."""
    with tempfile.TemporaryDirectory(prefix="sluice-chunks-") as name, desk(Path(name)) as (bench, programs):
        yield bench, programs, looped(programs, asked.samples / FILM, asked.seconds, Path(name) / "film.mp4")


def set_chunks(seconds: float, sound: float = 0.0) -> None:
    """`sound` is the length of its parts, nought for the planner's."""
    os.environ["SLUICE_CHUNK_SECONDS"] = str(seconds)
    os.environ["SLUICE_SOUND_SECONDS"] = str(sound)
    forget()


def looped(programs: Path, source: Path, seconds: int, target: Path) -> Path:
    """As long as asked for, by copying."""
    loop = ("-stream_loop", "3", "-i", source, "-t", str(seconds), "-c", "copy", target)
    subprocess.run([programs / "ffmpeg", "-v", "error", *loop], check=True)
    return target


def chunked(bench: Bench, task: Task) -> Any:
    for item in planned(bench, task):
        checked(task, worked(bench, task, item, seconds=3600))
    return joined(bench, task)


def checked(task: Task, result: Any) -> None:
    if result.failure:
        raise SystemExit(f"{task.source.key}: {result.failure}")


def chunks_film(bench: Bench, task: Task) -> Path:
    return film(bench, chunked(bench, task), "chunked")


def whole_film(bench: Bench, task: Task) -> Path:
    return film(bench, bench.perform(task, run, seconds=3600), "whole")


def seams_of(task: Task) -> list[int]:
    """The numbers of the frames that later chunks begin with."""
    prefix = f"work/{task.id}/chunks/1"
    counts = stored(f"{prefix}/plan.json")["frames"]
    return [sum(counts[:n]) for n in range(1, len(counts))]


def stored(key: str) -> Any:
    return json.loads(clients.s3().get_object(Bucket=OUTPUTS, Key=key)["Body"].read())


def processor_seconds() -> float:
    """Of this process and of the programs that it has started and that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def spent(work: Callable[[], Path]) -> tuple[Path, float]:
    """What it gives, and its processor time."""
    before = processor_seconds()
    return work(), processor_seconds() - before
