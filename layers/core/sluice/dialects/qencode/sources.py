"""What a request names outside of itself: its source, and whom to call back."""

from sluice import addresses
from sluice.aws.tus import UploadNotFound, UploadStore
from sluice.clock import now
from sluice.dialects.qencode.places import Buckets, source_at, upload_id
from sluice.errors import InvalidRequest
from sluice.settings import settings
from sluice.tasks import Notify, Source


def buckets() -> Buckets:
    return Buckets(settings().media_bucket, settings().output_bucket)


def resolved(url: str, tenant: str, *, field: str) -> Source:
    """The source behind an address, `tus:` ones included.

    Raises: InvalidRequest.
    """
    uploaded = upload_id(url)
    return _uploaded(uploaded, tenant, field) if uploaded else source_at(url, buckets(), tenant, field=field)


def _uploaded(uploaded: str, tenant: str, field: str) -> Source:
    store = UploadStore(settings().table)
    try:
        upload = store.get(uploaded, at=now())
    except UploadNotFound:
        upload = None
    if upload is None or upload.tenant != tenant:
        raise InvalidRequest(
            f"{field}: there is no upload {uploaded}, or its time is over.", field=field, code="upload_not_found"
        )
    if not upload.is_whole:
        message = f"{field}: the upload has {upload.offset} of {upload.length} bytes."
        raise InvalidRequest(message, field=field, code="upload_unfinished")
    store.finished(upload)
    return Source(bucket=upload.bucket, key=upload.key)


def callback(url: str) -> Notify:
    """Raises: InvalidRequest."""
    try:
        addresses.parsed(url)
    except InvalidRequest as error:
        raise InvalidRequest(f"callback_url: {error.message}", field="callback_url", code="url_invalid") from error
    return Notify(url=url, dialect="qencode", change=True)
