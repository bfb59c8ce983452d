"""Files in S3: look, sign, put, fetch. Errors that a file's owner can act on are translated here."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from sluice.aws.clients import s3
from sluice.errors import BadSource

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ObjectIdentifierTypeDef

_GONE = {"404", "NoSuchKey", "NotFound"}
_FORBIDDEN = {"403", "AccessDenied", "Forbidden"}


class Head(NamedTuple):
    """What S3 says of an object without reading it; `etag` without quotes, `size` in bytes."""

    etag: str
    size: int
    modified: datetime


class Found(NamedTuple):
    """An object as a listing shows it."""

    key: str
    etag: str
    modified: datetime


def head(bucket: str, key: str) -> Head:
    """The object's facts.

    Raises: BadSource `source_missing` when it isn't there, `source_forbidden` when it may not be read.
    """
    try:
        found = s3().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        raise _translated(error, key) from error
    return Head(etag=found["ETag"].strip('"'), size=found["ContentLength"], modified=found["LastModified"])


def first_bytes(bucket: str, key: str, count: int) -> bytes:
    """The beginning of a file that isn't empty.

    Raises: as `head`.
    """
    try:
        answer = s3().get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{count - 1}")
    except ClientError as error:
        raise _translated(error, key) from error
    return answer["Body"].read()


def signed_url(bucket: str, key: str, *, seconds: int, save_as: str | None = None) -> str:
    """A URL that reads this one object for a while; `save_as` makes browsers download it under that name."""
    parameters = {"Bucket": bucket, "Key": key}
    if save_as:
        parameters["ResponseContentDisposition"] = f'attachment; filename="{_header_safe(save_as)}"'
    return s3().generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)


def put(path: Path, bucket: str, key: str, media_type: str) -> None:
    """Upload a file, in parts when it is large."""
    s3().upload_file(str(path), bucket, key, ExtraArgs={"ContentType": media_type})


def put_file(path: Path, bucket: str, key: str, media_type: str) -> str:
    """Upload a file that isn't large in one piece; returns its ETag."""
    with path.open("rb") as body:
        return s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=media_type)["ETag"].strip('"')


def copy(bucket: str, key: str, target: str, media_type: str, *, etag: str) -> None:
    """Copy an object of our own within its bucket, on S3's side, if it is this version of it.

    Raises: BadSource `source_changed` for another version, `source_missing` when it isn't there.
    """
    try:
        s3().copy_object(
            Bucket=bucket, Key=target, CopySource={"Bucket": bucket, "Key": key}, CopySourceIfMatch=f'"{etag}"',
            ContentType=media_type, MetadataDirective="REPLACE",
        )  # fmt: skip
    except ClientError as error:
        if error.response["Error"]["Code"] in {"PreconditionFailed", "412"}:
            raise BadSource(f"The file {key!r} was overwritten.", code="source_changed") from error
        raise _translated(error, key) from error


def put_stream(stream: IO[bytes], bucket: str, key: str) -> None:
    """Upload what a stream gives, in parts, without keeping the whole of it."""
    s3().upload_fileobj(stream, bucket, key)


def get(bucket: str, key: str, path: Path) -> None:
    """Download a file of our own."""
    s3().download_file(bucket, key, str(path))


def pages(bucket: str, prefix: str, *, after: str | None = None) -> Iterator[list[Found]]:
    """The objects below a prefix in the order of their keys, a thousand at a time, from behind the key `after` on."""
    for page in s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after or ""):
        if items := page.get("Contents"):
            yield [Found(item["Key"], item["ETag"].strip('"'), item["LastModified"]) for item in items]


def remove_all(bucket: str, prefix: str) -> int:
    """Remove every object whose key begins so; returns how many there were."""
    removed = 0
    for page in s3().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        found: list[ObjectIdentifierTypeDef] = [{"Key": item["Key"]} for item in page.get("Contents", ())]
        if found:
            s3().delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
            removed += len(found)
    return removed


# ── ranges and parts ──────────────────────────────────────────────────────────────────────────


def read_range(bucket: str, key: str, offset: int, length: int, *, etag: str | None = None) -> bytes:
    """Bytes of an object, fewer at its end; with an `etag` only of that version of it.

    Raises: BadSource `source_changed` for another version; as `head`.
    """
    if length <= 0:
        return b""
    only = {"IfMatch": f'"{etag}"'} if etag else {}
    asked = f"bytes={offset}-{offset + length - 1}"
    try:
        return s3().get_object(Bucket=bucket, Key=key, Range=asked, **only)["Body"].read()  # type: ignore[arg-type]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in {"PreconditionFailed", "412"}:
            raise BadSource("The file was overwritten while it was being processed.", code="source_changed") from error
        if code in {"InvalidRange", "416"}:
            return b""
        raise _translated(error, key) from error


def content(bucket: str, key: str) -> bytes | None:
    """A small object of our own, or None when it isn't there."""
    try:
        return s3().get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise


def put_bytes(body: bytes, bucket: str, key: str, media_type: str) -> None:
    s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=media_type)


def put_new(body: bytes, bucket: str, key: str, media_type: str) -> bool:
    """Write an object that isn't there yet; False when it is."""
    try:
        s3().put_object(Bucket=bucket, Key=key, Body=body, ContentType=media_type, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] in {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}:
            return False
        raise
    return True


def put_parts(parts: Sequence[Callable[[], bytes]], bucket: str, key: str, media_type: str, *, at_once: int) -> None:
    """Upload an object whose parts, in this order, are made when their turn comes, so many at once.

    Each but the last has at least 5 MiB, as S3 wants it. What was begun and fails is given up.
    """
    if len(parts) == 1:
        put_bytes(parts[0](), bucket, key, media_type)
        return
    upload = s3().create_multipart_upload(Bucket=bucket, Key=key, ContentType=media_type)["UploadId"]

    def put(number: int) -> str:
        body = parts[number - 1]()
        return s3().upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)["ETag"]

    pool = ThreadPoolExecutor(at_once)
    try:
        etags = list(pool.map(put, range(1, len(parts) + 1)))
        done: list[CompletedPartTypeDef] = [{"ETag": etag, "PartNumber": n} for n, etag in enumerate(etags, start=1)]
        s3().complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": done})
    except BaseException:
        pool.shutdown(cancel_futures=True)
        s3().abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
        raise
    finally:
        pool.shutdown()


def _header_safe(name: str) -> str:
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)


def missing(key: str) -> BadSource:
    """Said of what isn't there, and of what isn't the asker's."""
    return BadSource(f"There is no file {key!r} in the bucket (any more).", code="source_missing")


def _translated(error: ClientError, key: str) -> Exception:
    code = error.response["Error"]["Code"]
    if code in _GONE:
        return missing(key)
    if code in _FORBIDDEN:
        return BadSource(f"The file {key!r} may not be read.", code="source_forbidden")
    return error
