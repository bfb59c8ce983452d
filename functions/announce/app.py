"""Announce: what the table's stream tells of moves goes to the event bus, and to the queue of webhooks."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.telling import announce

logger = Logger(service="announce")


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    records = event["Records"]
    failed = announce(records)
    if failed is None:
        logger.info("changes announced", records=len(records))
        return {"batchItemFailures": []}
    sequence_number = records[failed]["dynamodb"]["SequenceNumber"]
    logger.warning("changes not announced", records=len(records), sequence_number=sequence_number)
    # the stream comes again from here
    return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
