"""What a request of MPS makes of a real film: where it lies, what a probe says of it, what DescribeTaskDetail does."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image
from tencentcloud.mps.v20190612 import models

from sluice.aws.clients import s3
from sluice.aws.files import first_bytes
from sluice.dialects.tencent import models as m
from sluice.dialects.tencent import say, translate
from sluice.dialects.tencent.places import Places
from sluice.dialects.tencent.reports import reports_of
from sluice.intake import submit_request
from sluice.jobs import JobRef
from sluice.kinds.adaptive.run import run as adaptive
from sluice.kinds.animation.run import run as animation
from sluice.kinds.audio.run import run as audio
from sluice.kinds.image.run import run as image
from sluice.kinds.screenshot.run import run as screenshot
from sluice.kinds.sprite.run import run as sprite
from sluice.kinds.video.run import run as video
from sluice.recording import record_subtask
from sluice.tasks import Status, Task
from sluice.validation import validate
from sluice.worker import Run
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS

RUNS: Mapping[str, Run] = {
    "video": video, "adaptive": adaptive, "audio": audio, "animation": animation, "image": image,
    "screenshot": screenshot, "sprite": sprite,
}  # fmt: skip
PLACES = Places(MEDIA, OUTPUTS, "us-east-1")
INPUT = {"Type": "COS", "CosInputInfo": {"Bucket": MEDIA, "Region": "us-east-1", "Object": "/films/phone.mov"}}
RAW = {
    "Container": "mp4",
    "VideoTemplate": {"Codec": "h264", "Fps": 0, "Bitrate": 500, "Width": 640, "Height": 480},
    "AudioTemplate": {"Codec": "aac", "Bitrate": 64, "SampleRate": 0},
}
SETS = {
    "TranscodeTaskSet": [{"Definition": 0, "RawParameter": RAW}, {"Definition": 100210}, {"Definition": 1010}],
    "AnimatedGraphicTaskSet": [{"Definition": 20000, "StartTimeOffset": 0.2, "EndTimeOffset": 0.8}],
    "SnapshotByTimeOffsetTaskSet": [{"Definition": 10, "ExtTimeOffsetSet": ["0.3s", "90%"]}],
    "ImageSpriteTaskSet": [{"Definition": 10}],
}


def done(bench: Bench, task: Task) -> Task:
    """The task as the workflow leaves it."""
    assert validate(task.id, task.attempt) is None
    for status in (Status.QUEUED, Status.PROCESSING):
        bench.store.move(bench.now(task), status)
    for subtask in task.subtasks:
        result = bench.perform(bench.now(task), RUNS[subtask.kind], number=subtask.number)
        assert result.failure is None, result.failure
        record_subtask(
            bench.store, JobRef(task_id=task.id, attempt=1, number=subtask.number, kind=subtask.kind), result
        )
    for status in (Status.FINISHING, Status.SUCCEEDED):
        bench.store.move(bench.now(task), status)
    return bench.now(task)


def uploaded(path: Any) -> None:
    s3().put_object(Bucket=MEDIA, Key="films/phone.mov", Body=path.read_bytes())


def told(task: Task) -> Any:
    found = models.DescribeTaskDetailResponse()
    plain = say.task_detail(task, PLACES, reports_of(task))
    found.from_json_string(json.dumps({**plain, "RequestId": "r"}))
    return found


@pytest.fixture
def results(bench: Bench, clips: Clips) -> Any:
    uploaded(clips.phone())
    asked = m.parsed(m.ProcessMedia, {"InputInfo": INPUT, "MediaProcessTask": SETS, "OutputDir": "/out/"})
    task = done(bench, submit_request(translate.process_media(asked, PLACES, "default")))
    found = told(task)
    assert found.Status == "FINISH" and found.WorkflowTask.ErrCode == 0
    return found.WorkflowTask.MediaProcessResultSet


def read(path: str) -> bytes:
    return first_bytes(OUTPUTS, path.removeprefix("/"), 1_000_000)


def test_what_is_told_is_what_was_made(results: Any, bench: Bench, clips: Clips) -> None:
    film, hls, sound, gif, stills, sheets = results

    made = film.TranscodeTask.Output
    assert made.Path == "/outputs/at/default/out/phone_transcode_0.mp4"
    look = clips.look(bench.download(made.Path.removeprefix("/")))
    # an upright film in a box that turns with it, with bars since its shape is another
    assert look.size == (480, 640) == (made.Width, made.Height)

    master = hls.TranscodeTask.Output
    assert master.Path == "/outputs/at/default/out/phone_transcode_100210/master.m3u8"
    assert master.Container == "hls" and min(master.Width, master.Height) <= 360 and master.Size > 0
    assert b"#EXT-X-STREAM-INF" in read(master.Path)

    assert sound.TranscodeTask.Output.Path.endswith("/out/phone_transcode_1010.mp3")
    assert sound.TranscodeTask.Output.AudioStreamSet[0].Codec == "mp3"
    assert gif.AnimatedGraphicTask.Output.Path.endswith("/out/phone_animatedGraphic_20000.gif")
    assert gif.AnimatedGraphicTask.Output.StartTimeOffset == 0.2

    pictures = stills.SnapshotByTimeOffsetTask.Output.PicInfoSet
    assert [p.Path.rpartition("/")[2] for p in pictures] == [
        "phone_snapshotByTimeOffset_10_0.jpg", "phone_snapshotByTimeOffset_10_1.jpg",
    ]  # fmt: skip
    assert pictures[0].TimeOffset == 0.3 and all(read(p.Path).startswith(b"\xff\xd8") for p in pictures)

    sprites = sheets.ImageSpriteTask.Output
    cues, (sheet,) = read(sprites.WebVttPath).decode(), sprites.ImagePathSet
    assert sheet.rpartition("/")[2] in cues, "the map names the sheets as they are called"
    assert cues.count("-->") == sprites.TotalCount > 0


def test_a_picture_is_made_under_its_own_name(bench: Bench, clips: Clips) -> None:
    s3().put_object(Bucket=MEDIA, Key="films/phone.mov", Body=clips.photo().read_bytes())
    work = {
        "EncodeConfig": {"Format": "PNG"},
        "TransformConfig": {"ImageResize": {"Mode": "fill", "Width": 40, "Height": 40}},
    }
    asked = m.parsed(m.ProcessImage, {"InputInfo": INPUT, "ImageTask": work})
    task = done(bench, submit_request(translate.process_image(asked, PLACES, "default")))

    (result,) = say.image_detail(task, PLACES, lambda key: key)["ImageProcessTaskResultSet"]

    assert result["Output"]["Path"] == "/outputs/at/default/films/phone.png"
    with Image.open(bench.download(result["Output"]["Path"].removeprefix("/"))) as picture:
        assert (picture.format, picture.size) == ("PNG", (40, 40))
