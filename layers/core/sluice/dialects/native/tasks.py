"""/tasks: create, list, read, start again, end, delete."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice import control
from sluice.dialects.native import listed
from sluice.dialects.native.asking import request_of, source_of
from sluice.dialects.native.describing import (
    Fragment,
    answers,
    answers_many,
    errors,
    header_parameter,
    not_modified,
    operation,
    path_parameter,
    query_parameters,
)
from sluice.dialects.native.http import (
    answer,
    etag_of,
    header,
    key_with,
    parsed_body,
    parsed_query,
    tagged,
)
from sluice.dialects.native.http import (
    not_modified as unchanged,
)
from sluice.dialects.native.ittybit import Version, version_of
from sluice.dialects.native.models import ListQuery, NewTask, Restart
from sluice.dialects.native.owned import subtask_of, task_of
from sluice.dialects.native.say import fingerprint, say_subtask, say_task
from sluice.dialects.native.views import ErrorView, MessageView, SubtaskView, TaskView
from sluice.intake import submit_request
from sluice.keys import Scope
from sluice.tasks import Source

router = Router()


@router.post("/tasks")
def create_task() -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    wanted = parsed_body(NewTask)
    task = submit_request(request_of(wanted, _source(wanted, tenant), tenant, header("idempotency-key")))
    return answer(201, say_task(task, version=_version()), {"Location": f"/tasks/{task.id}"})


@router.get("/tasks")
def list_tasks() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    query = parsed_query(ListQuery)
    answered = listed.found(query, tenant)
    headers = listed.headers(query, answered)
    tag = etag_of(*listed.steady(headers), *map(fingerprint, answered.page.tasks))
    if same := unchanged(tag, headers):
        return same
    views = [say_task(task, with_subtasks=False, version=_version()) for task in answered.page.tasks]
    return answer(200, views, {**headers, **tagged(tag)})


@router.get("/tasks/<task_id>")
def get_task(task_id: str) -> Response[str]:
    task = task_of(task_id, key_with(Scope.READ).tenant)
    tag = etag_of(fingerprint(task))
    return unchanged(tag) or answer(200, say_task(task, version=_version()), tagged(tag))


@router.get("/tasks/<task_id>/subtasks/<number>")
def get_subtask(task_id: str, number: str) -> Response[str]:
    task = task_of(task_id, key_with(Scope.READ).tenant)
    subtask = subtask_of(task, number)
    tag = etag_of(task.id, subtask.model_dump_json())
    return unchanged(tag) or answer(200, say_subtask(task, subtask, _version()), tagged(tag))


@router.post("/tasks/<task_id>/restart")
def restart_task(task_id: str) -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    wanted = parsed_body(Restart)
    task = task_of(task_id, tenant)
    again = control.restart_task(task, only_failed=wanted.which == "failed", numbers=wanted.subtasks or ())
    return answer(200, say_task(again, version=_version()))


@router.post("/tasks/<task_id>/end")
def end_task(task_id: str) -> Response[str]:
    task = task_of(task_id, key_with(Scope.SUBMIT).tenant)
    return answer(200, say_task(control.end_task(task), version=_version()))


@router.delete("/tasks/<task_id>")
def delete_task(task_id: str) -> Response[str]:
    task = task_of(task_id, key_with(Scope.SUBMIT).tenant)
    control.delete_task(task)
    return answer(202, {"message": f"The task {task.id!r} and its outputs are deleted."})


def _source(wanted: NewTask, tenant: str) -> Source:
    if wanted.file_id is None:
        return source_of(wanted, tenant)
    from sluice.dialects.native.files import source_of_file  # few requests name one

    return source_of_file(wanted.file_id, tenant)


def _version() -> Version:
    return version_of(header("accept-version"))


# ── the document ──────────────────────────────────────────────────────────────────────────────

_VERSION = header_parameter("Accept-Version", "A generation of ittybit's API, by its date, or `latest`.")
_KNOWN = header_parameter("If-None-Match", "What `ETag` said the last time.")
_ONCE = header_parameter(
    "Idempotency-Key", "Requests with one key make one task.", {"type": "string", "minLength": 1, "maxLength": 255}
)
_LIST_HEADERS = ("Has-More", "Scroll-Token", "Link", "Links", "Limit", "Total-Count", "ETag")


def described() -> Fragment:
    task_id, number = path_parameter("task_id"), path_parameter("number")
    list_tasks = operation(
        "listTasks",
        "List tasks, newest first",
        {**answers_many(200, "TaskView", _LIST_HEADERS), **not_modified(), **errors(400, 404)},
        parameters=[*query_parameters(ListQuery), _VERSION, _KNOWN],
    )
    create = operation(
        "createTask",
        "Create a task",
        {**answers(201, "TaskView", "The task", ["Location"]), **errors(404, 409)},
        body="NewTask",
        parameters=[_ONCE, _VERSION],
    )
    get = operation(
        "getTask",
        "A task with its subtasks and signed URLs",
        {**answers(200, "TaskView", "The task", ["ETag"]), **not_modified(), **errors(404)},
        parameters=[_VERSION, _KNOWN],
    )
    delete = operation(
        "deleteTask",
        "Delete the record and the outputs of a task that has ended",
        {**answers(202, "MessageView"), **errors(404, 409)},
    )
    subtask = operation(
        "getSubtask",
        "One subtask",
        {**answers(200, "SubtaskView", "The subtask", ["ETag"]), **not_modified(), **errors(404)},
        parameters=[_VERSION, _KNOWN],
    )
    restart = operation(
        "restartTask",
        "Begin a task that has ended again: all of it, what failed, or chosen subtasks",
        {**answers(200, "TaskView", "Its next attempt"), **errors(404, 409)},
        body="Restart",
        parameters=[_VERSION],
    )
    end = operation(
        "endTask",
        "Cancel a task that waits or runs",
        {**answers(200, "TaskView", "The task"), **errors(404, 409)},
        parameters=[_VERSION],
    )
    return Fragment(
        {
            "/tasks": {"get": list_tasks, "post": create},
            "/tasks/{task_id}": {"parameters": [task_id], "get": get, "delete": delete},
            "/tasks/{task_id}/subtasks/{number}": {"parameters": [task_id, number], "get": subtask},
            "/tasks/{task_id}/restart": {"parameters": [task_id], "post": restart},
            "/tasks/{task_id}/end": {"parameters": [task_id], "post": end},
        },
        incoming=(NewTask, Restart),
        outgoing=(TaskView, SubtaskView, MessageView, ErrorView),
    )
