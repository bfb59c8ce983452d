"""Uploads whose events come several times each, out of order, from many senders at once."""

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, NamedTuple

from benchmarks import bare
from sluice.aws.clients import s3, stepfunctions
from sluice.aws.items import from_item

# As often as Lambda invokes a function for an event: once, and twice more when it failed.
_INVOCATIONS = 3


class Sent(NamedTuple):
    """What one sender did: deliveries, those that were tried again, those that never came through, seconds, calls."""

    deliveries: int
    again: int
    given_up: int
    seconds: float
    calls: Mapping[str, int]


def flood(uploads: int, *, senders: int, most: int, seed: int) -> dict[str, Any]:
    """Upload, deliver, and count what came of it."""
    bare.limit(most=most, most_per_tenant=most)
    keys = [f"uploads/{number:05}.mp4" for number in range(uploads)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_upload, keys))
    deliveries = shuffled(keys, random.Random(seed))
    begun = time.monotonic()
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(senders, context, initializer=bare.own_clients) as processes:
        sent = list(processes.map(_send, (deliveries[begin::senders] for begin in range(senders))))
    return {
        "uploads": uploads,
        "senders": senders,
        "seed": seed,
        **_came(keys),
        **_cost(sent, time.monotonic() - begun),
    }


def shuffled(keys: Iterable[str], dice: random.Random) -> list[str]:
    """Every key one to five times, in no order."""
    deliveries = [key for key in keys for _ in range(dice.randint(1, 5))]
    dice.shuffle(deliveries)
    return deliveries


def _upload(key: str) -> None:
    s3().put_object(Bucket=bare.MEDIA, Key=key, Body=key.encode())


def _send(keys: Sequence[str]) -> Sent:
    again = given_up = 0
    begun = time.monotonic()
    with bare.counted() as calls:
        for key in keys:
            tried = _delivered(key)
            again += tried - 1
            given_up += tried > _INVOCATIONS
    return Sent(len(keys), again, given_up, time.monotonic() - begun, dict(calls))


def _delivered(key: str) -> int:
    """How often the dispatcher was invoked until it came to its end; one more than it may be when it never did."""
    event = {"detail": {"bucket": {"name": bare.MEDIA}, "object": {"key": key}}}
    for invocation in range(1, _INVOCATIONS + 1):
        try:
            bare.function("dispatcher")(event)
        except Exception as error:
            print(f"{key}: {error!r}")
        else:
            return invocation
    return _INVOCATIONS + 1


def _came(keys: Sequence[str]) -> dict[str, int]:
    """Tasks, those that are missing, those that are too many; what runs, and what waits."""
    found = [from_item(item) for item in bare.items()]
    tasks = Counter(item["source"]["key"] for item in found if item["sk"] == "task")
    running = next(item["active"] for item in found if item["pk"] == "slots")
    waiting = [item["task_id"] for item in found if item["pk"].startswith("queue#")]
    machine = os.environ["SLUICE_STATE_MACHINE_ARN"]
    pages = stepfunctions().get_paginator("list_executions").paginate(stateMachineArn=machine)
    started = [execution["name"].rpartition("-")[0] for page in pages for execution in page["executions"]]
    return {
        "tasks": tasks.total(),
        "lost": len(set(keys) - set(tasks)),
        "doubled": sum(count - 1 for count in tasks.values()),
        "running": len(running),
        "waiting": len(waiting),
        "running and waiting": len(set(running) & set(waiting)),
        "executions": len(started),
        "executions beyond the places": len(set(started) ^ set(running)),
        "executions doubled": len(started) - len(set(started)),
    }


def _cost(sent: Sequence[Sent], seconds: float) -> dict[str, Any]:
    deliveries = sum(one.deliveries for one in sent)
    calls: Counter[str] = Counter()
    for one in sent:
        calls.update(one.calls)
    return {
        "deliveries": deliveries,
        "delivered again after an error": sum(one.again for one in sent),
        "given up": sum(one.given_up for one in sent),
        "seconds": round(seconds, 1),
        "deliveries a second": round(deliveries / seconds, 1),
        "calls of AWS a delivery": round(calls.total() / deliveries, 2),
        "calls": {name: round(count / deliveries, 3) for name, count in calls.most_common()},
    }
