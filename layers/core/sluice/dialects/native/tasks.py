"""/tasks: create, list, read."""

from urllib.parse import unquote, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice import addresses, ids, listing
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.native.http import answer, key_with, parsed_body, parsed_query
from sluice.dialects.native.models import ListQuery, NewTask
from sluice.dialects.native.say import say_task
from sluice.errors import InvalidRequest, TaskNotFound
from sluice.intake import submit_request
from sluice.keys import Scope
from sluice.settings import settings
from sluice.tasks import Source

router = Router()


@router.post("/tasks")
def create_task() -> Response[str]:
    key = key_with(Scope.SUBMIT)
    wanted = parsed_body(NewTask)
    task = submit_request(
        source_of(wanted),
        wanted.asked_for,
        tenant=key.tenant,
        workflow_name=wanted.workflow,
        alone=wanted.kind is not None,
    )
    return answer(201, say_task(task), {"Location": f"/tasks/{task.id}"})


@router.get("/tasks")
def list_tasks() -> Response[str]:
    key = key_with(Scope.READ)
    query = parsed_query(ListQuery)
    moment = now()
    start, end = listing.window(query.start_time, query.end_time, moment, settings().retention)
    wanted = listing.Filter(tenant=key.tenant, status=query.status, has_failed=query.has_failed, start=start, end=end)
    page = TaskStore(settings().table).page(wanted, limit=query.limit, scroll_token=query.scroll_token, at=moment)
    views = [say_task(task, with_subtasks=False) for task in page.tasks]
    return answer(200, views, _page_headers(query, page.scroll_token))


@router.get("/tasks/<task_id>")
def get_task(task_id: str) -> Response[str]:
    key = key_with(Scope.READ)
    task_id = unquote(task_id)
    if not ids.is_task_id(task_id):
        raise TaskNotFound(task_id[:100])
    task = TaskStore(settings().table).get(task_id, at=now())
    if task.tenant != key.tenant:
        raise TaskNotFound(task_id)
    return answer(200, say_task(task))


def source_of(wanted: NewTask) -> Source:
    """The source that a request names, checked as far as can be told without opening it.

    Raises: InvalidRequest.
    """
    if wanted.url is not None and not wanted.url.startswith("s3://"):
        addresses.parsed(wanted.url)
        return Source(url=wanted.url)
    if wanted.url:
        bucket, _, key = wanted.url.removeprefix("s3://").partition("/")
        field = "url"
    else:
        assert wanted.input, "the model wants one of them"
        bucket, key, field = wanted.input.bucket, wanted.input.key, "input.bucket"
    if bucket != settings().media_bucket:
        message = f"Files are read from the bucket {settings().media_bucket!r} only."
        raise InvalidRequest(message, field=field, code="bucket_not_allowed")
    if not key:
        raise InvalidRequest("The address names no file in the bucket.", field=field, code="url_invalid")
    return Source(bucket=bucket, key=key)


def _page_headers(query: ListQuery, scroll_token: str | None) -> dict[str, str]:
    headers = {"Limit": str(query.limit), "Has-More": "true" if scroll_token else "false"}
    if scroll_token:
        following = {
            **query.model_dump(mode="json", exclude_none=True),
            "scroll_token": scroll_token,
        }
        headers |= {
            "Scroll-Token": scroll_token,
            "Link": f'</tasks?{urlencode(following)}>; rel="next"',
        }
    return headers
