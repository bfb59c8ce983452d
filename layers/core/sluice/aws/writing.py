"""Conditional writes, of one item or of several at once; False when a condition doesn't hold.

A write that meets another's transaction at the same item is refused by DynamoDB, and is simply tried again here, since
botocore doesn't: TransactionConflictException for a write of one item, a cancelled transaction with the reason
TransactionConflict for one of several.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from sluice.aws.clients import dynamodb

MOST_TRIES = 6
ABSENT = "attribute_not_exists(pk)"

_FIRST_WAIT_SECONDS = 0.05


def done(write: Callable[..., Any], **arguments: Any) -> bool:
    """Do one write of a client's; False when its condition doesn't hold."""
    return _tried(lambda: write(**arguments))


def transacted(writes: Sequence[Any]) -> bool:
    """Do all of the writes, or none when a condition among them doesn't hold; then False."""
    return _tried(lambda: dynamodb().transact_write_items(TransactItems=writes))


def _tried(write: Callable[[], Any]) -> bool:
    for number in range(MOST_TRIES):
        try:
            write()
        except ClientError as error:
            reasons = _reasons(error.response)
            if "ConditionalCheckFailed" in reasons:
                return False
            if "TransactionConflict" not in reasons or number + 1 == MOST_TRIES:
                raise
            # by chance, so that those who met don't meet again
            time.sleep(random.uniform(0.5, 1.0) * _FIRST_WAIT_SECONDS * 2**number)
        else:
            return True
    raise AssertionError("the last try ends the loop")


def _reasons(answer: Mapping[str, Any]) -> set[str]:
    """Why a write was refused, in the words that a cancelled transaction has for it."""
    code = str(answer["Error"]["Code"])
    if code != "TransactionCanceledException":
        return {code.removesuffix("Exception")}
    return {str(reason.get("Code")) for reason in answer.get("CancellationReasons", ())}
