"""/automations: ittybit's way to say what is done with every new file. An active one binds a workflow to uploads."""

from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, Field

from sluice.aws.library import Shelf
from sluice.aws.register import Entry, Register
from sluice.clock import Timestamp, now
from sluice.dialects.native import ittybit
from sluice.dialects.native.describing import Fragment
from sluice.dialects.native.files import registered
from sluice.dialects.native.http import answer, key_with, parsed, parsed_body, parsed_query
from sluice.dialects.native.models import Incoming, Metadata, NewSubtask, Paged
from sluice.dialects.native.registered import found, headers, is_id, missing, new_id, page_of
from sluice.errors import Conflict, InvalidRequest
from sluice.intake import TENANT_OF_UPLOADS
from sluice.keys import Scope
from sluice.requests import checked
from sluice.settings import settings
from sluice.workflows import Workflow

router = Router()

_PREFIX = "automation-"


class Trigger(Incoming):
    kind: Literal["event"] = "event"
    event: Literal["media.created"] = "media.created"


class AutomationChange(Incoming):
    name: str | None = Field(None, max_length=200)
    description: str | None = Field(None, max_length=500)
    trigger: Trigger | None = None
    workflow: list[Metadata] | None = Field(None, min_length=1, max_length=50)
    status: Literal["active", "paused"] | None = None


class NewAutomation(AutomationChange):
    """Each step of `workflow` has a `kind`, options beside it or under `options`, and steps that come `next`."""

    trigger: Trigger
    workflow: list[Metadata] = Field(min_length=1, max_length=50)


class Automation(Entry):
    """`workflow` as it was given."""

    name: str | None = None
    description: str | None = None
    trigger: dict[str, Any]
    workflow: tuple[dict[str, Any], ...]
    status: Literal["active", "paused"] = "active"


class AutomationView(BaseModel):
    id: str
    object: Literal["automation"] = "automation"
    name: str | None = None
    description: str | None = None
    trigger: dict[str, Any]
    workflow: list[dict[str, Any]]
    status: str
    created: Timestamp
    updated: Timestamp
    created_at: Timestamp
    updated_at: Timestamp


@router.get("/automations")
def list_automations() -> Response[str]:
    register = _register(key_with(Scope.READ, "list").tenant)
    query = parsed_query(Paged)
    page = page_of(register, query)
    return answer(200, [_say(kept) for kept in page[: query.limit]], headers("/automations", query, len(page)))


@router.post("/automations")
def create_automation() -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    wanted, moment = parsed_body(NewAutomation), now()
    plain = wanted.model_dump(exclude_none=True)
    automation = Automation(id=new_id("automation"), created_at=moment, updated_at=moment, **plain)
    _apply(automation, tenant)
    _register(tenant).put(automation, new=True)
    return answer(201, _say(automation), {"Location": f"/automations/{automation.id}"})


@router.get("/automations/<automation_id>")
def get_automation(automation_id: str) -> Response[str]:
    return answer(200, _say(found(_register(key_with(Scope.READ).tenant), automation_id, "automation")))


@router.patch("/automations/<automation_id>")
def update_automation(automation_id: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    changes = parsed_body(AutomationChange).model_dump(exclude_none=True)
    known = found(_register(tenant), automation_id, "automation")
    automation = Automation.model_validate({**known.model_dump(), **changes, "updated_at": now()})
    _apply(automation, tenant)
    if not _register(tenant).put(automation):
        raise missing("automation", automation_id)
    return answer(200, _say(automation))


@router.delete("/automations/<automation_id>")
def delete_automation(automation_id: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    if not is_id(automation_id, "automation") or not _register(tenant).delete(automation_id):
        raise missing("automation", automation_id)
    _shelf(tenant).delete(_workflow_name(automation_id))
    return answer(202, {"message": f"The automation {automation_id!r} is deleted."})


def _apply(automation: Automation, tenant: str) -> None:
    """Bind its workflow to uploads while it is active.

    Raises: InvalidRequest for steps that can't be carried out; Conflict when another one is bound already.
    """
    subtasks = _subtasks(automation)
    checked(subtasks, tenant=tenant)
    name = _workflow_name(automation.id)
    if automation.status == "paused":
        _shelf(tenant).delete(name)
        return
    if tenant != TENANT_OF_UPLOADS:
        message = f"Uploads belong to the tenant {TENANT_OF_UPLOADS!r}; make the automation `paused`, or there."
        raise Conflict(message, code="not_supported")
    others = [w.name for w in _shelf(tenant).all() if w.name.startswith(_PREFIX) and w.name != name]
    if others:
        raise Conflict("Another automation is active; pause it first.", code="automation_active")
    description = automation.name or "An automation"
    _shelf(tenant).put(
        Workflow(name=name, description=description, prefixes=(settings().upload_prefix,), subtasks=tuple(subtasks))
    )


def _subtasks(automation: Automation) -> list[Any]:
    steps = ittybit.subtasks_of(list(automation.workflow), "workflow")
    if len(steps) > 50:
        raise InvalidRequest("workflow: at most 50 steps.", field="workflow")
    plain = [{name: value for name, value in step.items() if name != "ref"} for step in steps]
    requests = [parsed(NewSubtask, step).request() for step in plain]
    return [
        request.model_copy(update={"client": {"ref": step["ref"]} if "ref" in step else None})
        for request, step in zip(requests, steps, strict=True)
    ]


def _workflow_name(automation_id: str) -> str:
    return _PREFIX + automation_id.partition("_")[2]


def _say(automation: Automation) -> dict[str, Any]:
    times = {"created": automation.created_at, "updated": automation.updated_at}
    return AutomationView(**automation.model_dump(), **times).model_dump(mode="json")


def _register(tenant: str) -> Register[Automation]:
    return Register(settings().table, tenant, Automation)


def _shelf(tenant: str) -> Shelf[Workflow]:
    return Shelf(settings().table, tenant, Workflow)


def described() -> Fragment:
    return Fragment(
        registered("automation", "/automations", "AutomationView", "NewAutomation", "AutomationChange"),
        incoming=(NewAutomation, AutomationChange),
        outgoing=(AutomationView,),
    )
