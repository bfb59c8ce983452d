"""The deployed stack while some of its calls of AWS fail: throttled, broken before the work, broken after it."""

import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from local import cloud
from local.places import places
from tests.e2e.ending import a_second
from tests.e2e.stack import Stack, Task

_SUBTASKS = [{"kind": "metadata"}, {"kind": "screenshot", "options": {"times": ["50%"]}}]
_MADE = ["metadata.json", "screenshot-001.jpg", "screenshots.zip"]
# Seconds for each task that was asked for; far above what one takes here, one after the other.
_PATIENCE = 60


def failing(tasks: int, *, rate: float, seed: int, port: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sluice-failing-") as name:
        folder = Path(name)
        faults = folder / "faults"
        try:
            env = cloud.up(port, folder, parameters={"MaxActiveTasks": "4"}, emulator={"LOCAL_FAULTS": str(faults)})
            with Stack(env) as stack:
                faults.write_text(f"{rate} {seed}")
                begun = time.monotonic()
                ended = _ended(stack, tasks)
                seconds = time.monotonic() - begun
                faults.unlink()
                came = _came(stack, ended)
            return {
                "tasks": tasks,
                "rate": rate,
                **came,
                **_faults(places(port, folder).log),
                "seconds": round(seconds),
            }
        finally:
            cloud.down(port, folder)


def _ended(stack: Stack, tasks: int) -> list[Task]:
    source = {"bucket": stack.env.sluice_bucket, "key": stack.upload(a_second(), "failing/second.mp4")}
    created = []
    for number in range(tasks):
        key = {"Idempotency-Key": f"failing-{number}"}
        # a client that got no answer asks again, as the key lets it
        for _ in range(5):
            answer = stack.http.post("/tasks", json={"input": source, "subtasks": _SUBTASKS}, headers=key)
            if answer.status_code < 500:
                break
        created.append(answer.raise_for_status().json()["id"])
    deadline = time.monotonic() + _PATIENCE * tasks
    while time.monotonic() < deadline and stack.tasks(status="waiting", limit=1):
        time.sleep(1)
    return [stack.ended(task_id, patience=max(30, deadline - time.monotonic())) for task_id in created]


def _came(stack: Stack, ended: list[Task]) -> dict[str, Any]:
    """How they ended; what was made twice; what is stuck."""
    names = [[output["name"] for subtask in task["subtasks"] for output in subtask["outputs"]] for task in ended]
    machine = {"stateMachineArn": stack.env.sluice_state_machine}
    pages = stack.client("stepfunctions").get_paginator("list_executions").paginate(**machine)
    executions = [execution["name"] for page in pages for execution in page["executions"]]
    return {
        "ended": dict(Counter(task["status"] for task in ended)),
        "doubled": len(stack.tasks()) - len(ended) + len(executions) - len(ended),
        "not all outputs": sum(made != _MADE for made in names),
        "subtasks of more than one attempt": sum(s["attempts"] > 1 for task in ended for s in task["subtasks"]),
        "errors": sorted({str(task["error"]["code"]) for task in ended if task["error"]}),
    }


def _faults(log: Path) -> dict[str, Any]:
    found = re.findall(r"^fault (\w+) (\w+) (\w+)$", log.read_text(errors="replace"), re.MULTILINE)
    told = Counter(f"{service} {code} {when}" for service, code, when in found)
    return {"faults": len(found), **dict(sorted(told.items()))}
