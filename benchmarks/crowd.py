"""More tasks than may run: they start by priority, then age, fair between tenants, whoever is killed in between."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, Queue
from typing import Any

from benchmarks import bare
from sluice import admission
from sluice.aws import clients
from sluice.aws.items import from_item
from sluice.aws.slots import Slots
from sluice.aws.workflow import task_and_attempt
from sluice.intake import TaskRequest, submit_request
from sluice.tasks import Source, SubtaskRequest, Task
from tests.faults import WRITES, Killed

TENANTS = ("greedy", "modest", "late")
# Of the writes of those who end tasks, this part is their last.
_DEADLY = 0.02


class Watch:
    """Sees the executions that are started, each once, in their order; kills threads that are mortal."""

    def __init__(self, seed: int):
        self.started: list[str] = []
        self.running: Queue[str] = Queue()
        self.killed = 0
        self.mortal = threading.local()
        self._dice, self._lock, self._seen = random.Random(seed), threading.Lock(), set[str]()

    def before(self, model: Any, params: Any, context: Any, **_: Any) -> None:
        if model.name == "StartExecution":
            context["execution"] = json.loads(params["body"])["name"]
        self._perhaps_kill(model.name)

    def after(self, model: Any, context: Any, **_: Any) -> None:
        if name := context.get("execution"):
            with self._lock:
                if name not in self._seen:
                    self._seen.add(name)
                    self.started.append(task_and_attempt(name)[0])
                    self.running.put(self.started[-1])
        self._perhaps_kill(model.name)

    def _perhaps_kill(self, call: str) -> None:
        if getattr(self.mortal, "is_so", False) and call.startswith(WRITES):
            with self._lock:
                kill = self._dice.random() < _DEADLY / 2
                self.killed += kill
            if kill:
                raise Killed


@contextmanager
def watched(seed: int) -> Iterator[Watch]:
    watch = Watch(seed)
    buses = [client().meta.events for client in (clients.dynamodb, clients.s3, clients.stepfunctions)]
    for bus in buses:
        bus.register("before-call.*.*", watch.before, unique_id="watch-before")
        bus.register("after-call.*.*", watch.after, unique_id="watch-after")
    yield watch
    for bus in buses:
        bus.unregister("before-call.*.*", unique_id="watch-before")
        bus.unregister("after-call.*.*", unique_id="watch-after")


def in_order(size: int, *, most: int, seed: int) -> dict[str, Any]:
    """Ends come one by one: after each, the waiting task of the highest priority starts, the oldest of these."""
    dice = random.Random(seed)
    bare.limit(most=most, most_per_tenant=most)
    with watched(seed) as watch:
        tasks = [submitted(priority=dice.randint(-10, 10)) for _ in range(size)]
        peak = ended_one_by_one(watch, size, dice)
    first = [task.id for task in tasks[:most]]
    later = sorted(tasks[most:], key=lambda task: (-task.priority, task.created_at, task.id))
    wanted = first + [task.id for task in later]
    wrong = sum(is_ != should for is_, should in zip(watch.started, wanted, strict=False))
    return {"tasks": size, "most": most, "peak": peak, "started out of order": wrong, **_left(size)}


def fairly(size: int, *, most: int, seed: int) -> dict[str, Any]:
    """The first tenant has given most of the tasks before the others come; then whoever runs fewest is next."""
    dice = random.Random(seed)
    bare.limit(most=most, most_per_tenant=most)
    greedy, modest, late = TENANTS
    tenants = [greedy] * (size * 8 // 10) + [modest] * (size // 10)
    tenants += [late] * (size - len(tenants))
    with watched(seed) as watch:
        tasks = {task.id: task for task in (submitted(tenant=t, priority=10 * (t == greedy)) for t in tenants)}
        unfair = Unfair(tasks, set(watch.started))
        peak = ended_one_by_one(watch, size, dice, unfair.look)
    return {"tasks": size, "most": most, "tenants": len(TENANTS), "peak": peak, "unfair": unfair.count, **_left(size)}


class Unfair:
    """Counts the starts of a tenant's task while another one, which runs fewer, had one waiting."""

    def __init__(self, tasks: dict[str, Task], started: set[str]):
        self.tasks, self.count = tasks, 0
        self.running = Counter(tasks[task_id].tenant for task_id in started)
        self.waiting = Counter(task.tenant for task in tasks.values()) - self.running

    def look(self, ended: str, started: Sequence[str]) -> None:
        self.running[self.tasks[ended].tenant] -= 1
        for tenant in (self.tasks[task_id].tenant for task_id in started):
            least = min(self.running[other] for other, count in self.waiting.items() if count)
            self.count += self.running[tenant] > least
            self.running[tenant] += 1
            self.waiting[tenant] -= 1


def killed_in_between(size: int, *, most: int, finishers: int, seed: int) -> dict[str, Any]:
    """Several end tasks at once, and are killed at their writes; AWS calls them again."""
    bare.limit(most=most, most_per_tenant=most)
    with watched(seed) as watch:
        for number in range(size):
            submitted(priority=number % 5)
        crowd = Finishers(watch, size)
        threads = [threading.Thread(target=crowd.work) for _ in range(finishers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = {"finishers": finishers, "killed": watch.killed, "mended by the reconciler": crowd.mended}
    beyond = len(watch.started) - size
    return {
        "tasks": size,
        "most": most,
        **told,
        "peak": crowd.peak,
        "executions beyond one a task": beyond,
        **_left(size),
    }


class Finishers:
    """Threads that end what runs, until all has ended."""

    def __init__(self, watch: Watch, size: int):
        self.watch, self.left, self.peak, self.mended = watch, size, 0, 0
        self._lock = threading.Lock()

    def work(self) -> None:
        while self.left > 0:
            try:
                task_id = self.watch.running.get(timeout=3)
            except Empty:
                # nothing runs: what a killed one left is found by the next look of the reconciler
                self.mended += admission.admit()
                continue
            self.watch.mortal.is_so = True
            while not self._ended(task_id):
                self._look()
            self.watch.mortal.is_so = False
            self._look()
            with self._lock:
                self.left -= 1

    def _ended(self, task_id: str) -> bool:
        try:
            end(task_id)
        except Killed:
            return False
        return True

    def _look(self) -> None:
        self.watch.mortal.is_so, was = False, getattr(self.watch.mortal, "is_so", False)
        taken = len(Slots(bare.TABLE).taken())
        self.watch.mortal.is_so = was
        with self._lock:
            self.peak = max(self.peak, taken)


def submitted(tenant: str = "default", priority: int = 0) -> Task:
    key = f"uploads/{tenant}/one.mp4"
    clients.s3().put_object(Bucket=bare.MEDIA, Key=key, Body=b"film")
    source, work = Source(bucket=bare.MEDIA, key=key), (SubtaskRequest(kind="metadata"),)
    return submit_request(TaskRequest(source=source, subtasks=work, tenant=tenant, priority=priority))


def ended_one_by_one(watch: Watch, size: int, dice: random.Random, look: Any = None) -> int:
    """End whatever runs, in no order; the most tasks that ran at once."""
    running, peak, seen = list(watch.started), len(Slots(bare.TABLE).taken()), len(watch.started)
    for _ in range(size):
        if not running:
            break
        ended = running.pop(dice.randrange(len(running)))
        end(ended)
        started, seen = watch.started[seen:], len(watch.started)
        running += started
        peak = max(peak, len(running), len(Slots(bare.TABLE).taken()))
        if look:
            look(ended, started)
    return peak


def end(task_id: str) -> None:
    """What the workflow does last: the subtask's result, and the end."""
    ids = {"task_id": task_id, "attempt": 1}
    bare.function("record")({**ids, "number": 1, "kind": "metadata", "result": {"outputs": []}})
    bare.function("finish")({**ids, "failure": None})


def _left(size: int) -> dict[str, int]:
    """What hasn't ended well, and what is left over when all has."""
    found = [from_item(item) for item in bare.items()]
    succeeded = sum(item["sk"] == "task" and item["status"] == "succeeded" for item in found)
    slots = next(item for item in found if item["pk"] == "slots")
    places = len(slots["active"]) + sum(map(abs, slots["counts"].values()))
    queued = sum(item["pk"].startswith("queue#") for item in found)
    return {"not succeeded": size - succeeded, "places left taken": int(places), "left in the queue": queued}


def crowd(size: int, *, most: int, finishers: int, seed: int) -> dict[str, Any]:
    """All three, each on a table of its own; seconds of each."""
    runs: dict[str, Callable[[], dict[str, Any]]] = {
        "order": lambda: in_order(size, most=most, seed=seed),
        "tenants": lambda: fairly(max(size // 3, 12), most=most, seed=seed),
        "killed": lambda: killed_in_between(size, most=most, finishers=finishers, seed=seed),
    }
    told: dict[str, Any] = {}
    for name, run in runs.items():
        bare.empty()
        begun = time.monotonic()
        told[name] = {**run(), "seconds": round(time.monotonic() - begun, 1)}
    return told
