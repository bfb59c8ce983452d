"""/webhooks: endpoints that hear of tasks, and what was delivered to them and to whom tasks name."""

from typing import Annotated, Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import AfterValidator, BaseModel, Field

from sluice import endpoints
from sluice.aws.webhooks import DeliveryLog, EndpointStore
from sluice.clock import Timestamp
from sluice.dialects.native.describing import (
    Fragment,
    answers,
    answers_many,
    errors,
    operation,
    path_parameter,
    query_parameters,
)
from sluice.dialects.native.http import answer, key_with, parsed_body, parsed_query
from sluice.dialects.native.models import Incoming
from sluice.dialects.native.owned import task_of
from sluice.dialects.native.views import MessageView
from sluice.keys import Scope
from sluice.settings import settings
from sluice.tasks import Status
from sluice.webhooks import TYPES, Delivery, Endpoint, State, Try

router = Router()

_URL = Field(min_length=1, max_length=2048, description="http or https, at a public address.")
_DESCRIPTION = Field("", max_length=500)


def _known(name: str) -> str:
    if name not in TYPES:
        raise ValueError("there is no such event")
    return name


EventType = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(TYPES)})]
_EVENTS = Field((), max_length=len(TYPES), description="What it hears of; every end of a task when there are none.")


class NewWebhook(Incoming):
    """An address that gets a POST when something happens to a task (https://www.standardwebhooks.com)."""

    url: str = _URL
    events: tuple[EventType, ...] = _EVENTS
    description: str = _DESCRIPTION
    active: bool = True


class WebhookChange(Incoming):
    """What isn't given stays as it is."""

    # without a default in the schema, since none would be an address
    url: str = Field(default_factory=str, min_length=1, max_length=2048)
    events: tuple[EventType, ...] = _EVENTS
    description: str = _DESCRIPTION
    active: bool = True


class WebhookView(BaseModel):
    """`disabled` is why it isn't `active` any more when that wasn't its owner's doing: `gone` after an answer 410."""

    id: str
    url: str
    description: str
    events: list[str]
    active: bool
    disabled: str | None = None
    created_at: Timestamp
    changed_at: Timestamp


class WebhookWithSecret(WebhookView):
    """`secret` verifies signatures; it is shown this once."""

    secret: str


class DeliveryView(BaseModel):
    """One event to one receiver: `webhook`, or the one that the task itself names when that is null. `event_id` is the
    `webhook-id` that was sent, `requests` are the tries so far.
    """

    id: str
    webhook: str | None = None
    task_id: str
    attempt: int
    subtask: int | None = None
    task_status: Status
    event_id: str
    type: str
    state: State
    requests: list[Try]
    next_at: Timestamp | None = None
    resend_of: str | None = None
    at: Timestamp
    created_at: Timestamp
    finished_at: Timestamp | None = None


class DeliveryQuery(Incoming):
    limit: int = Field(20, ge=1, le=100)
    scroll_token: str | None = Field(
        None, max_length=100, pattern=r"^[0-9TZ:.#a-z_-]+$", description="From the header `Scroll-Token`."
    )


@router.post("/webhooks")
def create_webhook() -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    wanted = parsed_body(NewWebhook)
    endpoint, secret = endpoints.register(tenant, **wanted.model_dump())
    return answer(201, _say(endpoint, secret), {"Location": f"/webhooks/{endpoint.id}"})


@router.get("/webhooks")
def list_webhooks() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    return answer(200, [_say(endpoint) for endpoint in EndpointStore(settings().table, tenant).all()])


@router.get("/webhooks/<webhook_id>")
def get_webhook(webhook_id: str) -> Response[str]:
    tenant = key_with(Scope.READ).tenant
    return answer(200, _say(endpoints.endpoint_of(tenant, unquote(webhook_id))))


@router.patch("/webhooks/<webhook_id>")
def change_webhook(webhook_id: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    endpoint = endpoints.endpoint_of(tenant, unquote(webhook_id))
    wanted = parsed_body(WebhookChange)
    return answer(200, _say(endpoints.change(endpoint, wanted.model_dump(exclude_unset=True))))


@router.post("/webhooks/<webhook_id>/secret")
def rotate_secret(webhook_id: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    return answer(200, _say(*endpoints.rotate_secret(endpoints.endpoint_of(tenant, unquote(webhook_id)))))


@router.delete("/webhooks/<webhook_id>")
def delete_webhook(webhook_id: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    endpoint = endpoints.endpoint_of(tenant, unquote(webhook_id))
    EndpointStore(settings().table, tenant).delete(endpoint.id)
    return answer(200, {"message": f"The webhook {endpoint.id!r} is deleted."})


@router.get("/webhooks/<webhook_id>/deliveries")
def list_deliveries(webhook_id: str) -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    return _page(tenant, endpoints.endpoint_of(tenant, unquote(webhook_id)).id)


@router.get("/tasks/<task_id>/deliveries")
def list_deliveries_of_task(task_id: str) -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    return _page(tenant, task_of(task_id, tenant).id)


@router.post("/webhooks/deliveries/<delivery_id>/resend")
def resend_delivery(delivery_id: str) -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    return answer(202, _say_delivery(endpoints.resend(endpoints.delivery_of(tenant, unquote(delivery_id)))))


def _page(tenant: str, about: str) -> Response[str]:
    query = parsed_query(DeliveryQuery)
    page = DeliveryLog(settings().table).page(tenant, about, limit=query.limit, scroll_token=query.scroll_token)
    headers = {"Has-More": "true" if page.scroll_token else "false", "Limit": str(query.limit)}
    if page.scroll_token:
        headers["Scroll-Token"] = page.scroll_token
    return answer(200, [_say_delivery(delivery) for delivery in page.deliveries], headers)


def _say(endpoint: Endpoint, secret: str | None = None) -> dict[str, Any]:
    plain = {**endpoint.model_dump(), "events": list(endpoint.events)}
    view = WebhookWithSecret(**plain, secret=secret) if secret else WebhookView(**plain)
    return view.model_dump(mode="json")


def _say_delivery(delivery: Delivery) -> dict[str, Any]:
    plain = delivery.model_dump(exclude={"endpoint", "requests"})
    view = DeliveryView(**plain, webhook=delivery.endpoint, requests=list(delivery.requests))
    return view.model_dump(mode="json")


def described() -> Fragment:
    webhook, task, delivery = map(path_parameter, ("webhook_id", "task_id", "delivery_id"))
    listed = {**answers_many(200, "DeliveryView", ["Has-More", "Limit", "Scroll-Token"]), **errors(400, 404)}
    create = operation(
        "createWebhook",
        "Register an endpoint; its secret is shown this once",
        {**answers(201, "WebhookWithSecret", "The webhook", ["Location"]), **errors(409)},
        body="NewWebhook",
    )
    change = operation(
        "changeWebhook",
        "Change an endpoint, or turn it on or off",
        {**answers(200, "WebhookView", "The webhook"), **errors(404)},
        body="WebhookChange",
    )
    rotate = operation(
        "rotateWebhookSecret",
        "Another secret; the one before signs too for 24 hours",
        {**answers(200, "WebhookWithSecret", "The webhook"), **errors(404)},
    )
    one = {
        "parameters": [webhook],
        "get": operation("getWebhook", "One endpoint", {**answers(200, "WebhookView"), **errors(404)}),
        "patch": change,
        "delete": operation("deleteWebhook", "Delete an endpoint", {**answers(200, "MessageView"), **errors(404)}),
    }
    resend = operation(
        "resendDelivery",
        "Deliver once more, with the same webhook-id",
        {**answers(202, "DeliveryView", "The new delivery"), **errors(404, 409)},
    )
    pages = query_parameters(DeliveryQuery)
    of_webhook = operation("listDeliveries", "What was sent to an endpoint, newest first", listed, parameters=pages)
    of_task = operation("listDeliveriesOfTask", "What was sent about a task, newest first", listed, parameters=pages)
    listing = operation("listWebhooks", "All endpoints", answers_many(200, "WebhookView"))
    return Fragment(
        {
            "/webhooks": {"get": listing, "post": create},
            "/webhooks/{webhook_id}": one,
            "/webhooks/{webhook_id}/secret": {"parameters": [webhook], "post": rotate},
            "/webhooks/{webhook_id}/deliveries": {"parameters": [webhook], "get": of_webhook},
            "/webhooks/deliveries/{delivery_id}/resend": {"parameters": [delivery], "post": resend},
            "/tasks/{task_id}/deliveries": {"parameters": [task], "get": of_task},
        },
        incoming=(NewWebhook, WebhookChange),
        outgoing=(WebhookView, WebhookWithSecret, DeliveryView, MessageView),
    )
