"""Seconds by the clock, for the simulation to be checked against."""

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks import standin
from benchmarks.chunks.ground import CHUNK_SECONDS, Asked, checked, equipped, set_chunks
from sluice.clock import now
from sluice.tasks import Task
from tests.bench import Bench
from tests.chunks import joined, planned, worked


def walls(asked: Asked) -> dict[str, Any]:
    """One worker with short chunks, one with long ones, then two at once; each worker has one processor of its own."""
    with equipped(asked) as (bench, _, source):
        runs = {
            "one worker, short chunks": (2.5, 1),
            "one worker": (CHUNK_SECONDS, 1),
            "two workers": (CHUNK_SECONDS, 2),
        }
        told = {name: _timed(bench, bench.validated(source), *how) for name, how in runs.items()}
    return {"walls": {"seconds": asked.seconds, **told}}


def _timed(bench: Bench, task: Task, chunk: float, workers: int) -> dict[str, Any]:
    set_chunks(chunk)
    begun = time.monotonic()
    items = planned(bench, task)
    mapped = time.monotonic()
    cpus = sorted(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    pools = [context.Pool(1, _settle, (cpus[n % len(cpus)],)) for n in range(workers)]
    for pool in pools:
        pool.apply(os.getpid)
    ready = time.monotonic()
    spent_seconds = _shared_out(pools, [(bench.folder, task.id, item) for item in items])
    made = time.monotonic()
    checked(task, joined(bench, task))
    done = time.monotonic()
    for pool in pools:
        pool.close()
    return {"plan": round(mapped - begun, 3), "map": round(made - ready, 3), "join": round(done - made, 3),
            "makespan": round(done - begun - (ready - mapped), 3), "items": spent_seconds,
            "sound": items[0]["step"] == "soundtrack"}  # fmt: skip


def _settle(cpu: int) -> None:
    """A worker has a processor to itself."""
    os.sched_setaffinity(0, {cpu})
    standin.use(os.environ["AWS_ENDPOINT_URL"])


def _shared_out(pools: Sequence[Any], works: Sequence[tuple[Path, str, dict[str, Any]]]) -> list[float]:
    """Seconds of each; whoever is free takes the next."""
    free: SimpleQueue[Any] = SimpleQueue()
    for pool in pools:
        free.put(pool)

    def serve(work: tuple[Path, str, dict[str, Any]]) -> float:
        pool = free.get()
        try:
            return float(pool.apply(_seconds_of, work))
        finally:
            free.put(pool)

    with ThreadPoolExecutor(len(pools)) as threads:
        return [round(seconds, 3) for seconds in threads.map(serve, works)]


def _seconds_of(folder: Path, task_id: str, item: dict[str, Any]) -> float:
    bench = Bench(folder)
    task = bench.store.get(task_id, at=now())
    begun = time.monotonic()
    checked(task, worked(bench, task, item, seconds=3600))
    return time.monotonic() - begun
