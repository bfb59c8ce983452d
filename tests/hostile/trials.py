"""All trials: two processes that share the corpus out, and what must hold for every file."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.template import ROOT

PROCESSES = 2
# A step's own time, and what a busy machine takes to notice; validation may take a probe's time.
_MOST_SECONDS = {"validation": 130.0}
_STEP_SECONDS = 45.0
CHILD_BYTES, WORKER_BYTES = 2 * 2**30, 2 * 2**30
Trial = Mapping[str, Any]


def tried(folder: Path, *, each: int, one_in: int = 1) -> list[Trial]:
    """What became of every file, or of one in so many.

    Raises: RuntimeError when a process died on the way, with the last of its log.
    """
    paths = os.pathsep.join([str(ROOT / "layers" / "core"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": paths}
    started = [_started(folder, part, PROCESSES * one_in, each, environment) for part in range(PROCESSES)]
    found: list[Trial] = []
    for part, process in enumerate(started):
        if process.wait():
            raise RuntimeError((folder / f"{part}.log").read_text()[-2000:])
        found += [json.loads(line) for line in (folder / f"{part}.out").read_text().splitlines()]
    return found


def _started(folder: Path, part: int, of: int, each: int, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Into files, since a process whose pipe nobody empties stands still."""
    arguments = [str(folder / str(part)), str(part), str(of), str(each)]
    command = [sys.executable, "-m", "tests.hostile.trial", *arguments]
    with (folder / f"{part}.out").open("wb") as out, (folder / f"{part}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=out, stderr=log)


def faults(trials: Sequence[Trial]) -> dict[str, list[str]]:
    """The names of the files for which something doesn't hold, by what that is."""
    return {
        "leaks": [t["name"] for t in trials if t["leaked"] or t["opened"]],
        "network calls": [f"{t['name']}: {t['asked']}" for t in trials if t["asked"]],
        "hangs": [f"{t['name']}: {e['step']}" for t in trials for e in t["endings"] if _is_late(e)],
        "worker crashes": [f"{t['name']}: {e['said'][:200]}" for t in trials for e in t["endings"] if _is_crash(e)],
        "over memory": [
            t["name"] for t in trials if t["child_bytes"] > CHILD_BYTES or t["worker_bytes"] > WORKER_BYTES
        ],
    }


def _is_late(ending: Mapping[str, Any]) -> bool:
    return bool(ending["seconds"] > _MOST_SECONDS.get(ending["step"], _STEP_SECONDS))


def _is_crash(ending: Mapping[str, Any]) -> bool:
    """An exception's name stands there in capitals: what isn't a failure with a code of ours."""
    return bool(ending["code"] != ending["code"].lower())
