"""/workflows and /presets: what a tenant keeps under a name. /kinds: what there is to put into them."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice import library
from sluice.aws.library import Shelf
from sluice.dialects.native.describing import Fragment, answers, answers_many, errors, operation, path_parameter
from sluice.dialects.native.http import answer, key_with, parsed_body
from sluice.dialects.native.models import NewPreset, NewWorkflow
from sluice.dialects.native.views import KindView, PresetView, WorkflowView
from sluice.errors import InvalidRequest, NotFound
from sluice.keys import Scope
from sluice.kinds import KINDS, validated_options
from sluice.requests import checked
from sluice.settings import settings
from sluice.workflows import Preset, Workflow, is_name, shipped

router = Router()


@router.get("/kinds")
def list_kinds() -> Response[str]:
    key_with(Scope.READ, "list")
    kinds = KINDS.values()
    return answer(
        200, [{"kind": k.name, "summary": k.summary, "options": k.options.model_json_schema()} for k in kinds]
    )


@router.get("/workflows")
def list_workflows() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    return answer(200, [say_workflow(workflow) for workflow in library.workflows(tenant)])


@router.get("/workflows/<name>")
def get_workflow(name: str) -> Response[str]:
    tenant = key_with(Scope.READ).tenant
    found = next((w for w in library.workflows(tenant) if w.name == name), None)
    if found is None:
        raise NotFound(f"There is no workflow {name!r}.", code="workflow_not_found")
    return answer(200, say_workflow(found))


@router.put("/workflows/<name>")
def put_workflow(name: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    wanted = parsed_body(NewWorkflow)
    # tried with their presets, kept as they were given: a preset that changes later changes what they mean
    checked([library.with_preset(request, tenant) for request in wanted.requests], tenant=tenant)
    workflow = Workflow(name=_name(name), subtasks=wanted.requests, **wanted.model_dump(exclude={"subtasks"}))
    Shelf(settings().table, tenant, Workflow).put(workflow)
    return answer(200, say_workflow(workflow))


@router.delete("/workflows/<name>")
def delete_workflow(name: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    if not Shelf(settings().table, tenant, Workflow).delete(name):
        raise NotFound(f"There is no workflow {name!r} of yours.", code="workflow_not_found")
    return answer(200, {"message": f"The workflow {name!r} is deleted."})


@router.get("/presets")
def list_presets() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    return answer(200, [preset.model_dump(mode="json") for preset in Shelf(settings().table, tenant, Preset).all()])


@router.get("/presets/<name>")
def get_preset(name: str) -> Response[str]:
    tenant = key_with(Scope.READ).tenant
    found = Shelf(settings().table, tenant, Preset).get(name)
    if found is None:
        raise NotFound(f"There is no preset {name!r}.", code="preset_not_found")
    return answer(200, found.model_dump(mode="json"))


@router.put("/presets/<name>")
def put_preset(name: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    wanted = parsed_body(NewPreset)
    validated_options(wanted.kind, wanted.options)
    preset = Preset(name=_name(name), **wanted.model_dump())
    Shelf(settings().table, tenant, Preset).put(preset)
    return answer(200, preset.model_dump(mode="json"))


@router.delete("/presets/<name>")
def delete_preset(name: str) -> Response[str]:
    tenant = key_with(Scope.ADMIN).tenant
    if not Shelf(settings().table, tenant, Preset).delete(name):
        raise NotFound(f"There is no preset {name!r}.", code="preset_not_found")
    return answer(200, {"message": f"The preset {name!r} is deleted."})


def say_workflow(workflow: Workflow) -> dict[str, object]:
    """As it was put, and whether it ships with Sluice."""
    members = {"kind", "options", "preset", "after", "condition", "source", "output_path"}
    subtasks = [s.model_dump(mode="json", by_alias=True, include=members) for s in workflow.subtasks]
    plain = workflow.model_dump(mode="json", exclude={"subtasks"})
    return {**plain, "subtasks": subtasks, "shipped": shipped().get(workflow.name) == workflow}


def _name(name: str) -> str:
    if not is_name(name):
        raise InvalidRequest("A name has small letters, digits, - and _, up to 63.", field="name", code="name_invalid")
    return name


# ── the document ──────────────────────────────────────────────────────────────────────────────


def described() -> Fragment:
    kinds = operation(
        "listKinds", "The kinds of work, with the JSON Schema of their options", answers_many(200, "KindView")
    )
    return Fragment(
        {
            "/kinds": {"get": kinds},
            **_named("workflow", "NewWorkflow", "WorkflowView"),
            **_named("preset", "NewPreset", "PresetView"),
        },
        incoming=(NewWorkflow, NewPreset),
        outgoing=(WorkflowView, PresetView, KindView),
    )


def _named(what: str, incoming: str, outgoing: str) -> dict[str, object]:
    """The routes of something that is kept under a name."""
    title = what.capitalize()
    put = operation(f"put{title}", f"Make a {what}, or put another in its place", answers(200, outgoing), body=incoming)
    delete = {**answers(200, "MessageView"), **errors(404)}
    return {
        f"/{what}s": {"get": operation(f"list{title}s", f"All {what}s", answers_many(200, outgoing))},
        f"/{what}s/{{name}}": {
            "parameters": [path_parameter("name")],
            "get": operation(f"get{title}", f"One {what}", {**answers(200, outgoing), **errors(404)}),
            "put": put,
            "delete": operation(f"delete{title}", f"Delete a {what}", delete),
        },
    }
