"""The conditional update that moves a task or a subtask from some statuses to another. Pure."""

from collections.abc import Mapping
from typing import Any

from sluice.aws.items import to_value
from sluice.tasks import Status


class Move:
    """The parts of one conditional update. Names are always placeholders: `status` and others are reserved words."""

    def __init__(
        self,
        attempt: int,
        allowed: frozenset[Status],
        changes: Mapping[str, Any],
        count: str | None = None,
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
