"""Tally: keeps the counters behind the totals, from the table's stream of changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import ValidationError

from sluice.aws import totals
from sluice.aws.items import from_item
from sluice.counting import State, state_of
from sluice.settings import settings

logger = Logger(service="tally")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """What couldn't be counted comes again, from the first record that tells of it on: what is counted by then counts
    nothing twice.
    """
    records = event["Records"]
    states = [_state(record) for record in records]
    try:
        totals.apply(settings().table, _there(states))
    except totals.Uncounted as left:
        number = next(n for n, state in enumerate(states) if state and state.task_id in left.task_ids)
        logger.exception("tasks not counted", records=len(records), counted_before=number, left=len(left.task_ids))
        return {"batchItemFailures": [{"itemIdentifier": records[number]["dynamodb"]["SequenceNumber"]}]}
    logger.info("tasks counted", records=len(records), states=len(_there(states)))
    return {"batchItemFailures": []}


def _there(states: Sequence[State | None]) -> list[State]:
    return [state for state in states if state]


def _state(record: Mapping[str, Any]) -> State | None:
    """What a record tells. One that tells of no task would stop all that come after it, so it is left out."""
    image = record["dynamodb"].get("NewImage") or record["dynamodb"].get("OldImage") or {}
    try:
        return state_of(from_item(image), gone=record["eventName"] == "REMOVE")
    except ValidationError:
        logger.warning("record is of no task", sequence_number=record["dynamodb"].get("SequenceNumber"))
        return None
