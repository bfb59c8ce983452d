"""The queue of deliveries, and the one where those end that nobody took."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil

from sluice.aws.clients import sqs
from sluice.settings import settings
from sluice.webhooks import Errand

LONGEST_DELAY = timedelta(seconds=900)
"""SQS holds a message back no longer; a longer wait is more than one message."""

MOST_AT_ONCE = 10


def send(errands: Sequence[Errand]) -> list[int]:
    """Put them into the queue; returns the places of those that weren't taken."""
    refused: list[int] = []
    for begin in range(0, len(errands), MOST_AT_ONCE):
        some = errands[begin : begin + MOST_AT_ONCE]
        answer = sqs().send_message_batch(
            QueueUrl=settings().delivery_queue,
            Entries=[{"Id": str(begin + n), "MessageBody": _text(errand)} for n, errand in enumerate(some)],
        )
        refused += [int(entry["Id"]) for entry in answer.get("Failed", ())]
    return refused


def send_later(errand: Errand, *, at: datetime) -> None:
    """Put an errand into the queue that isn't due before its time."""
    wait = max(timedelta(), datetime.fromtimestamp(errand.not_before, at.tzinfo) - at)
    seconds = ceil(min(wait, LONGEST_DELAY).total_seconds())
    sqs().send_message(QueueUrl=settings().delivery_queue, MessageBody=_text(errand), DelaySeconds=seconds)


def bury(errand: Errand) -> None:
    """Put an errand that is given up where an alarm looks."""
    sqs().send_message(QueueUrl=settings().dead_delivery_queue, MessageBody=_text(errand))


def _text(errand: Errand) -> str:
    return errand.model_dump_json(exclude_none=True)
