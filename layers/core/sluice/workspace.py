"""What a kind's run function is handed: the job, its source, a scratch folder, ffmpeg, ways to report and publish."""

import hashlib
import mimetypes
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from sluice.aws import files
from sluice.aws.store import TaskStore
from sluice.clock import iso, now
from sluice.errors import BadSource, LimitExceeded
from sluice.ffmpeg.inputs import local_input, source_input
from sluice.ffmpeg.probe import probe
from sluice.ffmpeg.run import FfmpegFailed, OnProgress, ffmpeg
from sluice.jobs import Job
from sluice.kinds.base import FileRef, Options
from sluice.media import MediaInfo
from sluice.naming import WORK, output_key
from sluice.settings import settings
from sluice.tasks import Output

MOST_FILE_BYTES = 200_000_000
_SECONDS_BETWEEN_REPORTS = 1.0
# Most of a small upload is waiting for its answer.
_UPLOADS_AT_ONCE = 8
_PROBE_SECONDS = 60.0

# What Python's table doesn't know, or knows by another name on another machine.
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml", ".m4s": "video/iso.segment",
    ".vtt": "text/vtt", ".srt": "application/x-subrip", ".mkv": "video/x-matroska", ".ts": "video/mp2t",
    ".webp": "image/webp", ".avif": "image/avif", ".m4a": "audio/mp4", ".opus": "audio/ogg", ".flac": "audio/flac",
    ".wav": "audio/wav", ".flv": "video/x-flv", ".json": "application/json",
}  # fmt: skip

OptionsModel = TypeVar("OptionsModel", bound=Options)


class Uploaded(NamedTuple):
    """How many files, and their bytes."""

    files: int
    size: int


class Workspace:
    """One job's view of the world. `deadline` is a point of time.monotonic() by which all must be done."""

    def __init__(self, job: Job, folder: Path, store: TaskStore, *, deadline: float):
        self.job = job
        self.folder = folder
        self._store = store
        self._deadline = deadline
        self._reported_at = 0.0
        self._percent = 0.0

    def options(self, model: type[OptionsModel]) -> OptionsModel:
        return model.model_validate(self.job.options)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline; negative past it, and the runner then stops at once."""
        return self._deadline - time.monotonic()

    # ── the source ────────────────────────────────────────────────────────────────────────────

    @cached_property
    def source_url(self) -> str:
        """A signed URL of the source.

        Raises: BadSource `source_changed` when it is another object by now, `source_missing` when it has gone.
        """
        self._check_unchanged()
        source = self.job.source
        assert source.bucket and source.key, "a probed source lies in a bucket"
        return files.signed_url(source.bucket, source.key, seconds=settings().url_seconds)

    def _check_unchanged(self) -> None:
        source = self.job.source
        assert source.bucket and source.key, "a probed source lies in a bucket"
        if files.head(source.bucket, source.key).etag != source.etag:
            raise BadSource("The file was overwritten while it was being processed.", code="source_changed")

    def input(self, *, start: float | None = None) -> list[str]:
        """ffmpeg's input arguments for the source, from `start` seconds on, and for no other than the probed one."""
        return source_input(
            self.source_url,
            self.job.media.demuxer,
            max_pixels=settings().max_pixels,
            etag=self.job.source.etag,
            start=start,
        )

    def local_input(self, path: Path, demuxer: str) -> list[str]:
        """ffmpeg's input arguments for a file in the scratch folder, read by this demuxer and no other."""
        return local_input(path, demuxer, max_pixels=settings().max_pixels)

    def media_input(self, ref: FileRef) -> tuple[MediaInfo, list[str]]:
        """What a film or sound beside the source is, and ffmpeg's input arguments for it, guarded as a source is.

        Raises: BadSource `file_missing`, or as `probe`.
        """
        url, limit = self.file_url(ref), settings().max_pixels
        media = probe(url, timeout=_PROBE_SECONDS, max_pixels=limit)
        return media, source_input(url, media.demuxer, max_pixels=limit)

    # ── the work ──────────────────────────────────────────────────────────────────────────────

    def ffmpeg(
        self, arguments: Sequence[str], *, seconds: float | None = None, part: tuple[float, float] = (0.0, 1.0)
    ) -> tuple[str, ...]:
        """Run ffmpeg within the job's time, reporting its progress when the output's length is given.

        `part` is what this run is of the whole work: (0.0, 0.4) for the first two fifths of it.

        Raises: FfmpegFailed, LimitExceeded, Cancelled; BadSource when it failed because the source has changed.
        """
        try:
            return ffmpeg(arguments, timeout=self.seconds_left, on_progress=self._reporter(seconds, *part))
        except FfmpegFailed:
            self._check_unchanged()
            raise

    def ffmpeg_watched(self, arguments: Sequence[str], look: Callable[[], None], seconds: float) -> tuple[str, ...]:
        """Run ffmpeg within the job's time, and `look` every so many seconds whether to go on: what it raises ends it.

        Raises: as `ffmpeg`, and what `look` raises.
        """
        looked = time.monotonic()

        def at_times(_: float) -> None:
            nonlocal looked
            if time.monotonic() - looked >= seconds:
                look()
                looked = time.monotonic()

        try:
            return ffmpeg(arguments, timeout=self.seconds_left, on_progress=at_times)
        except FfmpegFailed:
            self._check_unchanged()
            raise

    def _reporter(self, seconds: float | None, begin: float, end: float) -> OnProgress:
        if not seconds:
            return lambda done: self.progress(self._percent)
        return lambda done: self.progress(100 * (begin + (end - begin) * done / seconds))

    def progress(self, percent: float) -> None:
        """Write the percentage, at most about once a second. 100 is left to the recorder.

        Also the way in which a worker hears that its task was ended: work of unknown length reports what it last did.

        Raises: Cancelled when the task has been ended meanwhile.
        """
        self._percent = percent
        moment = time.monotonic()
        if moment - self._reported_at < _SECONDS_BETWEEN_REPORTS:
            return
        self._reported_at = moment
        if self.job.chunk is not None:
            # one of many: it counts when it is done (count_chunk), and only asks whether it is still wanted
            self.must_go_on()
            return
        bounded = round(min(99.0, max(0.0, percent)), 1)
        self._store.progress(self.job.task_id, self.job.attempt, self.job.number, bounded)

    def start_chunks(self, percent: float) -> None:
        """None of the film's chunks is done yet.

        Raises: Cancelled when the task has been ended meanwhile.
        """
        self._store.start_chunks(self.job.task_id, self.job.attempt, self.job.number, percent)

    def count_chunk(self, chunk: int, *, frames: int, percent: float) -> None:
        """A chunk of this film is done, with so many frames; it brings the whole so much nearer to its end."""
        job = self.job
        self._store.count_chunk(job.task_id, job.attempt, job.number, chunk, frames=frames, percent=percent)

    def must_go_on(self) -> None:
        """Raises: Cancelled when the task has been ended meanwhile."""
        self._store.current(self.job.task_id, self.job.attempt, at=now())

    # ── what comes out ────────────────────────────────────────────────────────────────────────

    def publish(
        self,
        path: Path,
        *,
        name: str | None = None,
        at: float | None = None,
        known: Mapping[str, object] | None = None,
    ) -> Output:
        """Upload a finished file under the task's outputs and describe it as a probe sees it.

        A function that has no ffprobe says what is `known` of the file instead. A retry writes the same name again,
        so nothing is ever there twice.
        """
        name = name or path.name
        key = self.output_key(name)
        media_type = type_of(name)
        files.put(path, settings().output_bucket, key, media_type)
        described = known if known is not None else described_by_probe(path, media_type, timeout=_PROBE_SECONDS)
        told = {"size": path.stat().st_size, "md5": _md5(path), "time": at, **described}
        return Output(name=name, key=key, type=media_type, **told)

    def publish_folder(self, folder: Path) -> Uploaded:
        """Upload all files below a folder as `<its name>/<their path in it>`, without listing or probing them.

        For what is too many to be listed: the segments of an adaptive set.

        Raises: LimitExceeded past the deadline; Cancelled when the task has been ended meanwhile.
        """
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            waiting = [pool.submit(self._upload, path, folder.parent) for path in paths]
            try:
                return Uploaded(len(paths), sum(self._uploaded(upload) for upload in waiting))
            finally:
                pool.shutdown(cancel_futures=True)

    def _uploaded(self, upload: Future[int]) -> int:
        self.progress(99.0)
        return upload.result()

    def _upload(self, path: Path, root: Path) -> int:
        """Put one file under the outputs, named as it is below `root`; returns its size in bytes."""
        if self.seconds_left < 0:
            raise LimitExceeded("The outputs could not be uploaded in time.", code="time_limit_exceeded")
        name = path.relative_to(root).as_posix()
        files.put(path, settings().output_bucket, self.output_key(name), type_of(name))
        return path.stat().st_size

    def described_output(self, name: str, key: str, size: int, described: Mapping[str, Any]) -> Output:
        """An output that lies there already."""
        return Output(name=name, key=key, type=type_of(name), size=size, **described)

    def tell_playable(self, *outputs: Output) -> None:
        """Say that these can be played, before the rest is there.

        Raises: Cancelled when the task has been ended meanwhile.
        """
        plain = [output.model_dump(mode="json", exclude_none=True) for output in outputs]
        self._store.set_playable(self.job.task_id, self.job.attempt, self.job.number, plain, iso(now()))

    def output_key(self, name: str) -> str:
        return output_key(name, folder=self.job.folder, tenant=self.job.tenant, path=self.job.output_path)

    def put_work(self, name: str, path: Path) -> None:
        """Leave a file for the next step of this subtask."""
        files.put(path, settings().output_bucket, self._work_key(name), type_of(name))

    def get_work(self, name: str) -> Path:
        """Take what an earlier step of this subtask left."""
        path = self.folder / name
        files.get(settings().output_bucket, self._work_key(name), path)
        return path

    # ── files beside the source ───────────────────────────────────────────────────────────────

    def file_url(self, ref: FileRef) -> str:
        """A signed URL of a file that the options name.

        Raises: BadSource `file_missing` when it isn't there.
        """
        bucket, key = self._place(ref)
        return files.signed_url(bucket, key, seconds=settings().url_seconds)

    def file(self, ref: FileRef, name: str) -> Path:
        """The file that the options name, in the scratch folder under `name`.

        Raises: BadSource `file_missing`, LimitExceeded `file_too_large`.
        """
        bucket, key = self._place(ref)
        if files.head(bucket, key).size > MOST_FILE_BYTES:
            raise LimitExceeded(f"The file {key!r} is larger than {MOST_FILE_BYTES} bytes.", code="file_too_large")
        path = self.folder / name
        files.get(bucket, key, path)
        return path

    def _place(self, ref: FileRef) -> tuple[str, str]:
        """Bucket and key, of a file that is there."""
        place = (settings().media_bucket, ref.key) if ref.key else (settings().output_bucket, self._output_of(ref))
        try:
            files.head(*place)
        except BadSource as error:
            raise BadSource(f"There is no file {ref.key or ref.name!r}.", code="file_missing") from error
        return place

    def _output_of(self, ref: FileRef) -> str:
        """The key of an earlier subtask's output; one that there is nothing at when it has made none of this name."""
        task = self._store.get(self.job.task_id, at=now())
        made = [output for s in task.subtasks if s.number == ref.subtask for output in s.outputs]
        return next((output.key for output in made if output.name == ref.name), f"{WORK}/none")

    def _work_key(self, name: str) -> str:
        return f"{WORK}/{self.job.work_folder}/{name}"


def _md5(path: Path) -> str:
    """What S3's own ETag says of files that are uploaded in one piece only."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def type_of(name: str) -> str:
    """The media type by the name's ending."""
    suffix = Path(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def described_by_probe(path: Path, media_type: str, *, timeout: float) -> dict[str, object]:
    """Width, height, duration, bitrate and codec of pictures, films and sounds; nothing of other files."""
    if media_type.partition("/")[0] not in {"video", "image", "audio"} or media_type == "video/iso.segment":
        return {}
    return described_as(probe(str(path), timeout=timeout, max_pixels=settings().max_pixels, whitelist=False))


def described_as(info: MediaInfo) -> dict[str, object]:
    """Width, height, duration, bitrate and codec."""
    video, audio = info.main_video, info.main_audio
    stream = video or audio
    assert stream, "a probe without streams is a BadSource"
    described: dict[str, object] = {"codec": stream.codec}
    if video:
        described |= {"width": video.width, "height": video.height}
    if not info.is_picture:
        described |= {"duration": info.duration, "bitrate": info.bitrate}
    return described
