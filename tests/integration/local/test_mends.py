"""Queries that the emulator is helped with are answered as it answers them by itself."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import engine
from local.aws import client
from local.places import Places
from tests.integration.local.test_engine import two_free_ports
from tests.template import table_request

TABLE = "tasks"
# A condition in an order that nobody is helped with, beside the one that our own code asks by.
PLAIN = {"pk = :pk": "(pk = :pk)", "pk = :pk AND begins_with(sk, :begins)": "begins_with(sk, :begins) AND pk = :pk"}


@pytest.fixture(scope="module")
def dynamodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    places = Places(two_free_ports(), Path(tmp_path_factory.mktemp("cloud")))
    try:
        engine.start(places, {"PERSIST_STATE": "0"})
        database = client("dynamodb", places.endpoint)
        database.create_table(**table_request(TABLE))
        yield database
    finally:
        engine.stop(places)


def laid_down(dynamodb: Any, dice: random.Random) -> list[str]:
    """Items in three partitions, some of which are removed again; the sort keys there may have been."""
    sorts = ["".join(dice.choices("abé#", k=dice.randint(1, 4))) for _ in range(60)]
    for pk in ("one", "two", "big"):
        for sk in sorts:
            filling = "x" * (60_000 if pk == "big" else dice.randint(1, 20))
            item = {"pk": {"S": pk}, "sk": {"S": sk}, "filling": {"S": filling}, "n": {"N": str(dice.randint(0, 3))}}
            dynamodb.put_item(TableName=TABLE, Item=item)
        for sk in dice.sample(sorts, 10):
            dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    return sorts


def asked(dice: random.Random, sorts: list[str]) -> dict[str, Any]:
    pk, condition = dice.choice(["one", "two", "big", "none"]), dice.choice(list(PLAIN))
    values = {":pk": {"S": pk}}
    if ":begins" in condition:
        values[":begins"] = {"S": dice.choice(sorts)[: dice.randint(1, 2)]}
    query: dict[str, Any] = {"KeyConditionExpression": condition, "ExpressionAttributeValues": values}
    if dice.random() < 0.7:
        query["Limit"] = dice.randint(1, 30)
    if dice.random() < 0.5:
        query["ScanIndexForward"] = dice.random() < 0.5
    if dice.random() < 0.3:
        values[":n"] = {"N": "1"}
        query["FilterExpression"] = "n > :n"
    if dice.random() < 0.3:
        query["Select"] = "COUNT"
    if dice.random() < 0.2:
        query["ExclusiveStartKey"] = {"pk": {"S": pk}, "sk": {"S": dice.choice(sorts)}}
    return {"TableName": TABLE, "ReturnConsumedCapacity": "TOTAL", **query}


def pages(dynamodb: Any, query: dict[str, Any]) -> list[Any]:
    """All pages of a query, or why there is none."""
    found: list[Any] = []
    while True:
        try:
            page = dynamodb.query(**query)
        except dynamodb.exceptions.ClientError as error:
            return [*found, error.response["Error"]]
        found.append({name: value for name, value in page.items() if name != "ResponseMetadata"})
        if "LastEvaluatedKey" not in page:
            return found
        query = {**query, "ExclusiveStartKey": page["LastEvaluatedKey"]}


@pytest.mark.parametrize("seed", range(2))
def test_a_query_by_key_is_answered_as_it_is_without_help(dynamodb: Any, seed: int) -> None:
    dice = random.Random(seed)
    sorts = laid_down(dynamodb, dice)

    for _ in range(60):
        query = asked(dice, sorts)
        alone = {**query, "KeyConditionExpression": PLAIN[query["KeyConditionExpression"]]}
        assert pages(dynamodb, query) == pages(dynamodb, alone), query
