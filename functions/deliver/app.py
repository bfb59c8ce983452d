"""Deliver: webhooks of the queue, those of a batch at the same time, since most of it is waiting for others."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from sluice.delivering import Busy, run
from sluice.webhooks import Errand, State

logger = Logger(service="deliver")
metrics = Metrics(service="deliver")

_NAMES = {State.DELIVERED: "WebhooksDelivered", State.PENDING: "WebhooksRetried", State.FAILED: "WebhooksFailed"}
_BUSY = "busy"


@metrics.log_metrics
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    records = event["Records"]
    with ThreadPoolExecutor(max_workers=max(1, len(records))) as threads:
        outcomes = list(threads.map(_outcome, records))
    counted = Counter(outcomes)
    for state, name in _NAMES.items():
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=counted[state])
    logger.info("webhooks run", extra={"records": len(records), **{state.value: counted[state] for state in _NAMES}})
    again = [record["messageId"] for record, outcome in zip(records, outcomes, strict=True) if outcome == _BUSY]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def _outcome(record: dict[str, Any]) -> State | str | None:
    """How the delivery stands now; `busy` when the message is to come again."""
    try:
        errand = Errand.model_validate_json(record["body"])
        verdict = run(errand)
    except Busy:
        return _BUSY
    except Exception:
        # one that can't be run must not keep back the others of its batch; SQS gives up on it by and by
        logger.exception("errand not run", message_id=record["messageId"])
        return _BUSY
    if verdict is None:
        return None
    told = {"delivery": errand.delivery, "task_id": errand.task_id, "type": errand.type, "number": errand.number}
    logger.info("webhook tried", extra={"state": verdict.state, **told})
    return verdict.state
