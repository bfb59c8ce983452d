"""Requests and answers of the Qencode dialect: forms in; JSON with an `error` number out, always with HTTP 200."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects.qencode.errors import FIELD_REQUIRED, QencodeError, number_of, refused
from sluice.errors import InvalidRequest, SluiceError, TooManyRequests

_MOST_FIELDS = 2000
# a host name, an IPv4 address or an IPv6 address in brackets, and perhaps a port: it comes back in our own addresses
_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9a-fA-F:.]+\](:\d{1,5})?")

# every router shares the event of the request that is being answered
_request = Router()

Form = Mapping[str, list[str]]


def event() -> APIGatewayProxyEventV2:
    return APIGatewayProxyEventV2(_request.current_event.raw_event)


def raw_body() -> bytes:
    """The bytes as they were sent: API Gateway hands on all but text in base64."""
    body = event().get("body") or ""
    if not event().get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return b""


def form() -> Form:
    """The fields of the body, each with all the values that it came with; `name[]` counts as `name`.

    Raises: InvalidRequest.
    """
    try:
        pairs = parse_qsl(raw_body().decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidRequest("The body is not a form (application/x-www-form-urlencoded, UTF-8).") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name.removesuffix("[]"), []).append(value)
    return fields


def known_only(fields: Form, *names: str) -> None:
    """Raises: InvalidRequest for a field that isn't known."""
    if unknown := sorted(set(fields) - {*names}):
        raise refused(unknown[0][:100], "this field isn't carried out")


def one(fields: Form, name: str) -> str:
    """Raises: QencodeError when it is missing, InvalidRequest when it came twice with two values."""
    value = maybe(fields, name)
    if not value:
        raise QencodeError(FIELD_REQUIRED, f"{name} field is required")
    return value


def maybe(fields: Form, name: str) -> str:
    values = set(fields.get(name, ())) or {""}
    if len(values) > 1:
        raise InvalidRequest(f"{name}: this came twice.", field=name)
    return values.pop().strip()


def base_url() -> str:
    """Where the caller reached us, without a slash at the end: its Host, and how it came to the gateway."""
    headers = event().headers
    host = headers.get("host") or event().request_context.domain_name or ""
    if not _HOST.fullmatch(host):
        raise InvalidRequest("The Host header is not a host name.", field="host")
    scheme = (headers.get("x-forwarded-proto") or "http").partition(",")[0].strip().lower()
    return f"{'https' if scheme == 'https' else 'http'}://{host}"


def answer(**members: Any) -> Response[str]:
    return _said({"error": 0, **members})


def say_error(error: SluiceError) -> Response[str]:
    """The number is what clients act on."""
    said: dict[str, Any] = {"error": number_of(error), "message": error.message}
    if isinstance(error, TooManyRequests):
        return _said({**said, "retry_after": error.retry_after}, {"Retry-After": str(error.retry_after)})
    return _said(said)


def _said(body: dict[str, Any], headers: dict[str, str] | None = None) -> Response[str]:
    return Response(
        status_code=200,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
