"""The record in DynamoDB: one item a task, one a subtask, in one partition named by the task's id.

Every move of a status is a conditional write that names the statuses it may start from (tasks.TASK_MOVES), so
a step that runs twice, late or out of order changes nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from sluice import listing
from sluice.aws import lists, totals
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item, to_value
from sluice.aws.lists import Page as Page
from sluice.clock import iso, precise_now
from sluice.errors import Cancelled, TaskNotFound
from sluice.tasks import FINAL, SUBTASK_MOVES, TASK_MOVES, Source, Status, Subtask, Task

_TASK_SORT = "task"
_SUBTASKS_SORT = "subtask#"
_BOOKMARK = {"pk": "reconciler", "sk": "uploads"}
# BatchGetItem takes a hundred keys, and there are two a task.
_MOST_READ_AT_ONCE = 50


class Once(NamedTuple):
    """What makes a request's repetition known: the caller's key, and a digest of what was asked."""

    tenant: str
    key: str
    fingerprint: str


class TaskStore:
    """Reads and writes of one table."""

    def __init__(self, table: str):
        self.table = table

    def create(self, task: Task, once: Once | None = None) -> bool:
        """Write a new task, its subtasks and its place in the queue, all or nothing; False when its id, or its `once`,
        is there already.
        """
        puts = [self._put(_task_item(task))]
        puts += [self._put(_subtask_item(task, subtask)) for subtask in task.subtasks]
        puts.append(self._put(queue_item(task)))
        puts.append(self._check_absent(_deleted_key(task.id)))
        puts += [{"Put": {"TableName": self.table, "Item": to_item(line)}} for line in listing.lines(task)]
        if once:
            puts.append(self._put(_once_item(once, task)))
        return transacted(puts)

    def once(self, tenant: str, key: str) -> tuple[str, str] | None:
        """The id of the task that this key has made, and the digest of what was asked."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_once_key(tenant, key)), ConsistentRead=True)
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
        puts: list[Any] = [{"Put": {"TableName": self.table, "Item": to_item(_task_item(again)), **condition}}]
        puts += [
            {"Put": {"TableName": self.table, "Item": to_item(_subtask_item(again, subtask))}}
            for subtask in again.subtasks
        ]
        relisted = self._relisted(again, task.status, again.status)
        return transacted([*puts, *relisted, self._put(queue_item(again))])

    def delete(self, task: Task) -> None:
        """Remove the record of a task and its subtasks. A mark stays until it would have expired, so that a late event
        of its upload doesn't bring it back.
        """
        mark = to_item({**_deleted_key(task.id), "expires_at": task.expires_at})
        dynamodb().put_item(TableName=self.table, Item=mark)
        sorts = [_TASK_SORT, *(_subtask_sort(subtask.number) for subtask in task.subtasks)]
        for sort in sorts:
            dynamodb().delete_item(TableName=self.table, Key=to_item({"pk": task.id, "sk": sort}))
        for line in listing.lines(task):
            dynamodb().delete_item(TableName=self.table, Key=to_item({"pk": line["pk"], "sk": line["sk"]}))

    def unknown(self, task_ids: Iterable[str]) -> list[str]:
        """Those ids that there is no task of, and never was one that was deleted."""
        wanted = list(task_ids)
        known: set[str] = set()
        for begin in range(0, len(wanted), _MOST_READ_AT_ONCE):
            some = wanted[begin : begin + _MOST_READ_AT_ONCE]
            keys = [key for task_id in some for key in ({"pk": task_id, "sk": _TASK_SORT}, _deleted_key(task_id))]
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
        items = [from_item(item) for item in self._query_all(task_id)]
        task = next((item for item in items if item["sk"] == _TASK_SORT), None)
        if task is None or task["expires_at"] <= at.timestamp():
            raise TaskNotFound(task_id)
        subtasks = [item for item in items if item["sk"].startswith(_SUBTASKS_SORT)]
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
        if not self._update(task.id, _subtask_sort(number), task.attempt, allowed, changes, count=count):
            raise Cancelled

    def set_input(self, task: Task, number: int, source: Source) -> None:
        """Write down what a subtask works on, where that is no longer the task's own source."""
        changes = {"input": source.model_dump(mode="json", exclude_none=True)}
        self._update(task.id, _subtask_sort(number), task.attempt, SUBTASK_MOVES[Status.PROCESSING], changes)

    def progress(self, task_id: str, attempt: int, number: int, percent: float) -> None:
        """The narrow writer that a working subtask has.

        Raises: Cancelled when the subtask has ended.
        """
        allowed = frozenset({Status.PROCESSING})
        if not self._update(task_id, _subtask_sort(number), attempt, allowed, {"percent": percent}):
            raise Cancelled

    def start_chunks(self, task_id: str, attempt: int, number: int, percent: float) -> None:
        """None of the subtask's chunks is done yet.

        Raises: Cancelled when the subtask has ended.
        """
        changes = {"percent": percent, "chunks_done": None, "frames_done": 0}
        if not self._update(task_id, _subtask_sort(number), attempt, frozenset({Status.PROCESSING}), changes):
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
        try:
            dynamodb().update_item(
                TableName=self.table,
                Key=to_item({"pk": task_id, "sk": _subtask_sort(number)}),
                UpdateExpression="ADD chunks_done :chunks, frames_done :frames, #percent :percent",
                ConditionExpression=condition,
                ExpressionAttributeNames={"#attempt": "attempt", "#status": "status", "#percent": "percent"},
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def end_subtask(self, task_id: str, attempt: int, number: int, to: Status, values: Mapping[str, Any]) -> bool:
        """The one writer of results; the first ending stays."""
        changes = {"status": to.value, **values}
        return self._update(task_id, _subtask_sort(number), attempt, SUBTASK_MOVES[to], changes)

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
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _check_absent(self, key: Mapping[str, str]) -> Any:
        return {
            "ConditionCheck": {
                "TableName": self.table,
                "Key": to_item(key),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }

    def _query_all(self, task_id: str) -> Iterator[Mapping[str, Any]]:
        pages = (
            dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": task_id}},
                ConsistentRead=True,
            )
        )
        for page in pages:
            yield from page["Items"]

    def _status(self, task: Task) -> Status | None:
        """What the status of this attempt is now; None when there is another attempt, or no such task."""
        key = to_item({"pk": task.id, "sk": _TASK_SORT})
        found = dynamodb().get_item(TableName=self.table, Key=key, ConsistentRead=True)
        item = from_item(found.get("Item", {}))
        return Status(item["status"]) if item.get("attempt") == task.attempt else None

    def _moved(self, task: Task, was: Status, to: Status, changes: Mapping[str, Any]) -> bool:
        """Move from one status to another, in the lists too; False when the task isn't in the first one (any more)."""
        if was is to:
            return self._update(task.id, _TASK_SORT, task.attempt, frozenset({was}), changes)
        key = to_item({"pk": task.id, "sk": _TASK_SORT})
        expression = _Expression(task.attempt, frozenset({was}), changes, None).arguments()
        update = {"Update": {"TableName": self.table, "Key": key, **expression}}
        return transacted([update, *self._relisted(task, was, to)])

    def _relisted(self, task: Task, was: Status, to: Status) -> list[Any]:
        """Take the task out of the list of one status and put it into that of another, leaving a trace."""
        puts = (listing.status_line(task, to), listing.trace(task, was, at=precise_now()))
        taken = {"Delete": {"TableName": self.table, "Key": to_item(listing.status_line_key(task, was))}}
        return [taken, *({"Put": {"TableName": self.table, "Item": to_item(item)}} for item in puts)]

    def _update(
        self,
        task_id: str,
        sort: str,
        attempt: int,
        allowed: frozenset[Status],
        changes: Mapping[str, Any],
        *,
        count: str | None = None,
    ) -> bool:
        expression = _Expression(attempt, allowed, changes, count)
        try:
            dynamodb().update_item(
                TableName=self.table,
                Key=to_item({"pk": task_id, "sk": sort}),
                **expression.arguments(),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


class _Expression:
    """The parts of one conditional update. Names are always placeholders: `status` and others are reserved words."""

    def __init__(
        self,
        attempt: int,
        allowed: frozenset[Status],
        changes: Mapping[str, Any],
        count: str | None,
    ):
        self.sets = {name: value for name, value in changes.items() if value is not None}
        self.removes = [name for name, value in changes.items() if value is None]
        self.attempt, self.count = attempt, count
        self.allowed = sorted(status.value for status in allowed)

    def arguments(self) -> dict[str, Any]:
        return {
            "UpdateExpression": self._update(),
            "ConditionExpression": self._condition(),
            "ExpressionAttributeNames": self._names(),
            "ExpressionAttributeValues": self._values(),
        }

    def _update(self) -> str:
        parts = ["SET " + ", ".join(f"#{name} = :{name}" for name in self.sets)]
        if self.count:
            parts.append(f"ADD #{self.count} :one")
        if self.removes:
            parts.append("REMOVE " + ", ".join(f"#{name}" for name in self.removes))
        return " ".join(parts)

    def _condition(self) -> str:
        from_statuses = ", ".join(f":from{n}" for n in range(len(self.allowed)))
        return f"attribute_exists(pk) AND #attempt = :attempt_now AND #status IN ({from_statuses})"

    def _names(self) -> dict[str, str]:
        used = {
            *self.sets,
            *self.removes,
            "attempt",
            "status",
            *([self.count] if self.count else []),
        }
        return {f"#{name}": name for name in used}

    def _values(self) -> dict[str, Any]:
        values = {f":{name}": to_value(value) for name, value in self.sets.items()}
        values |= {f":from{n}": {"S": status} for n, status in enumerate(self.allowed)}
        values[":attempt_now"] = {"N": str(self.attempt)}
        if self.count:
            values[":one"] = {"N": "1"}
        return values


def transacted(writes: Sequence[Any]) -> bool:
    """Do all of the writes, or none when a condition among them doesn't hold; then False."""
    try:
        dynamodb().transact_write_items(TransactItems=writes)
    except dynamodb().exceptions.TransactionCanceledException as error:
        reasons = [r.get("Code") for r in error.response.get("CancellationReasons", ())]
        if "ConditionalCheckFailed" in reasons:
            return False
        raise
    return True


def subtask_key(task_id: str, number: int) -> dict[str, str]:
    return {"pk": task_id, "sk": _subtask_sort(number)}


def _subtask_sort(number: int) -> str:
    return f"{_SUBTASKS_SORT}{number:04}"


def queue_item(task: Task) -> dict[str, Any]:
    """A waiting task's place in its tenant's queue."""
    return {
        "pk": f"queue#{task.tenant}",
        "sk": task.queued_as,
        "task_id": task.id,
        "attempt": task.attempt,
        "expires_at": task.expires_at,
    }


def _deleted_key(task_id: str) -> dict[str, str]:
    return {"pk": task_id, "sk": "deleted"}


def _once_key(tenant: str, key: str) -> dict[str, str]:
    """The caller's key only as a digest: it may be of any length."""
    return {"pk": f"once#{tenant}#{hashlib.sha256(key.encode()).hexdigest()}", "sk": "once"}


def _once_item(once: Once, task: Task) -> dict[str, Any]:
    made = {"task_id": task.id, "fingerprint": once.fingerprint, "expires_at": task.expires_at}
    return {**_once_key(once.tenant, once.key), **made}


def _task_item(task: Task) -> dict[str, Any]:
    plain = task.model_dump(mode="json", exclude={"subtasks"}, exclude_none=True)
    return {"pk": task.id, "sk": _TASK_SORT, **plain}


def _subtask_item(task: Task, subtask: Subtask) -> dict[str, Any]:
    plain = subtask.model_dump(mode="json", exclude_none=True)
    return {
        "pk": task.id,
        "sk": _subtask_sort(subtask.number),
        **plain,
        "tenant": task.tenant,
        "attempt": task.attempt,
        "expires_at": task.expires_at,
    }
