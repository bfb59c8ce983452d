"""submit(): a request becomes a recorded task, and its workflow is started. Every door ends here."""

from collections.abc import Sequence

from sluice import ids, library
from sluice.aws import files, workflow
from sluice.aws.files import Head
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.requests import checked, filled
from sluice.settings import settings
from sluice.tasks import Source, Status, SubtaskRequest, Task, new_task
from sluice.workflows import DEFAULT, workflow_for

TENANT_OF_UPLOADS = "default"


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
    return submit(task)


def submit_request(
    source: Source,
    subtasks: Sequence[SubtaskRequest],
    *,
    tenant: str,
    workflow_name: str | None = None,
    alone: bool = False,
    trigger: str = "api",
) -> Task:
    """A request becomes a task of its own: its subtasks, or those of the named workflow, or of the default one.

    `alone` is for requests that know no list of subtasks, and must not hear of one when something is wrong.

    Raises: InvalidRequest for what can't be, naming the field; BadSource when there is no such file.
    """
    if not subtasks:
        workflow_name = workflow_name or DEFAULT
        subtasks = library.workflow_named(workflow_name, tenant).requests
    requests = checked([library.with_preset(request, tenant) for request in subtasks], alone=alone)
    if source.bucket and source.key:
        source = _object_source(source.bucket, source.key, files.head(source.bucket, source.key))
    moment = now()
    task = new_task(
        ids.random_id(moment),
        source,
        requests,
        trigger=trigger,
        workflow=workflow_name,
        tenant=tenant,
        created_at=moment,
        retention=settings().retention,
    )
    return submit(task)


def submit(task: Task) -> Task:
    """Record the task and start it; one that is recorded already is returned as it stands.

    The start is repeated while the task waits, which mends a crash between the two writes.
    """
    store = TaskStore(settings().table)
    stored = task if store.create(task) else store.get(task.id, at=now())
    if stored.status is Status.WAITING:
        workflow.start(stored)
    return stored


def _object_source(bucket: str, key: str, head: Head) -> Source:
    return Source(bucket=bucket, key=key, etag=head.etag, size=head.size)
