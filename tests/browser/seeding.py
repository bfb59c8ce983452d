"""Tasks as they lie in the record, in every state that a page can meet."""

from datetime import datetime, timedelta
from typing import Any

from sluice import ids
from sluice.aws.clients import s3
from sluice.aws.store import TaskStore
from sluice.clock import now
from sluice.media import AudioStream, MediaInfo, VideoStream
from sluice.tasks import Cost, Failure, Output, Source, Status, Subtask, SubtaskRequest, Task, new_task
from tests.browser.films import FILM, SECONDS, Films
from tests.conftest import MEDIA, OUTPUTS, TABLE

TYPES = {
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "vtt": "text/vtt",
    "json": "application/json",
    "csv": "text/csv",
    "m3u8": "application/vnd.apple.mpegurl",
    "zip": "application/zip",
}
MEDIA_INFO = MediaInfo(
    container="mp4",
    demuxer="mov",
    duration=float(SECONDS),
    size=FILM.stat().st_size,
    bitrate=869_000,
    stream_count=2,
    video=(VideoStream(index=0, codec="h264", width=1280, height=720, frame_rate="25/1"),),
    audio=(AudioStream(index=1, codec="aac", sample_rate=48_000, channels=2),),
)
FAILURE = Failure(
    code="time_past_end",
    message="There is no picture at 99 s: the film is 8 s long.",
    detail=("[mov,mp4,m4a,3gp,3g2,mj2 @ 0x55d0] moov atom found", "Output file is empty, nothing was encoded"),
)
# kind, options, output names
EVERYTHING: tuple[tuple[str, dict[str, Any], tuple[str, ...]], ...] = (
    ("video", {"resolution": 360}, ("video.mp4",)),
    ("adaptive", {}, ("master.m3u8",)),
    (
        "screenshot",
        {"times": ["10%", "50%", "90%"]},
        ("screenshot-001.jpg", "screenshot-002.jpg", "screenshot-003.jpg"),
    ),
    ("sprite", {"tile_width": 160}, ("sprite-001.jpg", "sprite.vtt")),
    ("moderation", {}, ("moderation.json",)),
    ("discovery", {}, ("discovery.json",)),
    ("subtitles", {}, ("subtitles.vtt",)),
    ("chapters", {}, ("chapters.vtt",)),
    ("quality", {"distorted": {"subtask": 1, "name": "video.mp4"}}, ("quality.csv",)),
)


class Seed:
    """Puts tasks into the record; `at` is when the next one is created."""

    def __init__(self, films: Films):
        self.films, self.store = films, TaskStore(TABLE)
        self.at = now() - timedelta(hours=1)

    def task(
        self, key: str = "uploads/film.mp4", kinds: tuple[str, ...] = ("video", "screenshot"), **values: Any
    ) -> Task:
        """A task in any state; its subtasks in the task's, unless it says."""
        self.at += timedelta(seconds=40)
        source = Source(bucket=MEDIA, key=key, size=FILM.stat().st_size, media=MEDIA_INFO)
        requests = [SubtaskRequest(kind=kind) for kind in kinds]
        more = {"trigger": values.pop("trigger", "upload"), "tenant": values.pop("tenant", "default")}
        task = new_task(
            ids.random_id(self.at),
            source,
            requests,
            created_at=self.at,
            retention=timedelta(days=7),
            workflow="default",
            **more,
        )
        return self._kept(task.model_copy(update={**_in_state(task, values), **values}))

    def finished(self, key: str = "uploads/big_buck_bunny.mp4", tenant: str = "default") -> Task:
        """A task that has made one of everything, whose files are there."""
        s3().put_object(Bucket=MEDIA, Key=key, Body=FILM.read_bytes(), ContentType="video/mp4")
        task = self._blank(key, tenant)
        subtasks = [
            self._done(task, subtask, names) for subtask, (_, _, names) in zip(task.subtasks, EVERYTHING, strict=True)
        ]
        ended = {"status": Status.SUCCEEDED, "started_at": self.at, "finished_at": self.at + timedelta(seconds=23.4)}
        cost = Cost(usd=0.00412, gb_seconds=61.2, requests=14)
        return self._kept(task.model_copy(update={"subtasks": tuple(subtasks), "cost": cost, **ended}))

    def _blank(self, key: str, tenant: str) -> Task:
        self.at += timedelta(seconds=40)
        source = Source(bucket=MEDIA, key=key, size=FILM.stat().st_size, media=MEDIA_INFO)
        requests = [
            SubtaskRequest(kind=kind, options=options, after=(1,) if kind == "quality" else ())
            for kind, options, _ in EVERYTHING
        ]
        return new_task(
            ids.random_id(self.at),
            source,
            requests,
            trigger="upload",
            created_at=self.at,
            retention=timedelta(days=7),
            tenant=tenant,
        )

    def _done(self, task: Task, subtask: Subtask, names: tuple[str, ...]) -> Subtask:
        folder = f"outputs/{task.id}/{subtask.number}-{subtask.kind}/"
        beside = (
            [*self.films.names_below("360p"), *self.films.names_below("180p")] if subtask.kind == "adaptive" else []
        )
        for name in (*names, *beside):
            media_type = TYPES.get(name.rpartition(".")[2], "video/mp4")
            s3().put_object(Bucket=OUTPUTS, Key=folder + name, Body=self.films.read(name), ContentType=media_type)
        return subtask.model_copy(
            update={
                "status": Status.SUCCEEDED,
                "percent": 100.0,
                "attempts": 1,
                "started_at": self.at,
                "finished_at": self.at + timedelta(seconds=2 + subtask.number * 2),
                "outputs": tuple(self._output(folder, name, number) for number, name in enumerate(names)),
                "gb_seconds": 6.2,
                "invocations": 2,
                "result": _RESULTS.get(subtask.kind),
            }
        )

    def _output(self, folder: str, name: str, number: int) -> Output:
        media_type = TYPES[name.rpartition(".")[2]]
        picture = media_type.startswith(("image/", "video/"))
        width, height = (1280, 90) if name.startswith("sprite") else (640, 360)
        return Output(
            name=name,
            key=folder + name,
            type=media_type,
            size=self.films.size(name),
            width=width if picture else None,
            height=height if picture else None,
            duration=float(SECONDS) if media_type == "video/mp4" else None,
            codec="h264" if media_type == "video/mp4" else None,
            bitrate=412_000 if media_type == "video/mp4" else None,
            time=1 + 3.0 * number if name.startswith("screenshot-") else None,
        )

    def _kept(self, task: Task) -> Task:
        assert self.store.create(task)
        return task


_RESULTS: dict[str, dict[str, Any]] = {
    "moderation": {"verdict": "review", "confidence": 74.2, "segment_count": 2},
    "quality": {"vmaf": {"mean": 88.7, "min": 82.9}, "frames": 200},
    "chapters": {"chapter_count": 3},
}


def _in_state(task: Task, values: dict[str, Any]) -> dict[str, Any]:
    """What belongs to a status: times, subtasks."""
    status = values.get("status", Status.WAITING)
    if status is Status.WAITING:
        return {}
    begun = task.created_at + timedelta(seconds=2)
    ended = begun + timedelta(seconds=19) if status.is_final else None
    subtasks = tuple(_subtask_in(subtask, status, begun, ended) for subtask in task.subtasks)
    failed = {"has_failed": True, "error": FAILURE} if status is Status.FAILED else {}
    return {"started_at": begun, "finished_at": ended, "subtasks": subtasks, **failed}


def _subtask_in(subtask: Subtask, status: Status, begun: datetime, ended: datetime | None) -> Subtask:
    if status in (Status.VALIDATING, Status.QUEUED):
        return subtask
    moved = {"started_at": begun, "finished_at": ended, "attempts": 1}
    if status is Status.FAILED and subtask.number > 1:
        return subtask.model_copy(update={**moved, "status": Status.SUCCEEDED, "percent": 100.0})
    if status is Status.FAILED:
        return subtask.model_copy(update={**moved, "status": Status.FAILED, "error": FAILURE})
    if not status.is_final:
        return subtask.model_copy(update={**moved, "status": Status.PROCESSING, "percent": 37.0 + 20 * subtask.number})
    return subtask.model_copy(update={**moved, "status": status, "percent": 100.0})
