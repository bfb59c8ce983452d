"""Requests and answers of the native API."""

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, ValidationError

from sluice.access import caller, within_limits
from sluice.clock import now
from sluice.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    SluiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    WorkFailed,
)
from sluice.keys import ApiKey, Call, Scope
from sluice.paths import first_mistake
from sluice.settings import settings

MOST_BODY_BYTES = 1_000_000


class BodyTooLarge(InvalidRequest):
    code = "body_too_large"


class MethodNotAllowed(SluiceError):
    """The path is there, the method isn't; `allowed` are those that are."""

    code = "method_not_allowed"

    def __init__(self, method: str, path: str, allowed: Collection[str]):
        super().__init__(f"{method} is not possible at {path}.")
        self.allowed = tuple(allowed)


STATUS_OF: dict[type[SluiceError], int] = {
    BodyTooLarge: 413,
    InvalidRequest: 400,
    WorkFailed: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooManyRequests: 429,
    Unavailable: 503,
}

Model = TypeVar("Model", bound=BaseModel)

# every router shares the event of the request that is being answered
_request = Router()


def key_with(needed: Scope, call: Call | None = None) -> ApiKey:
    """The key that the request came with, and this call counted: by its method, unless it is said to be a list.

    Raises: Unauthorized, Forbidden, TooManyRequests.
    """
    key = caller(header("authorization"), needed)
    reads = _request.current_event.http_method in {"GET", "HEAD"}
    within_limits(key, call or ("read" if reads else "write"))
    return key


def header(name: str) -> str | None:
    """A header of the request, by its name in any case."""
    found: str | None = _request.current_event.headers.get(name)
    return found


def parsed_query(model: type[Model]) -> Model:
    return parsed(model, _request.current_event.query_string_parameters or {})


def parsed_body(model: type[Model]) -> Model:
    """Raises: InvalidRequest, BodyTooLarge."""
    if len(_request.current_event.body or "") > MOST_BODY_BYTES:
        raise BodyTooLarge(f"A body has at most {MOST_BODY_BYTES} bytes.")
    try:
        plain = json.loads(_request.current_event.decoded_body or "null", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InvalidRequest("The body is not valid JSON.", code="json_invalid") from None
    return parsed(model, plain)


def parsed(model: type[Model], plain: Any) -> Model:
    """The checked model.

    Raises: InvalidRequest naming the first bad member.
    """
    try:
        return model.model_validate(plain)
    except ValidationError as error:
        field, message = first_mistake(error, plain)
        raise InvalidRequest(f"{field}: {message}." if field else f"{message}.", field=field or None) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response[str]:
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def redirect(url: str) -> Response[str]:
    return answer(302, {"message": "The file is at the address in `Location`."}, {"Location": url})


def etag_of(*parts: str) -> str:
    """A tag of what an answer is made from. It changes in time, so that no signed URL is kept beyond its life."""
    age = int(now().timestamp() / (settings().url_seconds / 2))
    digest = hashlib.sha256("\0".join((*parts, str(age), header("accept-version") or "")).encode())
    return f'W/"{digest.hexdigest()[:32]}"'


def not_modified(tag: str, headers: Mapping[str, str] | None = None) -> Response[str] | None:
    """The answer to a caller who has it already (RFC 9110, 13.1.2), or None."""
    known = {part.strip().removeprefix("W/") for part in (header("if-none-match") or "").split(",")}
    if tag.removeprefix("W/") not in known and "*" not in known:
        return None
    return Response(status_code=304, headers={**tagged(tag), **(headers or {})}, body="")


def tagged(tag: str) -> dict[str, str]:
    """To be kept by the caller alone, and asked for again each time."""
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Accept-Version"}


def say_error(error: SluiceError) -> Response[str]:
    """An error as JSON; what is no caller's business says so and no more."""
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)
    # an ErrorView, written by hand: the models are loaded with the routes, and a cold start shouldn't wait for them
    said = {"kind": error.code, "message": error.message}
    if field := getattr(error, "field", None):
        said["field"] = field
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed)
    return answer(status, said, headers)
