"""The workflows and presets that a tenant has: its own, and those that ship with Sluice."""

from sluice.aws.library import Shelf
from sluice.errors import InvalidRequest
from sluice.settings import settings
from sluice.tasks import SubtaskRequest
from sluice.workflows import Preset, Workflow, shipped


def workflows(tenant: str) -> list[Workflow]:
    """All of them by name; the tenant's own take the place of shipped ones."""
    own = {workflow.name: workflow for workflow in Shelf(settings().table, tenant, Workflow).all()}
    return [by_name for _, by_name in sorted({**shipped(), **own}.items())]


def workflow_named(name: str, tenant: str, *, field: str = "workflow") -> Workflow:
    """Raises: InvalidRequest `workflow_unknown`."""
    found = Shelf(settings().table, tenant, Workflow).get(name) or shipped().get(name)
    if found is None:
        raise InvalidRequest(f"There is no workflow {name!r}.", field=field, code="workflow_unknown")
    return found


def with_preset(request: SubtaskRequest, tenant: str) -> SubtaskRequest:
    """The request with the options of its preset below its own.

    Raises: InvalidRequest `preset_unknown`, also when the preset is of another kind.
    """
    if request.preset is None:
        return request
    preset = Shelf(settings().table, tenant, Preset).get(request.preset)
    if preset is None or preset.kind != request.kind:
        message = f"There is no preset {request.preset!r} of kind {request.kind!r}."
        raise InvalidRequest(message, field="preset", code="preset_unknown")
    return request.model_copy(update={"options": {**preset.options, **request.options}})
