"""Webhooks: endpoints that a tenant registers, and deliveries to them and to whom a task itself names. Pure.

Requests are those of Standard Webhooks, https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError

from sluice.announcing import PLAYABLE, Move, SubtaskDetail
from sluice.clock import Timestamp
from sluice.media import Value
from sluice.tasks import FINAL, SUBTASK_MOVES, Notify, Status

TYPES: tuple[str, ...] = (
    *(f"task.{status.value}" for status in Status),
    *(f"subtask.{status.value}" for status in (Status.WAITING, *SUBTASK_MOVES)),
    f"subtask.{PLAYABLE}",
)
"""What an endpoint may ask for."""

ENDS: tuple[str, ...] = tuple(f"task.{status.value}" for status in Status if status in FINAL)
"""What it gets when it doesn't."""

RETRIES: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=8),
    timedelta(hours=8),
)
"""From one try to the next: eight tries in 23.6 hours, give or take a tenth."""

MOST_ENDPOINTS = 20
ENDPOINT_ID, DELIVERY_ID = re.compile(r"wh_[0-9a-f]{24}"), re.compile(r"dlv_[0-9a-f]{32}")
OLD_SECRET_LIFE = timedelta(hours=24)

# Statuses that a dialect has a word for, where it hasn't one for all.
_HEARD: Mapping[str, frozenset[Status]] = {
    "qencode": frozenset({Status.QUEUED, Status.SUCCEEDED, Status.FAILED, Status.CANCELLED}),
}
_GONE = 410

OWN_DOING = frozenset({"task_gone", "webhook_gone", "webhook_inactive"})
"""Errors for which the owner has seen to it that nothing comes: nobody's alarm."""

LASTING = OWN_DOING | {"url_forbidden", "url_invalid"}
"""Errors that no later try would mend."""

_SECRET_BYTES = 32


class Endpoint(Value):
    """An address that hears of a tenant's tasks: of the `events`, or of every end when there are none.

    Secrets are sealed; after a change the one before signs too, until `old_secret_until`. `disabled` says why it isn't
    `active` any more, when that wasn't its owner's doing.
    """

    id: str
    tenant: str
    url: str
    description: str = ""
    events: tuple[str, ...] = ()
    active: bool = True
    disabled: str | None = None
    secret_sealed: str
    old_secret_sealed: str | None = None
    old_secret_until: Timestamp | None = None
    created_at: Timestamp
    changed_at: Timestamp

    def hears(self, event_type: str) -> bool:
        return self.active and event_type in (self.events or ENDS)

    def secrets_sealed(self, at: datetime) -> tuple[str, ...]:
        """Those that sign, the newest first."""
        old = self.old_secret_sealed if self.old_secret_until and at < self.old_secret_until else None
        return (self.secret_sealed, old) if old else (self.secret_sealed,)


class Errand(Value):
    """What goes through the queue: who is to be told of which move. Ids only; address, secret and body are found when
    it is run.

    `endpoint` is absent when the task's own `notify` is meant. `attempt` is that of the task, `number` counts the tries
    of the delivery from 1. It isn't run before `not_before` (Unix seconds).
    """

    delivery: str
    event_id: str
    type: str
    task_id: str
    tenant: str
    attempt: int
    subtask: int | None = None
    status: Status
    at: Timestamp
    endpoint: str | None = None
    number: int = 1
    not_before: float = 0.0
    resend_of: str | None = None


class State(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Try(Value):
    """One request: how the other side answered, or the `error` that kept it from answering; how long it took."""

    at: Timestamp
    status_code: int | None = None
    error: str | None = None
    seconds: float = 0.0

    @property
    def arrived(self) -> bool:
        return self.status_code is not None and 200 <= self.status_code < 300


class Delivery(Value):
    """A line of the log. While a try runs nobody else may begin it until `leased_until`."""

    id: str
    tenant: str
    endpoint: str | None = None
    event_id: str
    type: str
    task_id: str
    attempt: int
    subtask: int | None = None
    task_status: Status
    at: Timestamp
    state: State = State.PENDING
    tries: int = 0
    requests: tuple[Try, ...] = ()
    next_at: Timestamp | None = None
    leased_until: Timestamp | None = None
    queued: int = 1
    resend_of: str | None = None
    created_at: Timestamp
    finished_at: Timestamp | None = None
    expires_at: int

    def errand(self, **changes: object) -> Errand:
        """What runs it."""
        plain = self.model_dump(include=set(Errand.model_fields))
        return Errand.model_validate({**plain, "delivery": self.id, "status": self.task_status, **changes})


class Verdict(Value):
    """What follows from a try: how the delivery stands, how long to wait for the next, whether the endpoint is gone."""

    state: State
    wait: timedelta | None = None
    gone: bool = False


# ── whom to tell ──────────────────────────────────────────────────────────────────────────────


def errands(move: Move, endpoints: Iterable[Endpoint]) -> list[Errand]:
    """One for each who wants to know of the move; the same ones when it is told again."""
    heard = [endpoint.id for endpoint in endpoints if endpoint.hears(move.type)]
    own = [None] if move.notify and _tells(move, move.notify) else []
    return [_errand(move, endpoint) for endpoint in (*own, *heard) if move.detail.tenant]


def delivery_id(event_id: str, endpoint: str | None) -> str:
    identity = f"{event_id}/{endpoint or 'notify'}"
    return f"dlv_{hashlib.sha256(identity.encode()).hexdigest()[:32]}"


def new_delivery_id() -> str:
    return f"dlv_{secrets.token_hex(16)}"


def _tells(move: Move, notify: Notify) -> bool:
    if isinstance(move.detail, SubtaskDetail):
        return False
    status = move.detail.status
    return (notify.change or status.is_final) and status in _HEARD.get(notify.dialect, frozenset(Status))


def _errand(move: Move, endpoint: str | None) -> Errand:
    detail = move.detail
    return Errand(
        delivery=delivery_id(detail.event_id, endpoint),
        event_id=detail.event_id,
        type=move.type,
        task_id=detail.task_id,
        tenant=detail.tenant or "",
        attempt=detail.attempt,
        subtask=detail.subtask if isinstance(detail, SubtaskDetail) else None,
        status=detail.status,
        at=detail.changed_at,
        endpoint=endpoint,
    )


# ── how it goes on ────────────────────────────────────────────────────────────────────────────


def verdict(request: Try, number: int, delivery: str) -> Verdict:
    """What follows from the try of this number: done; once more, later; or given up."""
    if request.arrived:
        return Verdict(state=State.DELIVERED)
    if request.status_code == _GONE:
        return Verdict(state=State.FAILED, gone=True)
    if request.error in LASTING or number > len(RETRIES):
        return Verdict(state=State.FAILED)
    return Verdict(state=State.PENDING, wait=spread(RETRIES[number - 1], f"{delivery}/{number}"))


def spread(wait: timedelta, seed: str) -> timedelta:
    """The wait, longer or shorter by up to a tenth, so that what failed together doesn't come again together."""
    part = hashlib.sha256(seed.encode()).digest()[0] / 255
    return wait * (0.9 + 0.2 * part)


# ── how it is signed ──────────────────────────────────────────────────────────────────────────


def new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def new_endpoint_id() -> str:
    return f"wh_{secrets.token_hex(12)}"


def headers(event_id: str, at: datetime, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """The three headers of Standard Webhooks, with a signature of each secret; without one the last is left out."""
    signatures = " ".join(_key(key).sign(event_id, at, body.decode()) for key in keys)
    named = {"webhook-id": event_id, "webhook-timestamp": str(int(at.timestamp()))}
    return {**named, "webhook-signature": signatures} if signatures else named


def _key(secret: str) -> Webhook:
    """A secret of ours is base64 behind `whsec_`; one that somebody thought up is taken as its bytes."""
    try:
        return Webhook(secret) if secret.startswith("whsec_") else Webhook(secret.encode())
    except (ValueError, EmptyWebhookSecretError):
        return Webhook(secret.encode())
