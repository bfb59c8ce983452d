"""What is the source? Its version is pinned, its first bytes and its probe say whether we take it."""

from sluice.aws import files
from sluice.aws.spending import Spending
from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.costs import estimate
from sluice.errors import BadSource, LimitExceeded, WorkFailed
from sluice.ffmpeg.probe import probe
from sluice.jobs import JobRef, JobResult
from sluice.looks import refused_as_source
from sluice.planning import limit_failure, settle
from sluice.settings import settings
from sluice.tasks import Cost, Failure, OutputRef, Source, Status, Task

_HEAD_BYTES = 512
_PROBE_SECONDS = 100.0


def validate(task_id: str, attempt: int) -> Failure | None:
    """Move the task from waiting over validating to queued, its source described; or say why it can't be processed.

    Raises: Cancelled.
    """
    store = TaskStore(settings().table)
    task = store.current(task_id, attempt, at=now())
    store.move(task, Status.VALIDATING, started_at=iso(task.started_at or now()))
    try:
        source = described(task.source)
    except WorkFailed as error:
        return Failure.of(error)
    assert source.media
    cost = estimate(task, source.media)
    if failure := _over_budget(task, cost):
        return failure
    values = {"source": source.model_dump(mode="json", exclude_none=True), "estimate": cost.model_dump(mode="json")}
    store.move(task, Status.QUEUED, **values)
    return None


def _over_budget(task: Task, cost: Cost) -> Failure | None:
    """Why the task would cost more than it, or its tenant today, may; None when it may be done."""
    limits = settings()
    if limits.max_task_usd and cost.usd > limits.max_task_usd:
        message = f"The task would cost about ${cost.usd:.4f}; a task may cost ${limits.max_task_usd:.4f}."
        return Failure(code="budget_exceeded", message=message)
    if not limits.max_tenant_day_usd:
        return None
    spent = Spending(limits.table).of_day(task.tenant, iso(now())[:10])
    if spent + cost.usd <= limits.max_tenant_day_usd:
        return None
    of_today = f"${spent:.4f} of today's ${limits.max_tenant_day_usd:.4f} are spent"
    return Failure(code="budget_exceeded", message=f"The task would cost about ${cost.usd:.4f}; {of_today}.")


def look_at_output(ref: JobRef) -> JobResult:
    """Describe the output that a subtask works on; or say why it can't be worked on."""
    store = TaskStore(settings().table)
    task = store.get(ref.task_id, at=now())
    subtask = task.subtasks[ref.number - 1]
    assert subtask.source, "the plan sends only subtasks that name an output"
    try:
        source = described(_output(task, subtask.source))
    except WorkFailed as error:
        return JobResult(failure=Failure.of(error))
    assert source.media
    if settled := settle(subtask, source.media):
        return settled
    store.set_input(task, ref.number, source)
    return JobResult()


def _output(task: Task, ref: OutputRef) -> Source:
    outputs = task.subtasks[ref.subtask - 1].outputs
    output = next((output for output in outputs if output.name == ref.name), None)
    if output is None:
        names = ", ".join(output.name for output in outputs[:10])
        message = f"Subtask {ref.subtask} made no output {ref.name!r}; it made {names or 'none'}."
        raise BadSource(message, code="file_missing")
    return Source(bucket=settings().output_bucket, key=output.key)


def described(source: Source) -> Source:
    """The source with its size, pinned version and probe.

    Raises: BadSource, LimitExceeded.
    """
    assert source.bucket and source.key, "a source is fetched before it is validated"
    head = files.head(source.bucket, source.key)
    if source.etag and head.etag != source.etag:
        raise BadSource("The file was overwritten before it could be processed.", code="source_changed")
    _check_size(head.size)
    _check_sight(source.bucket, source.key)
    url = files.signed_url(source.bucket, source.key, seconds=settings().url_seconds)
    media = probe(url, etag=head.etag, timeout=_PROBE_SECONDS, max_pixels=settings().max_pixels)
    limits = settings()
    if failure := limit_failure(
        media,
        seconds=limits.max_duration_seconds,
        pixels=limits.max_pixels,
        streams=limits.max_streams,
    ):
        raise LimitExceeded(failure.message, code=failure.code)
    pinned = {"etag": head.etag, "size": head.size, "media": media}
    return source.model_copy(update=pinned)


def _check_size(size: int) -> None:
    if size == 0:
        raise BadSource("The file is empty. Upload it again.")
    if size > settings().max_source_bytes:
        raise LimitExceeded(
            f"The file has {size} bytes; this deployment takes up to {settings().max_source_bytes}.",
            code="source_too_large",
        )


def _check_sight(bucket: str, key: str) -> None:
    if name := refused_as_source(files.first_bytes(bucket, key, _HEAD_BYTES)):
        raise BadSource(
            f"The file is {name}, not media itself. Upload the media file.",
            code="source_unsupported",
        )
