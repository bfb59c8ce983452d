"""Secrets of those whom tasks and endpoints tell, sealed for nothing else (see aws/secrets.py)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sluice.aws.secrets import seal, unseal
from sluice.tasks import Notify, Task

if TYPE_CHECKING:
    # every upload's dispatcher comes by here, and has no use for the library that signs
    from sluice.webhooks import Endpoint


def sealed_notify(notify: Notify | None, tenant: str) -> Notify | None:
    """As it may be kept."""
    if notify is None or not notify.secret:
        return notify
    return notify.model_copy(update={"secret": seal(notify.secret, _of_notify(tenant))})


def notify_secret(task: Task) -> str | None:
    """Raises: Unavailable `secret_unreadable`."""
    sealed = task.notify.secret if task.notify else None
    return unseal(sealed, _of_notify(task.tenant)) if sealed else None


def sealed_secret(secret: str, endpoint_id: str) -> str:
    return seal(secret, _of_endpoint(endpoint_id))


def endpoint_secrets(endpoint: Endpoint, at: datetime) -> list[str]:
    """Those that sign now, the newest first.

    Raises: Unavailable `secret_unreadable`.
    """
    return [unseal(sealed, _of_endpoint(endpoint.id)) for sealed in endpoint.secrets_sealed(at)]


def _of_notify(tenant: str) -> str:
    return f"notify:{tenant}"


def _of_endpoint(endpoint_id: str) -> str:
    return f"webhook:{endpoint_id}"
