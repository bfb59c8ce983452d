"""The query API over HTTP, through the gateway."""

import httpx
import pytest
from openapi_spec_validator import validate

from tests.e2e.stack import Stack, Task


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
    second = stack.http.get(first.headers["Link"].partition(">")[0].strip("<"))

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
