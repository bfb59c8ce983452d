"""The fault benchmark in short: processes of its own against the local cloud's emulator, `make faults` in full."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.places import ROOT
from tests.integration.local.test_engine import two_free_ports


def measured(part: str, folder: Path, **options: int) -> dict[str, Any]:
    """The figures of a part of the benchmark, at this size."""
    given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    where = ["--port", str(two_free_ports()), "--folder", str(folder)]
    command = [sys.executable, "-m", "benchmarks.faults", part, *given, *where]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core")))}
    subprocess.run(command, check=True, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    told: dict[str, Any] = json.loads((folder / "faults.json").read_text())[part]
    return told


def test_events_that_are_repeated_and_shuffled_make_one_task_each(tmp_path: Path) -> None:
    told = measured("events", tmp_path, uploads=20, senders=4)

    assert told["deliveries"] > 20
    assert (told["tasks"], told["lost"], told["doubled"], told["given up"]) == (20, 0, 0, 0)
    assert (told["running"], told["waiting"], told["executions"]) == (8, 12, 8)
    assert told["running and waiting"] == told["executions doubled"] == told["executions beyond the places"] == 0


def test_more_tasks_than_may_run_all_end_in_order_and_fairly_whoever_is_killed(tmp_path: Path) -> None:
    told = measured("queue", tmp_path, tasks=24, finishers=3)

    assert [told[run]["peak"] for run in ("order", "tenants", "killed")] == [8, 8, 8]
    assert (told["order"]["started out of order"], told["tenants"]["unfair"]) == (0, 0)
    assert told["killed"]["killed"] > 0 and told["killed"]["executions beyond one a task"] == 0
    for run in ("order", "tenants", "killed"):
        left = {name: told[run][name] for name in ("not succeeded", "places left taken", "left in the queue")}
        assert not any(left.values()), (run, left)
