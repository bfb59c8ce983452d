"""Addresses in a query: where a source comes from, and where an output is to go. Pure.

http(s)://…                    fetched
tus:<uuid>                     what was uploaded through /v1/upload_file
s3://bucket/key                with or without KEY:SECRET@ in front, or an endpoint between: s3://host/bucket/key
"""

import re
from typing import NamedTuple

from sluice import addresses
from sluice.dialects.qencode.errors import refused
from sluice.errors import InvalidRequest
from sluice.naming import OUTPUTS, path_mistake
from sluice.ownership import may_read
from sluice.tasks import Source

# Keys of AWS have neither @ nor : in them, and no slash before the colon.
_CREDENTIALS = re.compile(r"[^/@:]+:[^@]+@")
_AWS_ENDPOINT = re.compile(r"s3[.-]([a-z0-9-]+\.)*amazonaws\.com(\.cn)?")
_TUS = re.compile(r"tus:([0-9a-f]{32})")
# What comes in by TUS lies here, by tenant.


class Buckets(NamedTuple):
    """The two that this deployment has."""

    media: str
    outputs: str


class S3Place(NamedTuple):
    bucket: str
    key: str


def s3_place(url: str) -> S3Place | None:
    """Bucket and key of an s3 address on AWS; None for any other endpoint. Credentials in it are passed over."""
    place = _CREDENTIALS.sub("", url.removeprefix("s3://"), count=1)
    first, _, rest = place.partition("/")
    if not _AWS_ENDPOINT.fullmatch(first):
        return None if "." in first or ":" in first else S3Place(first, rest)
    bucket, _, key = rest.partition("/")
    return S3Place(bucket, key)


def upload_id(url: str) -> str | None:
    """The id behind `tus:`, or None when it isn't such an address."""
    found = _TUS.fullmatch(url)
    return found[1] if found else None


def source_at(url: str, buckets: Buckets, tenant: str, *, field: str = "source") -> Source:
    """The source that an address names.

    Raises: InvalidRequest, for buckets of others too.
    """
    if not url.startswith("s3://"):
        try:
            addresses.parsed(url)
        except InvalidRequest:
            reason = "give http(s)://… without a password, s3://bucket/key or tus:<uuid>"
            raise InvalidRequest(f"{field}: {reason}.", field=field, code="url_invalid") from None
        return Source(url=url)
    place = s3_place(url)
    if place is None or place.bucket != buckets.media:
        raise refused(field, f"files are read from the bucket {buckets.media!r} only, or by http(s)")
    if not place.key or not may_read(tenant, place.key):
        raise InvalidRequest(f"{field}: the address names no file in the bucket.", field=field, code="url_invalid")
    return Source(bucket=place.bucket, key=place.key)


def output_path(url: str, buckets: Buckets, tenant: str, *, folder: bool, field: str) -> str:
    """The path below the tenant's part of the output bucket; with `folder` it ends in a slash.

    Raises: InvalidRequest; a foreign destination is refused by name.
    """
    place = s3_place(url) if url.startswith("s3://") else None
    if place is None or place.bucket != buckets.outputs:
        raise refused(field, f"outputs are put into the bucket {buckets.outputs!r} only, or leave destination out")
    path = place.key.removeprefix(f"{OUTPUTS}/at/{tenant}/")
    if folder and not path.endswith("/"):
        path += "/"
    if mistake := path_mistake(path):
        raise InvalidRequest(f"{field}: {mistake}.", field=field, code="path_invalid")
    return path
