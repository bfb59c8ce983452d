"""Killing a step at its n-th write, and doing again what AWS would do: the harness of «killed anywhere».

A write is a call of AWS that changes something. Killed before it, nothing has happened; killed after it, it has, and
the step that asked never learns of it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sluice.aws import clients
from tests.conftest import Handler

WRITES = (
    "Put",
    "Update",
    "Delete",
    "TransactWrite",
    "BatchWrite",
    "Start",
    "Stop",
    "Send",
    "Create",
    "Complete",
    "Upload",
)

Event = dict[str, Any]


class Killed(BaseException):
    """The process is gone: nothing of it may catch this."""


class When(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass
class Knife:
    """Kills at the write numbered `at`, counted from 1; 0 kills nothing and only counts."""

    at: int = 0
    when: When = When.BEFORE
    writes: list[str] = field(default_factory=list)
    dead: bool = False

    def before(self, model: Any, **_: Any) -> None:
        if self.dead:
            raise Killed
        if model.name.startswith(WRITES):
            self.writes.append(model.name)
            self._kill(When.BEFORE)

    def after(self, model: Any, **_: Any) -> None:
        if model.name.startswith(WRITES):
            self._kill(When.AFTER)

    def _kill(self, when: When) -> None:
        if len(self.writes) == self.at and self.when is when:
            # uploads write in threads, which die without a word to the others: no thread calls AWS any more
            self.at, self.dead = -1, True
            raise Killed

    def again(self, step: Callable[[], Event]) -> Event | None:
        """A step that died is begun again as AWS does, twice at most; None when it never came to its end."""
        for _ in range(3):
            try:
                answer = step()
            except Killed:
                answer = None
            if not self.dead:
                return answer
            self.dead = False
        return None


@contextmanager
def knife(at: int = 0, when: When = When.BEFORE) -> Iterator[Knife]:
    """Every call of AWS from here on passes by it."""
    one = Knife(at, when)
    events = [client().meta.events for client in (clients.dynamodb, clients.s3, clients.stepfunctions)]
    for bus in events:
        bus.register("before-call.*.*", one.before, unique_id="knife-before")
        bus.register("after-call.*.*", one.after, unique_id="knife-after")
    try:
        yield one
    finally:
        for bus in events:
            bus.unregister("before-call.*.*", unique_id="knife-before")
            bus.unregister("after-call.*.*", unique_id="knife-after")


class ByHand:
    """The state machine's way through the functions, for tasks whose subtasks need no preparation."""

    def __init__(self, function: Callable[[str], Handler], kinds: dict[str, str], knife: Knife):
        self._function, self._kinds, self._knife = function, kinds, knife

    def dispatch(self, event: Event) -> str:
        """The task that an upload's event has become."""
        answer = self._do("dispatcher", event)
        assert answer, "the dispatcher never came to its end"
        return str(answer["task_id"])

    def run(self, task_id: str, attempt: int = 1) -> None:
        """From Validate to Finish, each step again when it was killed."""
        ids = {"task_id": task_id, "attempt": attempt}
        validated = self._do("probe", ids)
        failure = (validated or {"failure": _OURS})["failure"]
        if not failure:
            planned = self._do("plan", ids)
            failure = None if planned else _OURS
            for group in (planned or {"groups": []})["groups"]:
                for member in group["members"]:
                    self._subtask(member)
        self._do("finish", {**ids, "failure": failure})

    def _subtask(self, member: Event) -> None:
        ref = {name: member[name] for name in ("task_id", "attempt", "number", "kind")}
        result = member.get("result") or self._do(self._kinds[member["kind"]], ref)
        self._do("record", {**ref, "result": result or {"failure": _OURS}})

    def _do(self, function: str, event: Event) -> Event | None:
        return self._knife.again(lambda: self._function(function)(event))


_OURS = {"code": "internal_error", "message": "The step failed for a reason of our own. Start the task again."}
