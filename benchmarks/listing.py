"""What lists and totals cost: read units of DynamoDB for a page and for a total, with a thousand tasks and with a
hundred thousand.

    python -m benchmarks.listing                          on a table in memory, and on moto beside it
    python -m benchmarks.listing --endpoint URL --as NAME beside it on a DynamoDB, or an emulator, at that address
    python -m benchmarks.listing --profile P --as aws     beside it on DynamoDB itself: makes a table of its own and
                                                          removes it (10^5 tasks: 700,000 writes, some 0.45 dollars)
    python -m benchmarks.listing --profile P --as NAME --table T
                                                          reads a stack's table as it is, and changes nothing

Each writes docs/benchmarks/listing.md; what a service told is kept in listing.json beside it. Every read is asked for
its ConsumedCapacity, by botocore's events (benchmarks/units.py), and is worked out by DynamoDB's rule besides: the
emulators answer with constants, and walk or sort whole partitions at each query, so the large tables are in memory.
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from moto import mock_aws

from benchmarks import report, tables
from benchmarks.units import Meter, Reading
from sluice import listing
from sluice.aws import clients, secrets
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.settings import settings
from sluice.tasks import Status

SIZES = (1_000, 10_000, 100_000)
LIMIT = 20
MEMORY, MOTO = "by the rule", "moto"
_KEPT = report.FOLDER / "listing.json"
_SCRATCH_TABLE = "sluice-benchmark-listing"

Readings = dict[str, Reading]
Kept = dict[str, dict[str, Readings]]
"""By who told, and by the number of tasks."""


def main() -> None:
    asked = _arguments()
    _prepare(asked)
    kept = _kept()
    if asked.named is None:
        kept[MEMORY] = {str(size): _measured(tables.in_memory, tables.TABLE, size) for size in SIZES}
        with mock_aws():
            kept[MOTO] = {str(SIZES[0]): _measured(_made(_SCRATCH_TABLE), _SCRATCH_TABLE, SIZES[0])}
    elif asked.table:
        kept[asked.named] = {"as it is": _measured(_as_it_is(asked.table), asked.table, 0)}
    else:
        found = {str(size): _measured(_made(_SCRATCH_TABLE), _SCRATCH_TABLE, size) for size in asked.sizes}
        kept[asked.named] = {**kept.get(asked.named, {}), **found}
    _KEPT.write_text(json.dumps(kept, indent=1) + "\n")
    report.write("listing.md", page(kept))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.listing")
    parser.add_argument("--as", dest="named", help="what the figures are called; without it: memory and moto")
    parser.add_argument("--endpoint", help="address of a DynamoDB or an emulator; AWS's own when absent")
    parser.add_argument("--profile", help="of ~/.aws/config")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--table", help="one that is there: it is read only")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    return parser.parse_args()


def _prepare(asked: argparse.Namespace) -> None:
    """The clients of the code that is measured are steered as everywhere, by the environment."""
    os.environ |= {
        "AWS_DEFAULT_REGION": asked.region,
        "SLUICE_TABLE": asked.table or tables.TABLE,
        "SLUICE_MEDIA_BUCKET": "media",
        "SLUICE_OUTPUT_BUCKET": "outputs",
        "SLUICE_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:process-task",
    }
    if asked.profile:
        os.environ["AWS_PROFILE"] = asked.profile
    else:
        os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    if asked.endpoint:
        os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = asked.endpoint


def _kept() -> Kept:
    """What earlier runs measured."""
    plain = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    return {
        named: {size: {what: Reading(*found) for what, found in rows.items()} for size, rows in by_size.items()}
        for named, by_size in plain.items()
        if isinstance(by_size, dict)
    }


# ── measuring ─────────────────────────────────────────────────────────────────────────────────

Filled = Callable[[int, datetime], AbstractContextManager[None]]


def _made(name: str) -> Filled:
    return lambda size, moment: tables.made(name, size, moment)


def _as_it_is(name: str) -> Filled:
    """A stack's own table, which nothing is written to."""

    @contextmanager
    def untouched(size: int, moment: datetime) -> Iterator[None]:
        def refuse(*_: Any) -> None:
            raise SystemExit(f"No scroll was ever begun in {name}: ask the stack's API for a list first.")

        with patch.object(secrets, "_put_secret", refuse):
            yield

    return untouched


def _measured(filled: Filled, table: str, size: int) -> Readings:
    """What was read, of a table with so many tasks. The key of scroll tokens needn't be opened, only read."""
    moment = now()
    sealing = patch.multiple(secrets, seal=lambda text, context: text, unseal=lambda sealed, context: sealed)
    with filled(size, moment), sealing:
        # the first scroll of a stack makes it
        secrets.table_secret(table, "scroll")
        return dict(_readings(TaskStore(table), moment))


def _readings(store: TaskStore, moment: datetime) -> Iterator[tuple[str, Reading]]:
    start, end = listing.window(None, None, moment, settings().retention)
    odd = timedelta(days=1, hours=3, minutes=7, seconds=13)
    filters: dict[str, Any] = {
        "all": {},
        "status=failed": {"statuses": (Status.FAILED,)},
        "status=waiting,processing": {"statuses": (Status.WAITING, Status.PROCESSING)},
        "has_failed=false": {"has_failed": False},
        "kind=sprite": {"kind": "sprite"},
        "trigger=api": {"trigger": "api"},
        "a window of 3.7 days": {"start": start + odd, "end": end - 2 * odd},
    }
    for name, asked in filters.items():
        wanted = listing.Filter.model_validate({"start": start, "end": end, **asked})
        yield from _read(store, name, wanted, moment)


def _read(store: TaskStore, name: str, wanted: listing.Filter, moment: datetime) -> Iterator[tuple[str, Reading]]:
    """The first page, the next one, and the total."""
    with _metered() as meter:
        first = store.page(wanted, limit=LIMIT, at=moment)
    yield f"{name}: page", meter.reading
    if first.scroll_token:
        with _metered() as meter:
            store.page(wanted, limit=LIMIT, at=moment, scroll_token=first.scroll_token)
        yield f"{name}: next page", meter.reading
    with _metered() as meter:
        store.total(wanted, at=moment)
    yield f"{name}: total", meter.reading


@contextmanager
def _metered() -> Iterator[Meter]:
    meter = Meter(clients.dynamodb())
    try:
        yield meter
    finally:
        meter.close()


# ── telling ───────────────────────────────────────────────────────────────────────────────────


def page(kept: Mapping[str, Mapping[str, Readings]]) -> str:
    return f"""# What lists cost
Read units of DynamoDB (strongly consistent, 4 KB each) for a page of {LIMIT} tasks, the page after it, and the exact
total, in a table with that many tasks of the last seven days; by DynamoDB's documented rule, from the items that were
read. {report.made_by("python -m benchmarks.listing")}

{report.table(*_by_rule(kept[MEMORY]))}

## What services told
Each of these reads was sent with `ReturnConsumedCapacity`, and this is the sum of the `ConsumedCapacity` in the
answers; beside it the rule applied to the very items in the same answers, where it comes to something else. By the rule
a query that finds nothing takes one unit.

{report.table(*_told({named: sizes for named, sizes in kept.items() if named != MEMORY}))}
"""


def _by_rule(sizes: Mapping[str, Readings]) -> tuple[Sequence[str], list[list[object]]]:
    head = ["what is read", *(f"{int(size):,} tasks" for size in sizes), "requests"]
    rows: list[list[object]] = []
    for what in list(sizes.values())[-1]:
        found = [readings.get(what, Reading()) for readings in sizes.values()]
        requests = " / ".join(str(reading.requests) for reading in found)
        rows.append([what, *(f"{reading.by_rule:g}" for reading in found), requests])
    return head, rows


def _told(services: Mapping[str, Mapping[str, Readings]]) -> tuple[Sequence[str], list[list[object]]]:
    """A column a service and size: told, by the rule; one figure where they agree."""
    columns = {(named, size): found for named, sizes in services.items() for size, found in sizes.items()}
    head = ["what is read", *(f"{named}, {_tasks(size)}" for named, size in columns)]
    names = dict.fromkeys(what for found in columns.values() for what in found)
    rows: list[list[object]] = [[what, *(_both(found.get(what)) for found in columns.values())] for what in names]
    return head, rows


def _tasks(size: str) -> str:
    return f"{int(size):,} tasks" if size.isdigit() else size


def _both(reading: Reading | None) -> str:
    if reading is None:
        return ""
    if reading.told == reading.by_rule:
        return f"{reading.told:g}"
    nothing = f", {reading.empty} for nothing" if reading.empty else ""
    return f"{reading.told:g} (rule: {reading.by_rule:g}{nothing})"


if __name__ == "__main__":
    main()
