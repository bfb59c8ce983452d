"""TC3-HMAC-SHA256: is a request signed by who it says it is? Pure: no clock, no keys, no HTTP.

https://www.tencentcloud.com/document/api/1041/33578 (Signature v3)
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, quote_plus, urlencode

from sluice.dialects.tencent.errors import Refusal

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE = "mps"
MOST_SKEW_SECONDS = 300
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
# A client that goes through a gateway signs the name of the service, and sends the gateway's.
HOST_ALIASES = ("mps.tencentcloudapi.com", "mps.intl.tencentcloudapi.com")

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM}\s+Credential=(?P<id>[^/,\s]+)/(?P<date>[^/,\s]+)/(?P<service>[^/,\s]+)/tc3_request\s*,"
    r"\s*SignedHeaders=(?P<headers>[^,\s]+)\s*,\s*Signature=(?P<signature>[0-9a-fA-F]{64})\s*",
    re.ASCII,
)
_TIMESTAMP = re.compile(r"\d{1,11}", re.ASCII)


class Authorization(NamedTuple):
    """The parts of an `Authorization` header; `signature` in small letters."""

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


class Signed(NamedTuple):
    """What a signature is about. `headers` have small names, `query` is as it was sent, `payload` the raw body."""

    method: str
    headers: Mapping[str, str]
    query: str
    payload: bytes

    @property
    def is_unsigned(self) -> bool:
        """Whether the signature leaves the body out."""
        return self.headers.get("x-tc-content-sha256") == UNSIGNED_PAYLOAD


def parsed(header: str | None) -> Authorization:
    """Raises: Refusal `AuthFailure.InvalidAuthorization`, for `SKIP` as well."""
    found = _AUTHORIZATION.fullmatch((header or "").strip())
    names = tuple(found["headers"].lower().split(";")) if found else ()
    if not found or not all(names):
        message = f"The header Authorization must be «{ALGORITHM} Credential=…, SignedHeaders=…, Signature=…»."
        raise Refusal("AuthFailure.InvalidAuthorization", message)
    return Authorization(found["id"], found["date"], found["service"], names, found["signature"].lower())


def signed_at(headers: Mapping[str, str], now: datetime) -> int:
    """The `X-TC-Timestamp`, in Unix seconds.

    Raises: Refusal `AuthFailure.SignatureExpire` when it is more than 300 s from now.
    """
    text = headers.get("x-tc-timestamp", "").strip()
    if not _TIMESTAMP.fullmatch(text):
        raise Refusal("AuthFailure.InvalidAuthorization", "The header X-TC-Timestamp must hold Unix seconds.")
    if abs(now.timestamp() - int(text)) > MOST_SKEW_SECONDS:
        message = f"X-TC-Timestamp is more than {MOST_SKEW_SECONDS} s from the time here; look at your clock."
        raise Refusal("AuthFailure.SignatureExpire", message)
    return int(text)


def verify(request: Signed, authorization: Authorization, secret_key: str, timestamp: int) -> None:
    """Raises: Refusal `AuthFailure.SignatureFailure`."""
    day = datetime.fromtimestamp(timestamp, UTC).date().isoformat()
    if (authorization.service, authorization.date) != (SERVICE, day):
        raise _failure(f"The credential's scope must be {day}/{SERVICE}/tc3_request")
    absent = [name for name in authorization.signed_headers if name not in request.headers]
    if absent or "host" not in authorization.signed_headers:
        raise _failure(f"A signed header is absent: {(absent or ['host'])[0][:100]}")
    signatures = (
        signature(canonical, authorization.date, timestamp, secret_key)
        for canonical in canonical_requests(request, authorization.signed_headers)
    )
    if not any(hmac.compare_digest(found, authorization.signature) for found in signatures):
        raise _failure("The signature is not the one of this request and key")


def _failure(message: str) -> Refusal:
    return Refusal("AuthFailure.SignatureFailure", f"{message}.")


def canonical_requests(request: Signed, signed_headers: tuple[str, ...]) -> Iterator[str]:
    """The ways in which clients write down one request: there is a choice of host, of case, of a query's escapes.

    Each says the same request, so trying all of them lets no other one through. The path is `/` whatever is asked for.
    """
    payload = UNSIGNED_PAYLOAD.encode() if request.is_unsigned else request.payload
    digest = hashlib.sha256(payload if request.is_unsigned or request.method != "GET" else b"").hexdigest()
    names = ";".join(signed_headers)
    ways = product(_queries(request), (request.headers.get("host", ""), *HOST_ALIASES), (False, True))
    for query, host, in_small_letters in ways:
        headers = _canonical_headers({**request.headers, "host": host}, signed_headers, in_small_letters)
        yield f"{request.method}\n/\n{query}\n{headers}\n{names}\n{digest}"


def _queries(request: Signed) -> tuple[str, ...]:
    """As it was sent, and as it was before a gateway has escaped it anew."""
    if request.method != "GET" or not request.query:
        return (request.query,)
    plain = parse_qsl(request.query, keep_blank_values=True, errors="surrogateescape")
    again = (urlencode(plain, errors="surrogateescape", quote_via=way) for way in (quote, quote_plus))
    return tuple(dict.fromkeys((request.query, *again)))


def _canonical_headers(headers: Mapping[str, str], names: tuple[str, ...], in_small_letters: bool) -> str:
    lines = []
    for name in names:
        value = headers[name].strip()
        lines.append(f"{name}:{value.lower() if in_small_letters or name.startswith('x-tc-action') else value}\n")
    return "".join(lines)


def signature(canonical_request: str, date: str, timestamp: int, secret_key: str) -> str:
    """The signature in hex."""
    digest = hashlib.sha256(canonical_request.encode("utf-8", "surrogateescape")).hexdigest()
    to_sign = f"{ALGORITHM}\n{timestamp}\n{date}/{SERVICE}/tc3_request\n{digest}"
    key = f"TC3{secret_key}".encode()
    for part in (date, SERVICE, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
