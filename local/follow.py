"""Upload a file as anyone would, and watch what becomes of it through the API."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from local import results
from local.aws import client
from local.console import console, step
from local.errors import CloudFailed
from local.http import http_client
from local.places import Places, shown
from local.results import Task
from local.stack_env import StackEnv

PAUSE = 0.8
"""Seconds from look to look: each has a function work on the processors that the task is worked on with."""
PATIENCE = 60.0
"""Seconds that an upload may take to become a task."""


class Api:
    """The few calls of our API that following takes."""

    def __init__(self, env: StackEnv) -> None:
        self.http = http_client(env.sluice_url, key=env.sluice_key_secret)

    def newest(self) -> list[Task]:
        found: list[Task] = self._get("/tasks", limit=20)
        return found

    def task(self, task_id: str) -> Task:
        found: Task = self._get(f"/tasks/{task_id}")
        return found

    def _get(self, path: str, **query: Any) -> Any:
        try:
            answer = self.http.get(path, params=query)
        except httpx.TransportError as error:
            raise CloudFailed(f"The local cloud no longer answers: {error}") from error
        if answer.is_error:
            raise CloudFailed(f"The API answers {answer.status_code}: {answer.text}")
        return answer.json()


def run(places: Places, env: StackEnv, video: Path) -> Task:
    """Upload the video, show its task until that has ended, then its results.

    Raises: CloudFailed when no task comes of the upload.
    """
    api = Api(env)
    key = f"uploads/{video.name}"
    before = {task["id"] for task in api.newest()}
    with step(f"Uploading {video.name}", f"Uploaded to s3://{env.sluice_bucket}/{key}"):
        client("s3", env.aws_endpoint_url).upload_file(str(video), env.sluice_bucket, key)
    uploaded = time.monotonic()
    found = _task_of(api, key, before)
    task = _watched(lambda: api.task(found))
    _show(places, env, task, time.monotonic() - uploaded)
    return task


def _task_of(api: Api, key: str, before: set[str]) -> str:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for task in api.newest():
            if task["input"]["key"] == key and task["id"] not in before:
                return str(task["id"])
        time.sleep(PAUSE)
    raise CloudFailed(f"No task came of {key} within {PATIENCE:.0f} s.")


def _watched(look: Callable[[], Task]) -> Task:
    return _with_bars(look) if console.is_terminal else _with_lines(look)


def _looks(look: Callable[[], Task]) -> Iterator[Task]:
    """One look after another, to the last one with the task at its end."""
    while True:
        task = look()
        yield task
        if task["status"] in results.FINAL:
            return
        time.sleep(PAUSE)


def _with_lines(look: Callable[[], Task]) -> Task:
    task: Task | None = None
    for seen in _looks(look):
        for line in results.changes(task, seen):
            console.print(f"  {line}")
        task = seen
    return task or look()


def _with_bars(look: Callable[[], Task]) -> Task:
    columns = (
        TextColumn("  {task.description:<16}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[status]:<11}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        bars = {0: progress.add_task("task", total=100, status="waiting")}
        for task in _looks(look):
            _move(progress, bars[0], task)
            for subtask in task["subtasks"]:
                number = subtask["number"]
                if number not in bars:
                    bars[number] = progress.add_task(results.label(subtask), total=100, status="")
                _move(progress, bars[number], subtask)
    return task


def _move(progress: Progress, bar: TaskID, item: Task) -> None:
    progress.update(bar, completed=item["progress"], status=item["status"])
    if item["status"] in results.FINAL:
        progress.stop_task(bar)


def _show(places: Places, env: StackEnv, task: Task, seconds: float) -> None:
    table = Table(*results.COLUMNS, box=None, padding=(0, 2, 0, 0), header_style="dim")
    for row in results.rows(task):
        table.add_row(*row)
    console.print()
    console.print(table)
    for subtask in task["subtasks"]:
        if said := results.note(subtask):
            console.print(f"{results.label(subtask)}: {said}")
    if task["error"]:
        console.print(f"[red]{task['error']['message']}[/]")
    colour = "green" if task["status"] == "succeeded" else "red"
    console.print(f"\n[{colour}]{task['status']}[/] {seconds:.1f} s after the upload")
    _hints(places, env, task)


def _hints(places: Places, env: StackEnv, task: Task) -> None:
    port = "" if places.stack_env.parent.name == ".local" else f" PORT={places.port}"
    files = places.objects / "000000000000" / env.sluice_output_bucket / "outputs" / task["id"]
    console.print(f"  files    {shown(files)}", soft_wrap=True)
    console.print(
        f"  read it  . {shown(places.stack_env)}; "
        f'curl -H "Authorization: Bearer $SLUICE_KEY_SECRET" $SLUICE_URL/tasks/{task["id"]}',
        soft_wrap=True,
    )
    console.print(f"  stop     make down{port}")
