"""One job from the upload to its outputs, as the workflow would run it but without the workflow."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.ids import random_id
from sluice.jobs import JobRef, JobResult
from sluice.kinds import validated_options
from sluice.tasks import Failure, Output, Source, Status, SubtaskRequest, Task, new_task
from sluice.validation import validate
from sluice.worker import Run, perform
from tests.builders import RETENTION
from tests.conftest import MEDIA, OUTPUTS, TABLE


class Bench:
    """`folder` takes what was made."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.store = TaskStore(TABLE)

    def upload(
        self,
        content: bytes | Path,
        key: str = "uploads/clip",
        kind: str = "video",
        beside: Sequence[tuple[str, dict[str, Any]]] = (),
        **options: Any,
    ) -> Task:
        """A waiting task about an uploaded file; `beside` are more kinds with their options."""
        body = content if isinstance(content, bytes) else content.read_bytes()
        s3().put_object(Bucket=MEDIA, Key=key, Body=body)
        asked = [(kind, options), *beside]
        requests = [SubtaskRequest(kind=name, options=validated_options(name, given)) for name, given in asked]
        task = new_task(
            random_id(now()),
            Source(bucket=MEDIA, key=key),
            requests,
            trigger="api",
            created_at=now(),
            retention=RETENTION,
        )
        self.store.create(task)
        return task

    def validated(self, content: bytes | Path, kind: str = "video", **options: Any) -> Task:
        """A task whose source has been looked at."""
        task = self.upload(content, kind=kind, **options)
        failure = validate(task.id, task.attempt)
        assert failure is None, failure
        self.store.move(task, Status.PROCESSING)
        return self.now(task)

    def refusal(self, content: bytes | Path, key: str = "uploads/clip.mp4") -> Failure:
        """Why the file isn't taken."""
        task = self.upload(content, key)
        failure = validate(task.id, task.attempt)
        assert failure, "it was taken"
        assert self.now(task).status is Status.VALIDATING
        return failure

    def now(self, task: Task) -> Task:
        return self.store.get(task.id, at=now())

    def perform(
        self, task: Task, run: Run, *, step: str = "", seconds: float = 60, number: int = 1, **ref: Any
    ) -> JobResult:
        kind = task.subtasks[number - 1].kind
        job = JobRef(task_id=task.id, attempt=1, number=number, kind=kind, step=step, **ref)
        return perform(job, run, deadline=time.monotonic() + seconds)

    def made(self, output: Output) -> Path:
        """An output's file."""
        return self.download(output.key)

    def download(self, key: str) -> Path:
        path = self.folder / key.replace("/", "-")
        s3().download_file(OUTPUTS, key, str(path))
        return path
