"""From our words to the callers': tasks as the API shows them, their files behind signed URLs."""

from datetime import UTC, datetime
from typing import Any

from sluice.aws import files
from sluice.dialects.native.models import InputView, OutputView, SubtaskView, TaskView
from sluice.settings import settings
from sluice.tasks import Output, Source, Subtask, Task


def say_task(task: Task, *, with_subtasks: bool = True) -> dict[str, Any]:
    """The task as callers see it, its files behind signed URLs."""
    plain = task.model_dump(exclude={"source", "subtasks", "expires_at", "tenant"})
    view = TaskView(
        **plain,
        progress=task.progress,
        input=_say_source(task.source),
        subtasks=[_say_subtask(subtask) for subtask in task.subtasks] if with_subtasks else None,
        expires_at=datetime.fromtimestamp(task.expires_at, UTC),
    )
    return view.model_dump(mode="json", by_alias=True)


def _say_source(source: Source) -> InputView:
    plain = source.model_dump(exclude={"url"})
    if not (source.bucket and source.key):
        return InputView(**plain, url=source.url)
    url = files.signed_url(source.bucket, source.key, seconds=settings().url_seconds)
    return InputView(**plain, url=url)


def _say_subtask(subtask: Subtask) -> SubtaskView:
    plain = subtask.model_dump(exclude={"outputs", "percent", "by_name", "input"})
    outputs = [_say_output(output) for output in subtask.outputs]
    return SubtaskView(**plain, progress=subtask.percent, outputs=outputs)


def _say_output(output: Output) -> OutputView:
    url = files.signed_url(settings().output_bucket, output.key, seconds=settings().url_seconds)
    return OutputView(**output.model_dump(), url=url)
