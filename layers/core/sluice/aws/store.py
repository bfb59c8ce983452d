"""The record in DynamoDB: one item a task, one a subtask, in one partition named by the task's id.

Every move of a status is a conditional write that names the statuses it may start from (tasks.TASK_MOVES), so
a step that runs twice, late or out of order changes nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from sluice import listing
from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item, to_value
from sluice.clock import iso
from sluice.errors import Cancelled, TaskNotFound
from sluice.tasks import SUBTASK_MOVES, TASK_MOVES, Source, Status, Subtask, Task

_TASK_SORT = "task"
_SUBTASKS_SORT = "subtask#"


class Page(NamedTuple):
    """Tasks without their subtasks, newest first; `scroll_token` is None on the last page."""

    tasks: list[Task]
    scroll_token: str | None


class TaskStore:
    """Reads and writes of one table."""

    def __init__(self, table: str):
        self.table = table

    def create(self, task: Task) -> bool:
        """Write a new task with its subtasks, all or nothing; False when this id is there already."""
        puts = [self._put(_task_item(task))]
        puts += [self._put(_subtask_item(task, subtask)) for subtask in task.subtasks]
        try:
            dynamodb().transact_write_items(TransactItems=puts)
        except dynamodb().exceptions.TransactionCanceledException as error:
            reasons = [r.get("Code") for r in error.response.get("CancellationReasons", ())]
            if "ConditionalCheckFailed" in reasons:
                return False
            raise
        return True

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

    def page(self, wanted: listing.Filter, *, limit: int, scroll_token: str | None, at: datetime) -> Page:
        """One page of the list.

        Raises: InvalidRequest for a scroll token that isn't ours.
        """
        before = iso(wanted.end)
        if scroll_token:
            before = min(before, listing.read_scroll_token(scroll_token))
        tasks: list[Task] = []
        for item in self._listed(wanted, before, limit, at):
            if len(tasks) == limit:
                last = tasks[-1]
                return Page(tasks, listing.scroll_token(listing.sort_key(last.created_at, last.id)))
            tasks.append(Task.model_validate(item))
        return Page(tasks, None)

    def move(self, task: Task, to: Status, **values: Any) -> bool:
        """Move the task's status and set `values` beside it; False when it may not move there (any more)."""
        has_failed = to is Status.FAILED
        indexes = listing.index_keys(task.tenant, to, has_failed, task.created_at)
        changes = {"status": to.value, "has_failed": has_failed, **indexes, **values}
        return self._update(task.id, _TASK_SORT, task.attempt, TASK_MOVES[to], changes)

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

    def end_subtask(self, task_id: str, attempt: int, number: int, to: Status, values: Mapping[str, Any]) -> bool:
        """The one writer of results; the first ending stays."""
        changes = {"status": to.value, **values}
        return self._update(task_id, _subtask_sort(number), attempt, SUBTASK_MOVES[to], changes)

    # ── pieces ────────────────────────────────────────────────────────────────────────────────

    def _put(self, plain: Mapping[str, Any]) -> Any:
        return {
            "Put": {
                "TableName": self.table,
                "Item": to_item(plain),
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

    def _listed(self, wanted: listing.Filter, before: str, limit: int, at: datetime) -> Iterator[dict[str, Any]]:
        for index in listing.partitions(wanted):
            yield from (
                item
                for item in self._indexed(index, iso(wanted.start), before, limit)
                if item["expires_at"] > at.timestamp() and _fits(item, wanted)
            )

    def _indexed(self, index: listing.Index, start: str, before: str, limit: int) -> Iterator[dict[str, Any]]:
        if before <= start:
            return
        pages = (
            dynamodb()
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                IndexName=index.name,
                KeyConditionExpression="#partition = :partition AND #sort BETWEEN :start AND :before",
                ExpressionAttributeNames={"#partition": index.name, "#sort": "listed"},
                ExpressionAttributeValues={
                    ":partition": {"S": index.partition},
                    ":start": {"S": start},
                    ":before": {"S": before},
                },
                ScanIndexForward=False,
                # one more than asked tells whether there is a next page; the other one is the bound itself
                PaginationConfig={"PageSize": limit + 2},
            )
        )
        for page in pages:
            for item in page["Items"]:
                plain = from_item(item)
                if plain["listed"] < before:
                    yield plain

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


def _subtask_sort(number: int) -> str:
    return f"{_SUBTASKS_SORT}{number:04}"


def _task_item(task: Task) -> dict[str, Any]:
    indexes = listing.index_keys(task.tenant, task.status, task.has_failed, task.created_at)
    listed = listing.sort_key(task.created_at, task.id)
    plain = task.model_dump(mode="json", exclude={"subtasks"}, exclude_none=True)
    return {"pk": task.id, "sk": _TASK_SORT, **plain, **indexes, "listed": listed}


def _subtask_item(task: Task, subtask: Subtask) -> dict[str, Any]:
    plain = subtask.model_dump(mode="json", exclude_none=True)
    return {
        "pk": task.id,
        "sk": _subtask_sort(subtask.number),
        **plain,
        "attempt": task.attempt,
        "expires_at": task.expires_at,
    }


def _fits(item: Mapping[str, Any], wanted: listing.Filter) -> bool:
    """What the chosen index doesn't decide by itself."""
    if wanted.status and item["status"] != wanted.status:
        return False
    return wanted.has_failed is None or bool(item.get("has_failed")) is wanted.has_failed
