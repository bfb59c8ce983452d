"""Tasks as the service shows them: judged by the SDK's own models, which is what clients read them with."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tencentcloud.mps.v20190612 import models

from sluice.dialects.tencent import callback, say
from sluice.dialects.tencent.places import Places
from sluice.tasks import Failure, Output, Status, Subtask, Task
from tests.builders import MOMENT, TASK_ID, a_failure, a_source, a_task, media_info

PLACES = Places("media", "outputs", "us-east-1")


def made(name: str, type_: str = "video/mp4", **values: Any) -> Output:
    return Output(**{"name": name, "key": f"outputs/at/default/{name}", "type": type_, "size": 1000, **values})


def task_of(*subtasks: Subtask, **values: Any) -> Task:
    usual = {"dialect": "tencent", "status": Status.SUCCEEDED, "source": a_source(media=media_info()), "client": {}}
    return a_task(**{**usual, **values}).model_copy(update={"subtasks": subtasks})


def subtask(kind: str, type_: str, *outputs: Output, **values: Any) -> Subtask:
    client = {
        "type": type_,
        "definition": 10,
        "input": {"Definition": 10},
        "storage": "COS",
        **values.pop("client", {}),
    }
    ended = {"status": Status.SUCCEEDED, "created_at": MOMENT, "finished_at": MOMENT}
    return Subtask(**{**ended, "number": 1, "kind": kind, "client": client, "outputs": outputs, **values})


def detail(task: Task, reports: say.Reports | None = None) -> Any:
    found = models.DescribeTaskDetailResponse()
    found.from_json_string(json.dumps({**say.task_detail(task, PLACES, reports or {}), "RequestId": "r"}))
    return found


def result(kind: str, type_: str, *outputs: Output, **values: Any) -> Any:
    (found,) = detail(task_of(subtask(kind, type_, *outputs, **values))).WorkflowTask.MediaProcessResultSet
    assert found.Type == type_
    return found


# ── ids, times, statuses ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("client", [None, {"is_image": True}])
def test_an_id_leads_back_to_its_task(client: dict[str, Any] | None) -> None:
    task = a_task(client=client)

    assert say.read_task_id(say.task_id(task)) == task.id
    assert say.task_id(task).partition("-")[2].startswith("ImageTask" if client else "WorkflowTask")
    assert say.task_id(task) != say.task_id(a_task(client=client, tenant="other"))


@given(st.text(max_size=60))
def test_any_other_text_is_no_id(text: str) -> None:
    assert say.read_task_id(text) is None


def test_times_are_whole_seconds_and_zeroes_while_there_is_none() -> None:
    at = datetime(2026, 1, 31, 12, 0, 0, 999_000, tzinfo=UTC)

    assert (say.moment(at), say.moment(None)) == ("2026-01-31T12:00:00Z", "0000-00-00T00:00:00Z")


@pytest.mark.parametrize("status", Status)
def test_every_status_has_one_word(status: Status) -> None:
    assert sum(status in ours for ours in say.STATUSES.values()) == 1
    assert (say.status(a_task(status=status)) == "FINISH") is status.is_final


# ── media ─────────────────────────────────────────────────────────────────────────────────────


def test_a_film_is_told() -> None:
    film = made("video.mp4", width=640, height=360, duration=10.0, bitrate=400_000, codec="h264", md5="0" * 32)
    told = result("video", "Transcode", film, options={"fps": None, "audio_codec": "aac"}).TranscodeTask

    assert (told.Status, told.ErrCode, told.ErrCodeExt, told.Progress) == ("SUCCESS", 0, "", 100)
    assert (told.Output.Path, told.Output.Bitrate, told.Output.Duration) == (f"/{film.key}", 400_000, 10.0)
    assert (told.Output.VideoStreamSet[0].Codec, told.Output.VideoStreamSet[0].Fps) == ("h264", 25)
    assert (told.Output.AudioStreamSet[0].Codec, told.Output.AudioStreamSet[0].SamplingRate) == ("aac", 48_000)
    assert (told.Output.OutputStorage.CosOutputStorage.Bucket, told.Output.Md5) == ("outputs", "0" * 32)


def test_an_hls_set_is_told_by_its_master() -> None:
    best = {"average_bitrate": 1, "height": 360, "width": 640, "codecs": "avc1"}
    summary = {"duration": 9.9, "frame_rate": "25", "renditions": [best], "segments": {"bytes": 5}, "audio": []}
    outputs = [made("master.m3u8", "application/vnd.apple.mpegurl"), made("video-1-360p.m3u8", "text/plain")]
    told = result("adaptive", "Transcode", *outputs, result=summary, options={"codec": "h264"}).TranscodeTask.Output

    assert (told.Path, told.Container, told.Size) == ("/outputs/at/default/master.m3u8", "hls", 5)
    assert (told.Height, told.Duration, told.VideoStreamSet[0].Fps) == (360, 9.9, 25)


@pytest.mark.parametrize(("package", "name"), [("HLS", "master.m3u8"), ("MPEG-DASH", "manifest.mpd")])
def test_an_adaptive_set_is_told_by_the_manifest_that_was_asked_for(package: str, name: str) -> None:
    outputs = [made("master.m3u8", "a/b"), made("manifest.mpd", "a/b")]
    told = result("adaptive", "AdaptiveDynamicStreaming", *outputs, client={"package": package})

    found = told.AdaptiveDynamicStreamingTask
    assert (found.Output.Package, found.Output.Path) == (package, f"/outputs/at/default/{name}")
    assert found.FinishTime == "2026-11-21T12:00:00Z"


def test_stills_are_told_with_their_times_and_the_zip_is_not() -> None:
    outputs = [made(f"s-{n}.jpg", "image/jpeg", time=float(n)) for n in range(3)] + [made("s.zip", "application/zip")]

    shots = result("screenshot", "SnapshotByTimeOffset", *outputs).SnapshotByTimeOffsetTask.Output
    samples = result("screenshot", "SampleSnapshot", *outputs).SampleSnapshotTask.Output

    assert [picture.TimeOffset for picture in shots.PicInfoSet] == [0.0, 1.0, 2.0]
    assert (samples.SampleType, samples.Interval, len(samples.ImagePathSet)) == ("Percent", 10, 3)


def test_sprites_are_told_with_their_map() -> None:
    outputs = [made("sprite-001.jpg", "image/jpeg"), made("sprite.vtt", "text/vtt")]
    told = result("sprite", "ImageSprites", *outputs, result={"tile_width": 142, "tile_height": 80, "tiles": 7})

    found = told.ImageSpriteTask.Output
    assert (found.Width, found.Height, found.TotalCount) == (142, 80, 7)
    assert (found.ImagePathSet, found.WebVttPath) == (
        ["/outputs/at/default/sprite-001.jpg"], "/outputs/at/default/sprite.vtt",
    )  # fmt: skip


def test_an_animation_is_told_with_the_stretch_that_it_shows() -> None:
    gif = made("animation.gif", "image/gif", width=320, height=180)
    told = result("animation", "AnimatedGraphics", gif, result={"stretches": [{"start": 1.0, "end": 3.0}]})

    found = told.AnimatedGraphicTask.Output
    assert (found.Container, found.StartTimeOffset, found.EndTimeOffset) == ("gif", 1.0, 3.0)


# ── how it goes ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("source_undecodable", 60000), ("time_past_end", 60000), ("options_invalid", 40000),
        ("limit_exceeded", 40000), ("workflow_failed", 70000), ("internal_error", 70000),
    ],
)  # fmt: skip
def test_a_failure_is_told_by_the_services_numbers(code: str, number: int) -> None:
    failure = Failure(code=code, message="Why.")
    told = result("video", "Transcode", status=Status.FAILED, error=failure).TranscodeTask

    assert (told.Status, told.ErrCodeExt, told.ErrCode, told.Message) == ("FAIL", code, number, "Why.")
    assert told.Output is None


def test_a_bad_source_is_told_of_the_whole() -> None:
    task = task_of(status=Status.FAILED, source=a_source(), error=a_failure("source_unreadable"))

    found = detail(task).WorkflowTask
    assert (found.Status, found.ErrCode, found.Message) == ("FINISH", 60000, a_failure().message)


def test_a_subtask_that_failed_is_not_told_of_the_whole() -> None:
    broken = subtask("video", "Transcode", status=Status.FAILED, error=a_failure())

    assert detail(task_of(broken, status=Status.FAILED, error=a_failure())).WorkflowTask.ErrCode == 0


def test_a_task_that_was_aborted_is_finished_without_success() -> None:
    found = detail(task_of(subtask("video", "Transcode", status=Status.CANCELLED), status=Status.CANCELLED))

    assert found.Status == "FINISH"
    assert found.WorkflowTask.MediaProcessResultSet[0].TranscodeTask.Status == "FAIL"


def test_what_works_still_has_no_output() -> None:
    told = result("video", "Transcode", status=Status.PROCESSING, percent=42.5).TranscodeTask

    assert (told.Status, told.Progress, told.Output) == ("PROCESSING", 42, None)


def test_tasks_of_other_doors_are_told_as_well() -> None:
    task = a_task(TASK_ID, "video", "screenshot", "quality", "moderation")

    found = detail(task)

    assert [result.Type for result in found.WorkflowTask.MediaProcessResultSet] == ["Transcode", "SnapshotByTimeOffset"]
    assert found.WorkflowTask.AiContentReviewResultSet and found.SessionId == ""
    assert found.WorkflowTask.InputInfo.CosInputInfo.Object == "/uploads/clip.mp4"


def test_metadata_is_left_out_where_that_was_asked_for() -> None:
    assert detail(task_of(client={"without_metadata": True})).WorkflowTask.MetaData is None
    assert detail(task_of()).WorkflowTask.MetaData.AudioStreamSet[0].SamplingRate == 48_000


# ── findings ──────────────────────────────────────────────────────────────────────────────────

LABEL = {"part": "frames", "category": "nudity", "label": "porn", "confidence": 94.0, "suggestion": "block"}
WORD = {"part": "speech", "category": "profanity", "label": "damn", "confidence": 91.0, "suggestion": "review"}
SUMMARY = {
    "verdict": "block", "parts": ["frames", "text", "speech"], "left_out": {"text": "why"},
    "labels": [LABEL, WORD], "segments": [{**LABEL, "start": 0.0, "end": 2.0}, {**WORD, "start": 1.0, "end": 3.0}],
}  # fmt: skip


def test_a_verdict_is_told_part_by_part() -> None:
    review = subtask("moderation", "AiContentReview", made("moderation.json", "application/json"), result=SUMMARY)
    found = {each.Type: each for each in detail(task_of(review)).WorkflowTask.AiContentReviewResultSet}

    assert found.keys() == {"Porn", "Terrorism", "Prohibited.Asr", "Prohibited.Ocr"}
    porn = found["Porn"].PornTask.Output
    assert (porn.Suggestion, porn.Label, porn.Confidence, porn.SegmentSet[0].EndTimeOffset) == (
        "block",
        "porn",
        94.0,
        2.0,
    )
    said = found["Prohibited.Asr"].ProhibitedAsrTask.Output
    assert (said.Suggestion, said.SegmentSet[0].KeywordSet) == ("review", ["damn"])
    assert found["Terrorism"].TerrorismTask.Output.Suggestion == "pass"
    assert found["Prohibited.Ocr"].ProhibitedOcrTask.Output.Suggestion == "pass"


STRETCH = {"start": 0.0, "end": 2.0, "confidence": 80.0}
DISCOVERY = {
    "tags": [{"name": "cat", "score": 77.0}], "labels": [{"name": "cat", "segments": [STRETCH]}],
    "text": [{"text": "EXIT", "segments": [STRETCH]}], "faces": [STRETCH],
}  # fmt: skip


def test_what_was_discovered_is_told_as_analysis() -> None:
    highlight = {"start": 1.0, "end": 3.0, "score": 50.0, "reasons": ["faces"]}
    summary = {"cover": {"score": 66.0}, "highlights": [highlight], "tags": ["cat"]}
    analysis = subtask("discovery", "AiAnalysis", made("cover.jpg", "image/jpeg"), result=summary)
    workflow = detail(task_of(analysis), {1: DISCOVERY}).WorkflowTask
    found = {each.Type: each for each in workflow.AiAnalysisResultSet}

    assert (found["Tag"].TagTask.Output.TagSet[0].Tag, found["Tag"].TagTask.Output.TagSet[0].Confidence) == (
        "cat",
        77.0,
    )
    assert found["Cover"].CoverTask.Output.CoverSet[0].CoverPath == "/outputs/at/default/cover.jpg"
    assert found["Highlight"].HighlightTask.Output.HighlightSet[0].SegmentSet[0].EndTimeOffset == 3.0
    assert found["FrameTag"].FrameTagTask.Output.SegmentSet[0].TagSet[0].Tag == "cat"


def test_what_was_said_and_written_is_told_as_recognition() -> None:
    words = [{"text": "Hello", "start": 0.1, "end": 0.5}]
    transcript = {"segments": [{"start": 0.1, "end": 1.0, "text": " Hello ", "words": words}]}
    speech = subtask("subtitles", "AiRecognition", made("subtitles.vtt", "text/vtt"), result={})
    sight = subtask("discovery", "AiRecognition", result={}, number=2)
    workflow = detail(task_of(speech, sight), {1: transcript, 2: DISCOVERY}).WorkflowTask
    found = {each.Type: each for each in workflow.AiRecognitionResultSet}

    said = found["AsrFullTextRecognition"].AsrFullTextTask.Output
    assert (said.SegmentSet[0].Text, said.SegmentSet[0].Wordlist[0].Word) == ("Hello", "Hello")
    assert said.SubtitlePath == "/outputs/at/default/subtitles.vtt"
    assert found["OcrFullTextRecognition"].OcrFullTextTask.Output.SegmentSet[0].TextSet[0].Text == "EXIT"
    assert found["FaceRecognition"].FaceTask.Output.ResultSet[0].SegmentSet[0].Confidence == 80.0
    assert found["ObjectRecognition"].ObjectTask.Output.ResultSet[0].Name == "cat"


def test_what_the_file_does_not_have_is_left_out_and_says_why() -> None:
    silent = subtask("subtitles", "AiRecognition", skipped="The file has no audio stream.")
    (found,) = detail(task_of(silent)).WorkflowTask.AiRecognitionResultSet

    assert (found.AsrFullTextTask.Status, found.AsrFullTextTask.Message) == ("SUCCESS", "The file has no audio stream.")


# ── pictures, callbacks ───────────────────────────────────────────────────────────────────────


def test_a_picture_is_told_with_a_link() -> None:
    picture = subtask("image", "Image", made("image.webp", "image/webp"), client={"input": {"EncodeConfig": {}}})
    found = models.DescribeImageTaskDetailResponse()
    plain = say.image_detail(task_of(picture, client={"is_image": True}), PLACES, lambda key: f"https://x/{key}")
    found.from_json_string(json.dumps({**plain, "RequestId": "r"}))

    (told,) = found.ImageProcessTaskResultSet
    assert (found.Status, found.ErrMsg, told.Status, told.Progress) == ("FINISH", "", "SUCCESS", 100)
    assert (told.Output.Path, told.Output.SignedUrl) == (
        "/outputs/at/default/image.webp", "https://x/outputs/at/default/image.webp",
    )  # fmt: skip


def test_a_callback_is_what_the_sdk_reads_and_its_sign_proves_who_sent_it() -> None:
    task = task_of(subtask("video", "Transcode", made("video.mp4")), client={"session_id": "s", "session_context": "c"})

    body, media_type = callback.message(task, places=PLACES, at=MOMENT, secret="key")
    found = models.ParseNotificationResponse()
    found.from_json_string(body.decode())

    assert media_type == "application/json"
    assert (found.EventType, found.SessionId, found.SessionContext) == ("WorkflowTask", "s", "c")
    assert found.WorkflowTaskEvent.TaskId == say.task_id(task)
    assert found.Timestamp == int((MOMENT + timedelta(minutes=10)).timestamp())
    assert found.Sign == callback.sign(found.Timestamp, "key")
    # by md5sum
    assert callback.sign(1795263000, "key") == "aee398878044eb6f52c1975da4cc9969"


def test_without_a_key_nothing_is_signed() -> None:
    body, _ = callback.message(task_of(), places=PLACES, at=MOMENT)

    assert json.loads(body)["Sign"] == ""


@pytest.mark.parametrize("status", Status)
def test_every_subtask_can_be_told_at_every_moment(status: Status) -> None:
    types = ["Transcode", "AnimatedGraphics", "SnapshotByTimeOffset", "SampleSnapshot", "ImageSprites"]
    types += ["AdaptiveDynamicStreaming", "AiContentReview", "AiAnalysis", "AiRecognition"]
    for kind in ("video", "audio", "adaptive", "subtitles", "discovery"):
        told = [subtask(kind, type_, number=n, status=status) for n, type_ in enumerate(types, start=1)]

        assert detail(task_of(*told, status=status)).WorkflowTask
