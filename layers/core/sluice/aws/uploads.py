"""Uploads that a browser makes itself: signed requests to S3, whole or in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sluice.aws.clients import s3
from sluice.errors import InvalidRequest, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

_NOT_PARTS = {"InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML"}


class Part(NamedTuple):
    """A part that S3 has; `size` in bytes."""

    number: int
    size: int
    etag: str


def signed_put(bucket: str, key: str, *, seconds: int, size: int | None = None) -> str:
    """A URL that takes an object, of just this size when it is given: S3 refuses any other."""
    parameters = {"Bucket": bucket, "Key": key, **({"ContentLength": size} if size is not None else {})}
    return s3().generate_presigned_url("put_object", Params=parameters, ExpiresIn=seconds)


def begin(bucket: str, key: str, media_type: str | None) -> str:
    """The id of a new upload in parts."""
    more: dict[str, str] = {"ContentType": media_type} if media_type else {}
    return s3().create_multipart_upload(Bucket=bucket, Key=key, **more)["UploadId"]  # type: ignore[arg-type]


def signed_part(bucket: str, key: str, upload_id: str, number: int, *, seconds: int) -> str:
    parameters = {"Bucket": bucket, "Key": key, "UploadId": upload_id, "PartNumber": number}
    return s3().generate_presigned_url("upload_part", Params=parameters, ExpiresIn=seconds)


def parts(bucket: str, key: str, upload_id: str) -> list[Part]:
    """What S3 has of it.

    Raises: NotFound `upload_not_found`.
    """
    pages = s3().get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload_id)
    try:
        return [Part(p["PartNumber"], p["Size"], p["ETag"]) for page in pages for p in page.get("Parts", ())]
    except ClientError as error:
        raise _translated(error) from error


def complete(bucket: str, key: str, upload_id: str, etags: Mapping[int, str]) -> None:
    """Join the parts.

    Raises: NotFound `upload_not_found`, InvalidRequest `parts_invalid`.
    """
    listed: Iterable[CompletedPartTypeDef] = [{"PartNumber": n, "ETag": etags[n]} for n in sorted(etags)]
    try:
        s3().complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": list(listed)}
        )
    except ClientError as error:
        raise _translated(error) from error


def abort(bucket: str, key: str, upload_id: str) -> None:
    """Raises: NotFound `upload_not_found`."""
    try:
        s3().abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)
    except ClientError as error:
        raise _translated(error) from error


def _translated(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    if code in {"NoSuchUpload", "404", "NoSuchKey"}:
        return NotFound("There is no such upload (any more).", code="upload_not_found")
    if code in _NOT_PARTS:
        return InvalidRequest("These are not the parts of the upload.", field="parts", code="parts_invalid")
    return error
