"""The record in DynamoDB: one item a task, one a subtask, in one partition named by the task's id.

Every move of a status is a conditional write that names the statuses it may start from (tasks.TASK_MOVES), so
a step that runs twice, late or out of order changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sluice import listing
from sluice.aws import lists, reading, totals
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item, to_value
from sluice.aws.lists import Page as Page
from sluice.aws.moving import Move
from sluice.aws.records import (
    SUBTASKS_SORT,
    TASK_SORT,
    Once,
    deleted_key,
    once_item,
    once_key,
    queue_item,
    subtask_item,
    subtask_key,
    task_item,
    task_key,
)
from sluice.aws.writing import ABSENT, done, transacted
from sluice.clock import iso, precise_now
from sluice.errors import Cancelled, TaskNotFound
from sluice.tasks import FINAL, SUBTASK_MOVES, TASK_MOVES, Source, Status, Task

_BOOKMARK = {"pk": "reconciler", "sk": "uploads"}
# BatchGetItem takes a hundred keys, and there are two a task.
_MOST_READ_AT_ONCE = 50


class TaskStore:
    """Reads and writes of one table."""

    def __init__(self, table: str):
        self.table = table

    def create(self, task: Task, once: Once | None = None) -> bool:
        """Write a new task, its subtasks and its place in the queue, all or nothing; False when its id, or its `once`,
        is there already.
        """
        puts = [self._put(task_item(task))]
        puts += [self._put(subtask_item(task, subtask)) for subtask in task.subtasks]
        puts.append(self._put(queue_item(task)))
        puts.append(self._check_absent(deleted_key(task.id)))
        puts += [{"Put": {"TableName": self.table, "Item": to_item(line)}} for line in listing.lines(task)]
        if once:
            puts.append(self._put(once_item(once, task)))
        return transacted(puts)

    def once(self, tenant: str, key: str) -> tuple[str, str] | None:
        """The id of the task that this key has made, and the digest of what was asked."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(once_key(tenant, key)), ConsistentRead=True)
        if "Item" not in found:
            return None
        item = from_item(found["Item"])
        return item["task_id"], item["fingerprint"]

    def restart(self, task: Task, again: Task) -> bool:
        """Put the next attempt in the place of a task that has ended; False when it hasn't, or was restarted meanwhile.

        The tasks' sort keys stay as they are: a restarted task keeps its place in lists.
        """
        ended = {f":status{n}": status.value for n, status in enumerate(sorted(FINAL))}
        condition = {
            "ConditionExpression": f"#attempt = :attempt AND #status IN ({', '.join(ended)})",
            "ExpressionAttributeNames": {"#attempt": "attempt", "#status": "status"},
            "ExpressionAttributeValues": to_item({":attempt": task.attempt, **ended}),
        }
        puts: list[Any] = [{"Put": {"TableName": self.table, "Item": to_item(task_item(again)), **condition}}]
        puts += [
            {"Put": {"TableName": self.table, "Item": to_item(subtask_item(again, subtask))}}
            for subtask in again.subtasks
        ]
        relisted = self._relisted(again, task.status, again.status)
        return transacted([*puts, *relisted, self._put(queue_item(again))])

    def delete(self, task: Task) -> None:
        """Remove the record of a task and its subtasks. A mark stays until it would have expired, so that a late event
        of its upload doesn't bring it back.
        """
        mark = to_item({**deleted_key(task.id), "expires_at": task.expires_at})
        dynamodb().put_item(TableName=self.table, Item=mark)
        keys = [task_key(task.id), *(subtask_key(task.id, subtask.number) for subtask in task.subtasks)]
        keys += [{"pk": line["pk"], "sk": line["sk"]} for line in listing.lines(task)]
        for key in keys:
            done(dynamodb().delete_item, TableName=self.table, Key=to_item(key))

    def unknown(self, task_ids: Iterable[str]) -> list[str]:
        """Those ids that there is no task of, and never was one that was deleted."""
        wanted = list(task_ids)
        known: set[str] = set()
        for begin in range(0, len(wanted), _MOST_READ_AT_ONCE):
            some = wanted[begin : begin + _MOST_READ_AT_ONCE]
            keys = [key for task_id in some for key in (task_key(task_id), deleted_key(task_id))]
            known |= {item["pk"] for item in self._read(keys)}
        return [task_id for task_id in wanted if task_id not in known]

    def bookmark(self) -> str | None:
        """The key that the reconciler's look through the uploads goes on behind."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_BOOKMARK))
        return from_item(found["Item"]).get("after") if "Item" in found else None

    def set_bookmark(self, after: str | None) -> None:
        dynamodb().put_item(TableName=self.table, Item=to_item({**_BOOKMARK, "after": after}))

    def get(self, task_id: str, *, at: datetime) -> Task:
        """The task with its subtasks.

        Raises: TaskNotFound, also when it has expired and DynamoDB hasn't removed it yet.
        """
        items = list(reading.partition(self.table, task_id))
        task = next((item for item in items if item["sk"] == TASK_SORT), None)
        if task is None or task["expires_at"] <= at.timestamp():
            raise TaskNotFound(task_id)
        subtasks = [item for item in items if item["sk"].startswith(SUBTASKS_SORT)]
        return Task.model_validate({**task, "subtasks": subtasks})

    def current(self, task_id: str, attempt: int, *, at: datetime) -> Task:
        """The task, for a step of this attempt.

        Raises: Cancelled when the attempt has ended or isn't the last one; TaskNotFound.
        """
        task = self.get(task_id, at=at)
        if task.attempt != attempt or task.status.is_final:
            raise Cancelled
        return task

    def page(
        self,
        wanted: listing.Filter,
        *,
        limit: int,
        at: datetime,
        scroll_token: str | None = None,
        skip: int = 0,
        after: Task | None = None,
    ) -> Page:
        """One page of a list: where the token goes on, or below the task `after`, or `skip` tasks below the newest.

        Raises: InvalidRequest for a scroll token that isn't ours, or a page too deep down.
        """
        where: Any = {"scroll_token": scroll_token, "skip": skip, "after": after}
        return lists.page(self.table, wanted, limit=limit, at=at, **where)

    def total(self, wanted: listing.Filter, *, at: datetime, page: Page | None = None) -> int:
        """How many tasks a list has in all; of a list that is one page (given), as many as that one shows."""
        if page and page.total is not None:
            return page.total
        return totals.total(self.table, wanted, at=at)

    def move(self, task: Task, to: Status, **values: Any) -> bool:
        """Move the task's status and set `values` beside it; False when it may not move there (any more)."""
        changes = {"status": to.value, "has_failed": to is Status.FAILED, **values}
        was = task.status if task.status in TASK_MOVES[to] else self._status(task)
        while was in TASK_MOVES[to]:
            if self._moved(task, was, to, changes):
                return True
            was = self._status(task)
        return False

    def begin(self, task: Task, number: int, *, at: datetime, counts: bool = True) -> None:
        """A worker starts on a subtask; a preparing step doesn't count as an attempt at it.

        Raises: Cancelled when the subtask has ended, or belongs to another attempt by now.
        """
        started_at = task.subtasks[number - 1].started_at or at
        changes = {"status": Status.PROCESSING.value, "started_at": iso(started_at)}
        allowed = SUBTASK_MOVES[Status.PROCESSING]
        count = "attempts" if counts else None
        if not self._update(subtask_key(task.id, number), task.attempt, allowed, changes, count=count):
            raise Cancelled

    def set_input(self, task: Task, number: int, source: Source) -> None:
        """Write down what a subtask works on, where that is no longer the task's own source."""
        changes = {"input": source.model_dump(mode="json", exclude_none=True)}
        self._update(subtask_key(task.id, number), task.attempt, SUBTASK_MOVES[Status.PROCESSING], changes)

    def progress(self, task_id: str, attempt: int, number: int, percent: float) -> None:
        """The narrow writer that a working subtask has.

        Raises: Cancelled when the subtask has ended.
        """
        allowed = frozenset({Status.PROCESSING})
        if not self._update(subtask_key(task_id, number), attempt, allowed, {"percent": percent}):
            raise Cancelled

    def start_chunks(self, task_id: str, attempt: int, number: int, percent: float) -> None:
        """None of the subtask's chunks is done yet.

        Raises: Cancelled when the subtask has ended.
        """
        changes = {"percent": percent, "chunks_done": None, "frames_done": 0}
        if not self._update(subtask_key(task_id, number), attempt, frozenset({Status.PROCESSING}), changes):
            raise Cancelled

    def count_chunk(self, task_id: str, attempt: int, number: int, chunk: int, *, frames: int, percent: float) -> None:
        """One more chunk is done, whoever has done it and however often that is said: one write, counted once."""
        condition = "#attempt = :attempt AND #status = :processing AND NOT contains(chunks_done, :chunk)"
        values = {
            ":attempt": to_value(attempt),
            ":processing": {"S": Status.PROCESSING.value},
            ":chunk": {"N": str(chunk)},
            ":chunks": {"NS": [str(chunk)]},
            ":frames": to_value(frames),
            ":percent": to_value(percent),
        }
        done(
            dynamodb().update_item,
            TableName=self.table,
            Key=to_item(subtask_key(task_id, number)),
            UpdateExpression="ADD chunks_done :chunks, frames_done :frames, #percent :percent",
            ConditionExpression=condition,
            ExpressionAttributeNames={"#attempt": "attempt", "#status": "status", "#percent": "percent"},
            ExpressionAttributeValues=values,
        )

    def set_playable(self, task_id: str, attempt: int, number: int, outputs: Sequence[Any], at: str) -> None:
        """The first of the subtask's outputs can be played; all of them are told at its end.

        Raises: Cancelled when the subtask has ended.
        """
        changes = {"playable_at": at, "outputs": outputs}
        if not self._update(subtask_key(task_id, number), attempt, frozenset({Status.PROCESSING}), changes):
            raise Cancelled

    def end_subtask(self, task_id: str, attempt: int, number: int, to: Status, values: Mapping[str, Any]) -> bool:
        """The one writer of results; the first ending stays."""
        changes = {"status": to.value, **values}
        return self._update(subtask_key(task_id, number), attempt, SUBTASK_MOVES[to], changes)

    def _read(self, keys: Sequence[Mapping[str, str]]) -> Iterator[dict[str, Any]]:
        """The items that are there, of at most a hundred; what a busy table leaves unread is asked for again."""
        wanted: Any = {self.table: {"Keys": [to_item(key) for key in keys], "ProjectionExpression": "pk"}}
        while wanted:
            answer = dynamodb().batch_get_item(RequestItems=wanted)
            yield from map(from_item, answer["Responses"].get(self.table, ()))
            wanted = answer.get("UnprocessedKeys")

    # ── pieces ────────────────────────────────────────────────────────────────────────────────

    def _put(self, plain: Mapping[str, Any]) -> Any:
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item(plain),
                "ConditionExpression": ABSENT,
            }
        }

    def _check_absent(self, key: Mapping[str, str]) -> Any:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": to_item(key),
                "ConditionExpression": ABSENT,
            }
        }

    def _status(self, task: Task) -> Status | None:
        """What the status of this attempt is now; None when there is another attempt, or no such task."""
        key = to_item(task_key(task.id))
        found = dynamodb().get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item = from_item(found.get("Item", {}))
        return Status(item["status"]) if item.get("attempt") == task.attempt else None

    def _moved(self, task: Task, was: Status, to: Status, changes: Mapping[str, Any]) -> bool:
        """Move from one status to another, in the lists too; False when the task isn't in the first one (any more)."""
        if was is to:
            return self._update(task_key(task.id), task.attempt, frozenset({was}), changes)
        key = to_item(task_key(task.id))
        expression = Move(task.attempt, frozenset({was}), changes).arguments()
        update = {"Update": {"TableName": self.table, "Key": key, **expression}}
        return transacted([update, *self._relisted(task, was, to)])

    def _relisted(self, task: Task, was: Status, to: Status) -> list[Any]:
        """Take the task out of the list of one status and put it into that of another, leaving a trace."""
        puts = (listing.status_line(task, to), listing.trace(task, was, at=precise_now()))
        taken = {"Delete": {"TableName": self.table, "Key": to_item(listing.status_line_key(task, was))}}
        return [taken, *({"Put": {"TableName": self.table, "Item": to_item(item)}} for item in puts)]

    def _update(
        self,
        key: listing.Key,
        attempt: int,
        allowed: frozenset[Status],
        changes: Mapping[str, Any],
        *,
        count: str | None = None,
    ) -> bool:
        move = Move(attempt, allowed, changes, count)
        return done(dynamodb().update_item, TableName=self.table, Key=to_item(key), **move.arguments())
