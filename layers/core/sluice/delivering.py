"""Running an errand of the queue: one try of one delivery, and what follows from it.

SQS hands out a message more than once now and then, and a function may die anywhere. The log decides who runs a try
(aws/webhooks.py); receivers know a repetition by its webhook-id.
"""

from datetime import datetime, timedelta

from sluice import posting, webhooks
from sluice.aws import errands
from sluice.aws.store import TaskStore
from sluice.aws.webhooks import DeliveryLog, EndpointStore
from sluice.clock import now
from sluice.dialects import callbacks
from sluice.dialects.callbacks import Callback
from sluice.errors import SluiceError, TaskNotFound
from sluice.settings import settings
from sluice.tasks import Task
from sluice.webhooks import Delivery, Endpoint, Errand, State, Try, Verdict

LEASE = timedelta(seconds=45)
"""Longer than the function may run."""


class Busy(Exception):
    """Somebody else is at this very try; to be looked at again later."""


class Refused(SluiceError):
    """There is nobody to tell, or nothing to tell of."""

    code = "webhook_gone"


def run(errand: Errand) -> Verdict | None:
    """Run an errand that is due, or put it back; None when there was nothing to do (any more).

    Raises: Busy.
    """
    moment = now()
    if errand.not_before > moment.timestamp():
        errands.send_later(errand, at=moment)
        return None
    log = DeliveryLog(settings().table)
    delivery = log.open(errand, at=moment, retention=settings().retention)
    if not log.begin(errand.delivery, errand.number, at=moment, until=moment + LEASE):
        _taken(log, delivery, errand)
        return None
    request, endpoint = _tried(errand)
    verdict = webhooks.verdict(request, errand.number, errand.delivery)
    _end(log, errand, request, verdict)
    if verdict.gone and endpoint:
        EndpointStore(settings().table, errand.tenant).disable(endpoint.id, "gone", at=now())
    return verdict


def _taken(log: DeliveryLog, delivery: Delivery, errand: Errand) -> None:
    """This try isn't ours. Whoever ended it may have died before the next one was in the queue."""
    found = log.get(delivery.id)
    if found is None or found.state is not State.PENDING or found.tries > errand.number:
        return
    if found.leased_until:
        raise Busy
    if found.queued <= errand.number and found.next_at:
        _queue_next(log, errand, found.next_at)


def _tried(errand: Errand) -> tuple[Try, Endpoint | None]:
    begun = now()
    try:
        task = _task_of(errand)
        endpoint = _endpoint_of(errand)
        url, callback = _prepared(task, endpoint, errand)
    except SluiceError as refused:
        return Try(at=begun, error=refused.code), None
    answer = posting.post(
        url, callback.body, callback.headers, allowed_hosts=settings().allowed_source_hosts.split(",")
    )
    return Try(at=begun, status_code=answer.status, error=answer.error, seconds=answer.seconds), endpoint


def _task_of(errand: Errand) -> Task:
    try:
        task = TaskStore(settings().table).get(errand.task_id, at=now())
    except TaskNotFound:
        raise Refused("The task was deleted, or has expired.", code="task_gone") from None
    if task.tenant != errand.tenant:
        raise Refused("The task is another tenant's.", code="task_gone")
    return task


def _endpoint_of(errand: Errand) -> Endpoint | None:
    if errand.endpoint is None:
        return None
    endpoint = EndpointStore(settings().table, errand.tenant).get(errand.endpoint)
    if endpoint is None:
        raise Refused("The webhook was deleted.")
    if not endpoint.active:
        raise Refused("The webhook was turned off.", code="webhook_inactive")
    return endpoint


def _prepared(task: Task, endpoint: Endpoint | None, errand: Errand) -> tuple[str, Callback]:
    """Where to, and what."""
    if endpoint:
        return endpoint.url, callbacks.to_endpoint(task, errand, endpoint, at=now())
    if task.notify is None:
        raise Refused("The task names nobody.")
    return task.notify.url, callbacks.to_notify(task, errand, at=now())


def _end(log: DeliveryLog, errand: Errand, request: Try, verdict: Verdict) -> None:
    next_at = now() + verdict.wait if verdict.wait else None
    if not log.end(errand.delivery, errand.number, request, verdict.state, next_at=next_at):
        return
    if next_at:
        _queue_next(log, errand, next_at)
    elif verdict.state is State.FAILED and request.error not in webhooks.OWN_DOING:
        errands.bury(errand)


def _queue_next(log: DeliveryLog, errand: Errand, due: datetime) -> None:
    following = errand.model_copy(update={"number": errand.number + 1, "not_before": due.timestamp()})
    errands.send_later(following, at=now())
    log.queued(errand.delivery, following.number)
