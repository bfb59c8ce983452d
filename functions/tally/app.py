"""Tally: keeps the counters behind the totals, from the table's stream of changes."""

from collections.abc import Iterator
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
    """A batch is applied as a whole; one that fails comes again, which counts nothing twice."""
    states = list(_states(event["Records"]))
    totals.apply(settings().table, states)
    logger.info("tasks counted", records=len(event["Records"]), states=len(states))
    return {"batchItemFailures": []}


def _states(records: list[dict[str, Any]]) -> Iterator[State]:
    """What the records tell. One that tells of no task would stop all that come after it, so it is left out."""
    for record in records:
        image = record["dynamodb"].get("NewImage") or record["dynamodb"].get("OldImage") or {}
        try:
            yield state_of(from_item(image), gone=record["eventName"] == "REMOVE")
        except ValidationError:
            logger.warning("record is of no task", sequence_number=record["dynamodb"].get("SequenceNumber"))
