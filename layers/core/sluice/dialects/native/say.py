"""From our words to the callers': tasks as the API shows them, their files behind signed URLs."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sluice import tickets
from sluice.aws import files
from sluice.aws.secrets import table_secret
from sluice.clock import now
from sluice.dialects.native.ittybit import Version, status_for
from sluice.dialects.native.views import (
    InputView,
    OutputView,
    Results,
    Step,
    SubtaskView,
    TaskView,
    unix,
)
from sluice.media import MediaInfo
from sluice.settings import settings
from sluice.tasks import Output, Source, Status, Subtask, Task

MANIFESTS = (".m3u8", ".mpd")
# A player comes back for another rendition's playlist hours after it began.
PLAY_SECONDS = 12 * 3600
SEVERAL = "workflow"

_TIMES = ("created_at", "started_at", "finished_at", "updated_at", "expires_at")


def say_task(task: Task, *, with_subtasks: bool = True, version: Version = Version.OWN) -> dict[str, Any]:
    """The task as callers of this version see it, its files behind signed URLs."""
    source = _say_source(task)
    subtasks = [_say_subtask(task, subtask) for subtask in task.subtasks] if with_subtasks else None
    outputs = [output for subtask in subtasks for output in subtask.outputs] if subtasks is not None else None
    updated = updated_at(task)
    view = TaskView(
        **task.model_dump(exclude={"source", "subtasks", "expires_at", "progress", "status"}),
        status=task.status,
        kind=task.kinds[0] if task.subtask_count == 1 and task.kinds else SEVERAL,
        run_id=f"{task.id}-{task.attempt}",
        progress=int(task.progress),
        created_by="restart" if task.attempt > 1 else task.trigger,
        options=task.subtasks[0].options if with_subtasks and len(task.subtasks) == 1 else None,
        ref=(task.client or {}).get("ref"),
        webhook_url=task.notify.url if task.notify else None,
        input=source,
        inputs=[source],
        output=outputs[0] if outputs else None,
        outputs=outputs,
        ticket=play_ticket(task.id),
        subtasks=subtasks,
        results=_results(task.subtasks) if with_subtasks else None,
        created=task.created_at,
        updated=updated,
        updated_at=updated,
        expires_at=datetime.fromtimestamp(task.expires_at, UTC),
    )
    return worded(view, task, version)


def worded(view: TaskView, task: Task, version: Version) -> dict[str, Any]:
    """The view in the words of a version, plain."""
    said = view.model_dump(mode="json", by_alias=True)
    if version is Version.FIRST:
        said["status"] = status_for(task.status, version)
        said["error"] = task.error.message if task.error else None
        said["workflow"] = [{"kind": s.kind, "options": s.options} for s in task.subtasks]
        for subtask, plain in zip(task.subtasks, said["subtasks"] or (), strict=False):
            plain["status"] = status_for(subtask.status, version)
    if version is Version.LATER:
        for plain in (said, *(said["subtasks"] or ())):
            plain |= {name: _unix(plain[name]) for name in _TIMES if name in plain}
    return said


def _unix(text: str | None) -> int | None:
    return unix(datetime.fromisoformat(text)) if text else None


def updated_at(task: Task) -> datetime:
    """When something of it last began or ended."""
    moments = [task.created_at, task.started_at, task.finished_at]
    moments += [moment for s in task.subtasks for moment in (s.created_at, s.started_at, s.finished_at)]
    return max(moment for moment in moments if moment)


def fingerprint(task: Task) -> str:
    """All that an answer about a task is made from, but the time."""
    return task.model_dump_json()


# ── files ─────────────────────────────────────────────────────────────────────────────────────


def source_url(source: Source, *, save_as: str | None = None) -> str | None:
    """Where the source can be read; the given URL until it has been fetched."""
    if not (source.bucket and source.key):
        return source.url
    return files.signed_url(source.bucket, source.key, seconds=settings().url_seconds, save_as=save_as)


def output_url(output: Output, *, save_as: str | None = None) -> str:
    return files.signed_url(settings().output_bucket, output.key, seconds=settings().url_seconds, save_as=save_as)


def play_ticket(task_id: str) -> str:
    """What opens the playback of a task to whoever holds it."""
    # the end is the same for a quarter of an hour, so that what is said of a task stays the same
    until = int(now().timestamp() + PLAY_SECONDS) // 900 * 900
    return tickets.issued(_ticket_key(), _play_subject(task_id), until=until)


def is_play_ticket(ticket: str, task_id: str) -> bool:
    return tickets.is_good(_ticket_key(), ticket, _play_subject(task_id), at=now().timestamp())


def _ticket_key() -> bytes:
    return table_secret(settings().table, "tickets").encode()


def _play_subject(task_id: str) -> str:
    return f"play:{task_id}"


def _say_source(task: Task) -> InputView:
    source, media = task.source, task.source.media
    facts = _facts(media) if media else {"kind": None}
    return InputView(
        **facts,
        bucket=source.bucket,
        key=source.key,
        etag=source.etag,
        size=source.size,
        filesize=source.size,
        url=source_url(source),
        media=media,
        metadata=task.metadata,
        created=task.created_at,
        updated=task.created_at,
    )


def _facts(media: MediaInfo) -> dict[str, Any]:
    """A probe in ittybit's words."""
    video = media.main_video
    kind = "image" if media.is_picture else "video" if video else "audio"
    rate = video.frames_per_second if video and not media.is_picture else None
    return {
        "kind": kind,
        "width": video.display_size.width if video else None,
        "height": video.display_size.height if video else None,
        "duration": media.duration,
        "fps": round(float(rate), 3) if rate else None,
        "bitrate": media.bitrate,
    }


def _say_subtask(task: Task, subtask: Subtask) -> SubtaskView:
    plain = subtask.model_dump(exclude={"outputs", "percent", "by_name", "input", "client", "status"})
    outputs = [_say_output(task, subtask, output) for output in subtask.outputs]
    return SubtaskView(**plain, status=subtask.status, progress=subtask.percent, outputs=outputs)


def _say_output(task: Task, subtask: Subtask, output: Output) -> OutputView:
    play = None
    if output.name.endswith(MANIFESTS):
        play = f"/tasks/{task.id}/play/{subtask.number}/{output.name}?ticket={play_ticket(task.id)}"
    return OutputView(
        **output.model_dump(),
        kind=output.type.partition("/")[0],
        filesize=output.size,
        url=output_url(output),
        play=play,
        subtask=subtask.number,
        ref=(subtask.client or {}).get("ref"),
    )


def say_subtask(task: Task, subtask: Subtask, version: Version) -> dict[str, Any]:
    """One subtask by itself."""
    said = _say_subtask(task, subtask).model_dump(mode="json", by_alias=True)
    if version is Version.FIRST:
        said["status"] = status_for(subtask.status, version)
    if version is Version.LATER:
        said |= {name: _unix(said[name]) for name in _TIMES if name in said}
    return said


def _results(subtasks: Iterable[Subtask]) -> Results:
    every = tuple(subtasks)

    def of(status: Status) -> list[Step]:
        return [Step(kind=s.kind, number=s.number) for s in every if s.status is status]

    going_on = any(not s.status.is_final for s in every)
    return Results(passed=of(Status.SUCCEEDED), failed=of(Status.FAILED), go_on=going_on)
