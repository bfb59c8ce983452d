"""A deployed stack, as a client uses it: S3 to upload, HTTP to ask."""

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import boto3
import httpx

from local.stack_env import StackEnv

Task = dict[str, Any]
FINAL = {"succeeded", "failed", "cancelled"}
# Far above what anything here takes: only a task that never ends runs into it.
PATIENCE_SECONDS = 180
# Whoever looks has a function work on the processors that the task is worked on with.
PAUSE_SECONDS = 0.6


class Stack:
    def __init__(self, env: StackEnv):
        self.env = env
        self.http = httpx.Client(
            base_url=env.sluice_url, timeout=60, headers={"Authorization": f"Bearer {env.sluice_key_secret}"}
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.env.aws_endpoint_url,
            aws_access_key_id=self.env.aws_access_key_id,
            aws_secret_access_key=self.env.aws_secret_access_key,
            region_name=self.env.aws_default_region,
        )

    def upload(self, content: bytes, key: str) -> str:
        """Put an object; its key."""
        self.client("s3").put_object(Bucket=self.env.sluice_bucket, Key=key, Body=content)
        return key

    def create(self, body: dict[str, Any]) -> Task:
        answer = self.http.post("/tasks", json=body)
        assert answer.status_code == 201, answer.text
        created: Task = answer.json()
        return created

    def task(self, task_id: str) -> Task:
        answer = self.http.get(f"/tasks/{task_id}")
        assert answer.status_code == 200, answer.text
        found: Task = answer.json()
        return found

    def tasks(self, **query: str | int) -> list[Task]:
        """All pages of the list."""
        found: list[Task] = []
        while True:
            answer = self.http.get("/tasks", params={"limit": 100, **query})
            assert answer.status_code == 200, answer.text
            found += answer.json()
            if answer.headers["Has-More"] == "false":
                return found
            query["scroll_token"] = answer.headers["Scroll-Token"]

    def tasks_of(self, key: str) -> list[Task]:
        return [task for task in self.tasks() if task["input"]["key"] == key]

    def ended(self, task_id: str, *, patience: float = PATIENCE_SECONDS) -> Task:
        """The task once it has ended."""
        deadline = time.monotonic() + patience
        while (task := self.task(task_id))["status"] not in FINAL:
            assert time.monotonic() < deadline, f"still {task['status']}: {task}"
            time.sleep(PAUSE_SECONDS)
        return task

    def ended_upload(self, key: str) -> Task:
        """The newest task that came of an upload of late, once it has ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := self._newest(key)):
            assert time.monotonic() < deadline, f"no task came of {key!r}"
            time.sleep(PAUSE_SECONDS)
        return self.ended(found["id"])

    def _newest(self, key: str) -> Task | None:
        answer = self.http.get("/tasks", params={"limit": 20}).raise_for_status()
        return next((task for task in answer.json() if task["input"]["key"] == key), None)

    def fetch(self, url: str) -> bytes:
        """What a signed URL gives, to a client that has nothing but the URL."""
        answer = httpx.get(url, timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.content


def output_of(task: Task, kind: str, name: str) -> dict[str, Any]:
    found: Iterable[dict[str, Any]] = subtask_of(task, kind)["outputs"]
    return next(output for output in found if output["name"] == name)


def subtask_of(task: Task, kind: str) -> dict[str, Any]:
    subtasks: Iterable[dict[str, Any]] = task["subtasks"]
    return next(subtask for subtask in subtasks if subtask["kind"] == kind)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        """`/to?URL` redirects there."""
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
        else:
            super().do_GET()


@contextmanager
def public_site(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
