"""boto3 clients, made once per Lambda environment: making one costs tens of milliseconds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_stepfunctions import SFNClient

_RETRIES = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=60)
# Path style works on every host name, the local cloud's included; v4 signatures carry version ids and expiry.
_S3 = _RETRIES.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))


@cache
def dynamodb() -> DynamoDBClient:
    return boto3.client("dynamodb", config=_RETRIES)


@cache
def events() -> EventBridgeClient:
    return boto3.client("events", config=_RETRIES)


@cache
def kms() -> KMSClient:
    return boto3.client("kms", config=_RETRIES)


@cache
def lambdas() -> LambdaClient:
    return boto3.client("lambda", config=_RETRIES)


@cache
def s3() -> S3Client:
    return boto3.client("s3", config=_S3)


@cache
def sqs() -> SQSClient:
    return boto3.client("sqs", config=_RETRIES)


@cache
def stepfunctions() -> SFNClient:
    return boto3.client("stepfunctions", config=_RETRIES)
