"""The local cloud's emulator with no functions in it: the template's table, the two buckets, and a state machine that
does nothing. Whoever calls our code after it, in this process or one that it starts, works on that.
"""

import importlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local import engine
from local.aws import CREDENTIALS
from local.places import Places
from sluice import admission
from sluice.aws import clients
from sluice.settings import settings
from tests.template import table_request

MEDIA, OUTPUTS, TABLE = "media", "outputs", "tasks"
_MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
_SPARED = {"PERSIST_STATE": "0", "S3_PERSIST": "0"}


@contextmanager
def bare_cloud(port: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="sluice-bare-") as name:
        here = Places(port, Path(name))
        try:
            engine.start(here, _SPARED)
            _enter(here.endpoint)
            yield
        finally:
            engine.stop(here)


def limit(*, most: int, most_per_tenant: int) -> None:
    """How many tasks may run at once from here on, in processes started later too."""
    os.environ |= {"SLUICE_MAX_ACTIVE_TASKS": str(most), "SLUICE_MAX_ACTIVE_PER_TENANT": str(most_per_tenant)}
    forget()


def empty() -> None:
    """A new table in the place of the old one."""
    clients.dynamodb().delete_table(TableName=TABLE)
    clients.dynamodb().create_table(**table_request(TABLE))
    forget()


def function(name: str) -> Callable[[dict[str, Any]], Any]:
    """A Lambda's handler, by its folder; not sooner, since it reads its environment when it is imported."""
    handler = importlib.import_module(f"functions.{name}.app").lambda_handler
    return lambda event: handler(event, None)


def items() -> Iterator[dict[str, Any]]:
    """All that the table holds, as DynamoDB has it."""
    for page in clients.dynamodb().get_paginator("scan").paginate(TableName=TABLE):
        yield from page["Items"]


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """The calls of AWS that this process makes meanwhile, by their names."""
    calls: Counter[str] = Counter()

    def count(model: Any, **_: Any) -> None:
        calls[model.name] += 1

    buses = [client().meta.events for client in (clients.dynamodb, clients.s3, clients.stepfunctions)]
    for bus in buses:
        bus.register("before-call.*.*", count, unique_id="counted")
    yield calls
    for bus in buses:
        bus.unregister("before-call.*.*", unique_id="counted")


def forget() -> None:
    """The environment, and what was known of the table, are looked at anew."""
    settings.cache_clear()
    admission.known.cache_clear()


def own_clients() -> None:
    """In a process that was forked: connections of its own."""
    for client in (clients.dynamodb, clients.s3, clients.stepfunctions):
        client.cache_clear()


def _enter(endpoint: str) -> None:
    os.environ |= {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint,
        "POWERTOOLS_METRICS_NAMESPACE": "Sluice/faults",
        "POWERTOOLS_METRICS_DISABLED": "true",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        "SLUICE_TABLE": TABLE,
        "SLUICE_MEDIA_BUCKET": MEDIA,
        "SLUICE_OUTPUT_BUCKET": OUTPUTS,
    }
    clients.dynamodb().create_table(**table_request(TABLE))
    for bucket in (MEDIA, OUTPUTS):
        clients.s3().create_bucket(Bucket=bucket)
    machine = clients.stepfunctions().create_state_machine(
        name="process-task", definition=json.dumps(_MACHINE), roleArn="arn:aws:iam::000000000000:role/workflow"
    )
    os.environ["SLUICE_STATE_MACHINE_ARN"] = machine["stateMachineArn"]
    forget()
