"""Uploads that browsers make, and what ittybit's clients register."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from sluice.aws.clients import s3
from sluice.aws.library import Shelf
from sluice.clock import now
from sluice.intake import submit_upload
from sluice.keys import Scope
from sluice.workflows import Workflow
from tests.api import Answer, Client, conforms, request
from tests.builders import TASK_ID
from tests.conftest import MEDIA, TABLE, Change

pytestmark = pytest.mark.usefixtures("aws")


def put(url: str, content: bytes, **headers: str) -> requests.Response:
    return requests.put(url, data=content, headers=headers, timeout=30)


def stored(key: str) -> bytes:
    return s3().get_object(Bucket=MEDIA, Key=key)["Body"].read()


def patch(client: Client, path: str, body: dict[str, Any]) -> Answer:
    import json

    return client.send({**request("api_create_task", "PATCH", path), "body": json.dumps(body)})


# ── uploads ───────────────────────────────────────────────────────────────────────────────────


def test_a_file_goes_up_at_once_and_becomes_a_task(client: Client) -> None:
    answer = client.post({"filename": "Käse & Wein.mp4", "size": 4, "type": "video/mp4"}, "/uploads")

    assert answer.status == 201
    conforms("UploadView", answer.json)
    key = answer.json["key"]
    assert key.startswith("uploads/") and key.endswith("/Käse___Wein.mp4")
    assert put(answer.json["url"], b"film", **answer.json["headers"]).status_code == 200
    assert stored(key) == b"film"
    assert submit_upload(MEDIA, key).source.key == key


def test_a_file_that_starts_nothing_is_named_in_a_request(client_of: Callable[..., Client]) -> None:
    theirs, others = client_of(tenant="acme"), client_of(tenant="other")
    upload = theirs.post({"filename": "a.mp4", "size": 4, "start": False, "folder": "/films/"}, "/uploads").json
    put(upload["url"], b"film")

    task = theirs.post({"input": upload["input"], "kind": "video"})

    assert upload["key"].startswith("incoming/acme/films/")
    assert (task.status, task.json["input"]["size"]) == (201, 4)
    assert others.post({"input": upload["input"], "kind": "video"}).error == (400, "source_missing")


def test_a_file_goes_up_in_parts_that_can_be_resumed(client: Client) -> None:
    large = b"x" * (5 * 1024 * 1024)
    upload = client.post({"filename": "a.mp4", "size": len(large) + 4, "multipart": True}, "/uploads").json
    path = f"/uploads/{upload['uploadId']}"
    tags = {}
    for number, content in ((1, large), (2, b"film")):
        part = client.get(f"{path}/parts/{number}", key=upload["key"]).json
        tags[number] = put(part["url"], content).headers["ETag"]

    listed = client.get(path, key=upload["key"]).json
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, len(large)), (2, 4)]
    done = client.post_to(
        f"{path}/complete",
        {"parts": [{"PartNumber": n, "ETag": tags[n]} for n in (2, 1)]},
        key=upload["key"],
    )

    assert (done.status, done.json["location"]) == (200, f"s3://{MEDIA}/{upload['key']}")
    assert len(stored(upload["key"])) == len(large) + 4
    assert client.get(path, key=upload["key"]).error == (404, "upload_not_found")


def test_an_upload_can_be_given_up(client: Client) -> None:
    upload = client.post({"filename": "a.mp4", "size": 4, "multipart": True}, "/uploads").json
    asked = request("api_get_task", "DELETE", f"/uploads/{upload['uploadId']}", query={"key": upload["key"]})

    assert client.send(asked).status == 202
    assert client.get(f"/uploads/{upload['uploadId']}", key=upload["key"]).error == (404, "upload_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filename": "a.mp4"}, "size"),
        ({"filename": "", "size": 1}, "filename"),
        ({"filename": "a", "size": 0}, "size"),
        ({"filename": "a", "size": 10**15}, "size"),
        ({"filename": "a", "size": 6_000_000_000}, "multipart"),
        ({"filename": "a", "size": 1, "folder": "../x"}, "folder"),
        ({"filename": "a", "size": 1, "type": "x"}, "type"),
    ],
)
def test_an_upload_that_can_not_be_is_refused_with_its_field(body: dict[str, Any], field: str, client: Client) -> None:
    answer = client.post(body, "/uploads")

    assert (answer.status, answer.json["field"]) == (400, field)


def test_no_tenant_gets_at_anothers_upload_or_starts_tasks_of_another(client_of: Callable[..., Client]) -> None:
    theirs, others = client_of(), client_of(tenant="acme")
    upload = theirs.post({"filename": "a.mp4", "size": 4, "multipart": True, "start": False}, "/uploads").json

    assert others.get(f"/uploads/{upload['uploadId']}", key=upload["key"]).error == (404, "upload_not_found")
    assert others.get("/uploads/x", key="uploads/a.mp4").error == (404, "upload_not_found")
    assert others.post({"filename": "a.mp4", "size": 4}, "/uploads").error == (400, "not_supported")
    assert client_of(Scope.READ).post({"filename": "a.mp4", "size": 4}, "/uploads").status == 403


def test_a_file_larger_than_is_taken_is_not_joined(client: Client, change_settings: Change) -> None:
    upload = client.post({"filename": "a.mp4", "size": 4, "multipart": True}, "/uploads").json
    path = f"/uploads/{upload['uploadId']}"
    part = client.get(f"{path}/parts/1", key=upload["key"]).json
    tag = put(part["url"], b"film and more").headers["ETag"]
    change_settings(max_source_bytes=10)

    answer = client.post_to(f"{path}/complete", {"parts": [{"PartNumber": 1, "ETag": tag}]}, key=upload["key"])

    assert answer.error == (400, "source_too_large")
    assert client.get(path, key=upload["key"]).error == (404, "upload_not_found")


# ── files, media, signatures, automations ─────────────────────────────────────────────────────


def test_a_file_is_registered_and_made_into_a_task(client: Client) -> None:
    s3().put_object(Bucket=MEDIA, Key="kept/a.mp4", Body=b"film")

    file = client.post({"url": f"s3://{MEDIA}/kept/a.mp4", "ref": "mine", "metadata": {"n": 1.5}}, "/files")
    task = client.post({"file_id": file.json["id"], "kind": "metadata"})

    conforms("FileView", file.json)
    assert (file.status, file.json["filesize"], file.json["status"]) == (201, 4, "ready")
    assert task.json["input"]["key"] == "kept/a.mp4"
    assert patch(client, f"/files/{file.json['id']}", {"ref": "yours"}).json["ref"] == "yours"
    assert client.get(f"/files/{file.json['id']}").json["metadata"] == {"n": 1.5}
    assert client.delete(f"/files/{file.json['id']}").status == 202
    assert client.get(f"/files/{file.json['id']}").error == (404, "file_not_found")
    assert client.post({"file_id": file.json["id"]}).error == (400, "file_unknown")
    assert stored("kept/a.mp4") == b"film"


def test_media_is_what_its_files_are(client: Client, client_of: Callable[..., Client]) -> None:
    media = client.post({"title": "A film"}, "/media").json
    client.post({"url": "https://example.com/a.mp4", "media_id": media["id"], "ref": "web"}, "/files")

    said = client.get(f"/media/{media['id']}").json

    conforms("MediaView", said)
    assert said["urls"] == {"web": "https://example.com/a.mp4"} and said["files"][0]["status"] == "waiting"
    assert [m["id"] for m in client.get("/media", limit=1).json] == [media["id"]]
    assert client.get("/media", page=2).json == []
    assert client_of(tenant="acme").get(f"/media/{media['id']}").error == (404, "media_not_found")
    assert client.post({"url": "https://example.com", "media_id": "media_x"}, "/files").error == (400, "media_unknown")


def test_a_signature_opens_one_file_of_ones_own_place(client_of: Callable[..., Client]) -> None:
    client = client_of(tenant="acme")
    put_it = client.post({"filename": "a b.mp4", "folder": "x", "method": "put"}, "/signatures").json
    assert put(put_it["url"], b"film").status_code == 200
    assert stored("incoming/acme/x/a b.mp4") == b"film"

    get_it = client.post({"filename": "a b.mp4", "folder": "x"}, "/signatures").json

    conforms("SignatureView", get_it)
    assert requests.get(get_it["url"], timeout=30).content == b"film"
    assert get_it["signature"] in get_it["url"]
    assert client.post({"filename": "../other/a"}, "/signatures").status == 400
    assert client.post({"filename": "a", "expiry": int(now().timestamp()) - 1}, "/signatures").status == 400


AUTOMATION = {
    "trigger": {"kind": "event", "event": "media.created"},
    "workflow": [{"kind": "video", "next": [{"kind": "nsfw"}]}],
}


def test_an_automation_is_done_with_every_upload_while_it_is_active(client_of: Callable[..., Client]) -> None:
    admin = client_of(Scope.ADMIN)
    made = admin.post(AUTOMATION, "/automations")
    conforms("AutomationView", made.json)

    def kinds(name: str) -> list[str]:
        s3().put_object(Bucket=MEDIA, Key=f"uploads/{name}", Body=name.encode())
        return [subtask.kind for subtask in submit_upload(MEDIA, f"uploads/{name}").subtasks]

    assert kinds("a.mp4") == ["video", "moderation"]
    assert admin.post(AUTOMATION, "/automations").error == (409, "automation_active")
    assert patch(admin, f"/automations/{made.json['id']}", {"status": "paused"}).json["status"] == "paused"
    assert kinds("b.mp4") == ["video", "screenshot", "moderation"]
    assert patch(admin, f"/automations/{made.json['id']}", {"status": "active"}).status == 200
    assert admin.delete(f"/automations/{made.json['id']}").status == 202
    assert kinds("c.mp4") == ["video", "screenshot", "moderation"]
    assert Shelf(TABLE, "default", Workflow).all() == []


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"workflow": [{"kind": "conditions", "conditions": []}]}, "not_supported", "workflow.0.kind"),
        ({"workflow": [{"kind": "http"}]}, "not_supported", "workflow.0.kind"),
        ({"workflow": [{"kind": "juggle"}]}, "kind_unknown", "subtasks.0.kind"),
        ({"workflow": []}, "request_invalid", "workflow"),
        ({"trigger": {"event": "task.done"}}, "request_invalid", "trigger.event"),
    ],
)
def test_an_automation_that_can_not_be_is_refused_by_name(
    change: dict[str, Any], kind: str, field: str, client_of: Callable[..., Client]
) -> None:
    answer = client_of(Scope.ADMIN).post({**AUTOMATION, **change}, "/automations")

    assert (answer.error, answer.json["field"]) == ((400, kind), field)
    assert client_of(Scope.ADMIN, tenant="acme").post(AUTOMATION, "/automations").error == (409, "not_supported")


@pytest.mark.parametrize("path", ["/files/x", f"/files/file_{TASK_ID}", "/media/file_x", "/automations/%00"])
def test_what_is_not_registered_is_not_found(path: str, client_of: Callable[..., Client]) -> None:
    admin = client_of(Scope.ADMIN)

    assert admin.get(path).status == admin.delete(path).status == patch(admin, path, {}).status == 404
