"""/v1/access_token, create_task, start_encode2, start_encode, status. Forms by POST, answers by HTTP 200."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice import access
from sluice.aws.keystore import KeyStore
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.qencode import UPLOADS_PATH, profiles, tokens
from sluice.dialects.qencode.errors import PAYLOAD_TOO_LONG, TASK_TOKENS_INVALID, QencodeError
from sluice.dialects.qencode.http import Form, answer, base_url, form, known_only, maybe, one
from sluice.dialects.qencode.links import link
from sluice.dialects.qencode.query import parsed
from sluice.dialects.qencode.say import status_of, waiting_to_start
from sluice.dialects.qencode.sources import buckets, callback, resolved
from sluice.dialects.qencode.tokens import TaskToken
from sluice.dialects.qencode.translate import in_their_words, planned, source_url
from sluice.errors import InvalidRequest, TaskNotFound
from sluice.intake import TaskRequest, submit_request
from sluice.keys import ApiKey
from sluice.settings import settings
from sluice.tasks import Source, Task

router = Router()

MOST_TOKENS = 100
# Lambda answers with 6 MB at most
_MOST_ANSWERED_BYTES = 5_000_000
_MOST_PAYLOAD = 1000


@router.post("/v1/access_token")
def access_token() -> Response[str]:
    fields = form()
    known_only(fields, "api_key")
    token, expires = tokens.open_session(one(fields, "api_key"))
    return answer(token=token, expire=f"{expires:%Y-%m-%d %H:%M:%S}")


@router.post("/v1/create_task")
def create_task() -> Response[str]:
    fields = form()
    known_only(fields, "token")
    key = tokens.session_key(one(fields, "token"))
    access.within_limits(key, "write")
    base = base_url()
    return answer(task_token=tokens.new_task_token(key, base), upload_url=f"{base}{UPLOADS_PATH}")


@router.post("/v1/start_encode2")
def start_encode2() -> Response[str]:
    fields = form()
    known_only(fields, "task_token", "query", "payload")
    token = _startable(fields)
    query = parsed(maybe(fields, "query"))
    plan = planned(query, buckets(), token.tenant)
    source = resolved(source_url(query), token.tenant, field="source")
    notify = callback(query.callback_url) if query.callback_url else None
    try:
        return _started(token, fields, source, plan.warnings, subtasks=plan.subtasks, notify=notify)
    except InvalidRequest as error:
        raise in_their_words(error, plan.formats) from error


@router.post("/v1/start_encode")
def start_encode() -> Response[str]:
    fields = form()
    token = _startable(fields)
    wanted = profiles.wanted(fields, token.tenant)
    source = resolved(wanted.url, token.tenant, field="uri")
    return _started(token, fields, source, (), subtasks=wanted.subtasks, workflow=wanted.workflow)


@router.post("/v1/status")
def status() -> Response[str]:
    fields = form()
    known_only(fields, "task_tokens")
    asked = [token.strip() for value in fields.get("task_tokens", ()) for token in value.split(",") if token.strip()]
    found = _statuses(list(dict.fromkeys(asked)))
    said = answer(statuses=found)
    if len((said.body or "").encode()) > _MOST_ANSWERED_BYTES:
        raise QencodeError(TASK_TOKENS_INVALID, "This is too much for one answer: ask for fewer task_tokens at a time.")
    return said


# ── starting ──────────────────────────────────────────────────────────────────────────────────


def _startable(fields: Form) -> TaskToken:
    """The task token, of a key that still may start something.

    Raises: QencodeError, TooManyRequests.
    """
    token = tokens.task_token(one(fields, "task_token"))
    key = _key_of(token) if token else None
    if token is None or key is None:
        raise QencodeError(TASK_TOKENS_INVALID, "The task_token is unknown, or its time is over.")
    access.within_limits(key, "write")
    return token


def _key_of(token: TaskToken) -> ApiKey | None:
    """The key that the token was made by; None once it is revoked, or has moved to another tenant."""
    key = KeyStore(settings().table).get(token.key_id)
    return key if key and key.tenant == token.tenant else None


def _payload(fields: Form) -> str | None:
    """Given back as it came, so it isn't trimmed."""
    payload = fields.get("payload", [None])[-1]
    if payload is not None and len(payload) > _MOST_PAYLOAD:
        raise QencodeError(PAYLOAD_TOO_LONG, f"payload is longer than {_MOST_PAYLOAD} characters")
    return payload


def _started(token: TaskToken, fields: Form, source: Source, warnings: Sequence[str], **work: Any) -> Response[str]:
    """Start the task, or find it started already by the same request.

    Raises: QencodeError, and as submit_request.
    """
    payload = _payload(fields)
    if not token.may_start(now()) and _task_of(token) is None:
        raise QencodeError(TASK_TOKENS_INVALID, "The task_token was not started within 24 hours.")
    client = {"task_token": token.token, "payload": payload, "warnings": list(warnings), "base_url": token.base_url}
    submit_request(
        TaskRequest(
            source=source,
            tenant=token.tenant,
            dialect="qencode",
            client={name: value for name, value in client.items() if value},
            once_key=token.once_key,
            **work,
        )
    )
    return answer(status_url=f"{base_url()}/v1/status")


# ── asking ────────────────────────────────────────────────────────────────────────────────────


def _statuses(asked: Sequence[str]) -> dict[str, Any]:
    """The status of every token that is known.

    Raises: QencodeError when none is, TooManyRequests.
    """
    if len(asked) > MOST_TOKENS:
        raise QencodeError(TASK_TOKENS_INVALID, f"Ask for {MOST_TOKENS} task_tokens at most at a time.")
    known = [token for token in map(tokens.task_token, asked) if token]
    keys = {token.key_id: key for token in known if (key := _key_of(token))}
    for key in keys.values():
        access.within_limits(key, "read")
    said = {token.token: _said(token) for token in known if token.key_id in keys}
    found = {token: status for token, status in said.items() if status is not None}
    if not found:
        raise QencodeError(TASK_TOKENS_INVALID, "task_tokens: none of these is known.")
    return found


def _said(token: TaskToken) -> dict[str, Any] | None:
    """Its status object; None when its record has gone."""
    try:
        task = _task_of(token)
    except TaskNotFound:
        return None
    if task is None:
        return waiting_to_start()
    return status_of(task, settings().output_bucket, link)


def _task_of(token: TaskToken) -> Task | None:
    """The task that the token has started, or None before it has.

    Raises: TaskNotFound when its record has expired or been deleted.
    """
    store = TaskStore(settings().table)
    started = store.once(token.tenant, token.once_key)
    return store.get(started[0], at=now()) if started else None
