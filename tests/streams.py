"""The table's stream on moto, and what of it a function's event source lets through."""

import json
from datetime import datetime
from typing import Any

import boto3

from sluice.aws.clients import dynamodb
from tests.template import resources


class Stream:
    """All records of a table's stream, from its beginning on."""

    def __init__(self, table: str):
        # under the name with the account's id in it, moto takes the stream for the table
        self.streams = boto3.client("dynamodbstreams", endpoint_url="https://streams.dynamodb.us-east-1.amazonaws.com")
        arn = dynamodb().describe_table(TableName=table)["Table"]["LatestStreamArn"]
        shards = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        self._next = [
            self.streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
                "ShardIterator"
            ]
            for shard in shards
        ]

    def new(self) -> list[dict[str, Any]]:
        """What has come since this was asked last."""
        records: list[dict[str, Any]] = []
        for number, iterator in enumerate(self._next):
            answer = self.streams.get_records(ShardIterator=iterator)
            self._next[number] = answer["NextShardIterator"]
            records += [dict(record) for record in answer["Records"]]
        return records


def let_through(function: str, source: str, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records that an event source of a function in the template passes on, as Lambda gives them."""
    event = resources("AWS::Serverless::Function")[function]["Events"][source]["Properties"]
    patterns = [json.loads(each["Pattern"]) for each in event.get("FilterCriteria", {"Filters": []})["Filters"]]
    plain = json.loads(json.dumps(records, default=datetime.timestamp))
    return [record for record in plain if not patterns or any(_matches(pattern, record) for pattern in patterns)]


def _matches(pattern: Any, value: Any) -> bool:
    """Whether a value fits an event pattern of values and prefixes.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """
    if isinstance(pattern, list):
        return any(_fits(each, value) for each in pattern)
    return isinstance(value, dict) and all(name in value and _matches(pattern[name], value[name]) for name in pattern)


def _fits(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(value, str) and value.startswith(wanted["prefix"])
    return bool(value == wanted)
