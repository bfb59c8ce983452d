"""How long it takes until a task that is ended has ended, by the phase it is in, and until its encoder has gone."""

import tempfile
import time
from pathlib import Path
from typing import Any

from local import cloud
from local.processes import wait_until
from tests.e2e import ending
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task

_PARAMETERS = {"AllowedSourceHosts": "127.0.0.1", "MaxActiveTasks": str(ending.MOST)}


def ends(port: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sluice-ends-") as name:
        folder, hold = Path(name), Path(name) / "hold"
        try:
            env = cloud.up(port, folder, parameters=_PARAMETERS, emulator={"LOCAL_HOLD": str(hold)})
            with Stack(env) as stack, ending.slow_source() as slow:
                return {
                    "waiting": _waiting(stack, slow),
                    "validating": _validating(stack, slow),
                    "processing": _processing(stack),
                    "finishing": _finishing(stack, hold),
                }
        finally:
            cloud.down(port, folder)


def _waiting(stack: Stack, slow: str) -> dict[str, Any]:
    with ending.all_places_taken(stack, slow):
        return _figures(stack, _a_task(stack, "waiting"))


def _validating(stack: Stack, slow: str) -> dict[str, Any]:
    task = stack.create({"url": slow, "subtasks": [{"kind": "metadata"}]})
    return _figures(stack, ending.reached(stack, task, "validating"))


def _processing(stack: Stack) -> dict[str, Any]:
    key = stack.upload(ending.a_minute(), "ends/processing.mp4")
    source = {"bucket": stack.env.sluice_bucket, "key": key}
    task = stack.create({"input": source, "subtasks": [{"kind": "video", "options": {"crf": 18}}]})
    assert wait_until(lambda: bool(ending.encoders(stack)), PATIENCE_SECONDS)
    figures = _figures(stack, task)
    gone = ending.timed(lambda: not ending.encoders(stack))
    return {**figures, "no ffmpeg any more (s)": round(figures["cancelled (s)"] + gone, 2)}


def _finishing(stack: Stack, hold: Path) -> dict[str, Any]:
    """Its work is done, and it isn't ended yet; a moment that is held here. The status is the one that it has after
    what was held has gone on, which a task that was created later shows.
    """
    with ending.held_as_it_finishes(hold):
        task = ending.reached(stack, _a_task(stack, "finishing"), "finishing")
        figures = _figures(stack, task)
    stack.ended(_a_task(stack, "later")["id"])
    return {**figures, "status": stack.task(task["id"])["status"]}


def _a_task(stack: Stack, name: str) -> Task:
    source = {"bucket": stack.env.sluice_bucket, "key": stack.upload(ending.a_second(), f"ends/{name}.mp4")}
    return stack.create({"input": source, "subtasks": [{"kind": "metadata"}]})


def _figures(stack: Stack, task: Task) -> dict[str, Any]:
    begun = time.monotonic()
    ended = ending.end(stack, task)
    seconds = time.monotonic() - begun
    recorded = sum(len(subtask["outputs"]) for subtask in ended["subtasks"])
    published = len(ending.stored(stack, task, "outputs"))
    return {
        "status": ended["status"],
        "cancelled (s)": round(seconds, 2),
        "published of what hadn't succeeded": published - recorded,
    }
