"""/workflows, /presets and /kinds, and what they do to tasks."""

from collections.abc import Callable

import pytest

from sluice.aws.clients import s3
from sluice.intake import submit_upload
from sluice.keys import Scope
from sluice.kinds import KINDS
from tests.api import Client, conforms
from tests.conftest import MEDIA

pytestmark = pytest.mark.usefixtures("aws")

FILMS = {
    "description": "Small films",
    "prefixes": ["uploads/films/"],
    "subtasks": [
        {"kind": "video", "options": {"resolution": 240}},
        {"kind": "image", "after": [1], "if": "duration > 1", "source": {"subtask": 1, "name": "video.mp4"}},
    ],
}


@pytest.fixture
def admin(client_of: Callable[..., Client]) -> Client:
    return client_of(Scope.ADMIN)


def test_a_workflow_is_kept_and_read_as_it_was_put(admin: Client) -> None:
    put = admin.put("/workflows/films", FILMS)

    assert put.status == 200
    conforms("WorkflowView", put.json)
    assert admin.get("/workflows/films").json == put.json
    assert [subtask.get("if") for subtask in put.json["subtasks"]] == [None, "duration > 1"]
    assert "films" in {workflow["name"] for workflow in admin.get("/workflows").json}


def test_an_upload_gets_the_workflow_of_its_prefix(admin: Client) -> None:
    admin.put("/workflows/films", FILMS)
    s3().put_object(Bucket=MEDIA, Key="uploads/films/a.mp4", Body=b"film")

    task = submit_upload(MEDIA, "uploads/films/a.mp4")

    assert (task.workflow, [subtask.kind for subtask in task.subtasks]) == ("films", ["video", "image"])
    assert (task.subtasks[1].after, task.subtasks[1].condition) == ((1,), "duration > 1")
    assert task.subtasks[0].options["resolution"] == 240
    assert not any(subtask.by_name for subtask in task.subtasks)


def test_a_workflow_can_be_asked_for_by_name(admin: Client) -> None:
    admin.put("/workflows/films", FILMS)
    s3().put_object(Bucket=MEDIA, Key="elsewhere/a.mp4", Body=b"film")

    created = admin.post({"input": {"bucket": MEDIA, "key": "elsewhere/a.mp4"}, "workflow": "films"})

    assert (created.status, created.json["workflow"]) == (201, "films")
    assert created.json["subtasks"][1]["if"] == "duration > 1"


def test_the_shipped_workflows_are_there_and_may_be_replaced_but_not_deleted(admin: Client) -> None:
    assert admin.get("/workflows/default").json["shipped"] is True
    assert admin.delete("/workflows/default").error == (404, "workflow_not_found")

    admin.put("/workflows/default", {"subtasks": [{"kind": "metadata"}]})

    assert admin.get("/workflows/default").json["shipped"] is False
    assert admin.delete("/workflows/default").status == 200
    assert admin.get("/workflows/default").json["shipped"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"subtasks": []}, "subtasks"),
        ({"subtasks": [{"kind": "juggle"}]}, "subtasks.0.kind"),
        ({"subtasks": [{"kind": "video", "options": {"crf": 99}}]}, "subtasks.0.options"),
        ({"subtasks": [{"kind": "video", "after": [1]}]}, "subtasks.0.after"),
        ({"subtasks": [{"kind": "video", "if": "moon == 'full'"}]}, "subtasks.0.if"),
        (
            {"subtasks": [{"kind": "video"}, {"kind": "image", "source": {"subtask": 1, "name": "a"}}]},
            "subtasks.1.source",
        ),
        ({"subtasks": [{"kind": "video"}], "prefixes": ["elsewhere/"]}, "prefixes"),
        ({"subtasks": [{"kind": "video"}], "colour": "red"}, "colour"),
    ],
)
def test_a_workflow_that_can_not_be_is_refused_with_its_path(admin: Client, body: object, field: str) -> None:
    answer = admin.put("/workflows/films", body)

    assert answer.status == 400
    assert answer.json["field"].startswith(field)


@pytest.mark.parametrize("name", ["Films", "a b", "-", "x" * 64])
def test_a_name_that_can_not_be_is_refused(admin: Client, name: str) -> None:
    assert admin.put(f"/workflows/{name}", FILMS).status in {400, 404}


def test_a_preset_gives_options_that_a_request_may_override(admin: Client) -> None:
    s3().put_object(Bucket=MEDIA, Key="a.mp4", Body=b"film")
    put = admin.put("/presets/small", {"kind": "video", "options": {"resolution": 240, "quality": "low"}})
    asked = {"kind": "video", "preset": "small", "options": {"quality": "high"}}

    created = admin.post({"input": {"bucket": MEDIA, "key": "a.mp4"}, "subtasks": [asked]})

    conforms("PresetView", put.json)
    options = created.json["subtasks"][0]["options"]
    assert (options["resolution"], options["quality"]) == (240, "high")


@pytest.mark.parametrize(
    ("preset", "kind"), [("none", "video"), ("small", "screenshot")], ids=["unknown", "of another kind"]
)
def test_a_preset_that_does_not_fit_is_refused(admin: Client, preset: str, kind: str) -> None:
    s3().put_object(Bucket=MEDIA, Key="a.mp4", Body=b"film")
    admin.put("/presets/small", {"kind": "video", "options": {"resolution": 240}})

    answer = admin.post({"input": {"bucket": MEDIA, "key": "a.mp4"}, "subtasks": [{"kind": kind, "preset": preset}]})

    assert answer.error == (400, "preset_unknown")


def test_a_preset_with_impossible_options_is_not_kept(admin: Client) -> None:
    assert admin.put("/presets/bad", {"kind": "video", "options": {"resolution": 0}}).status == 400
    assert admin.get("/presets/bad").error == (404, "preset_not_found")


def test_presets_are_listed_and_deleted(admin: Client) -> None:
    admin.put("/presets/small", {"kind": "video"})

    assert [preset["name"] for preset in admin.get("/presets").json] == ["small"]
    assert admin.delete("/presets/small").status == 200
    assert admin.get("/presets").json == []


def test_a_key_that_submits_may_read_but_not_change_what_is_kept(client: Client) -> None:
    assert client.get("/workflows").status == client.get("/presets").status == 200
    assert client.put("/workflows/films", FILMS).error == (403, "scope_insufficient")
    assert client.delete("/presets/small").error == (403, "scope_insufficient")


def test_no_tenant_sees_what_another_keeps(client_of: Callable[..., Client]) -> None:
    client_of(Scope.ADMIN).put("/workflows/films", FILMS)

    assert client_of(Scope.ADMIN, "other").get("/workflows/films").status == 404


def test_every_kind_says_what_its_options_are(client: Client) -> None:
    kinds = client.get("/kinds").json

    assert {kind["kind"] for kind in kinds} == set(KINDS)
    assert all(kind["options"]["properties"] is not None for kind in kinds)
