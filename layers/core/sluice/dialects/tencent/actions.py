"""The actions, by their names. There is one path; `X-TC-Action` says what is wanted."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice import access, control, listing
from sluice.aws import clients, files
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.tencent import auth, http, say, translate
from sluice.dialects.tencent import models as m
from sluice.dialects.tencent.errors import Refusal, bad_value
from sluice.dialects.tencent.places import Places
from sluice.dialects.tencent.reports import reports_of
from sluice.errors import Conflict, InvalidRequest
from sluice.intake import TaskRequest, submit_request
from sluice.keys import ApiKey, Call, Scope
from sluice.settings import settings
from sluice.tasks import Status, Task

VERSION = "2019-06-12"

router = Router()


@router.route("/", method=["GET", "POST"])
@router.route("/<proxy>", method=["GET", "POST"])
@router.route(".+", method=["GET", "POST"])
def act(proxy: str = "") -> Response[str]:
    request = http.request_of(APIGatewayProxyEventV2(router.current_event.raw_event))
    key = signer(request, now())
    action = _action(request)
    if not key.scope.covers(action.scope):
        message = f"{request.action} needs a key of scope {action.scope.value}; yours is of scope {key.scope.value}."
        raise Refusal("AuthFailure.UnauthorizedOperation", message)
    access.within_limits(key, action.call)
    asked = m.parsed(action.model, http.parameters(request.signed))
    return http.answer(action.run(asked, Caller(key, request)))


def places() -> Places:
    """The deployment's buckets, and the region that they are in."""
    return Places(settings().media_bucket, settings().output_bucket, clients.s3().meta.region_name)


def signer(request: http.Request, at: datetime) -> ApiKey:
    """The key that has signed the request.

    Raises: Refusal `AuthFailure.…`.
    """
    authorization = auth.parsed(request.authorization)
    found = access.signing_secret(authorization.secret_id)
    if found is None:
        raise Refusal("AuthFailure.SecretIdNotFound", "The SecretId is unknown or revoked.")
    key, secret = found
    timestamp = auth.signed_at(request.signed.headers, at)
    auth.verify(request.signed, authorization, secret, timestamp)
    if request.signed.headers.get("x-tc-token"):
        raise Refusal("AuthFailure.TokenFailure", "There are no temporary keys here: leave X-TC-Token out.")
    return key


class Caller(NamedTuple):
    key: ApiKey
    request: http.Request

    @property
    def tenant(self) -> str:
        return self.key.tenant

    @property
    def once_key(self) -> str:
        """Tells a request that is sent again, byte by byte, from a new one.

        The signature covers the body, but for an unsigned one, and never the action.
        """
        signature = auth.parsed(self.request.authorization).signature
        return f"tencent:signature:{signature}:{self.request.action}:{sha256(self.request.signed.payload).hexdigest()}"


class Action(NamedTuple):
    """`call` says by which of a key's limits it is counted."""

    model: type[Any]
    scope: Scope
    call: Call
    run: Callable[[Any, Caller], dict[str, Any]]


def _action(request: http.Request) -> Action:
    if not request.action:
        raise Refusal("MissingParameter", "The header X-TC-Action is missing.")
    if not request.version:
        raise Refusal("MissingParameter", "The header X-TC-Version is missing.")
    if request.version != VERSION:
        raise Refusal("NoSuchVersion", f"There is the version {VERSION} here, not {request.version[:50]!r}.")
    if request.action not in ACTIONS:
        raise Refusal("InvalidAction", f"There is no action {request.action[:100]!r} here.")
    return ACTIONS[request.action]


# ── make ──────────────────────────────────────────────────────────────────────────────────────


def process_media(asked: m.ProcessMedia, caller: Caller) -> dict[str, Any]:
    request = translate.process_media(asked, places(), caller.tenant)
    return {"TaskId": say.task_id(_submitted(request, caller, asked.SessionId))}


def process_image(asked: m.ProcessImage, caller: Caller) -> dict[str, Any]:
    request = translate.process_image(asked, places(), caller.tenant)
    return {"TaskId": say.task_id(_submitted(request, caller, None))}


def _submitted(request: TaskRequest, caller: Caller, session_id: str | None) -> Task:
    """Once for each session id: a second one is an error; once for each signed request: sent again it is the same task.

    Raises: Refusal.
    """
    if session_id:
        # what tells two requests with one id apart, even where they ask for the same
        client = {**(request.client or {}), "request": str(uuid4())}
        request = request.model_copy(update={"once_key": f"tencent:session:{session_id}", "client": client})
    else:
        request = request.model_copy(update={"once_key": caller.once_key})
    try:
        return submit_request(request)
    except Conflict as error:
        if not session_id:
            raise
        raise bad_value("SessionId", "it was used for an earlier request", "SessionId") from error
    except InvalidRequest as error:
        raise _as_asked(error, request) from error


def _as_asked(error: InvalidRequest, request: TaskRequest) -> Refusal:
    """What is wrong with our options, by the part of the request that they were made of."""
    parts = (error.field or "").split(".")
    if len(parts) < 2 or parts[0] != "subtasks" or not parts[1].isdigit():
        return Refusal("InvalidParameterValue", error.message)
    client = request.subtasks[int(parts[1])].client or {}
    told = error.message.removeprefix(f"{error.field}: ")
    suffix = OPTIONS.get(parts[-1], "")
    return bad_value(client.get("path", ""), f"{parts[-1]}: {told.rstrip('.')}", suffix)


# The service's name for what one of our options says.
OPTIONS: Mapping[str, str] = {
    "container": "Container",
    "format": "Container",
    "codec": "VideoCodec",
    "video_bitrate": "VideoBitrate",
    "width": "Width",
    "height": "Height",
    "fps": "Fps",
    "gop_seconds": "Gop",
    "audio_codec": "AudioCodec",
    "audio_bitrate": "AudioBitrate",
    "bitrate": "AudioBitrate",
    "audio_channels": "AudioChannel",
    "channels": "AudioChannel",
    "audio_sample_rate": "AudioSampleRate",
    "sample_rate": "AudioSampleRate",
    "quality": "Quality",
}


# ── read ──────────────────────────────────────────────────────────────────────────────────────


def describe_tasks(asked: m.DescribeTasks, caller: Caller) -> dict[str, Any]:
    if not 1 <= asked.Limit <= 100:
        raise bad_value("Limit", "it is 1 to 100", "Limit")
    moment = now()
    start, end = _moment(asked.StartTime, "StartTime"), _moment(asked.EndTime, "EndTime")
    start, end = listing.window(start, end, moment, settings().retention)
    statuses, has_failed = say.STATUSES[asked.Status], asked.SubTaskHasFailed
    wanted = listing.Filter(tenant=caller.tenant, statuses=statuses, has_failed=has_failed, start=start, end=end)
    store = TaskStore(settings().table)
    try:
        page = store.page(wanted, limit=asked.Limit, scroll_token=asked.ScrollToken or None, at=moment)
    except InvalidRequest as error:
        raise bad_value("ScrollToken", error.message.rstrip(".")) from error
    return {
        "TaskSet": [say.simple_info(task) for task in page.tasks],
        "ScrollToken": page.scroll_token or "",
        "TotalCount": store.total(wanted, at=moment, page=page),
    }


def _moment(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or now().tzinfo).astimezone(now().tzinfo)
    except (ValueError, OverflowError):
        raise bad_value(name, "it is such as 2026-01-31T12:00:00Z") from None


def describe_task_detail(asked: m.OneTask, caller: Caller) -> dict[str, Any]:
    task = _task(asked.TaskId, caller)
    return say.task_detail(task, places(), reports_of(task))


def describe_image_task_detail(asked: m.OneTask, caller: Caller) -> dict[str, Any]:
    task = _task(asked.TaskId, caller)
    sign = partial(files.signed_url, settings().output_bucket, seconds=settings().url_seconds)
    return say.image_detail(task, places(), sign)


def _task(given: str, caller: Caller) -> Task:
    """Raises: Refusal `ResourceNotFound` for an id that is unknown, expired, or another tenant's."""
    task_id = say.read_task_id(given)
    task = TaskStore(settings().table).get(task_id, at=now()) if task_id else None
    if task is None or task.tenant != caller.tenant or say.task_id(task) != given:
        raise _unknown(given)
    return task


def _unknown(given: str) -> Refusal:
    return Refusal("ResourceNotFound", f"There is no task {given[:100]!r}, or it has expired.")


# ── change ────────────────────────────────────────────────────────────────────────────────────


def manage_task(asked: m.ManageTask, caller: Caller) -> dict[str, Any]:
    """Abort, which only a task that waits can be."""
    if asked.OperationType != "Abort":
        raise bad_value("OperationType", "it is Abort", "InvalidOperationType")
    task = _task(asked.TaskId, caller)
    if task.status is not Status.WAITING:
        raise bad_value("TaskId", f"only a task that is WAITING can be aborted; this one is {say.status(task)}")
    control.end_task(task)
    return {}


ACTIONS: Mapping[str, Action] = {
    "ProcessMedia": Action(m.ProcessMedia, Scope.SUBMIT, "write", process_media),
    "ProcessImage": Action(m.ProcessImage, Scope.SUBMIT, "write", process_image),
    "DescribeTasks": Action(m.DescribeTasks, Scope.READ, "list", describe_tasks),
    "DescribeTaskDetail": Action(m.OneTask, Scope.READ, "read", describe_task_detail),
    "DescribeImageTaskDetail": Action(m.OneTask, Scope.READ, "read", describe_image_task_detail),
    "ManageTask": Action(m.ManageTask, Scope.SUBMIT, "write", manage_task),
}
