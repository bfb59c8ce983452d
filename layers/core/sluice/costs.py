"""What a task costs: an estimate before it starts, the measured cost after. Pure; every price stands in prices.json.

Amounts are in US dollars as AWS asks for them on demand: Lambda by GB-second and request, Step Functions by transition,
DynamoDB by write, S3 by PUT and by GB-month for as long as outputs are kept.
"""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from sluice.media import MediaInfo, Value
from sluice.tasks import Cost, Subtask, Task

_DAYS_IN_MONTH = 30
_PIXELS_720P = 1280 * 720
_DIGITS = 8


class KindCost(Value):
    """Seconds of its function: a fixed part, and a part for each second of media, of 720p where pixels matter."""

    function: str
    seconds: float
    per_second: float
    by_pixels: bool


@cache
def prices() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
    return loaded


def estimate(task: Task, media: MediaInfo) -> Cost:
    """What the task will cost by the speeds measured so far; storage isn't in it, since nobody knows the sizes yet."""
    seconds = sum(_gb_seconds(subtask, media) for subtask in task.subtasks)
    return _cost(seconds, invocations=len(task.subtasks), count=len(task.subtasks), stored=0, days=0)


def measured(subtasks: Iterable[Subtask], *, retention_days: int) -> Cost:
    """What the subtasks have used, and what their outputs will until they expire."""
    done = tuple(subtasks)
    return _cost(
        sum(subtask.gb_seconds for subtask in done),
        invocations=sum(subtask.invocations for subtask in done),
        count=len(done),
        stored=sum(output.size for subtask in done for output in subtask.outputs),
        days=retention_days,
    )


def _gb_seconds(subtask: Subtask, media: MediaInfo) -> float:
    """Seconds of the kind's function, times its memory."""
    plain = prices()["kinds"].get(subtask.kind)
    if plain is None:
        return 0.0
    kind = KindCost.model_validate(plain)
    video = media.main_video
    scale = video.width * video.height / _PIXELS_720P if kind.by_pixels and video else 1.0
    seconds = kind.seconds + kind.per_second * (media.duration or 0) * scale
    return seconds * float(prices()["memory_mb"][kind.function]) / 1024


def _cost(gb_seconds: float, *, invocations: int, count: int, stored: int, days: int) -> Cost:
    table = prices()
    task, each = table["task"], table["subtask"]
    seconds = gb_seconds + task["gb_seconds"] + count * each["gb_seconds"]
    requests = invocations + task["requests"] + count * each["requests"]
    usd = (
        seconds * table["lambda_gb_second"]
        + requests * table["lambda_request"]
        + (task["transitions"] + count * each["transitions"]) * table["state_transition"]
        + (task["writes"] + count * each["writes"]) * table["table_write"]
        + count * each["puts"] * table["storage_put"]
        + stored / 1e9 * table["storage_gb_month"] * days / _DAYS_IN_MONTH
    )
    return Cost(usd=round(usd, _DIGITS), gb_seconds=round(seconds, 3), requests=requests, stored_bytes=stored)
