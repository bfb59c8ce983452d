"""TUS uploads, through the client that Qencode's uses and by hand."""

import gc
import hashlib
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as run_with
from hypothesis import strategies as st
from qencode3 import tus_uploader  # type: ignore[import-untyped]
from qencode3.client import Client  # type: ignore[import-untyped]
from tusclient.client import TusClient  # type: ignore[import-untyped]

from sluice import access
from sluice.aws.clients import dynamodb, s3
from sluice.aws.store import TaskStore
from sluice.aws.tus import LEAST_PART, Upload, UploadNotFound, UploadStore
from sluice.clock import now
from sluice.errors import Conflict
from sluice.keys import Scope
from tests.conftest import MEDIA, TABLE, Change, Handler
from tests.gateway import gateway

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
MIB = 1024 * 1024


@pytest.fixture
def url(aws: None, handler: Handler) -> Iterator[str]:
    with gateway(handler) as address:
        yield address


@pytest.fixture
def new_task(url: str) -> Callable[..., Any]:
    """A created task of a client with a fresh key."""

    def create(tenant: str = "default") -> Any:
        return Client(access.create_key("test", Scope.SUBMIT, tenant=tenant).secret, url).create_task()

    return create


@pytest.fixture
def door(new_task: Callable[..., Any]) -> str:
    """Where uploads are created."""
    task = new_task()
    return f"{task.upload_url}/{task.task_token}"


def content(size: int) -> bytes:
    return hashlib.shake_128(b"film").digest(size)


def create(door: str, length: int | str, **headers: str) -> httpx.Response:
    return httpx.post(door, headers={**TUS, "Upload-Length": str(length), **headers})


def send(location: str, offset: int, piece: bytes, **headers: str) -> httpx.Response:
    sent = {**PIECE, "Upload-Offset": str(offset), **headers}
    return httpx.patch(location, headers=sent, content=piece, timeout=60)


def stored(location: str, tenant: str = "default") -> bytes:
    key = f"incoming/{tenant}/{location.rpartition('/')[2]}"
    return s3().get_object(Bucket=MEDIA, Key=key)["Body"].read()


def keys() -> list[str]:
    return [item["Key"] for item in s3().list_objects_v2(Bucket=MEDIA).get("Contents", ())]


# its client leaves the file open; collecting here keeps the warning from the tests that follow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("chunk", [None, 3 * MIB, 4 * MIB])
def test_the_client_uploads_in_pieces_and_starts_a_task_from_it(
    new_task: Callable[..., Any], tmp_path: Any, chunk: int | None
) -> None:
    body = content(11 * MIB + 17)
    (tmp_path / "film.mp4").write_bytes(body)
    task = new_task()

    uploaded = tus_uploader.upload(
        str(tmp_path / "film.mp4"),
        url=f"{task.upload_url}/{task.task_token}",
        chunk_size=chunk,
        log_func=lambda text: None,
    )
    task.custom_start(json.dumps({"query": {"source": uploaded.url, "format": [{"output": "metadata"}]}}))

    gc.collect()
    assert uploaded.error == "" and uploaded.url.startswith("tus:")
    assert stored(uploaded.url.replace("tus:", "/")) == body
    assert task.error is None, task.message
    assert task.status()["status"] == "queued"
    assert keys() == [f"incoming/default/{uploaded.url.removeprefix('tus:')}"]


def test_an_upload_goes_on_where_it_stopped(door: str) -> None:
    body = content(200_000)
    location = create(door, len(body)).headers["Location"]
    send(location, 0, body[:70_000])

    head = httpx.head(location, headers=TUS)
    uploader = TusClient(door).uploader(file_stream=io.BytesIO(body), chunk_size=50_000, url=location)
    uploader.upload()

    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("70000", "200000")
    assert head.headers["Cache-Control"] == "no-store" and head.headers["Upload-Expires"].endswith("GMT")
    assert stored(location) == body


def test_what_the_server_can_do_is_told_to_whoever_asks(door: str) -> None:
    answer = httpx.options(door)

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,expiration,termination"
    assert int(answer.headers["Tus-Max-Size"]) == 20_000_000_000


def test_metadata_is_given_back(door: str) -> None:
    location = create(door, 10, **{"Upload-Metadata": "filename ZmlsbS5tcDQ="}).headers["Location"]

    assert httpx.head(location, headers=TUS).headers["Upload-Metadata"] == "filename ZmlsbS5tcDQ="


def test_an_empty_file_is_there_at_once(door: str) -> None:
    answer = create(door, 0)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")
    assert stored(answer.headers["Location"]) == b""


def test_a_piece_at_a_wrong_offset_changes_nothing(door: str) -> None:
    location = create(door, 10).headers["Location"]

    assert send(location, 0, b"01234").status_code == 204
    assert send(location, 0, b"xxxxx").status_code == 409
    assert send(location, 7, b"789").status_code == 409
    assert send(location, 5, b"56789").headers["Upload-Offset"] == "10"
    assert stored(location) == b"0123456789"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "٣"}, 400),
        ({"Upload-Length": "9" * 30}, 400),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "20000000001"}, 413),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Metadata": "x" * 5000}, 413),
    ],
)
def test_an_upload_that_can_not_be_is_refused(door: str, headers: dict[str, str], status: int) -> None:
    sent = {**TUS, "Upload-Length": "10", **headers}
    answer = httpx.post(door, headers=httpx.Headers(sent, encoding="utf-8"))

    assert answer.status_code == status, answer.text
    assert answer.json()["message"]
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert status != 412 or answer.headers["Tus-Version"] == "1.0.0"


def test_the_limit_of_sources_is_that_of_uploads(url: str, door: str, change_settings: Change) -> None:
    change_settings(max_source_bytes=1000)

    assert create(door, 1000).status_code == 201
    assert create(door, 1001).status_code == 413


def test_a_piece_that_can_not_be_is_refused(door: str) -> None:
    location = create(door, 10).headers["Location"]

    assert send(location, 0, b"x" * 11).status_code == 413
    assert send(location, 0, b"x", **{"Content-Type": "text/plain"}).status_code == 415
    assert httpx.patch(location, headers=PIECE, content=b"x").status_code == 400
    assert send(location, 0, b"x", **{"Tus-Resumable": "2.0.0"}).status_code == 412
    assert "PATCH" in httpx.get(location, headers=TUS).headers["Allow"]
    assert httpx.head(location, headers=TUS).headers["Upload-Offset"] == "0"


def test_the_method_may_come_in_a_header(door: str) -> None:
    location = create(door, 3).headers["Location"]
    headers = {**PIECE, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    assert httpx.post(location, headers=headers, content=b"abc").status_code == 204
    assert stored(location) == b"abc"


def test_uploads_of_others_and_unknown_ones_are_one_and_the_same(new_task: Callable[..., Any], door: str) -> None:
    location = create(door, 10).headers["Location"]
    other = new_task(tenant="other")
    with_its_token = f"{other.upload_url}/{other.task_token}/{location.rpartition('/')[2]}"
    unknown = f"{door}/{'0' * 32}"
    no_token = location.replace(door.rpartition("/")[2], "f" * 32)

    answers = [httpx.head(address, headers=TUS).status_code for address in (with_its_token, unknown, no_token)]
    send(location, 0, b"0123456789")
    other.custom_start(
        json.dumps({"query": {"source": f"tus:{location.rpartition('/')[2]}", "format": [{"output": "mp4"}]}})
    )

    assert answers == [404, 404, 404]
    assert other.error == 11 and "there is no upload" in other.message


def test_an_unfinished_upload_is_no_source(new_task: Callable[..., Any]) -> None:
    task = new_task()
    location = create(f"{task.upload_url}/{task.task_token}", 10).headers["Location"]
    send(location, 0, b"0123")

    query = {"query": {"source": f"tus:{location.rpartition('/')[2]}", "format": [{"output": "mp4"}]}}
    task.custom_start(json.dumps(query))

    assert (task.error, "4 of 10 bytes" in task.message) == (11, True)


def test_a_terminated_upload_leaves_nothing_behind(door: str) -> None:
    halfway, whole = (create(door, 10).headers["Location"] for _ in range(2))
    send(halfway, 0, b"0123")
    send(whole, 0, b"0123456789")

    answers = [httpx.delete(location, headers=TUS).status_code for location in (halfway, whole)]

    assert answers == [204, 204] and keys() == []
    assert httpx.head(whole, headers=TUS).status_code == 404
    assert "Uploads" not in s3().list_multipart_uploads(Bucket=MEDIA)


# ── the store ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def store(aws: None) -> UploadStore:
    return UploadStore(TABLE)


def begun(store: UploadStore, length: int, name: str = "a" * 32) -> Any:
    expires = int((now() + timedelta(hours=1)).timestamp())
    key = f"incoming/default/{name}"
    return store.begin(name, "default", MEDIA, key, length=length, metadata=None, expires_at=expires)


def whole(name: str = "a" * 32) -> bytes:
    return s3().get_object(Bucket=MEDIA, Key=f"incoming/default/{name}")["Body"].read()


def test_parts_have_the_size_that_s3_wants(store: UploadStore) -> None:
    body, size = content(14 * MIB), 2 * MIB
    upload = begun(store, len(body))

    for start in range(0, len(body), size):
        upload = store.append(upload, body[start : start + size])

    items = dynamodb().scan(TableName=TABLE)["Items"]
    etag = s3().head_object(Bucket=MEDIA, Key=upload.key)["ETag"].strip('"')
    assert upload.done and whole() == body
    assert len([item for item in items if item["sk"]["S"].startswith("part#")]) == 3  # 6, 6 and 2 MiB
    assert etag.endswith("-3")


@given(sizes=st.lists(st.integers(1, 3 * LEAST_PART // 2), min_size=1, max_size=5))
@run_with(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_is_cut_the_same_bytes_come_out(store: UploadStore, sizes: list[int]) -> None:
    body = content(sum(sizes))
    name = hashlib.md5(str(sizes).encode()).hexdigest()
    dynamodb().delete_item(TableName=TABLE, Key={"pk": {"S": f"upload#{name}"}, "sk": {"S": "upload"}})
    upload = begun(store, len(body), name)

    for size in sizes:
        upload = store.append(upload, body[upload.offset : upload.offset + size])

    assert whole(name) == body


def test_of_two_pieces_at_one_offset_one_counts(store: UploadStore) -> None:
    before = begun(store, 10)

    after = store.append(before, b"01234")

    with pytest.raises(Conflict):
        store.append(before, b"xxxxx")
    store.append(after, b"56789")
    assert whole() == b"0123456789"


class DiesBeforeTheOffsetMoves(UploadStore):
    def _move(self, *arguments: object, **names: object) -> None:
        raise ConnectionError("the function died")


class DiesBeforeTheEnd(UploadStore):
    def _complete(self, upload: Upload) -> None:
        raise ConnectionError("the function died")


def test_a_crash_before_the_offset_moved_is_made_up_for(store: UploadStore) -> None:
    body = content(LEAST_PART + 100)
    upload = store.append(begun(store, len(body)), body[:50])
    with pytest.raises(ConnectionError):
        DiesBeforeTheOffsetMoves(TABLE).append(upload, body[50 : LEAST_PART + 60])

    again = store.get(upload.id, at=now())
    store.append(store.append(again, body[50 : LEAST_PART + 70]), body[LEAST_PART + 70 :])

    assert again.offset == 50
    assert whole() == body


def test_a_crash_before_the_parts_were_joined_is_made_up_for(store: UploadStore) -> None:
    upload = begun(store, 4)
    with pytest.raises(ConnectionError):
        DiesBeforeTheEnd(TABLE).append(upload, b"film")

    found = store.get(upload.id, at=now())
    assert (found.offset, found.done) == (4, False)
    assert store.finished(found).done and whole() == b"film"


def test_an_answer_that_was_lost_is_no_failure(store: UploadStore) -> None:
    upload = begun(store, 4)
    store.append(upload, b"film")

    joined_but_not_noted = store.get(upload.id, at=now()).model_copy(update={"done": False})

    assert store.finished(joined_but_not_noted).done


def test_an_upload_whose_time_is_over_is_unknown(store: UploadStore) -> None:
    upload = begun(store, 4)

    with pytest.raises(UploadNotFound):
        store.get(upload.id, at=now() + timedelta(hours=2))


def test_an_upload_begins_no_task(door: str) -> None:
    location = create(door, 4).headers["Location"]
    send(location, 0, b"film")

    sorts = [item["sk"]["S"] for item in dynamodb().scan(TableName=TABLE)["Items"]]

    assert stored(location) == b"film"
    assert "task" not in sorts and TaskStore(TABLE).once("default", "anything") is None
