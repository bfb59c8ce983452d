"""Files in S3: look, sign, put, fetch. Errors that a file's owner can act on are translated here."""

from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from botocore.exceptions import ClientError

from sluice.aws.clients import s3
from sluice.errors import BadSource

_GONE = {"404", "NoSuchKey", "NotFound"}
_FORBIDDEN = {"403", "AccessDenied", "Forbidden"}


class Head(NamedTuple):
    """What S3 says of an object without reading it; `etag` without quotes, `size` in bytes."""

    etag: str
    size: int
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


def put_stream(stream: IO[bytes], bucket: str, key: str) -> None:
    """Upload what a stream gives, in parts, without keeping the whole of it."""
    s3().upload_fileobj(stream, bucket, key)


def get(bucket: str, key: str, path: Path) -> None:
    """Download a file of our own."""
    s3().download_file(bucket, key, str(path))


def _header_safe(name: str) -> str:
    return "".join(c if c.isascii() and c.isprintable() and c not in '"\\' else "_" for c in name)


def _translated(error: ClientError, key: str) -> Exception:
    code = error.response["Error"]["Code"]
    if code in _GONE:
        return BadSource(f"There is no file {key!r} in the bucket (any more).", code="source_missing")
    if code in _FORBIDDEN:
        return BadSource(f"The file {key!r} may not be read.", code="source_forbidden")
    return error
