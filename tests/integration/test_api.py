"""The native API through its Lambda, with API Gateway's own events."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sluice.aws.clients import dynamodb, s3
from sluice.aws.keystore import KeyStore
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.dialects.native.openapi import document
from sluice.ids import random_id
from sluice.keys import Scope, new_key
from sluice.tasks import Status, Task
from tests.api import Answer, Client, conforms, request
from tests.builders import TASK_ID, a_failure, a_source, a_task, an_output, media_info
from tests.conftest import MEDIA, TABLE, Handler
from tests.template import event

pytestmark = pytest.mark.usefixtures("aws")

STORE = TaskStore(TABLE)
KEY = "uploads/holiday film +1 50%20.mp4"


def recorded(*kinds: str, hours_ago: float = 0, **values: Any) -> Task:
    moment = now() - timedelta(hours=hours_ago)
    task = a_task(random_id(moment), *kinds, created_at=moment, **values)
    STORE.create(task)
    return task


def uploaded(key: str = KEY) -> str:
    s3().put_object(Bucket=MEDIA, Key=key, Body=b"film")
    return key


# ── who may ask ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["api_get_task", "api_list_tasks", "api_create_task"])
def test_a_key_that_is_not_known_opens_nothing(name: str, handler: Handler) -> None:
    answer = Answer(handler(event(name)))

    assert answer.error == (401, "token_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic YTpi", "sk_key0123456789abcdef_x"])
def test_a_request_without_a_key_is_told_how_to_send_one(authorization: str | None, handler: Handler) -> None:
    asked = event("api_list_tasks")
    asked["headers"].pop("authorization")
    if authorization is not None:
        asked["headers"]["authorization"] = authorization

    answer = Answer(handler(asked))

    assert answer.error == (401, "token_missing")
    assert "Authorization: Bearer" in answer.json["message"]


def test_a_wrong_secret_of_a_known_key_opens_nothing(client: Client) -> None:
    assert client.secret
    client.secret = client.secret[:-1] + ("a" if client.secret[-1] != "a" else "b")

    assert client.get("/tasks").error == (401, "token_invalid")


@pytest.mark.parametrize("secret", ["sk_" + "a" * 5000 + "_x", "ключ", "sk_key#_x", "null"])
def test_nonsense_for_a_key_is_refused_like_any_other(secret: str, client: Client) -> None:
    client.secret = secret

    assert client.get("/tasks").error == (401, "token_invalid")


def test_a_deleted_key_opens_nothing_any_more(handler: Handler) -> None:
    key, secret = new_key("test", Scope.ADMIN, tenant="default", at=now())
    KeyStore(TABLE).put(key)
    KeyStore(TABLE).delete(key.id)

    assert Client(handler, secret).get("/tasks").error == (401, "token_invalid")


def test_the_name_of_the_header_and_of_the_scheme_may_be_in_any_case(client: Client) -> None:
    asked = event("api_list_tasks")
    asked["headers"] = {"Authorization": f"bearer {client.secret}"}

    assert Answer(client.handler(asked)).status == 200


def test_a_key_that_reads_may_not_create(client_of: Callable[..., Client]) -> None:
    reader = client_of(Scope.READ)

    assert reader.get("/tasks").status == 200
    assert reader.post({"url": "https://example.com/a.mp4"}).error == (403, "scope_insufficient")


@pytest.mark.parametrize("path", ["/openapi.json", "/"])
def test_what_describes_the_api_needs_no_key(path: str, handler: Handler) -> None:
    answer = Client(handler, None).get(path)

    assert answer.status == 200
    assert path == "/" or answer.json == document()


# ── one task ──────────────────────────────────────────────────────────────────────────────────


def test_a_task_is_answered_with_its_subtasks(client: Client) -> None:
    task = recorded("video", "screenshot")

    answer = client.get(f"/tasks/{task.id}")

    assert answer.status == 200 and answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    conforms("TaskView", answer.json)
    said = answer.json
    assert (said["id"], said["object"], said["status"], said["progress"]) == (task.id, "task", "waiting", 0)
    assert [(s["number"], s["kind"], s["status"]) for s in said["subtasks"]] == [
        (1, "video", "waiting"),
        (2, "screenshot", "waiting"),
    ]
    assert said["created_at"].endswith("Z") and said["expires_at"].endswith("Z")


def test_a_task_that_is_done_is_answered_with_signed_urls(client: Client) -> None:
    source = a_source(bucket=MEDIA, key=KEY, media=media_info())
    task = recorded(source=source)
    output = an_output().model_dump(mode="json", exclude_none=True)
    STORE.end_subtask(task.id, 1, 1, Status.SUCCEEDED, {"outputs": [output], "percent": 100.0})
    STORE.move(task, Status.FINISHING)
    STORE.move(task, Status.SUCCEEDED)

    said = client.get(f"/tasks/{task.id}").json

    conforms("TaskView", said)
    assert (said["status"], said["progress"], said["input"]["media"]["duration"]) == ("succeeded", 100, 10)
    made = said["subtasks"][0]["outputs"][0]
    assert (made["name"], made["size"], made["duration"]) == ("video.mp4", 1000, 1.04)
    for url in (made["url"], said["input"]["url"]):
        assert {"X-Amz-Signature", "X-Amz-Expires"} <= set(parse_qs(urlsplit(url).query))
    assert urlsplit(said["input"]["url"]).path.endswith("/uploads/holiday%20film%20%2B1%2050%2520.mp4")


def test_a_failure_is_answered_with_its_code_and_detail(client: Client) -> None:
    task = recorded()
    STORE.end_subtask(task.id, 1, 1, Status.FAILED, {"error": a_failure().model_dump(mode="json")})
    STORE.move(task, Status.FAILED, error=a_failure().model_dump(mode="json"))

    said = client.get(f"/tasks/{task.id}").json

    conforms("TaskView", said)
    assert said["has_failed"] is True
    assert said["error"] == said["subtasks"][0]["error"] == a_failure().model_dump(mode="json")


def test_what_is_nobodys_business_is_not_answered(client: Client) -> None:
    said = client.get(f"/tasks/{recorded().id}").json

    assert not {"tenant", "pk", "sk", "by_day", "listed"} & set(said)
    assert "by_name" not in said["subtasks"][0]


@pytest.mark.parametrize(
    "path",
    [f"/tasks/{TASK_ID}", "/tasks/x", "/tasks/..", f"/tasks/{TASK_ID.upper()}", "/tasks/" + "0" * 2000, "/tasks/%00"],
)
def test_a_task_that_is_not_there_is_not_found(path: str, client: Client) -> None:
    answer = client.get(path)

    assert answer.status == 404
    assert answer.json["kind"] in {"task_not_found", "route_not_found"}
    assert len(answer.json["message"]) < 2500


def test_an_expired_task_is_as_if_it_had_never_been(client: Client) -> None:
    task = recorded(expires_at=int(now().timestamp()) - 1)

    assert client.get(f"/tasks/{task.id}").error == (404, "task_not_found")
    assert client.get("/tasks").json == []


def test_another_tenants_task_is_as_unknown_as_none(client: Client, client_of: Callable[..., Client]) -> None:
    theirs = recorded(tenant="acme")
    missing = client.get(f"/tasks/{TASK_ID}")

    answer = client.get(f"/tasks/{theirs.id}")

    assert answer.error == missing.error
    assert answer.json["message"].replace(theirs.id, TASK_ID) == missing.json["message"]
    assert client.get("/tasks").json == []
    assert client_of(tenant="acme").get(f"/tasks/{theirs.id}").status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("PUT", "/nothing"), ("GET", "/tasks/a/b"), ("GET", "/Tasks"), ("GET", "/docs/none.js")],
)
def test_a_route_that_is_not_there_is_said_so(method: str, path: str, client: Client) -> None:
    answer = client.send(request("api_list_tasks", method, path))

    assert answer.error == (404, "route_not_found")
    assert f"{method} {path}" in answer.json["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/tasks", "GET, HEAD, POST, OPTIONS"),
        ("PUT", f"/tasks/{TASK_ID}", "GET, HEAD, DELETE, OPTIONS"),
        ("GET", f"/tasks/{TASK_ID}/end", "POST, OPTIONS"),
        ("POST", f"/tasks/{TASK_ID}/play/1/a/b.m3u8", "GET, HEAD, OPTIONS"),
        ("PATCH", "/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_there_is_said_with_those_that_are(
    method: str, path: str, allowed: str, handler: Handler
) -> None:
    answer = Client(handler, None).send(request("api_list_tasks", method, path))

    assert answer.error == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed


def test_head_is_get_without_its_body(client: Client) -> None:
    task = recorded()

    plain = client.handler(authorized(client, request("api_get_task", "HEAD", f"/tasks/{task.id}")))
    missing = client.send(request("api_get_task", "HEAD", f"/tasks/{TASK_ID}"))

    assert (plain["statusCode"], plain["body"]) == (200, "")
    assert plain["headers"]["ETag"]
    assert missing.status == 404


def test_options_tell_what_is_possible(handler: Handler) -> None:
    plain = handler(request("api_get_task", "OPTIONS", "/tasks"))

    assert (plain["statusCode"], plain["headers"]["Allow"]) == (204, "GET, HEAD, POST, OPTIONS")


def authorized(client: Client, asked: dict[str, Any]) -> dict[str, Any]:
    asked["headers"]["authorization"] = f"Bearer {client.secret}"
    return asked


# ── the list ──────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_newest_first_and_without_subtasks(client: Client) -> None:
    tasks = [recorded("video", "screenshot", hours_ago=hours) for hours in range(3)]

    answer = client.get("/tasks")

    assert [said["id"] for said in answer.json] == [task.id for task in tasks]
    assert [(said["subtasks"], said["subtask_count"]) for said in answer.json] == [(None, 2)] * 3
    assert (answer.headers["Has-More"], answer.headers["Limit"]) == ("false", "10")
    assert answer.headers["Total-Count"] == "3"
    assert "Scroll-Token" not in answer.headers and 'rel="next"' not in answer.headers["Link"]


def test_the_pages_are_walked_by_their_links(client: Client) -> None:
    tasks = [recorded(hours_ago=hours).id for hours in range(5)]
    for task_id in tasks[::2]:
        STORE.move(STORE.get(task_id, at=now()), Status.FAILED)
    start = (now() - timedelta(days=1)).isoformat()

    seen, answer = [], client.get("/tasks", limit=2, has_failed="true", start_time=start)
    while True:
        seen += [said["id"] for said in answer.json]
        if answer.headers["Has-More"] == "false":
            break
        answer = followed(client, answer, "next")

    assert seen == tasks[::2]


def followed(client: Client, answer: Answer, relation: str) -> Answer:
    """Where a link leads to."""
    links = [part.removeprefix("<").split(">; rel=") for part in answer.headers["Link"].split(", ")]
    parts = urlsplit(next(url for url, name in links if name == f'"{relation}"'))
    return client.get(parts.path, **{name: values[0] for name, values in parse_qs(parts.query).items()})


def test_the_pages_are_walked_by_their_numbers(client: Client) -> None:
    tasks = [recorded(hours_ago=hours).id for hours in range(5)]

    second = client.get("/tasks", page=2, limit=2)

    assert [said["id"] for said in second.json] == tasks[2:4]
    assert [said["id"] for said in followed(client, second, "prev").json] == tasks[:2]
    assert [said["id"] for said in followed(client, second, "next").json] == tasks[4:]
    assert [said["id"] for said in followed(client, second, "last").json] == tasks[4:]
    assert [said["id"] for said in followed(client, second, "self").json] == tasks[2:4]
    assert client.get("/tasks", page=4, limit=2).json == []
    assert client.get("/tasks", page=1_000_000).json == []
    assert second.headers["Links"] == second.headers["Link"]


def test_the_page_after_a_task_begins_below_it(client: Client) -> None:
    tasks = [recorded(hours_ago=hours).id for hours in range(3)]

    assert [said["id"] for said in client.get("/tasks", after=tasks[0]).json] == tasks[1:]
    assert client.get("/tasks", after=TASK_ID).error == (404, "task_not_found")
    assert client.get("/tasks", after="x").error[0] == 400


def test_the_list_is_narrowed_by_statuses_kind_and_trigger(client: Client) -> None:
    waiting, film = recorded("screenshot"), recorded("video", "screenshot", trigger="console")
    STORE.move(film, Status.FAILED)
    ended = recorded("video")
    STORE.move(ended, Status.CANCELLED)

    def ids(**query: object) -> set[str]:
        answer = client.get("/tasks", **query)
        assert answer.headers["Total-Count"] == str(len(answer.json))
        return {said["id"] for said in answer.json}

    assert ids(status="failed,cancelled") == {film.id, ended.id}
    assert ids(status="pending") == {waiting.id}
    assert ids(kind="video") == {film.id, ended.id}
    assert ids(kind="screenshot", status="waiting") == {waiting.id}
    assert ids(trigger="console") == {film.id}


def test_what_a_caller_has_already_is_not_sent_again(client: Client) -> None:
    task = recorded()
    for path in (f"/tasks/{task.id}", "/tasks", f"/tasks/{task.id}/subtasks/1"):
        tag = client.get(path).headers["ETag"]

        again = client.handler(conditional(client, path, tag))
        other = client.handler(conditional(client, path, 'W/"other"'))

        assert (again["statusCode"], again["body"], again["headers"]["ETag"]) == (304, "", tag)
        assert other["statusCode"] == 200

    STORE.move(task, Status.CANCELLED)
    assert client.handler(conditional(client, path, tag))["statusCode"] == 304
    assert client.get("/tasks").headers["ETag"] != tag


def conditional(client: Client, path: str, tag: str) -> dict[str, Any]:
    asked = authorized(client, request("api_get_task", "GET", path))
    asked["headers"]["if-none-match"] = tag
    return asked


def test_the_pages_are_walked_by_their_tokens(client: Client) -> None:
    tasks = [recorded(hours_ago=hours).id for hours in range(3)]
    first = client.get("/tasks", limit=2)

    second = client.get("/tasks", limit=2, scroll_token=first.headers["Scroll-Token"])

    assert [said["id"] for said in first.json + second.json] == tasks
    assert (first.headers["Has-More"], second.headers["Has-More"]) == ("true", "false")


def test_the_example_of_a_list_is_answered(client: Client) -> None:
    recorded()
    done = recorded(status=Status.SUCCEEDED)

    answer = client.send(event("api_list_tasks"))

    assert [said["id"] for said in answer.json] == [done.id]
    assert answer.headers["Limit"] == "20"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"status": "running"}, "status"),
        ({"has_failed": "perhaps"}, "has_failed"),
        ({"start_time": "yesterday"}, "start_time"),
        ({"end_time": "0001-01-01T00:00:00+14:00"}, "end_time"),
        ({"scroll_token": "Zm9yZ2Vk"}, "scroll_token"),
        ({"page": 0}, "page"),
        ({"page": "1,2"}, "page"),
        ({"status": ""}, "status"),
        ({"order": "asc"}, "order"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_query_is_refused_by_name(query: dict[str, object], field: str, client: Client) -> None:
    answer = client.get("/tasks", **query)

    assert answer.error in {(400, "request_invalid"), (400, "scroll_token_invalid")}
    assert answer.json["field"] == field


@pytest.mark.parametrize(
    "query",
    [
        {"start_time": "0001-01-01T00:00:00Z"},
        {"end_time": "9999-12-31T23:59:59.999999Z"},
        {"start_time": "0001-01-01T00:00:00Z", "end_time": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_window_may_be_as_wide_as_one_likes(query: dict[str, object], client: Client) -> None:
    task = recorded()

    assert [said["id"] for said in client.get("/tasks", **query).json] == [task.id]


@pytest.mark.parametrize("query", [{"end_time": "0001-01-01T00:00:00Z"}, {"start_time": "9999-12-31T23:59:59.999999Z"}])
def test_a_window_beyond_all_tasks_is_an_empty_list(query: dict[str, object], client: Client) -> None:
    recorded()

    assert client.get("/tasks", **query).json == []


# ── creating ──────────────────────────────────────────────────────────────────────────────────


def test_the_example_request_creates_a_task(client: Client) -> None:
    asked = event("api_create_task")
    body = json.loads(asked["body"])
    body["input"] = {"bucket": MEDIA, "key": uploaded("uploads/clip.mp4")}
    asked["body"] = json.dumps(body)

    answer = client.send(asked)

    assert answer.status == 201
    conforms("TaskView", answer.json)
    video, screenshot = answer.json["subtasks"]
    assert (video["kind"], video["options"]["resolution"]) == ("video", 480)
    assert (screenshot["kind"], screenshot["options"]["times"]) == ("screenshot", ["50%"])
    assert (answer.json["trigger"], answer.json["input"]["size"]) == ("api", 4)
    assert client.get(answer.headers["Location"]).json["id"] == answer.json["id"]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ({"url": f"s3://{MEDIA}/{KEY}", "kind": "moderation"}, ["moderation"]),
        ({"input": {"bucket": MEDIA, "key": KEY}}, ["video", "screenshot", "moderation"]),
        ({"url": "https://example.com/a.mp4", "kind": "video", "options": {"quality": "low"}}, ["video"]),
    ],
)
def test_a_task_can_be_asked_for_in_several_ways(body: dict[str, Any], kinds: list[str], client: Client) -> None:
    uploaded()

    answer = client.post(body)

    assert answer.status == 201
    assert [subtask["kind"] for subtask in answer.json["subtasks"]] == kinds


def test_a_body_may_be_in_base64(client: Client) -> None:
    asked = event("api_create_task")
    asked["body"] = base64.b64encode(b'{"url": "https://example.com/a.mp4"}').decode()
    asked["isBase64Encoded"] = True

    assert client.send(asked).status == 201


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "{'url': 1}",
        "\x00",
        '{"url": NaN}',
        '{"a": Infinity}',
        "[" * 100_000,
        '{"a":' * 20_000,
        '{"url": "https://example.com/a.mp4", "options": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_a_body_that_is_no_json_is_refused(body: str, client: Client) -> None:
    assert client.post(body).error == (400, "json_invalid")


def test_a_body_in_broken_base64_is_refused(client: Client) -> None:
    asked = event("api_create_task")
    asked |= {"body": base64.b64encode(b"\xff\xfe{").decode(), "isBase64Encoded": True}

    assert client.send(asked).error == (400, "json_invalid")


@pytest.mark.parametrize("body", ["", "null", "[]", "7", '"text"', "{}"])
def test_a_body_that_asks_for_nothing_is_refused(body: str, client: Client) -> None:
    assert client.post(body).error == (400, "request_invalid")


URL = "https://example.com/a.mp4"


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        ({"url": URL, "kinds": []}, "request_invalid", "kinds"),
        ({"url": URL, "subtasks": [{"kind": "video", "with": 1}]}, "request_invalid", "subtasks.0.with"),
        ({"url": URL, "subtasks": [{"kind": "karaoke"}]}, "kind_unknown", "subtasks.0.kind"),
        (
            {"url": URL, "subtasks": [{"kind": "video", "options": {"colour": 9}}]},
            "options_invalid",
            "subtasks.0.options.colour",
        ),
        (
            {"url": URL, "subtasks": [{"kind": "video"}, {"kind": "video", "options": {"resolution": 0}}]},
            "options_invalid",
            "subtasks.1.options.resolution",
        ),
        (
            {"url": URL, "subtasks": [{"kind": "screenshot", "options": {"times": ["10%", "200%"]}}]},
            "options_invalid",
            "subtasks.0.options.times.1",
        ),
        ({"url": "ftp://example.com/a.mp4"}, "url_invalid", "url"),
        ({"url": "http://user:word@example.com/"}, "url_invalid", "url"),
        ({"url": "s3://elsewhere/a.mp4"}, "bucket_not_allowed", "url"),
        ({"input": {"bucket": "elsewhere", "key": "a.mp4"}}, "bucket_not_allowed", "input.bucket"),
        ({"input": {"bucket": MEDIA}}, "request_invalid", "input.key"),
    ],
)  # fmt: skip
def test_a_bad_request_is_refused_with_the_path_of_the_field(
    body: dict[str, Any], kind: str, field: str, client: Client
) -> None:
    answer = client.post(body)

    assert answer.error == (400, kind)
    assert answer.json["field"] == field
    assert answer.json["message"]
    conforms("ErrorView", answer.json)


def test_a_number_past_all_bounds_is_refused(client: Client) -> None:
    body = '{"url": "https://example.com/a.mp4", "kind": "screenshot", "options": {"times": [1e999]}}'

    assert client.post(body).error == (400, "options_invalid")


@pytest.mark.parametrize(
    "body",
    [
        '{"url": "https://example.com/\\ud800.mp4"}',
        '{"input": {"bucket": "media", "key": "uploads/\\ud800.mp4"}}',
        '{"url": "https://example.com/a.mp4", "kind": "\\ud800"}',
        '{"\\ud800": 1}',
    ],
)
def test_half_a_character_is_refused(body: str, client: Client) -> None:
    assert client.post(body).status == 400


def test_a_file_that_is_not_there_is_refused(client: Client) -> None:
    answer = client.post({"input": {"bucket": MEDIA, "key": "uploads/gone.mp4"}})

    assert answer.error == (400, "source_missing")


@pytest.mark.parametrize("key", ["uploads/Käse & Wein = 100 % #1?.mp4", "uploads/影片.mp4", "uploads/a+b%20c.mp4"])
def test_awkward_keys_are_said_as_they_are(key: str, client: Client) -> None:
    answer = client.post({"input": {"bucket": MEDIA, "key": uploaded(key)}, "kind": "video"})

    assert (answer.status, answer.json["input"]["key"]) == (201, key)


# ── when something is wrong with us ───────────────────────────────────────────────────────────


def test_a_service_that_is_away_is_said_without_its_name(client: Client) -> None:
    dynamodb().delete_table(TableName=TABLE)

    answer = client.get("/tasks")

    assert answer.error == (503, "unavailable")
    assert "dynamo" not in json.dumps(answer.json).lower()


def test_a_fault_of_our_own_is_said_without_its_inside(client: Client) -> None:
    task = recorded()
    dynamodb().update_item(
        TableName=TABLE,
        Key={"pk": {"S": task.id}, "sk": {"S": "task"}},
        UpdateExpression="SET trigger_ = :x REMOVE #source",
        ExpressionAttributeNames={"#source": "source"},
        ExpressionAttributeValues={":x": {"S": "broken"}},
    )

    answer = client.get(f"/tasks/{task.id}")

    assert answer.error == (500, "internal_error")
    assert "source" not in answer.json["message"] and "pydantic" not in answer.json["message"]
