"""The Qencode dialect through its unmodified client, over HTTP; what the client can't say is posted by hand."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from qencode3.client import Client  # type: ignore[import-untyped]

from sluice import access
from sluice.aws.clients import dynamodb, s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.qencode.places import Buckets
from sluice.dialects.qencode.query import parsed
from sluice.dialects.qencode.translate import planned
from sluice.jobs import JobRef, JobResult
from sluice.keys import Limits, Scope
from sluice.recording import finish_task, record_subtask
from sluice.tasks import Failure, Output, Status, Task
from tests.conftest import MEDIA, OUTPUTS, TABLE, Handler
from tests.gateway import gateway
from tests.template import event

KEY = "uploads/clip.mp4"


@pytest.fixture
def url(aws: None, handler: Handler) -> Iterator[str]:
    s3().put_object(Bucket=MEDIA, Key=KEY, Body=b"film")
    with gateway(handler) as address:
        yield address


@pytest.fixture
def secret(aws: None) -> str:
    return new_secret()


@pytest.fixture
def post(url: str) -> Callable[..., dict[str, Any]]:
    """A method with form fields; its JSON, which always comes with HTTP 200."""

    def call(method: str, **fields: Any) -> dict[str, Any]:
        answer = httpx.post(f"{url}/v1/{method}", data=fields)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        assert isinstance(said["error"], int)
        return said

    return call


def new_secret(scope: Scope = Scope.SUBMIT, tenant: str = "default", **limits: int) -> str:
    return access.create_key("test", scope, tenant=tenant, limits=Limits(**limits)).secret


def query(*formats: dict[str, Any], source: str = f"s3://{MEDIA}/{KEY}", **more: Any) -> str:
    return json.dumps({"query": {"source": source, "format": formats or [{"output": "mp4"}], **more}})


def task_of() -> Task:
    """The one task that there is."""
    store = TaskStore(TABLE)
    (item,) = [item for item in _items() if item.get("sk", {}).get("S") == "task"]
    return store.get(item["pk"]["S"], at=now())


def _items() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [dict(item) for item in dynamodb().scan(TableName=TABLE)["Items"]]
    return found


def end(task: Task, *results: JobResult) -> None:
    """What the workflow does, with these results."""
    store = TaskStore(TABLE)
    for status in (Status.VALIDATING, Status.QUEUED, Status.PROCESSING):
        store.move(store.get(task.id, at=now()), status)
    for number, result in enumerate(results, start=1):
        ref = JobRef(task_id=task.id, attempt=1, number=number, kind=task.subtasks[number - 1].kind)
        record_subtask(store, ref, result)
    finish_task(store, store.get(task.id, at=now()), None)


def made(name: str, content: bytes = b"made", **facts: Any) -> JobResult:
    """A result with one file that is really there."""
    key = f"outputs/made/{name}"
    s3().put_object(Bucket=OUTPUTS, Key=key, Body=content)
    return JobResult(outputs=(Output(name=name, key=key, type="video/mp4", size=len(content), **facts),))


# ── sessions and tokens ───────────────────────────────────────────────────────────────────────


def test_a_client_gets_a_session_and_a_task_token(url: str, secret: str) -> None:
    client = Client(secret, url)
    task = client.create_task()

    assert (client.error, task.error) == (None, None)
    assert 23.9 < (datetime.fromisoformat(f"{client.expire}+00:00") - now()).total_seconds() / 3600 <= 24
    assert task.task_token and task.upload_url == f"{url}/v1/upload_file"


@pytest.mark.parametrize(
    ("api_key", "number"), [("nonsense", 2), ("sk_key0123456789abcdef_wrong", 3), ("", 14), ("ключ", 2)]
)
def test_a_bad_api_key_has_its_number(post: Callable[..., dict[str, Any]], api_key: str, number: int) -> None:
    assert post("access_token", api_key=api_key)["error"] == number


def test_a_key_that_may_only_read_opens_no_session(post: Callable[..., dict[str, Any]]) -> None:
    assert post("access_token", api_key=new_secret(Scope.READ))["error"] == 6


def test_an_unknown_session_is_told_in_the_words_that_clients_wait_for(post: Callable[..., dict[str, Any]]) -> None:
    assert post("create_task", token="0" * 32) == {"error": 5, "message": "Token not found"}
    assert post("create_task", token="no token")["error"] == 4


def test_a_revoked_key_ends_its_sessions_and_its_task_tokens(post: Callable[..., dict[str, Any]], secret: str) -> None:
    session = post("access_token", api_key=secret)["token"]
    token = post("create_task", token=session)["task_token"]
    key = access.key_by_secret(secret)
    assert key
    access.revoke(key)

    assert post("create_task", token=session)["error"] == 5
    assert post("start_encode2", task_token=token, query=query())["error"] == 13
    assert post("status", task_tokens=token)["error"] == 13


def test_tokens_and_sessions_are_kept_as_hashes_only(post: Callable[..., dict[str, Any]], secret: str) -> None:
    session = post("access_token", api_key=secret)["token"]
    token = post("create_task", token=session)["task_token"]

    kept = json.dumps(_items(), default=str)

    assert session not in kept and token not in kept and secret not in kept


def test_too_many_calls_are_told_to_wait(post: Callable[..., dict[str, Any]]) -> None:
    session = post("access_token", api_key=new_secret(write=1))["token"]
    answers = [post("create_task", token=session) for _ in range(12)]

    busy = [answer for answer in answers if answer["error"]]

    assert busy and {answer["error"] for answer in busy} == {8}
    assert all(answer["retry_after"] >= 1 for answer in busy)


# ── starting ──────────────────────────────────────────────────────────────────────────────────


def test_a_query_of_the_client_becomes_a_task(url: str, secret: str) -> None:
    started = Client(secret, f"{url}/").create_task()

    started.custom_start(query({"output": "mp4", "size": "320x240", "tag": "mine"}), payload="p 1")

    task = task_of()
    assert started.error is None and started.status_url == f"{url}/v1/status"
    assert (task.dialect, task.tenant, task.trigger) == ("qencode", "default", "api")
    assert (task.source.bucket, task.source.key) == (MEDIA, KEY)
    assert (task.subtasks[0].kind, task.subtasks[0].options["width"]) == ("video", 320)


def test_a_start_that_is_repeated_is_the_same_task(post: Callable[..., dict[str, Any]], secret: str) -> None:
    token = post("create_task", token=post("access_token", api_key=secret)["token"])["task_token"]

    first = post("start_encode2", task_token=token, query=query())
    again = post("start_encode2", task_token=token, query=query())
    other = post("start_encode2", task_token=token, query=query({"output": "mp3"}))

    assert first["error"] == 0 and again == first
    assert other["error"] == 13
    assert len([item for item in _items() if item["sk"]["S"] == "task"]) == 1


@pytest.mark.parametrize(
    ("fields", "number", "word"),
    [
        ({}, 19, "query"),
        ({"query": "{"}, 11, "JSON"),
        ({"query": '{"source": "x"}'}, 19, "query"),
        ({"query": '{"query": {"source": "http://example.org/a.mp4"}}'}, 11, "format"),
        ({"query": query({"output": "mp4", "logo": {"source": "x"}})}, 11, "format.0.logo"),
        ({"query": query({"output": "mp4", "nonsense": 1})}, 11, "format.0.nonsense"),
        ({"query": query({"output": "webm_dash"})}, 11, "webm_dash"),
        ({"query": query({"output": "mp4", "quality": 99})}, 11, "format.0.quality"),
        ({"query": query(source="s3://elsewhere/a.mp4")}, 11, "source"),
        ({"query": query(source=f"s3://{MEDIA}/incoming/other/0123")}, 11, "source"),
        ({"query": query(source=f"s3://{MEDIA}/none.mp4")}, 11, "none.mp4"),
        ({"query": query(source="tus:" + "0" * 32)}, 11, "source"),
        ({"query": query(source="ftp://example.org/a.mp4")}, 11, "source"),
        ({"query": query(callback_url="gopher://x")}, 11, "callback_url"),
        ({"query": query(), "payload": "x" * 1001}, 9, "payload"),
        ({"query": query(), "colour": "red"}, 11, "colour"),
        ({"query": "[" * 200_000}, 11, "JSON"),
    ],
)
def test_what_can_not_be_is_refused_by_its_name(
    post: Callable[..., dict[str, Any]], secret: str, fields: dict[str, str], number: int, word: str
) -> None:
    token = post("create_task", token=post("access_token", api_key=secret)["token"])["task_token"]

    said = post("start_encode2", task_token=token, **fields)

    assert (said["error"], word in said["message"]) == (number, True), said


def test_a_destination_in_our_bucket_is_where_the_output_lies(post: Callable[..., dict[str, Any]], secret: str) -> None:
    token = post("create_task", token=post("access_token", api_key=secret)["token"])["task_token"]
    destination = {"url": f"s3://s3.us-east-1.amazonaws.com/{OUTPUTS}/films/a.mp4", "key": "K", "secret": "S3CRET"}

    assert (
        post("start_encode2", task_token=token, query=query({"output": "mp4", "destination": destination}))["error"]
        == 0
    )

    assert task_of().subtasks[0].output_path == "films/a.mp4"
    assert "S3CRET" not in json.dumps(_items(), default=str)
    assert "weren't kept" in post("status", task_tokens=token)["statuses"][token]["warnings"][0]["message"]


def test_a_preset_is_a_profile(url: str, secret: str, client_of: Callable[..., Any]) -> None:
    client_of(Scope.ADMIN).put("/presets/small", {"kind": "video", "options": {"resolution": 240}})
    started = Client(secret, url).create_task()

    started.start("small", f"s3://{MEDIA}/{KEY}", start_time=1, duration=2, payload="x")

    assert started.error is None, started.message
    options = task_of().subtasks[0].options
    assert (options["resolution"], options["start"], options["end"]) == (240, 1, 3)


def test_a_workflow_is_a_profile_and_an_unknown_one_has_its_number(
    post: Callable[..., dict[str, Any]], secret: str
) -> None:
    session = post("access_token", api_key=secret)["token"]
    token = post("create_task", token=session)["task_token"]
    source = f"s3://{MEDIA}/{KEY}"

    assert post("start_encode", task_token=token, profiles="none", uri=source)["error"] == 12
    assert post("start_encode", task_token=token, profiles="NO NAME", uri=source)["error"] == 11
    assert post("start_encode", task_token=token, profiles="default")["error"] == 14
    assert post("start_encode", task_token=token, profiles="default", uri=source, transfer_method="x")["error"] == 11
    assert post("start_encode", task_token=token, profiles="default", stitch=json.dumps([source]))["error"] == 0
    assert task_of().workflow == "default"


# ── asking ────────────────────────────────────────────────────────────────────────────────────


def test_the_client_follows_a_task_to_its_outputs(url: str, secret: str) -> None:
    started = Client(secret, f"{url}/").create_task()
    started.custom_start(query({"output": "mp4", "tag": "mine"}, {"output": "mp3"}), payload='{"id": 7}')
    waiting = started.status()
    film = made("video.mp4", b"film", width=640, height=360, duration=2.5, bitrate=801_000, codec="h264")
    end(task_of(), film, made("audio.mp3", b"sound"))
    told: list[dict[str, Any]] = []

    started.status_url = started.main_status_url  # the address with two slashes
    started.progress_changed(told.append)

    assert (waiting["status"], waiting["error"], waiting["percent"]) == ("queued", 0, 0)
    status = told[-1]
    assert (status["status"], status["percent"], status["payload"]) == ("completed", 100, '{"id": 7}')
    (video,), (audio,) = status["videos"], status["audios"]
    assert (video["tag"], video["user_tag"], video["bitrate"], video["duration"]) == ("video-0-0", "mine", 801, "2.5")
    assert json.loads(video["meta"]) == {"width": 640, "height": 360, "resolution": 360}
    assert video["storage"] == {"bucket": OUTPUTS, "type": "amazon_s3", "key": film.outputs[0].key, "format": "mp4"}
    assert audio["tag"] == "audio-1-0"
    assert "X-Amz-Signature" in video["url"] and "X-Amz-Expires=86400" in video["url"]


def test_a_failure_is_told_with_its_reason(url: str, secret: str) -> None:
    started = Client(secret, url).create_task()
    started.custom_start(query({"output": "mp4"}))
    end(task_of(), JobResult(failure=Failure(code="source_undecodable", message="No frame could be decoded.")))

    status = started.status()

    assert (status["status"], status["error"]) == ("error", 1)
    assert status["error_description"] == "No frame could be decoded."
    assert status["videos"][0]["error"] == 1


@pytest.mark.parametrize("shape", ["comma", "repeated"])
def test_several_tasks_are_asked_for_at_once(url: str, secret: str, shape: str) -> None:
    client = Client(secret, url)
    tokens = [client.create_task().task_token for _ in range(3)]
    unknown = "0" * 32
    every = [*tokens, unknown]
    fields: dict[str, Any] = {"task_tokens": ",".join(every)} if shape == "comma" else {"task_tokens[]": every}

    answer = httpx.post(f"{url}//v1/status", data=fields).json()

    assert answer["error"] == 0 and set(answer["statuses"]) == set(tokens)
    assert all(status["status"] == "created" for status in answer["statuses"].values())


def test_an_unknown_token_is_a_bad_token_to_the_client(url: str, secret: str) -> None:
    task = Client(secret, url).create_task()
    task.task_token, task.status_url = "f" * 32, task.main_status_url

    with pytest.raises(ValueError, match="Bad token"):
        task.status()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_other_methods_and_paths_are_errors_with_http_200(url: str, method: str) -> None:
    answer = httpx.request(method, f"{url}/v1/status")
    nowhere = httpx.post(f"{url}/v1/nowhere", content=b"\xff\xfe")

    assert answer.status_code == nowhere.status_code == 200
    assert nowhere.json()["error"] == 1
    assert method == "HEAD" or answer.json()["error"] == 1


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"a" * 100_000, b"task_tokens=a&" * 5000, b"", b"task_tokens=%00"])
def test_a_strange_body_is_an_error_and_no_accident(url: str, body: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    said = httpx.post(f"{url}/v1/status", content=body, headers=headers).json()

    assert said["error"] in {11, 13}


def test_an_adaptive_set_is_played_from_our_own_route(url: str, secret: str) -> None:
    started = Client(secret, url).create_task()
    started.custom_start(query({"output": "advanced_hls", "stream": [{"height": 360, "bitrate": 800}]}))
    end(task_of(), made("master.m3u8", b"#EXTM3U\n"))

    (video,) = started.status()["videos"]

    assert video["url"].startswith(f"{url}/tasks/{task_of().id}/play/1/master.m3u8?ticket=")
    assert httpx.get(video["url"]).text.startswith("#EXTM3U")


# ── metadata ──────────────────────────────────────────────────────────────────────────────────


def test_the_client_reads_metadata(handler: Handler, s3_by_http: list[str], secret: str) -> None:
    s3().put_object(Bucket=MEDIA, Key=KEY, Body=b"film")
    probe = json.dumps({"streams": [{"codec_type": "video"}], "format": {"duration": "1.0"}})

    def with_workflow(request: dict[str, Any]) -> dict[str, Any]:
        answer = handler(request)
        if request["rawPath"] == "/v1/start_encode2":
            assert '"error":0' in answer["body"], answer
            end(task_of(), made("metadata.json", probe.encode()))
        return answer

    with gateway(with_workflow) as url:
        found = Client(secret, url).get_metadata(f"s3://{MEDIA}/{KEY}")

    assert json.loads(found) == json.loads(probe)
    assert task_of().subtasks[0].kind == "metadata"


def test_the_event_in_the_examples_is_one_that_is_understood(handler: Handler, aws: None) -> None:
    example = event("qencode_start_encode2")
    fields = dict(parse_qsl(base64.b64decode(example["body"]).decode()))

    answer = handler(example)

    assert (answer["statusCode"], json.loads(answer["body"])["error"]) == (200, 13)
    assert len(planned(parsed(fields["query"]), Buckets(MEDIA, OUTPUTS), "default").subtasks) == 2
