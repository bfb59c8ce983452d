"""Tencent MPS' own SDK, unmodified, against the deployed stack: create, poll, list, fetch."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.mps.v20190612 import models, mps_client

from tests.e2e.stack import PATIENCE_SECONDS, Stack
from tests.server import serving

KEY = "kept/tencent.mp4"


@pytest.fixture(scope="module")
def client(stack: Stack) -> mps_client.MpsClient:
    """With a key of its own, made through the API."""
    answer = stack.http.post("/keys", json={"name": "tencent", "scope": "submit"})
    assert answer.status_code == 201, answer.text
    key = answer.json()
    scheme, _, address = stack.env.sluice_url.rstrip("/").partition("://")
    http = HttpProfile(protocol=scheme, endpoint=address, reqTimeout=60)
    credentials = credential.Credential(key["id"], key["signing_secret"])
    return mps_client.MpsClient(credentials, "", ClientProfile(httpProfile=http, language="en-US"))


@pytest.fixture(scope="module")
def source(stack: Stack, second: bytes) -> dict[str, Any]:
    stack.upload(second, KEY)
    place = {"Bucket": stack.env.sluice_bucket, "Region": stack.env.aws_default_region, "Object": f"/{KEY}"}
    return {"Type": "COS", "CosInputInfo": place}


def request(model: Any, **members: Any) -> Any:
    asked = model()
    asked.from_json_string(json.dumps(members))
    return asked


def ended(look: Callable[[], Any]) -> Any:
    """What is told once the task has ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()).Status != "FINISH":
        assert time.monotonic() < deadline, found.to_json_string()
        time.sleep(0.3)
    return found


def detail(client: mps_client.MpsClient, task_id: str) -> Any:
    return ended(lambda: client.DescribeTaskDetail(request(models.DescribeTaskDetailRequest, TaskId=task_id)))


def head(stack: Stack, storage: Any, path: str) -> int:
    """The size of an output, found by bucket and path alone, as a client of COS does."""
    found = stack.client("s3").head_object(Bucket=storage.CosOutputStorage.Bucket, Key=path.removeprefix("/"))
    return int(found["ContentLength"])


@pytest.fixture
def hook() -> Iterator[tuple[str, list[bytes]]]:
    """An address for callbacks, and what has come there."""
    came: list[bytes] = []

    def take(door: BaseHTTPRequestHandler) -> None:
        came.append(door.rfile.read(int(door.headers.get("Content-Length", 0))))
        door.send_response(200)
        door.send_header("Content-Length", "0")
        door.end_headers()

    with serving(take) as server:
        yield server.url("/hook"), came


def test_a_film_is_made_polled_listed_and_fetched(
    client: mps_client.MpsClient, stack: Stack, source: dict[str, Any], hook: tuple[str, list[bytes]]
) -> None:
    address, came = hook
    sets = {
        "TranscodeTaskSet": [{"Definition": 100010}, {"Definition": 100210}],
        "SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["0.2s", "50%"]}],
        "ImageSpriteTaskSet": [{"Definition": 10}],
    }
    asked = request(
        models.ProcessMediaRequest,
        InputInfo=source,
        OutputDir="/tencent/",
        MediaProcessTask=sets,
        AiContentReviewTask={"Definition": 10},
        TaskNotifyConfig={"NotifyType": "URL", "NotifyUrl": address, "NotifyKey": "secret"},
        SessionContext="mine",
    )

    task_id = client.ProcessMedia(asked).TaskId
    found = detail(client, task_id)

    workflow = found.WorkflowTask
    assert (workflow.ErrCode, workflow.MetaData.Width, found.SessionContext) == (0, 320, "mine")
    film, hls, stills, sprite = workflow.MediaProcessResultSet
    assert film.TranscodeTask.Status == "SUCCESS", found.to_json_string()
    made = film.TranscodeTask.Output
    assert made.Path.endswith("/tencent/tencent_transcode_100010.mp4")
    assert head(stack, made.OutputStorage, made.Path) == made.Size
    assert head(stack, hls.TranscodeTask.Output.OutputStorage, hls.TranscodeTask.Output.Path) > 0
    pictures = stills.SnapshotByTimeOffsetTask.Output
    assert len(pictures.PicInfoSet) == 2
    assert all(head(stack, pictures.Storage, picture.Path) > 0 for picture in pictures.PicInfoSet)
    assert head(stack, sprite.ImageSpriteTask.Output.Storage, sprite.ImageSpriteTask.Output.WebVttPath) > 0
    assert {review.Type for review in workflow.AiContentReviewResultSet} >= {"Porn", "Terrorism"}

    listed = client.DescribeTasks(request(models.DescribeTasksRequest, Status="FINISH", Limit="100"))
    assert task_id in {task.TaskId for task in listed.TaskSet}

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not came:
        assert time.monotonic() < deadline, "no callback came"
        time.sleep(0.3)
    told = models.ParseNotificationResponse()
    told.from_json_string(came[0].decode())
    assert told.WorkflowTaskEvent.TaskId == task_id and told.SessionContext == "mine"
    assert hmac.compare_digest(told.Sign, hashlib.md5(f"{told.Timestamp}secret".encode()).hexdigest())


def test_the_list_is_counted_exactly(client: mps_client.MpsClient, stack: Stack, source: dict[str, Any]) -> None:
    """Scrolled through to its end it has as many as were told, once the counters have come after."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        token, ids, totals = "", [], set()
        while True:
            asked = request(models.DescribeTasksRequest, Status="FINISH", Limit=100, ScrollToken=token)
            page = client.DescribeTasks(asked)
            ids += [task.TaskId for task in page.TaskSet]
            totals.add(page.TotalCount)
            token = page.ScrollToken
            if not token:
                break
        assert len(ids) == len(set(ids))
        if totals == {len(ids)}:
            return
        assert time.monotonic() < deadline, (totals, len(ids))
        time.sleep(0.5)


def test_a_frame_of_a_film_becomes_a_picture(
    client: mps_client.MpsClient, stack: Stack, source: dict[str, Any]
) -> None:
    work = {"EncodeConfig": {"Format": "PNG"}}
    asked = request(models.ProcessImageRequest, InputInfo=source, ImageTask=work, OutputDir="/tencent/")
    task_id = client.ProcessImage(asked).TaskId

    look = request(models.DescribeImageTaskDetailRequest, TaskId=task_id)
    found = ended(lambda: client.DescribeImageTaskDetail(look))

    (result,) = found.ImageProcessTaskResultSet
    assert (result.Status, result.Output.Path.rpartition("/")[2]) == ("SUCCESS", "tencent.png")
    assert stack.fetch(result.Output.SignedUrl).startswith(b"\x89PNG")


def test_a_get_is_signed_as_well_as_a_post(client: mps_client.MpsClient, source: dict[str, Any]) -> None:
    """Whatever the gateway does to a query on its way, the signature still fits."""
    client.profile.httpProfile.reqMethod = "GET"
    try:
        asked = request(
            models.ProcessMediaRequest,
            InputInfo=source,
            OutputDir="/tencent/get/",
            MediaProcessTask={"TranscodeTaskSet": [{"Definition": 1010}]},
            SessionContext="a b+c/d~e%20é",
        )
        found = detail(client, client.ProcessMedia(asked).TaskId)
    finally:
        client.profile.httpProfile.reqMethod = "POST"

    assert found.SessionContext == "a b+c/d~e%20é"
    assert found.WorkflowTask.MediaProcessResultSet[0].TranscodeTask.Status == "SUCCESS"


def test_what_is_wrong_comes_as_an_exception_of_the_sdk(client: mps_client.MpsClient, source: dict[str, Any]) -> None:
    def code(call: Callable[[], object]) -> str:
        with pytest.raises(TencentCloudSDKException) as failed:
            call()
        assert failed.value.requestId
        return str(failed.value.code)

    work = {"TranscodeTaskSet": [{"Definition": 100010, "MosaicSet": [{"Width": "10%"}]}]}
    bad = request(models.ProcessMediaRequest, InputInfo=source, MediaProcessTask=work)
    unknown = request(models.DescribeTaskDetailRequest, TaskId="24000089-WorkflowTask-0723542d0c164c958ba116874fa9b0c4")

    assert code(lambda: client.ProcessMedia(bad)) == "UnsupportedOperation"
    assert code(lambda: client.DescribeTaskDetail(unknown)) == "ResourceNotFound"
