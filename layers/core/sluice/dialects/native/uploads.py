"""/uploads: signed requests by which a browser puts a file straight into S3.

In the shapes that Uppy's plugin AwsS3 wants (https://uppy.io/docs/aws-s3/): `method`, `url`, `fields` and `headers` for
a whole file, `uploadId` and `key` for one in parts, `PartNumber`, `Size` and `ETag` of each part.
"""

from typing import Any, Literal
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, Field

from sluice import ids
from sluice.addresses import file_name
from sluice.aws import uploads
from sluice.clock import now
from sluice.dialects.native.describing import (
    Fragment,
    answers,
    answers_many,
    errors,
    operation,
    path_parameter,
    query_parameters,
)
from sluice.dialects.native.http import answer, key_with, parsed_body, parsed_query
from sluice.dialects.native.models import Incoming
from sluice.errors import InvalidRequest, NotFound
from sluice.intake import TENANT_OF_UPLOADS
from sluice.keys import Scope
from sluice.naming import path_mistake
from sluice.ownership import INCOMING
from sluice.settings import settings

router = Router()

# S3 takes 5 GB at once, and 10,000 parts of at least 5 MiB.
MOST_AT_ONCE = 5_000_000_000
LEAST_PART, MOST_PARTS = 8 * 1024 * 1024, 10_000
_MOST_UPLOAD_ID = 1024


class NewUpload(Incoming):
    """A file to come: `start` makes a task of it as soon as it is there, by the workflow that is bound to its place."""

    filename: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1, strict=True, description="Bytes.")
    type: str | None = Field(None, max_length=100, pattern=r"^[\w.+-]+/[\w.+-]+$", description="Its media type.")
    folder: str = Field("", max_length=200, description="Below the place for uploads.")
    multipart: bool = Field(False, strict=True, description="In parts, which can be resumed. Needed above 5 GB.")
    start: bool = Field(True, strict=True, description="False: nothing starts; name the key in POST /tasks.")


class UploadView(BaseModel):
    """`input` is what POST /tasks takes. For parts there is `uploadId`, the size of a part and their count."""

    bucket: str
    key: str
    input: dict[str, str]
    method: Literal["PUT"] = "PUT"
    url: str | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    uploadId: str | None = None
    part_size: int | None = None
    part_count: int | None = None
    expires_in: int


class PartView(BaseModel):
    url: str
    headers: dict[str, str] = Field(default_factory=dict)
    expires_in: int


class StoredPart(BaseModel):
    PartNumber: int
    Size: int
    ETag: str


class Completed(BaseModel):
    location: str
    key: str
    input: dict[str, str]


class DonePart(Incoming):
    PartNumber: int = Field(ge=1, le=MOST_PARTS, strict=True)
    ETag: str = Field(min_length=1, max_length=100)


class Completion(Incoming):
    parts: tuple[DonePart, ...] = Field(min_length=1, max_length=MOST_PARTS)


class WhichKey(Incoming):
    key: str = Field(min_length=1, max_length=1024, description="As POST /uploads gave it.")


@router.post("/uploads")
def create_upload() -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    wanted = parsed_body(NewUpload)
    key = _new_key(wanted, tenant)
    if wanted.multipart:
        return answer(201, _in_parts(wanted, key).model_dump())
    url = uploads.signed_put(_bucket(), key, size=wanted.size, seconds=settings().url_seconds)
    headers = {"Content-Type": wanted.type} if wanted.type else {}
    view = UploadView(**_place(key), url=url, headers=headers, expires_in=settings().url_seconds)
    return answer(201, view.model_dump())


@router.get("/uploads/<upload_id>")
def list_parts(upload_id: str) -> Response[str]:
    upload_id, key = _own(upload_id)
    found = uploads.parts(_bucket(), key, upload_id)
    return answer(200, [StoredPart(PartNumber=p.number, Size=p.size, ETag=p.etag).model_dump() for p in found])


@router.get("/uploads/<upload_id>/parts/<number>")
def sign_part(upload_id: str, number: str) -> Response[str]:
    upload_id, key = _own(upload_id)
    if not (number.isascii() and number.isdigit() and 1 <= int(number[:6]) <= MOST_PARTS):
        raise InvalidRequest(f"Parts are numbered from 1 to {MOST_PARTS}.", field="number")
    url = uploads.signed_part(_bucket(), key, upload_id, int(number), seconds=settings().url_seconds)
    return answer(200, PartView(url=url, expires_in=settings().url_seconds).model_dump())


@router.post("/uploads/<upload_id>/complete")
def complete_upload(upload_id: str) -> Response[str]:
    upload_id, key = _own(upload_id)
    given = {part.PartNumber: part.ETag for part in parsed_body(Completion).parts}
    if sum(part.size for part in uploads.parts(_bucket(), key, upload_id)) > settings().max_source_bytes:
        uploads.abort(_bucket(), key, upload_id)
        raise _too_large()
    uploads.complete(_bucket(), key, upload_id, given)
    return answer(200, Completed(location=f"s3://{_bucket()}/{key}", **_place(key, only={"key", "input"})).model_dump())


@router.delete("/uploads/<upload_id>")
def abort_upload(upload_id: str) -> Response[str]:
    upload_id, key = _own(upload_id)
    uploads.abort(_bucket(), key, upload_id)
    return answer(202, {"message": "The upload is given up."})


def _in_parts(wanted: NewUpload, key: str) -> UploadView:
    size = max(LEAST_PART, -(-wanted.size // MOST_PARTS))
    return UploadView(
        **_place(key),
        uploadId=uploads.begin(_bucket(), key, wanted.type),
        part_size=size,
        part_count=-(-wanted.size // size),
        expires_in=settings().url_seconds,
    )


def _new_key(wanted: NewUpload, tenant: str) -> str:
    """A place that nothing else has, below the tenant's.

    Raises: InvalidRequest.
    """
    if wanted.size > settings().max_source_bytes:
        raise _too_large()
    if wanted.size > MOST_AT_ONCE and not wanted.multipart:
        raise InvalidRequest("A file of this size is uploaded in parts.", field="multipart", code="multipart_needed")
    if wanted.start and tenant != TENANT_OF_UPLOADS:
        message = f"Uploads start tasks of the tenant {TENANT_OF_UPLOADS!r} only; send start: false, then POST /tasks."
        raise InvalidRequest(message, field="start", code="not_supported")
    folder = wanted.folder.strip("/")
    if folder and (mistake := path_mistake(folder)):
        raise InvalidRequest(f"folder: {mistake}.", field="folder")
    prefix = settings().upload_prefix if wanted.start else f"{INCOMING}{tenant}/"
    return f"{prefix}{folder}{'/' if folder else ''}{ids.random_id(now())}/{file_name(wanted.filename)}"


def _too_large() -> InvalidRequest:
    message = f"A file has at most {settings().max_source_bytes} bytes."
    return InvalidRequest(message, field="size", code="source_too_large")


def _own(upload_id: str) -> tuple[str, str]:
    """The id, and the key that comes with it, which must be of the caller's own place.

    Raises: NotFound `upload_not_found`.
    """
    tenant = key_with(Scope.SUBMIT).tenant
    key = parsed_query(WhichKey).key
    upload_id = unquote(upload_id)
    own = (f"{INCOMING}{tenant}/", *([settings().upload_prefix] if tenant == TENANT_OF_UPLOADS else []))
    if not key.startswith(own) or len(upload_id) > _MOST_UPLOAD_ID:
        raise NotFound("There is no such upload (any more).", code="upload_not_found")
    return upload_id, key


def _place(key: str, only: set[str] | None = None) -> dict[str, Any]:
    place = {"bucket": _bucket(), "key": key, "input": {"bucket": _bucket(), "key": key}}
    return {name: value for name, value in place.items() if only is None or name in only}


def _bucket() -> str:
    return settings().media_bucket


def described() -> Fragment:
    upload_id, key = path_parameter("upload_id"), query_parameters(WhichKey)
    missing = errors(400, 404)
    create = operation(
        "createUpload",
        "A signed request for a file, or an upload in parts",
        answers(201, "UploadView"),
        body="NewUpload",
    )
    listing = operation(
        "listParts", "The parts that are there", {**answers_many(200, "StoredPart"), **missing}, parameters=key
    )
    abort = operation("abortUpload", "Give an upload up", {**answers(202, "MessageView"), **missing}, parameters=key)
    sign = operation(
        "signPart", "A signed request for one part", {**answers(200, "PartView"), **missing}, parameters=key
    )
    complete = operation(
        "completeUpload", "Join the parts", {**answers(200, "Completed"), **missing}, body="Completion", parameters=key
    )
    number = path_parameter("number", {"type": "integer", "minimum": 1, "maximum": MOST_PARTS})
    return Fragment(
        {
            "/uploads": {"post": create},
            "/uploads/{upload_id}": {"parameters": [upload_id], "get": listing, "delete": abort},
            "/uploads/{upload_id}/parts/{number}": {"parameters": [upload_id, number], "get": sign},
            "/uploads/{upload_id}/complete": {"parameters": [upload_id], "post": complete},
        },
        incoming=(NewUpload, Completion),
        outgoing=(UploadView, PartView, StoredPart, Completed),
    )
