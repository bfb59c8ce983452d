"""TUS 1.0.0 (https://tus.io/protocols/resumable-upload): /v1/upload_file/<task token>, and an upload below it.

Pieces as large as the way here lets through: API Gateway and Lambda take 4 MiB of raw bytes at a time, so clients have
to be told to send no more than that in one PATCH. Its errors are HTTP's own, as TUS wants them.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router

from sluice import access
from sluice.aws.keystore import KeyStore
from sluice.aws.tus import LEAST_PART, MOST_PARTS, Upload, UploadNotFound, UploadStore
from sluice.clock import now
from sluice.dialects.qencode import UPLOADS_PATH, tokens
from sluice.dialects.qencode.http import base_url, event, raw_body
from sluice.dialects.qencode.tokens import TaskToken
from sluice.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    SluiceError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from sluice.ownership import INCOMING
from sluice.settings import settings

router = Router()

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,termination"
UPLOAD_LIFE = timedelta(hours=24)
_PIECE = "application/offset+octet-stream"
_MOST_METADATA = 4000
_METHODS = ["OPTIONS", "POST", "HEAD", "PATCH", "DELETE", "GET", "PUT"]

STATUSES: tuple[tuple[type[SluiceError], int], ...] = (
    (InvalidRequest, 400),
    (Unauthorized, 401),
    (NotFound, 404),
    (Conflict, 409),
    (TooManyRequests, 429),
    (Unavailable, 503),
)


class UploadRefused(SluiceError):
    """An error that has an HTTP status of its own."""

    def __init__(self, status: int, message: str, code: str):
        super().__init__(message, code=code)
        self.status = status


# ── routes ────────────────────────────────────────────────────────────────────────────────────


@router.route("/v1/upload_file", method=_METHODS)
def without_token() -> Response[str]:
    return _answered({"OPTIONS": _options})


@router.route("/v1/upload_file/<token>", method=_METHODS)
def uploads(token: str) -> Response[str]:
    return _answered({"OPTIONS": _options, "POST": lambda: _create(token)})


@router.route("/v1/upload_file/<token>/<upload_id>", method=_METHODS)
def one_upload(token: str, upload_id: str) -> Response[str]:
    return _answered(
        {
            "OPTIONS": _options,
            "HEAD": lambda: _offset(token, upload_id),
            "PATCH": lambda: _append(token, upload_id),
            "DELETE": lambda: _remove(token, upload_id),
        }
    )


def _answered(methods: Mapping[str, Callable[[], Response[str]]]) -> Response[str]:
    """By the request's method, or the one that a client behind a narrow proxy says it means.

    Raises: UploadRefused.
    """
    method = (_header("x-http-method-override") or event().http_method).upper()
    if method not in methods:
        return _said(405, {"Allow": ", ".join(methods)})
    if method != "OPTIONS" and _header("tus-resumable") != VERSION:
        raise UploadRefused(412, f"Send Tus-Resumable: {VERSION}.", "version_unsupported")
    return methods[method]()


# ── methods ───────────────────────────────────────────────────────────────────────────────────


def _options() -> Response[str]:
    return _said(204, {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most_bytes())})


def _create(token: str) -> Response[str]:
    owner = _owner(token)
    length, metadata = _length(), _header("upload-metadata")
    if metadata and len(metadata) > _MOST_METADATA:
        raise UploadRefused(413, "Upload-Metadata is too long.", "metadata_too_long")
    upload_id = secrets.token_hex(16)
    upload = _store().begin(
        upload_id,
        owner.tenant,
        settings().media_bucket,
        f"{INCOMING}{owner.tenant}/{upload_id}",
        length=length,
        metadata=metadata or None,
        expires_at=int((now() + UPLOAD_LIFE).timestamp()),
    )
    return _said(201, {"Location": f"{base_url()}{UPLOADS_PATH}/{owner.token}/{upload.id}", **_facts(upload)})


def _offset(token: str, upload_id: str) -> Response[str]:
    upload = _store().finished(_upload(token, upload_id))
    metadata = {"Upload-Metadata": upload.metadata} if upload.metadata else {}
    return _said(200, {"Upload-Length": str(upload.length), **metadata, **_facts(upload)})


def _append(token: str, upload_id: str) -> Response[str]:
    if _header("content-type") != _PIECE:
        raise UploadRefused(415, f"A piece is sent as {_PIECE}.", "media_type_unsupported")
    upload = _upload(token, upload_id)
    offset, piece = _number("upload-offset"), raw_body()
    if offset != upload.offset:
        raise Conflict(f"The upload has {upload.offset} bytes, so the next piece begins there.", code="offset_conflict")
    if offset + len(piece) > upload.length:
        raise UploadRefused(413, f"That is more than the {upload.length} bytes that were announced.", "piece_too_long")
    if piece:
        upload = _store().append(upload, piece)
    return _said(204, _facts(upload))


def _remove(token: str, upload_id: str) -> Response[str]:
    _store().remove(_upload(token, upload_id))
    return _said(204, {})


# ── pieces ────────────────────────────────────────────────────────────────────────────────────


def most_bytes() -> int:
    """What may come in: what this deployment takes as a source, and what S3 can put together of smallest parts."""
    return min(settings().max_source_bytes, LEAST_PART * MOST_PARTS)


def _length() -> int:
    if _header("upload-defer-length"):
        raise InvalidRequest("Say the length at once: Upload-Defer-Length isn't supported.", code="length_missing")
    length = _number("upload-length")
    if length > most_bytes():
        raise UploadRefused(413, f"An upload has {most_bytes()} bytes at most.", "upload_too_large")
    return length


def _number(name: str) -> int:
    text = _header(name)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InvalidRequest(f"{name.title()} must be a number of bytes.", field=name, code="header_invalid")
    return int(text)


def _header(name: str) -> str:
    return (event().headers.get(name) or "").strip()


def _owner(token: str) -> TaskToken:
    """The task token in the address, of a key that is still good.

    Raises: UploadNotFound.
    """
    found = tokens.task_token(token)
    key = KeyStore(settings().table).get(found.key_id) if found else None
    if found is None or key is None or key.tenant != found.tenant:
        raise UploadNotFound("The task_token in this address is unknown, or its time is over.")
    access.within_limits(key, "write")
    return found


def _upload(token: str, upload_id: str) -> Upload:
    """Raises: UploadNotFound, also for another tenant's."""
    owner = _owner(token)
    upload = _store().get(upload_id[:100], at=now())
    if upload.tenant != owner.tenant:
        raise UploadNotFound("There is no such upload, or its time is over.")
    return upload


def _store() -> UploadStore:
    return UploadStore(settings().table)


def _facts(upload: Upload) -> dict[str, str]:
    expires = format_datetime(datetime.fromtimestamp(upload.expires_at, UTC), usegmt=True)
    return {"Upload-Offset": str(upload.offset), "Upload-Expires": expires}


def _said(status: int, headers: Mapping[str, str]) -> Response[str]:
    return Response(
        status_code=status, body="", headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers}
    )


def say_error(error: SluiceError) -> Response[str]:
    if isinstance(error, UploadRefused):
        status = error.status
    else:
        status = next((code for kind, code in STATUSES if isinstance(error, kind)), 500)
    headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    if status == 412:
        headers["Tus-Version"] = VERSION
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after)
    body = json.dumps({"error": error.code, "message": error.message}, ensure_ascii=False)
    return Response(status_code=status, content_type="application/json", body=body, headers=headers)
