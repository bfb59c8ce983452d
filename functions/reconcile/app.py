"""Reconcile: every minute, find what was lost between two steps, and mend it."""

import time
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.clock import now
from sluice.reconcile import reconcile, state_of_queue

logger = Logger(service="reconcile")
metrics = Metrics(service="reconcile")

# Left for mending what was found.
_SECONDS_TO_MEND = 20.0


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    seconds = context.get_remaining_time_in_millis() / 1000 - _SECONDS_TO_MEND
    repairs = reconcile(deadline=time.monotonic() + seconds)
    for what, count in repairs.model_dump().items():
        metrics.add_metric(name=f"Repaired{what.capitalize()}", unit=MetricUnit.Count, value=count)
    # a waiting task that the reconciler starts had lost nothing but a moment
    lost = repairs.uploads + repairs.executions + repairs.places
    metrics.add_metric(name="Repairs", unit=MetricUnit.Count, value=lost)
    running, oldest = state_of_queue(now())
    metrics.add_metric(name="RunningTasks", unit=MetricUnit.Count, value=running)
    metrics.add_metric(name="OldestWaitingSeconds", unit=MetricUnit.Seconds, value=oldest)
    tell = logger.warning if repairs.any else logger.info
    tell("reconciled", **repairs.model_dump())
    return repairs.model_dump()
