"""What DynamoDB says when two transactions meet is said here by botocore's events: the emulators never say it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sluice.aws import clients
from sluice.aws.items import to_item
from sluice.aws.writing import ABSENT, MOST_TRIES, done, transacted
from tests.conftest import TABLE

pytestmark = pytest.mark.usefixtures("aws")
ITEM = to_item({"pk": "a", "sk": "b"})
PUT = {"Put": {"TableName": TABLE, "Item": ITEM, "ConditionExpression": ABSENT}}
CONFLICT = {"Error": {"Code": "TransactionConflictException", "Message": "met"}}


def cancelled(*reasons: str) -> dict[str, Any]:
    error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
    return {"Error": error, "CancellationReasons": [{"Code": reason} for reason in reasons]}


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[str]]]:
    """refuse("PutItem", answer, times=2): that many requests are answered so; returns what was asked in all."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    events, handlers = clients.dynamodb().meta.events, []

    def begin(operation: str, answer: dict[str, Any], times: int) -> list[str]:
        asked: list[str] = []

        def handler(model: Any, **_: Any) -> Any:
            asked.append(model.name)
            refusal = type("Refusal", (), {"status_code": 400, "headers": {}})()
            return (refusal, {**answer, "ResponseMetadata": {}}) if len(asked) <= times else None

        events.register(f"before-call.dynamodb.{operation}", handler)
        handlers.append((operation, handler))
        return asked

    yield begin
    for operation, handler in handlers:
        events.unregister(f"before-call.dynamodb.{operation}", handler)


def test_a_transaction_that_met_another_is_tried_again(refuse: Callable[..., list[str]]) -> None:
    asked = refuse("TransactWriteItems", cancelled("None", "TransactionConflict"), times=2)

    assert transacted([PUT])
    assert len(asked) == 3
    assert not transacted([PUT])


def test_a_write_that_met_a_transaction_is_tried_again(refuse: Callable[..., list[str]]) -> None:
    asked = refuse("PutItem", CONFLICT, times=2)

    assert done(clients.dynamodb().put_item, TableName=TABLE, Item=ITEM, ConditionExpression=ABSENT)
    assert len(asked) == 3


def test_a_condition_that_does_not_hold_is_not_tried_again(refuse: Callable[..., list[str]]) -> None:
    asked = refuse("TransactWriteItems", cancelled("TransactionConflict", "ConditionalCheckFailed"), times=9)

    assert not transacted([PUT])
    assert len(asked) == 1


def test_what_meets_others_again_and_again_is_an_error_in_the_end(refuse: Callable[..., list[str]]) -> None:
    asked = refuse("TransactWriteItems", cancelled("TransactionConflict"), times=99)

    with pytest.raises(ClientError, match="TransactionCanceled"):
        transacted([PUT])
    assert len(asked) == MOST_TRIES


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException"])
def test_other_errors_pass(code: str, refuse: Callable[..., list[str]]) -> None:
    refuse("PutItem", {"Error": {"Code": code, "Message": "no"}}, times=1)

    with pytest.raises(ClientError, match=code):
        done(clients.dynamodb().put_item, TableName=TABLE, Item=ITEM)
