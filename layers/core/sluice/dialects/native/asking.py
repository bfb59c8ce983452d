"""From what a caller asks for to a request of ours."""

from sluice import addresses, library
from sluice.aws import files
from sluice.dialects.native import ittybit
from sluice.dialects.native.models import NewTask
from sluice.errors import InvalidRequest
from sluice.intake import TaskRequest
from sluice.naming import path_mistake
from sluice.ownership import may_read
from sluice.settings import settings
from sluice.tasks import Notify, Source, SubtaskRequest
from sluice.workflows import DEFAULT

_MOST_KEY_CHARACTERS = 255


def request_of(wanted: NewTask, source: Source, tenant: str, idempotency_key: str | None) -> TaskRequest:
    """Raises: InvalidRequest."""
    return TaskRequest(
        source=source,
        subtasks=_placed(_asked_for(wanted), wanted, tenant),
        workflow=wanted.workflow,
        alone=wanted.kind is not None,
        tenant=tenant,
        trigger=wanted.trigger,
        priority=wanted.priority,
        metadata=wanted.metadata,
        client={"ref": wanted.ref} if wanted.ref else None,
        notify=_notify(wanted),
        once_key=_once_key(idempotency_key),
    )


def source_of(wanted: NewTask, tenant: str = "default") -> Source:
    """The source that a request names, checked as far as can be told without opening it.

    Raises: InvalidRequest; BadSource `source_missing` for a file of another tenant's.
    """
    if wanted.url is not None and not wanted.url.startswith("s3://"):
        addresses.parsed(wanted.url)
        return Source(url=wanted.url)
    if wanted.url:
        bucket, _, key = wanted.url.removeprefix("s3://").partition("/")
        field = "url"
    else:
        assert wanted.input, "the model wants one of them"
        bucket, key, field = wanted.input.bucket, wanted.input.key, "input.bucket"
    return own_object(bucket, key, tenant, field)


def own_object(bucket: str, key: str, tenant: str, field: str) -> Source:
    """A file of the media bucket that this tenant may read.

    Raises: InvalidRequest; BadSource `source_missing`.
    """
    if bucket != settings().media_bucket:
        message = f"Files are read from the bucket {settings().media_bucket!r} only."
        raise InvalidRequest(message, field=field, code="bucket_not_allowed")
    if not key or len(key.encode()) > 1024:
        raise InvalidRequest("The address names no file in the bucket.", field=field, code="url_invalid")
    if not may_read(tenant, key):
        raise files.missing(key)
    return Source(bucket=bucket, key=key)


def _asked_for(wanted: NewTask) -> tuple[SubtaskRequest, ...]:
    if wanted.kind is not None:
        kind = ittybit.kind_of(wanted.kind)
        return (SubtaskRequest(kind=kind, options=ittybit.options_of(kind, wanted.options or {})),)
    return tuple(subtask.request() for subtask in wanted.subtasks or ())


def _placed(asked: tuple[SubtaskRequest, ...], wanted: NewTask, tenant: str) -> tuple[SubtaskRequest, ...]:
    """The subtasks, those without a place of their own under the task's; several get a folder each."""
    path = _path(wanted)
    if path is None:
        return asked
    field = "output_path" if wanted.output_path else "folder" if wanted.folder else "filename"
    if mistake := path_mistake(path):
        raise InvalidRequest(f"{field}: {mistake}.", field=field)
    several = asked or library.workflow_named(wanted.workflow or DEFAULT, tenant).requests
    if len(several) == 1:
        return (several[0].model_copy(update={"output_path": several[0].output_path or path}),)
    if not path.endswith("/"):
        message = f"{field}: the outputs of several subtasks need a folder, with `/` at its end."
        raise InvalidRequest(message, field=field)
    return tuple(
        subtask.model_copy(update={"output_path": subtask.output_path or f"{path}{number}-{subtask.kind}/"})
        for number, subtask in enumerate(several, start=1)
    )


def _path(wanted: NewTask) -> str | None:
    if wanted.folder is None:
        return wanted.output_path or wanted.filename
    return f"{wanted.folder.strip('/')}/{wanted.filename or ''}"


def _notify(wanted: NewTask) -> Notify | None:
    if wanted.webhook is None and wanted.webhook_url is None:
        return None
    url = wanted.webhook.url if wanted.webhook else wanted.webhook_url or ""
    try:
        addresses.parsed(url)
    except InvalidRequest as error:
        field = "webhook.url" if wanted.webhook else "webhook_url"
        raise InvalidRequest(error.message, field=field, code=error.code) from None
    if wanted.webhook is None:
        return Notify(url=url, dialect="ittybit")
    return Notify(url=url, change=wanted.webhook.change, secret=wanted.webhook.secret)


def _once_key(given: str | None) -> str | None:
    """Apart from the keys of other dialects."""
    if given is None:
        return None
    if not 1 <= len(given) <= _MOST_KEY_CHARACTERS:
        message = f"An idempotency key has 1 to {_MOST_KEY_CHARACTERS} characters."
        raise InvalidRequest(message, field="Idempotency-Key")
    return f"native:{given}"
