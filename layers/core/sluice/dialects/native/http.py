"""Requests and answers of the native API."""

import json
from typing import Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, ValidationError

from sluice.access import caller
from sluice.dialects.native.models import ErrorView
from sluice.errors import (
    Forbidden,
    InvalidRequest,
    NotFound,
    SluiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    WorkFailed,
)
from sluice.keys import ApiKey, Scope
from sluice.paths import first_mistake

STATUS_OF: dict[type[SluiceError], int] = {
    InvalidRequest: 400,
    WorkFailed: 400,
    Unauthorized: 401,
    Forbidden: 403,
    NotFound: 404,
    TooManyRequests: 429,
    Unavailable: 503,
}

Model = TypeVar("Model", bound=BaseModel)

# every router shares the event of the request that is being answered
_request = Router()


def key_with(needed: Scope) -> ApiKey:
    """The key that the request came with.

    Raises: Unauthorized, Forbidden.
    """
    return caller(_request.current_event.headers.get("authorization"), needed)


def parsed_query(model: type[Model]) -> Model:
    return parsed(model, _request.current_event.query_string_parameters or {})


def parsed_body(model: type[Model]) -> Model:
    """Raises: InvalidRequest."""
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


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Response[str]:
    return Response(
        status_code=status,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def say_error(error: SluiceError) -> Response[str]:
    """An error as JSON; what is no caller's business says so and no more."""
    status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 500)
    view = ErrorView(kind=error.code, message=error.message, field=getattr(error, "field", None))
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    return answer(status, view.model_dump(exclude_none=True), headers)
