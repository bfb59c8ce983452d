"""/tasks/{id}/download: all outputs as one zip, which the function bundle makes once; until then the answer is 202."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import Field

from sluice.aws import files
from sluice.aws.bundles import BundleStore, State
from sluice.aws.functions import call_later
from sluice.bundling import bundle_id, bundle_key, has_outputs
from sluice.clock import now
from sluice.dialects.native.describing import (
    Fragment,
    answers,
    errors,
    operation,
    path_parameter,
    query_parameters,
    redirects,
)
from sluice.dialects.native.http import answer, parsed_query, redirect
from sluice.dialects.native.models import Incoming
from sluice.dialects.native.owned import opened, subtask_of
from sluice.errors import Conflict, NotFound
from sluice.settings import settings

router = Router()

_RETRY_SECONDS = 2


class DownloadQuery(Incoming):
    subtask: int | None = Field(None, ge=1, le=50, description="Only what this one has made.")
    ticket: str | None = Field(None, max_length=100, description="From the task's `ticket`, in place of a key.")


@router.get("/tasks/<task_id>/download")
def download(task_id: str) -> Response[str]:
    query = parsed_query(DownloadQuery)
    task, _ = opened(task_id, query.ticket)
    numbers = [subtask_of(task, str(query.subtask)).number] if query.subtask else []
    if not has_outputs(task, numbers):
        raise NotFound("There is no output (yet) that could be downloaded.", code="output_not_found")
    bundle = bundle_id(task, numbers)
    store = BundleStore(settings().table)
    state = store.state(task.id, bundle, at=now())
    if state is State.READY:
        name = f"{task.id}-{query.subtask}.zip" if query.subtask else f"{task.id}.zip"
        return redirect(_signed(task.id, bundle, name))
    if state is State.FAILED:
        store.forget(task.id, bundle)
        raise Conflict("The archive could not be made. Ask again to have it tried anew.", code="download_failed")
    if state is None and store.begin(task.id, bundle, at=now()):
        call_later(settings().bundle_function, {"task_id": task.id, "bundle": bundle, "subtasks": numbers})
    return _not_yet(task.id, query.subtask)


def _not_yet(task_id: str, subtask: int | None) -> Response[str]:
    path = f"/tasks/{task_id}/download" + (f"?subtask={subtask}" if subtask else "")
    headers = {"Retry-After": str(_RETRY_SECONDS), "Location": path}
    return answer(202, {"message": "The archive is being made. Ask again in a moment."}, headers)


def _signed(task_id: str, bundle: str, name: str) -> str:
    key = bundle_key(task_id, bundle)
    return files.signed_url(settings().output_bucket, key, seconds=settings().url_seconds, save_as=name)


def described() -> Fragment:
    waiting = answers(202, "MessageView", "It is being made", ["Retry-After", "Location"])
    download = operation(
        "download",
        "All outputs as one zip",
        {**redirects("The zip, behind a signed URL that soon expires"), **waiting, **errors(400, 404, 409)},
        parameters=query_parameters(DownloadQuery),
    )
    return Fragment({"/tasks/{task_id}/download": {"parameters": [path_parameter("task_id")], "get": download}})
