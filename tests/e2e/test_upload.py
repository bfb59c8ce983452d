"""From an upload to everything its workflow asks for, on the deployed stack."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from sluice.ffmpeg.probe import parse
from tests.e2e.stack import Stack, Task, output_of, subtask_of
from tests.probing import ffprobe, moov_is_before_mdat

CLIP = Path(__file__).parents[2] / "samples" / "bbb_clip.mp4"


@pytest.fixture(scope="module")
def finished(stack: Stack) -> Task:
    return stack.ended_upload(stack.upload(CLIP.read_bytes(), "uploads/a real clip.mp4"))


def test_an_upload_becomes_a_task_that_succeeds(finished: Task) -> None:
    assert finished["status"] == "succeeded", finished
    assert finished["progress"] == 100
    assert finished["trigger"] == "upload"
    assert [subtask["kind"] for subtask in finished["subtasks"]] == ["video", "screenshot", "moderation"]
    assert all(subtask["attempts"] == 1 for subtask in finished["subtasks"])
    assert finished["created_at"] <= finished["started_at"] <= finished["finished_at"] < finished["expires_at"]


def test_the_source_is_described_and_can_be_fetched(stack: Stack, finished: Task) -> None:
    media = finished["input"]["media"]

    assert (media["container"], media["duration"], media["video"][0]["frame_rate"]) == ("mp4", 8.0, "24/1")
    assert stack.fetch(finished["input"]["url"]) == CLIP.read_bytes()


def test_the_transcode_plays_everywhere(stack: Stack, finished: Task, media_bin: Path, tmp_path: Path) -> None:
    output = output_of(finished, "video", "video.mp4")
    path = tmp_path / "video.mp4"
    path.write_bytes(stack.fetch(output["url"]))

    media = parse(ffprobe(media_bin, path))

    assert media.main_video and media.main_audio and media.duration
    assert (media.main_video.codec, media.main_audio.codec) == ("h264", "aac")
    assert media.main_video.display_size == (1280, 720)
    assert (media.main_video.pixel_format, media.main_video.frames) == ("yuv420p", 192)
    assert abs(media.duration - 8.0) < 1 / 24
    assert moov_is_before_mdat(path)
    assert output["key"].startswith(f"outputs/{finished['id']}/1-video/")
    assert (output["size"], output["width"], output["height"]) == (path.stat().st_size, 1280, 720)


def test_the_screenshots_are_pictures_of_their_times(stack: Stack, finished: Task) -> None:
    outputs = [o for o in subtask_of(finished, "screenshot")["outputs"] if o["type"] == "image/jpeg"]

    assert [output["time"] for output in outputs] == [0.8, 4.0, 7.2]
    for output in outputs:
        picture = Image.open(io.BytesIO(stack.fetch(output["url"])))
        assert (picture.format, picture.size) == ("JPEG", (1280, 720))


def test_the_verdict_is_in_the_record_and_in_a_file(stack: Stack, finished: Task) -> None:
    verdict = subtask_of(finished, "moderation")["result"]
    report = json.loads(stack.fetch(output_of(finished, "moderation", "moderation.json")["url"]))

    assert verdict["verdict"] == report["verdict"]["verdict"] == "pass"
    assert 0 <= verdict["confidence"] <= 100
    assert verdict["frame_count"] == len(report["frames"]) > 0


@pytest.mark.parametrize(
    "name",
    ["with space.mp4", "a+b.mp4", "50%20off%.mp4", "ünïcødé 電影.mp4", "a&b=c#d?.mp4", "it's (1) [2] {3}!.mp4"],
)
def test_any_key_works(stack: Stack, second: bytes, name: str) -> None:
    task = stack.ended_upload(stack.upload(second, f"uploads/keys/{name}"))

    assert task["status"] == "succeeded", task
    assert stack.fetch(task["input"]["url"]) == second


def test_a_repeated_event_is_the_same_task(stack: Stack, second: bytes) -> None:
    key = stack.upload(second, "uploads/repeated.mp4")
    first = stack.ended_upload(key)
    event = json.loads((CLIP.parents[1] / "events" / "s3_object_created.json").read_text())
    event["detail"]["bucket"]["name"] = stack.env.sluice_bucket
    event["detail"]["object"]["key"] = key

    stack.client("events").put_events(
        Entries=[{"Source": "aws.s3", "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}] * 3
    )
    stack.ended_upload(stack.upload(second, "uploads/afterwards.mp4"))

    assert [task["id"] for task in stack.tasks_of(key)] == [first["id"]]


def test_an_overwritten_upload_is_another_task(stack: Stack, second: bytes) -> None:
    key = stack.upload(second, "uploads/overwritten.mp4")
    first = stack.ended_upload(key)

    stack.upload(CLIP.read_bytes(), key)
    stack.ended_upload(stack.upload(second, "uploads/afterwards too.mp4"))

    ids = {task["id"] for task in stack.tasks_of(key)}
    assert len(ids) == 2 and first["id"] in ids


def test_a_file_outside_of_uploads_starts_nothing(stack: Stack, second: bytes) -> None:
    stack.upload(second, "elsewhere/clip.mp4")
    stack.ended_upload(stack.upload(second, "uploads/in between.mp4"))

    assert stack.tasks_of("elsewhere/clip.mp4") == []


def test_records_expire(stack: Stack) -> None:
    described = stack.client("dynamodb").describe_time_to_live(TableName=stack.env.sluice_table)

    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
