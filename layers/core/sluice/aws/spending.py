"""What was used, as it is used: by each subtask, and by each tenant and day."""

from sluice.aws.clients import dynamodb
from sluice.aws.items import from_item, to_item
from sluice.aws.records import subtask_key
from sluice.aws.writing import done
from sluice.tasks import Task


class Spending:
    def __init__(self, table: str):
        self.table = table

    def add(self, task_id: str, number: int, gb_seconds: float) -> None:
        """Add what one invocation has used, whatever came of it; nothing when the record has gone."""
        done(
            dynamodb().update_item,
            TableName=self.table,
            Key=to_item(subtask_key(task_id, number)),
            UpdateExpression="ADD gb_seconds :spent, invocations :one",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues=to_item({":spent": gb_seconds, ":one": 1}),
        )

    def of_day(self, tenant: str, day: str) -> float:
        """What the tenant's tasks that ended on a day (`2026-01-31`) have cost, in US dollars."""
        found = dynamodb().get_item(TableName=self.table, Key=to_item(_day_key(tenant, day)))
        return float(from_item(found["Item"])["usd"]) if "Item" in found else 0.0

    def add_to_day(self, task: Task, day: str, usd: float) -> None:
        dynamodb().update_item(
            TableName=self.table,
            Key=to_item(_day_key(task.tenant, day)),
            UpdateExpression="ADD usd :usd SET expires_at = :expires_at",
            ExpressionAttributeValues=to_item({":usd": usd, ":expires_at": task.expires_at}),
        )


def _day_key(tenant: str, day: str) -> dict[str, str]:
    return {"pk": f"spent#{tenant}", "sk": day}
