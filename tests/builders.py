"""Small named builders: a test says the one thing that matters to it, the rest is ordinary."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sluice.jobs import Job
from sluice.media import AudioStream, MediaInfo, VideoStream
from sluice.tasks import Failure, Output, Source, Subtask, SubtaskRequest, Task, new_task

MOMENT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TASK_ID = "01kampge00abcdefghjkmnpqrs"
RETENTION = timedelta(days=7)


def a_source(**values: Any) -> Source:
    return Source(**{"bucket": "media", "key": "uploads/clip.mp4", **values})


def a_request(kind: str = "video", **values: Any) -> SubtaskRequest:
    return SubtaskRequest(kind=kind, **values)


def a_subtask(kind: str = "video", **values: Any) -> Subtask:
    return Subtask(**{"number": 1, "kind": kind, "created_at": MOMENT, **values})


def a_task(task_id: str = TASK_ID, *kinds: str, created_at: datetime = MOMENT, **values: Any) -> Task:
    """A new task with a subtask of each kind, one `video` when none is named."""
    task = new_task(
        task_id,
        a_source(),
        [a_request(kind) for kind in kinds or ("video",)],
        trigger="upload",
        created_at=created_at,
        retention=RETENTION,
    )
    return task.model_copy(update=values)


def a_failure(code: str = "source_undecodable") -> Failure:
    return Failure(code=code, message="The file could not be processed.", detail=("last line",))


def an_output(name: str = "video.mp4") -> Output:
    return Output(name=name, key=f"outputs/{TASK_ID}/1-video/{name}", type="video/mp4", size=1000, duration=1.04)


def a_job(kind: str = "video", **values: Any) -> Job:
    usual = {"task_id": TASK_ID, "attempt": 1, "number": 1, "options": {}, "source": a_source(), "media": media_info()}
    return Job(**{**usual, "kind": kind, **values})


def video_stream(**values: Any) -> VideoStream:
    return VideoStream(**{"index": 0, "codec": "h264", "width": 1280, "height": 720, "frame_rate": "25/1", **values})


def audio_stream(**values: Any) -> AudioStream:
    return AudioStream(**{"index": 1, "codec": "aac", "sample_rate": 48_000, "channels": 2, **values})


def media_info(**values: Any) -> MediaInfo:
    """A ten-second film with sound."""
    usual = {"container": "mp4", "demuxer": "mov", "duration": 10.0, "stream_count": 2}
    return MediaInfo(**{**usual, "video": (video_stream(),), "audio": (audio_stream(),), **values})


def a_picture() -> MediaInfo:
    return media_info(container="png", demuxer="png_pipe", duration=None, is_picture=True, audio=(), stream_count=1)


def a_sound() -> MediaInfo:
    return media_info(container="mp3", demuxer="mp3", video=(), audio=(audio_stream(index=0, codec="mp3"),))
