"""ittybit's SDK, unmodified, against the API behind a socket."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from ittybit import Ittybit
from ittybit.core.api_error import ApiError
from ittybit.core.request_options import RequestOptions

from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.keys import Scope
from sluice.tasks import Status
from tests.api import Client
from tests.builders import an_output
from tests.conftest import MEDIA, TABLE
from tests.gateway import gateway

pytestmark = pytest.mark.usefixtures("aws")

STORE = TaskStore(TABLE)


@pytest.fixture
def sdk(client_of: Callable[..., Client]) -> Iterator[Ittybit]:
    client = client_of(Scope.ADMIN)
    with gateway(client.handler) as address, httpx.Client(timeout=60) as http:
        yield Ittybit(base_url=address, api_key=client.secret or "", httpx_client=http)


def test_a_task_is_created_polled_listed_and_its_output_read(sdk: Ittybit) -> None:
    s3().put_object(Bucket=MEDIA, Key="kept/a.mp4", Body=b"film")
    source = f"s3://{MEDIA}/kept/a.mp4"

    created = sdk.tasks.create(request={"kind": "video", "url": source, "width": 320, "format": "mp4", "ref": "small"})
    assert (created.object, created.kind, created.status, created.progress) == ("task", "video", "pending", 0)
    assert created.options and created.options["width"] == 320
    assert created.created.tzinfo and created.error is None and created.output is None

    task = STORE.get(created.id, at=now())
    output = an_output().model_dump(mode="json", exclude_none=True)
    STORE.end_subtask(task.id, 1, 1, Status.SUCCEEDED, {"outputs": [output], "percent": 100.0})
    STORE.move(task, Status.FINISHING)
    assert sdk.tasks.get(task.id).status == "processing"
    STORE.move(STORE.get(task.id, at=now()), Status.SUCCEEDED)

    ended = sdk.tasks.get(task.id)
    assert (ended.status, ended.progress) == ("completed", 100)
    assert ended.output and (ended.output["type"], ended.output["filesize"]) == ("video/mp4", 1000)
    assert "X-Amz-Signature" in str(ended.output["url"])
    assert ended.results and ended.results.passed == [{"kind": "video", "number": 1}]
    assert [listed.id for listed in sdk.tasks.list(page=1, limit=20)] == [task.id]
    assert sdk.tasks.list(page=2) == []


@pytest.mark.parametrize("asked", [None, {}])
def test_a_request_for_nothing_is_the_callers_mistake(asked: object, sdk: Ittybit) -> None:
    with pytest.raises(ApiError) as raised:
        sdk.tasks.create(request=asked)

    assert raised.value.status_code == 400
    assert raised.value.body["kind"] and raised.value.body["message"]


@pytest.mark.parametrize(
    ("kind", "ours"),
    [("adaptive_video", "adaptive"), ("nsfw", "moderation"), ("thumbnails", "sprite"), ("speech", "subtitles")],
)
def test_ittybits_kinds_are_ours(kind: str, ours: str, sdk: Ittybit) -> None:
    created = sdk.tasks.create(request={"kind": kind, "url": "https://example.com/a.mp4"})

    assert created.kind == ours
    assert created.workflow and created.workflow[0]["kind"] == ours  # type: ignore[index]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"kind": "http", "url": "https://example.com/a.mp4"}, 400, "not_supported"),
        ({"kind": "video", "url": "https://example.com/a.mp4", "layers": []}, 400, "options_invalid"),
        ({"kind": "video"}, 400, "request_invalid"),
    ],
)
def test_what_can_not_be_carried_out_is_refused_by_name(
    body: dict[str, object], status: int, kind: str, sdk: Ittybit
) -> None:
    with pytest.raises(ApiError) as raised:
        sdk.tasks.create(request=body)

    assert (raised.value.status_code, raised.value.body["kind"]) == (status, kind)


def test_an_unknown_task_and_a_bad_key_are_told_apart(sdk: Ittybit) -> None:
    with pytest.raises(ApiError) as unknown:
        sdk.tasks.get("nothing")
    address = sdk._client_wrapper.get_base_url()
    with httpx.Client() as http, pytest.raises(ApiError) as forbidden:
        Ittybit(base_url=address, api_key="sk_wrong", httpx_client=http).tasks.list()

    assert (unknown.value.status_code, unknown.value.body["kind"]) == (404, "task_not_found")
    assert (forbidden.value.status_code, forbidden.value.body["kind"]) == (401, "token_invalid")


def test_files_media_signatures_and_automations_are_there(sdk: Ittybit) -> None:
    media = sdk.media.create(title="A film", metadata={"year": 2026})
    file = sdk.files.create(url="https://example.com/a.mp4", media_id=media.id, ref="web")
    assert sdk.media.get(media.id).files[0].id == file.id
    assert sdk.media.update(media.id, title="Another").title == "Another"
    assert sdk.files.update(file.id, ref="other").ref == "other"
    assert [found.id for found in sdk.files.list()] == [file.id] and len(sdk.media.list(page=1, limit=1)) == 1
    assert sdk.files.delete(file.id).message and sdk.media.delete(media.id).message

    assert "X-Amz-Signature" in sdk.signatures.create(filename="a.mp4", method="put").url

    automation = sdk.automations.create(
        trigger={"kind": "event", "event": "media.created"},
        workflow=[{"kind": "video"}],
        name="All",
    )
    assert automation.status == "active" and sdk.automations.get(automation.id).name == "All"
    assert sdk.automations.update(automation.id, status="paused").status == "paused"
    assert [found.id for found in sdk.automations.list()] == [automation.id]
    assert sdk.automations.delete(automation.id, request_options=RequestOptions()).message
