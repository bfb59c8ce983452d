"""Requests and answers of the API 3.0: what was signed, its parameters, the envelope, errors as the service says them.

https://www.tencentcloud.com/document/api/1041/33583 (error codes)
"""

import base64
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from sluice.dialects.tencent.auth import Signed
from sluice.dialects.tencent.errors import Refusal
from sluice.errors import (
    BadSource,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    RouteNotFound,
    SluiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    WorkFailed,
)

MOST_BODY_BYTES = 10_000_000
_MOST_LIST, _MOST_DEPTH, _MOST_PARAMETERS = 1000, 12, 10_000
_INDEX = re.compile(r"\d{1,4}", re.ASCII)

# What an error of ours is called there, the first that fits.
CODES: tuple[tuple[type[SluiceError], str], ...] = (
    (RouteNotFound, "UnsupportedProtocol"),
    (NotFound, "ResourceNotFound"),
    (Unauthorized, "AuthFailure.InvalidAuthorization"),
    (Forbidden, "AuthFailure.UnauthorizedOperation"),
    (TooManyRequests, "RequestLimitExceeded"),
    (Unavailable, "ServiceUnavailable"),
    (BadSource, "InvalidParameterValue.SrcFile"),
    (WorkFailed, "InvalidParameterValue"),
    (Conflict, "InvalidParameterValue"),
    (InvalidRequest, "InvalidParameterValue"),
)


class Request(NamedTuple):
    """A request as it came: its action and version, what was signed, the `Authorization` header."""

    action: str
    version: str
    authorization: str | None
    signed: Signed


# ── what came ─────────────────────────────────────────────────────────────────────────────────


def is_ours(event: APIGatewayProxyEventV2) -> bool:
    """Whatever has a sign of this API, on any path since one may stand before it, and whatever is sent to `/`.

    A mere `GET /` is somebody who looks around.
    """
    headers = _headers(event)
    if headers.get("authorization", "").startswith("TC3-") or any(name.startswith("x-tc-") for name in headers):
        return True
    if event.raw_path != "/":
        return False
    is_action = any(name == "Action" for name, _ in parse_qsl(event.raw_query_string or ""))
    return is_action or event.http_method not in {"GET", "HEAD", "OPTIONS"}


def request_of(event: APIGatewayProxyEventV2) -> Request:
    """Raises: Refusal for a body that is too large."""
    headers = _headers(event)
    query = event.raw_query_string or ""
    body = _body(event)
    if len(body) > MOST_BODY_BYTES:
        raise Refusal("RequestSizeLimitExceeded", f"A request has at most {MOST_BODY_BYTES} bytes.")
    return Request(
        action=headers.get("x-tc-action", "").strip(),
        version=headers.get("x-tc-version", "").strip(),
        authorization=headers.get("authorization"),
        signed=Signed(event.http_method.upper(), headers, query, body),
    )


def _headers(event: APIGatewayProxyEventV2) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _body(event: APIGatewayProxyEventV2) -> bytes:
    """The raw bytes: what is signed is these, and not what they say."""
    text = event.get("body") or ""
    return base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()


def parameters(signed: Signed) -> Any:
    """The parameters of the action: the body's JSON, or the flat names of a query.

    Raises: Refusal.
    """
    if signed.method == "GET":
        return unflattened(signed.query)
    try:
        return json.loads(signed.payload or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal("InvalidParameter", "The body is not valid JSON.") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def unflattened(query: str) -> dict[str, Any]:
    """`Set.0.Definition=10` as {"Set": [{"Definition": "10"}]}. All values are text.

    Raises: Refusal for names that contradict each other.
    """
    tree: dict[str, Any] = {}
    pairs = parse_qsl(query, keep_blank_values=True)
    if len(pairs) > _MOST_PARAMETERS:
        raise Refusal("InvalidParameter", f"A request has at most {_MOST_PARAMETERS} parameters.")
    for name, value in pairs:
        _put(tree, name, value)
    return {name: _listed(value, name) for name, value in tree.items()}


def _put(tree: dict[str, Any], name: str, value: str) -> None:
    parts = name.split(".")
    if len(parts) > _MOST_DEPTH or not all(parts):
        raise Refusal("InvalidParameter", f"There is no parameter {name[:100]!r}.")
    for part in parts[:-1]:
        tree = tree.setdefault(part, {})
        if not isinstance(tree, dict):
            raise Refusal("InvalidParameter", f"{name[:100]} is both a value and an object.")
    if parts[-1] in tree:
        raise Refusal("InvalidParameter", f"{name[:100]} is given twice.")
    tree[parts[-1]] = value


def _listed(value: Any, name: str) -> Any:
    """An object whose names are 0, 1, 2 … is a list."""
    if not isinstance(value, dict):
        return value
    found = {part: _listed(inner, f"{name}.{part}") for part, inner in value.items()}
    if not all(_INDEX.fullmatch(part) for part in found):
        return found
    order = sorted(found, key=int)
    if [int(part) for part in order] != list(range(len(order))) or len(order) > _MOST_LIST:
        raise Refusal("InvalidParameter", f"{name[:100]} is a list; its entries are numbered from 0.")
    return [found[part] for part in order]


# ── what goes back ────────────────────────────────────────────────────────────────────────────


def answer(content: Mapping[str, Any]) -> Response[str]:
    """The envelope. The SDK takes any other status for a broken network, and any other type for an empty answer."""
    body = {"Response": {**content, "RequestId": str(uuid.uuid4())}}
    return Response(
        status_code=200,
        content_type="application/json",
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        headers={"Cache-Control": "no-store"},
    )


def say_error(error: SluiceError) -> Response[str]:
    """An error in the service's words; messages are English, whichever language is asked for."""
    response = answer({"Error": {"Code": code_of(error), "Message": error.message}})
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def code_of(error: SluiceError) -> str:
    if isinstance(error, Refusal):
        return error.code
    return next((code for kind, code in CODES if isinstance(error, kind)), "InternalError")
