"""Tencent MPS through its own SDK, unmodified, against the API's Lambda behind a real socket."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.mps.v20190612 import models, mps_client, mps_client_async

from sluice import access
from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.dialects.tencent import auth, say
from sluice.dialects.tencent.auth import Signed
from sluice.keys import Limits, Scope
from sluice.tasks import Status, Task
from tests.builders import media_info
from tests.conftest import MEDIA, OUTPUTS, TABLE, Handler
from tests.gateway import gateway

pytestmark = pytest.mark.usefixtures("aws")

STORE = TaskStore(TABLE)
KEY = "uploads/clip.mp4"
INPUT = {"Type": "COS", "CosInputInfo": {"Bucket": MEDIA, "Region": "us-east-1", "Object": f"/{KEY}"}}
# A file that the tenant «other» has brought.
THEIRS = {"Type": "COS", "CosInputInfo": {"Bucket": MEDIA, "Region": "us-east-1", "Object": "/uploads/other/clip.mp4"}}
WORK = {"TranscodeTaskSet": [{"Definition": 100010}]}

Clients = Callable[..., mps_client.MpsClient]


@pytest.fixture
def address(handler: Handler) -> Iterator[str]:
    """Host and port of the API."""
    with gateway(handler) as url:
        yield url.removeprefix("http://")


@pytest.fixture(autouse=True)
def uploaded(aws: None) -> None:
    for key in (KEY, "uploads/other/clip.mp4"):
        s3().put_object(Bucket=MEDIA, Key=key, Body=b"film")


def a_key(scope: Scope = Scope.SUBMIT, tenant: str = "default", **limits: int) -> credential.Credential:
    made = access.create_key("test", scope, tenant=tenant, limits=Limits(**limits) if limits else None)
    return credential.Credential(made.key.id, made.signing_secret)


def profile(address: str, **options: Any) -> ClientProfile:
    http = {"protocol": "http", "endpoint": address, "reqTimeout": 30, "reqMethod": options.get("method", "POST")}
    made = ClientProfile(httpProfile=HttpProfile(**http), language=options.get("language", "en-US"))
    made.unsignedPayload = options.get("unsigned", False)
    return made


@pytest.fixture
def client_of(address: str) -> Clients:
    def client(scope: Scope = Scope.SUBMIT, tenant: str = "default", **options: Any) -> mps_client.MpsClient:
        return mps_client.MpsClient(options.pop("key", None) or a_key(scope, tenant), "", profile(address, **options))

    return client


@pytest.fixture
def client(client_of: Clients) -> mps_client.MpsClient:
    return client_of()


def request(model: Any, **members: Any) -> Any:
    asked = model()
    asked.from_json_string(json.dumps(members))
    return asked


def a_process(**members: Any) -> models.ProcessMediaRequest:
    return request(models.ProcessMediaRequest, **{"InputInfo": INPUT, "MediaProcessTask": WORK, **members})


def detail(client: mps_client.MpsClient, task_id: str) -> models.DescribeTaskDetailResponse:
    return client.DescribeTaskDetail(request(models.DescribeTaskDetailRequest, TaskId=task_id))


def listed(client: mps_client.MpsClient, status: str, **members: Any) -> models.DescribeTasksResponse:
    return client.DescribeTasks(request(models.DescribeTasksRequest, Status=status, **members))


def the_task(task_id: str) -> Task:
    found = say.read_task_id(task_id)
    assert found
    return STORE.get(found, at=now())


def code(call: Callable[[], object]) -> str:
    with pytest.raises(TencentCloudSDKException) as failed:
        call()
    assert failed.value.requestId and failed.value.message
    return str(failed.value.code)


def moved(task_id: str, *statuses: Status, **values: Any) -> None:
    """As the workflow does, one step after the other."""
    for status in statuses:
        assert STORE.move(the_task(task_id), status, **values), status


ENDED = (Status.VALIDATING, Status.QUEUED, Status.PROCESSING, Status.FINISHING, Status.SUCCEEDED)


# ── create, look, list ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_task_is_made_and_looked_at(client_of: Clients, method: str, language: str) -> None:
    client = client_of(method=method, language=language)

    task_id = client.ProcessMedia(a_process(TasksPriority=3, SessionContext="mine", OutputDir="/out/")).TaskId
    found = detail(client, task_id)

    assert found.Status in {"WAITING", "PROCESSING"} and found.TaskType == "WorkflowTask"
    assert (found.TasksPriority, found.SessionContext, found.FinishTime) == (3, "mine", "0000-00-00T00:00:00Z")
    assert found.WorkflowTask.TaskId == task_id
    assert found.WorkflowTask.InputInfo.CosInputInfo.Object == f"/{KEY}"
    (result,) = found.WorkflowTask.MediaProcessResultSet
    assert (result.Type, result.TranscodeTask.Status, result.TranscodeTask.Output) == ("Transcode", "PROCESSING", None)
    assert result.TranscodeTask.Input.Definition == 100010
    subtask = the_task(task_id).subtasks[0]
    assert (subtask.kind, subtask.output_path) == ("video", "out/clip_transcode_100010.{format}")


def test_what_is_sent_as_text_is_read_as_numbers(client: mps_client.MpsClient, tallied: Callable[[], None]) -> None:
    client.ProcessMedia(a_process(MediaProcessTask={"TranscodeTaskSet": [{"Definition": "100010"}]}, TasksPriority="2"))
    tallied()

    assert listed(client, "PROCESSING", Limit="5").TotalCount + listed(client, "WAITING", Limit="5").TotalCount == 1


def test_the_generic_client_works_as_well(address: str) -> None:
    client = CommonClient("mps", "2019-06-12", a_key(), "", profile(address))

    made = client.call_json("ProcessMedia", {"InputInfo": INPUT, "MediaProcessTask": WORK})
    found = client.call_json("DescribeTaskDetail", {"TaskId": made["Response"]["TaskId"]})

    assert found["Response"]["WorkflowTask"]["TaskId"] == made["Response"]["TaskId"]


def test_the_asynchronous_client_works_as_well(address: str) -> None:
    async def made() -> Any:
        client = mps_client_async.MpsClient(a_key(), "", profile(address))
        try:
            return await client.ProcessMedia(a_process())
        finally:
            await client.close()

    assert the_task(asyncio.run(made()).TaskId).dialect == "tencent"


def test_a_client_behind_a_gateway_signs_another_host(address: str) -> None:
    http = HttpProfile(protocol="http", reqTimeout=30)
    http.apigw_endpoint = address
    client = mps_client.MpsClient(a_key(), "ap-guangzhou", ClientProfile(httpProfile=http))

    assert client.ProcessMedia(a_process()).TaskId


def test_an_unsigned_body_is_taken_where_the_client_says_so(client_of: Clients) -> None:
    client = client_of(unsigned=True)

    first = client.ProcessMedia(a_process(OutputDir="/a/")).TaskId
    second = client.ProcessMedia(a_process(OutputDir="/b/")).TaskId

    assert first != second


def test_the_list_is_scrolled_through_newest_first(client: mps_client.MpsClient, tallied: Callable[[], None]) -> None:
    made = [client.ProcessMedia(a_process(OutputDir=f"/{n}/")).TaskId for n in range(5)]
    for task_id in made:
        moved(task_id, *ENDED, finished_at=iso(now()))
    tallied()

    found: list[str] = []
    token = ""
    while True:
        page = listed(client, "FINISH", Limit=2, ScrollToken=token)
        assert page.TotalCount == 5
        assert all(task.FinishTime > task.CreateTime[:10] for task in page.TaskSet)
        found += [task.TaskId for task in page.TaskSet]
        token = page.ScrollToken
        if not token:
            break

    assert sorted(found) == sorted(made) and len(found) == 5
    assert page.TaskSet[0].SubTaskTypes == ["Transcode"] and page.TaskSet[0].TaskType == "WorkflowTask"


def test_the_list_is_narrowed_by_failure_and_window(client: mps_client.MpsClient) -> None:
    good, bad = (client.ProcessMedia(a_process(OutputDir=f"/{n}/")).TaskId for n in range(2))
    moved(good, *ENDED)
    moved(bad, Status.VALIDATING, Status.FAILED)
    tomorrow = (now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def ids(**members: Any) -> list[str]:
        return [task.TaskId for task in listed(client, "FINISH", **members).TaskSet]

    assert ids(SubTaskHasFailed=True) == [bad] and ids(SubTaskHasFailed=False) == [good]
    assert ids(EndTime=tomorrow) == [bad, good] and ids(StartTime=tomorrow) == []
    assert ids(StartTime="9999-12-31T23:59:59.999999Z") == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, "MissingParameter"),
        ({"Status": "DONE"}, "InvalidParameterValue"),
        ({"Status": "FINISH", "Limit": 0}, "InvalidParameterValue.Limit"),
        ({"Status": "FINISH", "Limit": "101"}, "InvalidParameterValue.Limit"),
        ({"Status": "FINISH", "Limit": "many"}, "InvalidParameter"),
        ({"Status": "FINISH", "ScrollToken": "eyJ4Ijoi"}, "InvalidParameterValue"),
        ({"Status": "FINISH", "StartTime": "yesterday"}, "InvalidParameterValue"),
    ],
)
def test_a_list_that_can_not_be_is_refused(
    client: mps_client.MpsClient, members: dict[str, Any], expected: str
) -> None:
    assert code(lambda: client.DescribeTasks(request(models.DescribeTasksRequest, **members))) == expected


def test_results_are_told_with_the_places_that_they_really_lie_in(client: mps_client.MpsClient) -> None:
    sets = {**WORK, "ImageSpriteTaskSet": [{"Definition": 10}]}
    storage = {"Type": "COS", "CosOutputStorage": {"Bucket": MEDIA, "Region": "r"}}
    task_id = client.ProcessMedia(a_process(MediaProcessTask=sets, OutputStorage=storage)).TaskId
    task = the_task(task_id)
    moved(task_id, *ENDED[:3], source={**task.source.model_dump(), "media": media_info().model_dump(mode="json")})
    key = "outputs/at/default/uploads/clip_transcode_100010.mp4"
    made = {
        "name": "video.mp4",
        "key": key,
        "type": "video/mp4",
        "size": 9,
        "duration": 1.0,
        "codec": "h264",
        "width": 640,
    }
    for number, outputs in ((1, [made]), (2, [])):
        STORE.begin(the_task(task_id), number, at=now())
        ended = Status.SUCCEEDED if outputs else Status.FAILED
        STORE.end_subtask(task.id, 1, number, ended, {"outputs": outputs, "error": None if outputs else BROKEN})

    found = detail(client, task_id).WorkflowTask

    assert (found.ErrCode, found.MetaData.Width, found.MetaData.VideoStreamSet[0].Codec) == (0, 1280, "h264")
    good, bad = (found.MediaProcessResultSet[0].TranscodeTask, found.MediaProcessResultSet[1].ImageSpriteTask)
    assert (good.Status, good.ErrCode, good.ErrCodeExt, good.Progress) == ("SUCCESS", 0, "", 100)
    assert (good.Output.Path, good.Output.Width, good.Output.Container) == (f"/{key}", 640, "mp4")
    assert good.Output.OutputStorage.CosOutputStorage.Bucket == OUTPUTS
    assert (bad.Status, bad.ErrCode, bad.ErrCodeExt, bad.Output) == ("FAIL", 60000, "source_undecodable", None)


BROKEN = {"code": "source_undecodable", "message": "It can't be decoded.", "detail": []}


# ── pictures, and aborting ────────────────────────────────────────────────────────────────────


def test_a_picture_is_made_and_looked_at(client: mps_client.MpsClient) -> None:
    task = {"EncodeConfig": {"Format": "WebP", "Quality": 80}}
    asked = request(models.ProcessImageRequest, InputInfo=INPUT, ImageTask=task, OutputDir="/out/")

    task_id = client.ProcessImage(asked).TaskId
    found = client.DescribeImageTaskDetail(request(models.DescribeImageTaskDetailRequest, TaskId=task_id))

    assert "-ImageTask-" in task_id and found.Status in {"WAITING", "PROCESSING"}
    assert found.ImageTask.EncodeConfig.Format == "WebP" and found.ErrMsg == ""
    assert [result.Status for result in found.ImageProcessTaskResultSet] == ["PROCESSING"]


def manage(client: mps_client.MpsClient, task_id: str, operation: str = "Abort") -> Any:
    return client.ManageTask(request(models.ManageTaskRequest, OperationType=operation, TaskId=task_id))


def test_only_a_task_that_waits_can_be_aborted(client: mps_client.MpsClient, change_settings: Any) -> None:
    change_settings(max_active_tasks=1, max_active_per_tenant=1)
    running, waiting = (client.ProcessMedia(a_process(OutputDir=f"/{n}/")).TaskId for n in range(2))
    moved(running, Status.VALIDATING)

    assert detail(client, waiting).Status == "WAITING"
    assert manage(client, waiting).RequestId
    assert code(lambda: manage(client, running)) == "InvalidParameterValue"
    assert code(lambda: manage(client, waiting)) == "InvalidParameterValue"
    found = detail(client, waiting)
    assert found.Status == "FINISH"
    assert found.WorkflowTask.MediaProcessResultSet[0].TranscodeTask.Status == "FAIL"


def test_there_is_no_other_operation(client: mps_client.MpsClient) -> None:
    task_id = client.ProcessMedia(a_process()).TaskId

    assert code(lambda: manage(client, task_id, "Restart")) == "InvalidParameterValue.InvalidOperationType"


# ── once and no more ──────────────────────────────────────────────────────────────────────────


def test_a_session_id_makes_one_task(client: mps_client.MpsClient, client_of: Clients) -> None:
    client.ProcessMedia(a_process(SessionId="once"))

    assert code(lambda: client.ProcessMedia(a_process(SessionId="once"))) == "InvalidParameterValue.SessionId"
    assert code(lambda: client.ProcessMedia(a_process(SessionId="once", OutputDir="/x/"))).endswith("SessionId")
    assert client_of(tenant="other").ProcessMedia(a_process(InputInfo=THEIRS, SessionId="once")).TaskId


class Wire:
    """A client of our own, that signs as it is told."""

    def __init__(self, address: str, key: credential.Credential | None = None):
        self.address, self.key = address, key or a_key()

    def signed(self, action: str, body: Any, *, names: str = "content-type;host", at: int = 0, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        timestamp = int(time.time()) + at
        sent = {
            "content-type": "application/json",
            "host": self.address,
            "x-tc-action": action,
            "x-tc-version": "2019-06-12",
            "x-tc-timestamp": str(timestamp),
            **headers,
        }
        day = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
        canonical = next(iter(auth.canonical_requests(Signed("POST", sent, "", content), tuple(names.split(";")))))
        signature = auth.signature(canonical, day, timestamp, self.key.secret_key)
        scope = f"{self.key.secret_id}/{day}/mps/tc3_request"
        value = f"TC3-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
        return httpx.Request(
            "POST", f"http://{self.address}/", content=content, headers={**sent, "authorization": value}
        )

    def send(self, request: httpx.Request) -> dict[str, Any]:
        """What is in the envelope, which is always the same."""
        with httpx.Client(timeout=30) as client:
            answer = client.send(request)
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/json", answer.text
        content: dict[str, Any] = answer.json()["Response"]
        assert content["RequestId"]
        return content

    def code(self, request: httpx.Request) -> str:
        return str(self.send(request)["Error"]["Code"])


@pytest.fixture
def wire(address: str) -> Wire:
    return Wire(address)


def test_a_request_that_is_sent_again_makes_no_second_task(wire: Wire) -> None:
    asked = wire.signed("ProcessMedia", {"InputInfo": INPUT, "MediaProcessTask": WORK})

    first, again = wire.send(asked), wire.send(asked)

    assert first["TaskId"] == again["TaskId"]


def test_a_path_before_the_slash_changes_nothing(wire: Wire) -> None:
    asked = wire.signed("DescribeTasks", {"Status": "FINISH"})
    for path in ("/prod", "/prod/", "/a/b"):
        moved = httpx.Request("POST", f"http://{wire.address}{path}", headers=asked.headers, content=asked.content)

        assert wire.send(moved)["TaskSet"] == []


# ── who may ───────────────────────────────────────────────────────────────────────────────────


def test_other_headers_may_be_signed(wire: Wire) -> None:
    asked = wire.signed("DescribeTasks", {"Status": "FINISH"}, names="content-type;host;x-tc-action;x-tc-timestamp")

    assert wire.send(asked)["TaskSet"] == []


@pytest.mark.parametrize(
    ("at", "headers", "expected"),
    [
        (-301, {}, "AuthFailure.SignatureExpire"),
        (310, {}, "AuthFailure.SignatureExpire"),
        (0, {"x-tc-token": "temporary"}, "AuthFailure.TokenFailure"),
        (0, {"x-tc-version": "2017-03-12"}, "NoSuchVersion"),
        (0, {"x-tc-version": ""}, "MissingParameter"),
        (0, {"x-tc-action": ""}, "MissingParameter"),
        (0, {"x-tc-action": "MakeCoffee"}, "InvalidAction"),
    ],
)
def test_what_is_wrong_with_a_request_is_told_by_its_code(
    wire: Wire, at: int, headers: dict[str, str], expected: str
) -> None:
    assert wire.code(wire.signed("DescribeTasks", {"Status": "FINISH"}, at=at, **headers)) == expected


def test_a_signature_of_something_else_is_refused(wire: Wire, address: str) -> None:
    asked = wire.signed("DescribeTasks", {"Status": "FINISH"})
    changed = httpx.Request("POST", asked.url, content=b'{"Status": "WAITING"}', headers={
        name: value for name, value in asked.headers.items() if name != "content-length"
    })  # fmt: skip

    assert wire.code(changed) == "AuthFailure.SignatureFailure"
    stranger = Wire(address, credential.Credential("key0123456789abcdef", "x" * 32))
    assert stranger.code(stranger.signed("DescribeTasks", {"Status": "FINISH"})) == "AuthFailure.SecretIdNotFound"


@pytest.mark.parametrize("authorization", ["SKIP", "", "Bearer x", "TC3-HMAC-SHA256 nonsense"])
def test_what_is_not_signed_is_refused(wire: Wire, authorization: str) -> None:
    headers = {"x-tc-action": "DescribeTasks", "authorization": authorization}
    asked = httpx.Request("POST", f"http://{wire.address}/", json={"Status": "FINISH"}, headers=headers)

    assert wire.code(asked) == "AuthFailure.InvalidAuthorization"


def test_a_client_that_skips_signing_is_refused(address: str) -> None:
    client = CommonClient("mps", "2019-06-12", None, "", profile(address))

    assert code(lambda: client.call_json("DescribeTasks", {"Status": "FINISH"}, options={"SkipSign": True})) == (
        "AuthFailure.InvalidAuthorization"
    )


def test_a_key_that_reads_makes_nothing(client_of: Clients) -> None:
    key = a_key(Scope.READ)
    client = client_of(key=key)

    assert listed(client, "FINISH").TotalCount == 0
    assert code(lambda: client.ProcessMedia(a_process())) == "AuthFailure.UnauthorizedOperation"
    assert code(lambda: manage(client, "x")) == "AuthFailure.UnauthorizedOperation"


def test_nobody_sees_what_is_anothers(client: mps_client.MpsClient, client_of: Clients) -> None:
    other = client_of(tenant="other")
    theirs = other.ProcessMedia(a_process(InputInfo=THEIRS)).TaskId
    forged = say.task_id(the_task(client.ProcessMedia(a_process()).TaskId))[:-26] + theirs[-26:]

    for task_id in (theirs, forged, "1", "", "ü" * 100, f"12345678-WorkflowTask-{'0' * 26}"):
        assert code(partial(detail, client, task_id)) == "ResourceNotFound"
        assert code(partial(manage, client, task_id)) == "ResourceNotFound"
    assert listed(other, "FINISH").TotalCount == 0 and detail(other, theirs).TaskType


def test_a_key_that_asks_too_often_is_told_to_wait(client_of: Clients) -> None:
    client = client_of(key=a_key(list=1))

    found = set()
    for _ in range(4):
        try:
            listed(client, "FINISH")
        except TencentCloudSDKException as error:
            found.add(error.code)

    assert found == {"RequestLimitExceeded"}


# ── bad input ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{", "InvalidParameter"),
        (b"[]", "InvalidParameter"),
        (b"null", "InvalidParameter"),
        (b'{"Status": NaN}', "InvalidParameter"),
        (b"[" * 100_000, "InvalidParameter"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, "InvalidParameter"),
        ('{"Status": "😀"}'.encode(), "InvalidParameterValue"),
        (b'{"Status": {"a": 1}}', "InvalidParameterValue"),
        (b"", "MissingParameter"),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_refused(wire: Wire, body: bytes, expected: str) -> None:
    assert wire.code(wire.signed("DescribeTasks", body)) == expected


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_no_protocol(wire: Wire, method: str) -> None:
    asked = wire.signed("DescribeTasks", {"Status": "FINISH"})

    assert (
        wire.code(httpx.Request(method, asked.url, headers=asked.headers, content=asked.content))
        == "UnsupportedProtocol"
    )


def test_a_source_that_is_not_there_is_told(client: mps_client.MpsClient) -> None:
    source = {"Type": "COS", "CosInputInfo": {"Bucket": MEDIA, "Region": "r", "Object": "/none.mp4"}}

    assert code(lambda: client.ProcessMedia(a_process(InputInfo=source))) == "InvalidParameterValue.SrcFile"


def test_what_our_own_options_refuse_is_told_in_the_services_words(client: mps_client.MpsClient, wire: Wire) -> None:
    audio = {"Codec": "aac", "Bitrate": 64, "SampleRate": 12345}
    raw = {"Container": "mp4", "VideoTemplate": {"Codec": "h264", "Bitrate": 0, "Fps": 0}, "AudioTemplate": audio}
    work = {"TranscodeTaskSet": [{"Definition": 0, "RawParameter": raw}]}

    answer = wire.send(wire.signed("ProcessMedia", {"InputInfo": INPUT, "MediaProcessTask": work}))

    assert answer["Error"]["Code"] == "InvalidParameterValue.AudioSampleRate"
    assert answer["Error"]["Message"].startswith("MediaProcessTask.TranscodeTaskSet.0: ")


def test_a_browser_that_looks_around_is_not_in_this_dialect(address: str) -> None:
    with httpx.Client() as client:
        answer = client.get(f"http://{address}/", headers={"accept": "text/html"})

    assert "Response" not in answer.text
