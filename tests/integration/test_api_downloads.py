"""Sources and outputs by redirect, all outputs as a zip."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from botocore.stub import Stubber

from sluice.aws import clients
from sluice.aws.bundles import BundleStore, State
from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.bundling import bundle_id
from sluice.clock import now
from sluice.ids import random_id
from sluice.tasks import Status, Task
from tests.api import Client
from tests.builders import a_source, a_task
from tests.conftest import MEDIA, OUTPUTS, TABLE, Change, Handler

pytestmark = pytest.mark.usefixtures("aws")

STORE = TaskStore(TABLE)


def done(**values: Any) -> Task:
    """A task with an output of each of two subtasks."""
    uploaded = 'uploads/Käse "1".mp4'
    source = a_source(bucket=MEDIA, key=uploaded)
    s3().put_object(Bucket=MEDIA, Key=uploaded, Body=b"film")
    task = a_task(random_id(now()), "video", "screenshot", created_at=now(), source=source, **values)
    STORE.create(task)
    for number, name in ((1, "video.mp4"), (2, "still 100%.jpg")):
        key = f"outputs/{task.id}/{number}/{name}"
        s3().put_object(Bucket=OUTPUTS, Key=key, Body=name.encode())
        output = {"name": name, "key": key, "type": "video/mp4", "size": len(name)}
        STORE.end_subtask(task.id, 1, number, Status.SUCCEEDED, {"outputs": [output]})
    return STORE.get(task.id, at=now())


def fetched(url: str) -> bytes:
    """What a signed URL gives, by moto."""
    import requests

    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_source_and_outputs_are_behind_redirects(client: Client) -> None:
    task = done()

    source = client.get(f"/tasks/{task.id}/source")
    output = client.get(f"/tasks/{task.id}/outputs/2/still 100%.jpg")
    encoded = client.get(f"/tasks/{task.id}/outputs/2/still%20100%25.jpg")

    assert (source.status, output.status, encoded.status) == (302, 302, 302)
    assert fetched(source.headers["Location"]) == b"film"
    assert fetched(output.headers["Location"]) == fetched(encoded.headers["Location"]) == b"still 100%.jpg"
    assert "attachment" not in output.headers["Location"]
    saved = client.get(f"/tasks/{task.id}/source", download=1)
    assert "attachment%3B%20filename%3D%22K_se%20_1_.mp4" in saved.headers["Location"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("outputs/1/none.mp4", "output_not_found"),
        ("outputs/9/video.mp4", "subtask_not_found"),
        ("outputs/x/video.mp4", "subtask_not_found"),
        ("outputs/1/../2/still 100%.jpg", "output_not_found"),
        ("download?subtask=2", "output_not_found"),
    ],
)
def test_what_is_not_there_is_not_found(path: str, kind: str, client: Client, client_of: Callable[..., Client]) -> None:
    task = done()
    path, _, query = path.partition("?")
    if query:
        task = a_task(random_id(now()), "video", "screenshot", created_at=now())
        STORE.create(task)
    asked = dict([query.split("=")]) if query else {}

    assert client.get(f"/tasks/{task.id}/{path}", **asked).error == (404, kind)
    assert client_of(tenant="acme").get(f"/tasks/{task.id}/{path}", **asked).error == (404, "task_not_found")


@pytest.fixture
def called(change_settings: Change) -> Iterator[list[dict[str, Any]]]:
    """Lambda, which is only told what to do; yields what it was told."""
    change_settings(bundle_function="bundle")
    asked: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    client = clients.lambdas()
    client.meta.events.register("before-parameter-build.lambda.Invoke", note)
    with Stubber(client) as stub:
        for _ in range(3):
            stub.add_response("invoke", {"StatusCode": 202})
        yield asked
    client.meta.events.unregister("before-parameter-build.lambda.Invoke", note)


def test_all_outputs_come_as_one_zip_that_is_made_once(
    client: Client, called: list[dict[str, Any]], function: Callable[[str], Handler]
) -> None:
    import json

    task = done()

    first, second = client.get(f"/tasks/{task.id}/download"), client.get(f"/tasks/{task.id}/download")
    assert [(answer.status, answer.headers["Location"]) for answer in (first, second)] == [
        (202, f"/tasks/{task.id}/download")
    ] * 2
    assert int(first.headers["Retry-After"]) > 0
    assert len(called) == 1 and called[0]["InvocationType"] == "Event"

    event = json.loads(called[0]["Payload"])
    assert function("bundle")(event) == {"state": "ready"}
    assert function("bundle")(event) == {"state": None}

    ready = client.get(f"/tasks/{task.id}/download")
    assert ready.status == 302 and f"{task.id}.zip" in ready.headers["Location"]
    with zipfile.ZipFile(io.BytesIO(fetched(ready.headers["Location"]))) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == {
            "1-video/video.mp4": b"video.mp4",
            "2-screenshot/still 100%.jpg": b"still 100%.jpg",
        }
    assert len(called) == 1


def test_the_outputs_of_one_subtask_are_a_zip_of_their_own(
    client: Client, called: list[dict[str, Any]], function: Callable[[str], Handler]
) -> None:
    task = done()
    client.get(f"/tasks/{task.id}/download", subtask=2)
    function("bundle")({"task_id": task.id, "bundle": bundle_id(task, [2]), "subtasks": [2]})

    ready = client.get(f"/tasks/{task.id}/download", subtask=2)

    with zipfile.ZipFile(io.BytesIO(fetched(ready.headers["Location"]))) as opened:
        assert opened.namelist() == ["2-screenshot/still 100%.jpg"]
    assert client.get(f"/tasks/{task.id}/download", subtask=3).error == (404, "subtask_not_found")


def test_an_archive_that_failed_is_said_so_once_and_can_be_tried_again(
    client: Client, called: list[dict[str, Any]], function: Callable[[str], Handler]
) -> None:
    task = done()
    client.get(f"/tasks/{task.id}/download")
    s3().delete_object(Bucket=OUTPUTS, Key=f"outputs/{task.id}/1/video.mp4")
    event = {"task_id": task.id, "bundle": bundle_id(task, ()), "subtasks": []}

    assert function("bundle")(event) == {"state": "failed"}

    assert client.get(f"/tasks/{task.id}/download").error == (409, "download_failed")
    assert client.get(f"/tasks/{task.id}/download").status == 202
    assert len(called) == 2


def test_an_archive_whose_maker_has_died_is_made_by_the_next_who_asks() -> None:
    store, moment = BundleStore(TABLE), now()

    assert store.begin("task", "bundle", at=moment)
    assert not store.begin("task", "bundle", at=moment + timedelta(minutes=15))
    assert store.state("task", "bundle", at=moment + timedelta(minutes=15)) is State.MAKING
    assert store.state("task", "bundle", at=moment + timedelta(minutes=17)) is None
    assert store.begin("task", "bundle", at=moment + timedelta(minutes=17))
    store.end("task", "bundle", State.READY)
    assert not store.begin("task", "bundle", at=moment + timedelta(hours=2))
    assert store.begin("task", "bundle", at=moment + timedelta(days=2))


def test_swagger_ui_comes_from_here_alone(client: Client) -> None:
    from tests.integration.site import client_at

    with client_at(client.handler, None) as site:
        page = site.get("/docs")
        parts = {part: site.get(f"/docs/{part}") for part in ("swagger-ui-bundle.js", "swagger-ui.css", "start.js")}

    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "//" not in page.text.replace("<!doctype html>", "")
    assert {part: answer.status_code for part, answer in parts.items()} == dict.fromkeys(parts, 200)
    assert "SwaggerUIBundle" in parts["swagger-ui-bundle.js"].text
    assert isinstance(page, httpx.Response)
