"""What an owner does with webhook endpoints and deliveries: register, change, give another secret, send again."""

from typing import Any

from sluice import addresses, webhooks
from sluice.aws import errands
from sluice.aws.webhooks import DeliveryLog, EndpointStore
from sluice.clock import now
from sluice.errors import BadSource, Conflict, InvalidRequest, NotFound
from sluice.notifying import sealed_secret
from sluice.settings import settings
from sluice.webhooks import MOST_ENDPOINTS, OLD_SECRET_LIFE, Delivery, Endpoint, new_endpoint_id, new_secret


def register(tenant: str, *, url: str, **values: Any) -> tuple[Endpoint, str]:
    """A new endpoint and its secret, which is shown once; `values` are further members of Endpoint.

    Raises: InvalidRequest for an address that can't be; Conflict `webhooks_full`.
    """
    check_address(url)
    store = EndpointStore(settings().table, tenant)
    if len(store.all()) >= MOST_ENDPOINTS:
        raise Conflict(f"There are {MOST_ENDPOINTS} webhooks already; delete one first.", code="webhooks_full")
    endpoint_id, secret, moment = new_endpoint_id(), new_secret(), now()
    endpoint = Endpoint(
        id=endpoint_id,
        tenant=tenant,
        url=url,
        secret_sealed=sealed_secret(secret, endpoint_id),
        created_at=moment,
        changed_at=moment,
        **values,
    )
    store.put(endpoint)
    return endpoint, secret


def endpoint_of(tenant: str, endpoint_id: str) -> Endpoint:
    """Raises: NotFound `webhook_not_found`, also for another tenant's."""
    known = webhooks.ENDPOINT_ID.fullmatch(endpoint_id)
    found = EndpointStore(settings().table, tenant).get(endpoint_id) if known else None
    if found is None:
        raise NotFound(f"There is no webhook {endpoint_id[:100]!r}.", code="webhook_not_found")
    return found


def change(endpoint: Endpoint, values: dict[str, Any]) -> Endpoint:
    """The endpoint with these members of it changed; one that is turned on again forgets why it was off.

    Raises: InvalidRequest for an address that can't be.
    """
    if "url" in values:
        check_address(values["url"])
    again = {"disabled": None} if values.get("active") else {}
    changed = endpoint.model_copy(update={**values, **again, "changed_at": now()})
    EndpointStore(settings().table, endpoint.tenant).put(changed)
    return changed


def rotate_secret(endpoint: Endpoint) -> tuple[Endpoint, str]:
    """Another secret. The one before signs too for a day, so that the receiver can change over without a gap."""
    secret, moment = new_secret(), now()
    values = {
        "secret_sealed": sealed_secret(secret, endpoint.id),
        "old_secret_sealed": endpoint.secret_sealed,
        "old_secret_until": moment + OLD_SECRET_LIFE,
    }
    return change(endpoint, values), secret


def delivery_of(tenant: str, delivery_id: str) -> Delivery:
    """Raises: NotFound `delivery_not_found`, also for another tenant's."""
    known = webhooks.DELIVERY_ID.fullmatch(delivery_id)
    found = DeliveryLog(settings().table).get(delivery_id) if known else None
    if found is None or found.tenant != tenant:
        raise NotFound(f"There is no delivery {delivery_id[:100]!r}, or it has expired.", code="delivery_not_found")
    return found


def resend(delivery: Delivery) -> Delivery:
    """Deliver once more, as a delivery of its own with the webhook-id of the first.

    Raises: NotFound `webhook_not_found`; Conflict `webhook_inactive`.
    """
    if delivery.endpoint and not endpoint_of(delivery.tenant, delivery.endpoint).active:
        raise Conflict("The webhook is turned off; turn it on first.", code="webhook_inactive")
    errand = delivery.errand(delivery=webhooks.new_delivery_id(), resend_of=delivery.id)
    again = DeliveryLog(settings().table).open(errand, at=now(), retention=settings().retention)
    errands.send_later(errand, at=now())
    return again


def check_address(url: str) -> None:
    """Raises: InvalidRequest `url_invalid`, `url_forbidden`, `url_unreachable`."""
    try:
        addresses.checked(url, settings().allowed_source_hosts.split(","))
    except BadSource as refused:
        raise InvalidRequest(refused.message, field="url", code=refused.code) from None
