"""The query API over HTTP, through the gateway."""

import io
import time
import zipfile

import httpx
import m3u8
import pytest
from openapi_spec_validator import validate

from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task


@pytest.fixture(scope="module")
def created(stack: Stack, second: bytes) -> list[Task]:
    """A good task and a failed one, ended, made through the API."""
    source = {"bucket": stack.env.sluice_bucket, "key": stack.upload(second, "kept/clip.mp4")}
    stills = [{"kind": "screenshot", "options": {"times": ["50%"]}}]
    good = stack.create({"input": source, "subtasks": stills})
    late = stack.create({"input": source, "subtasks": [{"kind": "screenshot", "options": {"times": [99]}}, *stills]})
    return [stack.ended(good["id"]), stack.ended(late["id"])]


def test_a_task_can_be_asked_for(created: list[Task]) -> None:
    good, _ = created

    assert (good["status"], good["trigger"], good["workflow"]) == ("succeeded", "api", None)
    assert [output["time"] for output in good["subtasks"][0]["outputs"] if output["time"] is not None] == [0.5]


def test_one_bad_subtask_fails_and_leaves_the_others_be(created: list[Task]) -> None:
    _, late = created

    assert (late["status"], late["has_failed"]) == ("failed", True)
    assert [subtask["status"] for subtask in late["subtasks"]] == ["failed", "succeeded"]
    assert late["subtasks"][0]["error"]["code"] == "time_past_end"


def test_the_list_is_narrowed_by_status_and_failure(stack: Stack, created: list[Task]) -> None:
    good, late = (task["id"] for task in created)

    def ids(**query: str) -> set[str]:
        return {task["id"] for task in stack.tasks(**query)}

    assert good in ids(status="succeeded") and late not in ids(status="succeeded")
    assert late in ids(has_failed="true") and good not in ids(has_failed="true")
    assert good in ids(has_failed="false") and late not in ids(has_failed="false")
    assert good in ids(start_time=created[0]["created_at"]) and good not in ids(end_time=created[0]["created_at"])


def test_pages_follow_each_other_newest_first(stack: Stack, created: list[Task]) -> None:
    first = stack.http.get("/tasks", params={"limit": 1})
    second = stack.http.get("/tasks", params={"limit": 1, "scroll_token": first.headers["Scroll-Token"]})

    assert first.headers["Has-More"] == "true" and len(first.json()) == 1
    assert first.json()[0]["created_at"] >= second.json()[0]["created_at"]
    assert first.json()[0]["id"] != second.json()[0]["id"]


@pytest.mark.parametrize("secret", [None, "sk_wrong", "sk_key0123456789abcdef_wrong"])
def test_without_a_good_key_nothing_is_told(stack: Stack, created: list[Task], secret: str | None) -> None:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    answer = httpx.get(f"{stack.env.sluice_url}/tasks/{created[0]['id']}", headers=headers)

    assert answer.status_code == 401
    assert answer.json()["kind"] in {"token_missing", "token_invalid"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"input": {"bucket": "BUCKET", "key": "kept/clip.mp4"}, "kind": "video", "options": {"width": 0}}, "width"),
        ({"input": {"bucket": "BUCKET", "key": "kept/clip.mp4"}, "kind": "juggle"}, "kind"),
        ({"input": {"bucket": "BUCKET", "key": "kept/none.mp4"}, "kind": "video"}, None),
        ({"input": {"bucket": "other-bucket", "key": "a"}, "kind": "video"}, "bucket"),
        ({"url": "ftp://example.org/a.mp4"}, "url"),
        ({}, None),
    ],
)
def test_a_request_that_can_not_be_is_refused_at_once(stack: Stack, body: dict[str, object], field: str | None) -> None:
    text = httpx.Request("POST", "http://x", json=body).content.replace(b"BUCKET", stack.env.sluice_bucket.encode())

    answer = stack.http.post("/tasks", content=text)

    assert answer.status_code == 400, answer.text
    assert answer.json()["kind"] and answer.json()["message"]
    assert field is None or field in answer.json()["field"]


def test_the_api_describes_itself(stack: Stack) -> None:
    answer = httpx.get(f"{stack.env.sluice_url}/openapi.json")

    validate(answer.json())
    assert {"/tasks", "/tasks/{task_id}"} <= answer.json()["paths"].keys()


def test_what_is_known_already_is_not_sent_again(stack: Stack, created: list[Task]) -> None:
    path = f"/tasks/{created[0]['id']}"
    tag = stack.http.get(path).headers["ETag"]

    assert stack.http.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_failed_task_is_started_again_and_a_task_that_ended_can_be_deleted(stack: Stack, created: list[Task]) -> None:
    late = created[1]["id"]

    again = stack.http.post(f"/tasks/{late}/restart", json={"which": "failed"})
    assert (again.status_code, again.json()["attempt"], again.json()["created_by"]) == (200, 2, "restart")
    assert stack.http.delete(f"/tasks/{late}").status_code in (202, 409)
    # the first can't be begun at all, its time being past the end; the second has succeeded, and isn't begun again
    assert [s["attempts"] for s in stack.ended(late)["subtasks"]] == [0, 1]

    assert stack.http.delete(f"/tasks/{late}").status_code == 202
    assert stack.http.get(f"/tasks/{late}").status_code == 404


def test_a_file_is_uploaded_by_a_signed_url_and_its_outputs_come_as_a_zip(stack: Stack, second: bytes) -> None:
    body = {"filename": "a b.mp4", "size": len(second), "start": False}
    upload = stack.http.post("/uploads", json=body).json()
    assert httpx.put(upload["url"], content=second).status_code == 200
    task = stack.ended(stack.create({"input": upload["input"], "kind": "image"})["id"])

    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := stack.http.get(f"/tasks/{task['id']}/download")).status_code == 202:
        assert time.monotonic() < deadline
        time.sleep(0.3)

    assert answer.status_code == 302
    with zipfile.ZipFile(io.BytesIO(stack.fetch(answer.headers["Location"]))) as opened:
        assert opened.testzip() is None and len(opened.namelist()) == 1
    assert stack.fetch(stack.http.get(f"/tasks/{task['id']}/source").headers["Location"]) == second


def test_an_adaptive_set_is_played_by_its_address_alone(stack: Stack, second: bytes) -> None:
    source = {"bucket": stack.env.sluice_bucket, "key": stack.upload(second, "kept/play.mp4")}
    ladder = {"ladder": [{"short_side": 180}]}
    task = stack.ended(stack.create({"input": source, "kind": "adaptive", "options": ladder})["id"])
    play = next(o["play"] for o in task["outputs"] if o["name"] == "master.m3u8")
    address = f"{stack.env.sluice_url.rstrip('/')}{play}"

    master = m3u8.loads(httpx.get(address).text, uri=address)
    variant = m3u8.loads(httpx.get(master.playlists[0].absolute_uri).text)

    assert variant.segments and all(stack.fetch(segment.uri) for segment in variant.segments)


def test_the_documentation_is_a_page_of_our_own(stack: Stack) -> None:
    page = httpx.get(f"{stack.env.sluice_url.rstrip('/')}/docs")
    script = httpx.get(f"{stack.env.sluice_url.rstrip('/')}/docs/swagger-ui-bundle.js")

    assert page.headers["Content-Type"].startswith("text/html")
    assert script.status_code == 200 and "SwaggerUIBundle" in script.text
