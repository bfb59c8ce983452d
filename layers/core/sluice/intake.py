"""submit_…(): a request becomes a recorded task, and its workflow is started. Every door ends here."""

import hashlib
import json
from typing import Any

from sluice import admission, ids, library
from sluice.aws import files
from sluice.aws.files import Head
from sluice.aws.records import Once
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.errors import Conflict, Unavailable
from sluice.media import Value
from sluice.notifying import sealed_notify
from sluice.ownership import OWNER, may_read
from sluice.requests import checked, filled
from sluice.settings import settings
from sluice.tasks import Notify, Source, Status, SubtaskRequest, Task, new_task
from sluice.workflows import DEFAULT, workflow_for

TENANT_OF_UPLOADS = OWNER


def submit_upload(bucket: str, key: str) -> Task:
    """An uploaded object becomes the task of that very content; the same object again is the same task.

    Raises: BadSource `source_missing` when the object has gone before its event came.
    """
    head = files.head(bucket, key)
    chosen = workflow_for(key, library.workflows(TENANT_OF_UPLOADS))
    task = new_task(
        ids.upload_id(bucket, key, head.etag, head.modified),
        _object_source(bucket, key, head),
        [filled(library.with_preset(request, TENANT_OF_UPLOADS)) for request in chosen.requests],
        trigger="upload",
        workflow=chosen.name,
        tenant=TENANT_OF_UPLOADS,
        created_at=now(),
        retention=settings().retention,
    )
    admission.enlist(task.tenant)
    if TaskStore(settings().table).create(task):
        return _started(task)
    return resumed(task.id)


class TaskRequest(Value):
    """What a caller wants done: `subtasks`, or those of the `workflow`, or of the default one.

    `alone` is for requests that know no list of subtasks, and must not hear of one when something is wrong. Two
    requests with one `once_key` make one task.
    """

    source: Source
    subtasks: tuple[SubtaskRequest, ...] = ()
    workflow: str | None = None
    alone: bool = False
    tenant: str = "default"
    trigger: str = "api"
    dialect: str = "native"
    priority: int = 0
    metadata: dict[str, Any] | None = None
    client: dict[str, Any] | None = None
    notify: Notify | None = None
    once_key: str | None = None

    @property
    def fingerprint(self) -> str:
        """Tells a repetition from another request that reuses its key."""
        plain = self.model_dump(mode="json", exclude={"once_key", "trigger"})
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def submit_request(request: TaskRequest) -> Task:
    """A request becomes a task of its own, or is found to be one already.

    Raises: InvalidRequest for what can't be, naming the field; BadSource when there is no such file; Conflict
    `idempotency_key_reused` when its key was used for another request.
    """
    if request.once_key and (known := _known(request)):
        return known
    workflow_name, subtasks = request.workflow, request.subtasks
    if not subtasks:
        workflow_name = workflow_name or DEFAULT
        subtasks = library.workflow_named(workflow_name, request.tenant).requests
    wanted = [library.with_preset(subtask, request.tenant) for subtask in subtasks]
    asked = checked(wanted, tenant=request.tenant, alone=request.alone)
    source = request.source
    if source.bucket and source.key:
        if not may_read(request.tenant, source.key):
            raise files.missing(source.key)
        source = _object_source(source.bucket, source.key, files.head(source.bucket, source.key))
    moment = now()
    passed_on = ("tenant", "trigger", "dialect", "priority", "metadata", "client")
    task = new_task(
        ids.random_id(moment),
        source,
        asked,
        workflow=workflow_name,
        created_at=moment,
        retention=settings().retention,
        notify=sealed_notify(request.notify, request.tenant),
        **{name: getattr(request, name) for name in passed_on},
    )
    once = Once(request.tenant, request.once_key, request.fingerprint) if request.once_key else None
    admission.enlist(task.tenant)
    # without a key its id is nobody else's: a task that is there already was written by this very call
    if TaskStore(settings().table).create(task, once) or not once:
        return _started(task)
    if known := _known(request):
        return known
    raise Unavailable("The request came twice at once. Try again in a moment.")


def _known(request: TaskRequest) -> Task | None:
    """The task that an earlier request with the same key has made."""
    assert request.once_key
    store = TaskStore(settings().table)
    found = store.once(request.tenant, request.once_key)
    if found is None:
        return None
    task_id, fingerprint = found
    if fingerprint != request.fingerprint:
        raise Conflict("This key was used for another request.", code="idempotency_key_reused")
    return resumed(task_id)


def resumed(task_id: str) -> Task:
    """The recorded task, as it stands. One that waits is started when there is room, which also mends a crash between
    recording and starting.
    """
    task = TaskStore(settings().table).get(task_id, at=now())
    return _started(task) if task.status is Status.WAITING else task


def _started(task: Task) -> Task:
    """A waiting task, as it stood before whatever may start was started."""
    admission.admit()
    return task


def _object_source(bucket: str, key: str, head: Head) -> Source:
    return Source(bucket=bucket, key=key, etag=head.etag, size=head.size)
