"""/files, /media and /signatures: ittybit's view of what lies in the media bucket.

A file is a note of where something is: an object of the bucket, or an address of the web, which a task fetches when it
is made of it. Media is a name for files that belong together. To delete one removes the note, never what it is about.
"""

from typing import Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import Router
from pydantic import BaseModel, Field

from sluice import addresses
from sluice.aws import files as s3_files
from sluice.aws import uploads
from sluice.aws.register import Entry, Register
from sluice.clock import Timestamp, now
from sluice.dialects.native.asking import own_object
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
from sluice.dialects.native.models import Incoming, Metadata, Paged
from sluice.dialects.native.registered import found, headers, is_id, missing, new_id, page_of
from sluice.dialects.native.views import FileFacts
from sluice.errors import Conflict, InvalidRequest
from sluice.keys import Scope
from sluice.naming import path_mistake
from sluice.ownership import INCOMING
from sluice.settings import settings
from sluice.tasks import Source

router = Router()

MOST_FILES_OF_MEDIA = 100
_LONGEST_SECONDS = 7 * 24 * 3600


class File(Entry):
    """`key` when it lies in the media bucket, else `url`."""

    url: str | None = None
    key: str | None = None
    type: str | None = None
    size: int | None = None
    media_id: str | None = None
    folder: str | None = None
    filename: str | None = None
    ref: str | None = None
    metadata: dict[str, Any] | None = None


class Media(Entry):
    title: str | None = None
    alt: str | None = None
    metadata: dict[str, Any] | None = None
    file_ids: tuple[str, ...] = ()


class FileChange(Incoming):
    folder: str | None = Field(None, max_length=200)
    filename: str | None = Field(None, max_length=200)
    ref: str | None = Field(None, max_length=200)
    metadata: Metadata | None = None


class NewFile(FileChange):
    url: str = Field(max_length=2048, description="http, https, or s3 of the media bucket.")
    media_id: str | None = Field(None, max_length=64)


class MediaChange(Incoming):
    title: str | None = Field(None, max_length=200)
    alt: str | None = Field(None, max_length=500)
    metadata: Metadata | None = None


class NewSignature(Incoming):
    """A signed URL of one file of the caller's own place in the media bucket."""

    filename: str = Field(min_length=1, max_length=200)
    folder: str | None = Field(None, max_length=200)
    expiry: int | None = Field(
        None, ge=1, strict=True, description="Unix seconds, at most seven days ahead; an hour when absent."
    )
    method: Literal["get", "put"] = "get"


class FileView(FileFacts):
    """`status`: ready when it lies in the bucket, waiting while it is an address of the web."""

    media_id: str | None = None
    folder: str | None = None
    filename: str | None = None
    original: bool = True
    created_by: str = "api"
    status: Literal["ready", "waiting"]
    created_at: Timestamp
    updated_at: Timestamp


class MediaView(BaseModel):
    id: str
    object: Literal["media"] = "media"
    kind: str | None = None
    title: str | None = None
    alt: str | None = None
    files: list[FileView]
    urls: dict[str, str]
    metadata: dict[str, Any] | None = None
    created: Timestamp
    updated: Timestamp
    created_at: Timestamp
    updated_at: Timestamp


class SignatureView(BaseModel):
    domain: str
    filename: str
    folder: str | None = None
    expiry: int
    method: str
    signature: str
    url: str


# ── files ─────────────────────────────────────────────────────────────────────────────────────


@router.get("/files")
def list_files() -> Response[str]:
    register = _files(key_with(Scope.READ, "list").tenant)
    query = parsed_query(Paged)
    page = page_of(register, query)
    views = [_say_file(file) for file in page[: query.limit]]
    return answer(200, views, headers("/files", query, len(page)))


@router.post("/files")
def create_file() -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    wanted = parsed_body(NewFile)
    file = _new_file(wanted, tenant)
    if wanted.media_id:
        _add(tenant, wanted.media_id, file.id)
    _files(tenant).put(file, new=True)
    return answer(201, _say_file(file), {"Location": f"/files/{file.id}"})


@router.get("/files/<file_id>")
def get_file(file_id: str) -> Response[str]:
    return answer(200, _say_file(found(_files(key_with(Scope.READ).tenant), file_id, "file")))


@router.patch("/files/<file_id>")
def update_file(file_id: str) -> Response[str]:
    register = _files(key_with(Scope.SUBMIT).tenant)
    changes = parsed_body(FileChange).model_dump(exclude_unset=True)
    file = found(register, file_id, "file").model_copy(update={**changes, "updated_at": now()})
    if not register.put(file):
        raise missing("file", file_id)
    return answer(200, _say_file(file))


@router.delete("/files/<file_id>")
def delete_file(file_id: str) -> Response[str]:
    register = _files(key_with(Scope.SUBMIT).tenant)
    if not is_id(file_id, "file") or not register.delete(file_id):
        raise missing("file", file_id)
    return answer(202, {"message": f"The file {file_id!r} is no longer registered; what it is about stays."})


def source_of_file(file_id: str, tenant: str) -> Source:
    """What a task about a registered file is about.

    Raises: InvalidRequest `file_unknown`.
    """
    file = _files(tenant).get(file_id) if is_id(file_id, "file") else None
    if file is None:
        raise InvalidRequest(f"There is no file {file_id!r}.", field="file_id", code="file_unknown")
    return Source(bucket=settings().media_bucket, key=file.key) if file.key else Source(url=file.url)


def _new_file(wanted: NewFile, tenant: str) -> File:
    moment = now()
    plain = wanted.model_dump(exclude={"url"})
    file = File(id=new_id("file"), created_at=moment, updated_at=moment, **plain)
    if not wanted.url.startswith("s3://"):
        addresses.parsed(wanted.url)
        return file.model_copy(update={"url": wanted.url})
    bucket, _, key = wanted.url.removeprefix("s3://").partition("/")
    own_object(bucket, key, tenant, "url")
    return file.model_copy(update={"key": key, "size": s3_files.head(bucket, key).size})


def _say_file(file: File) -> dict[str, Any]:
    url = file.url
    if file.key:
        url = s3_files.signed_url(settings().media_bucket, file.key, seconds=settings().url_seconds)
    view = FileView(
        **file.model_dump(exclude={"url", "key", "size"}),
        url=url,
        filesize=file.size,
        status="ready" if file.key else "waiting",
        created=file.created_at,
        updated=file.updated_at,
    )
    return view.model_dump(mode="json")


def _files(tenant: str) -> Register[File]:
    return Register(settings().table, tenant, File)


# ── media ─────────────────────────────────────────────────────────────────────────────────────


@router.get("/media")
def list_media() -> Response[str]:
    tenant = key_with(Scope.READ, "list").tenant
    query = parsed_query(Paged)
    page = page_of(_media(tenant), query)
    views = [_say_media(media, tenant) for media in page[: query.limit]]
    return answer(200, views, headers("/media", query, len(page)))


@router.post("/media")
def create_media() -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    moment = now()
    wanted = parsed_body(MediaChange)
    media = Media(id=new_id("media"), created_at=moment, updated_at=moment, **wanted.model_dump())
    _media(tenant).put(media, new=True)
    return answer(201, _say_media(media, tenant), {"Location": f"/media/{media.id}"})


@router.get("/media/<media_id>")
def get_media(media_id: str) -> Response[str]:
    tenant = key_with(Scope.READ).tenant
    return answer(200, _say_media(found(_media(tenant), media_id, "media"), tenant))


@router.patch("/media/<media_id>")
def update_media(media_id: str) -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    changes = parsed_body(MediaChange).model_dump(exclude_unset=True)
    media = found(_media(tenant), media_id, "media").model_copy(update={**changes, "updated_at": now()})
    if not _media(tenant).put(media):
        raise missing("media", media_id)
    return answer(200, _say_media(media, tenant))


@router.delete("/media/<media_id>")
def delete_media(media_id: str) -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    if not is_id(media_id, "media") or not _media(tenant).delete(media_id):
        raise missing("media", media_id)
    return answer(202, {"message": f"The media {media_id!r} is deleted; its files stay."})


def _add(tenant: str, media_id: str, file_id: str) -> None:
    media = _media(tenant).get(media_id) if is_id(media_id, "media") else None
    if media is None:
        raise InvalidRequest(f"There is no media {media_id!r}.", field="media_id", code="media_unknown")
    if len(media.file_ids) >= MOST_FILES_OF_MEDIA:
        raise Conflict(f"Media has at most {MOST_FILES_OF_MEDIA} files.", code="media_full")
    _media(tenant).put(media.model_copy(update={"file_ids": (*media.file_ids, file_id), "updated_at": now()}))


def _say_media(media: Media, tenant: str) -> dict[str, Any]:
    files = [_say_file(file) for file_id in media.file_ids if (file := _files(tenant).get(file_id))]
    view = MediaView(
        **media.model_dump(exclude={"file_ids"}),
        files=[FileView.model_validate(file) for file in files],
        urls={file["ref"] or file["id"]: file["url"] for file in files},
        created=media.created_at,
        updated=media.updated_at,
    )
    return view.model_dump(mode="json")


def _media(tenant: str) -> Register[Media]:
    return Register(settings().table, tenant, Media)


# ── signatures ────────────────────────────────────────────────────────────────────────────────


@router.post("/signatures")
def create_signature() -> Response[str]:
    tenant = key_with(Scope.SUBMIT).tenant
    wanted = parsed_body(NewSignature)
    path = f"{wanted.folder.strip('/')}/{wanted.filename}" if wanted.folder else wanted.filename
    if mistake := path_mistake(path):
        raise InvalidRequest(f"filename: {mistake}.", field="filename")
    moment = int(now().timestamp())
    expiry = wanted.expiry or moment + settings().url_seconds
    if not moment < expiry <= moment + _LONGEST_SECONDS:
        raise InvalidRequest("expiry: it lies in the past, or more than seven days ahead.", field="expiry")
    key, bucket = f"{INCOMING}{tenant}/{path}", settings().media_bucket
    if wanted.method == "put":
        url = uploads.signed_put(bucket, key, seconds=expiry - moment)
    else:
        url = s3_files.signed_url(bucket, key, seconds=expiry - moment)
    return answer(201, _say_signature(wanted, url, expiry).model_dump())


def _say_signature(wanted: NewSignature, url: str, expiry: int) -> SignatureView:
    return SignatureView(
        domain=url.partition("://")[2].partition("/")[0],
        filename=wanted.filename,
        folder=wanted.folder,
        expiry=expiry,
        method=wanted.method,
        signature=url.rpartition("Signature=")[2].partition("&")[0],
        url=url,
    )


# ── the document ──────────────────────────────────────────────────────────────────────────────


def described() -> Fragment:
    sign = operation("createSignature", "A signed URL", answers(201, "SignatureView"), body="NewSignature")
    return Fragment(
        {
            **registered("file", "/files", "FileView", "NewFile", "FileChange"),
            **registered("media", "/media", "MediaView", "MediaChange", "MediaChange"),
            "/signatures": {"post": sign},
        },
        incoming=(NewFile, FileChange, MediaChange, NewSignature),
        outgoing=(FileView, MediaView, SignatureView),
    )


def registered(what: str, path: str, view: str, new: str, change: str) -> dict[str, Any]:
    """The five routes of something that is registered."""
    title = what.capitalize()
    one, gone = answers(200, view), {**answers(202, "MessageView"), **errors(404)}
    page = {**answers_many(200, view, ("Link", "Links", "Has-More", "Limit")), **errors(400)}
    listing = operation(
        f"list{title}", f"All {path.strip('/')}, newest first", page, parameters=query_parameters(Paged)
    )
    made = {**answers(201, view, "Done", ["Location"]), **errors(404, 409)}
    return {
        path: {"get": listing, "post": operation(f"create{title}", f"Register a {what}", made, body=new)},
        f"{path}/{{{what}_id}}": {
            "parameters": [path_parameter(f"{what}_id")],
            "get": operation(f"get{title}", f"One {what}", {**one, **errors(404)}),
            "patch": operation(f"update{title}", f"Change a {what}", {**one, **errors(404, 409)}, body=change),
            "delete": operation(f"delete{title}", f"Forget a {what}", gone),
        },
    }
