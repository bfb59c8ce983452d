"""A task in Qencode's words: the status object of /v1/status, and of callbacks."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sluice.dialects.qencode.wishes import MANIFEST, MASTER
from sluice.tasks import Output, Status, Subtask, Task

Link = Callable[[Task, Subtask, Output], str]

STATUSES: Mapping[Status, str] = {
    Status.WAITING: "queued",
    Status.VALIDATING: "downloading",
    Status.QUEUED: "queued",
    Status.PROCESSING: "encoding",
    Status.FINISHING: "saving",
    Status.SUCCEEDED: "completed",
    Status.FAILED: "error",
    Status.CANCELLED: "error",
}
CANCELLED = "The task was cancelled."
_MEGABYTE = 1_000_000

# In which list an output is told, and what of its files: the first of these names, or every file.
_LISTS: Mapping[str, str] = {
    "mp3": "audios", "flac": "audios", "hls_audio": "audios", "audio": "audios",
    "gif": "images", "thumbnail": "images", "thumbnails": "images", "animation": "images", "image": "images",
    "screenshot": "images", "sprite": "images",
    "speech_to_text": "texts", "subtitles": "texts", "vmaf": "texts", "quality": "texts",
}  # fmt: skip
_FRONTS: Mapping[str, str] = {
    "advanced_hls": MASTER, "adaptive": MASTER, "advanced_dash": MANIFEST, "hls_audio": MASTER,
}  # fmt: skip


def status_of(task: Task, bucket: str, link: Link) -> dict[str, Any]:
    """The status object; `link` makes the address that an output is had from."""
    client = task.client or {}
    failed = task.status in (Status.FAILED, Status.CANCELLED)
    said: dict[str, Any] = {
        "status": STATUSES[task.status],
        "percent": round(task.progress),
        "error": int(failed),
        "error_description": description_of(task),
        "warnings": [{"message": text, "details": None, "tag": None} for text in client.get("warnings", ())],
        "videos": [],
        "audios": [],
        "images": [],
        "texts": [],
    }
    if client.get("payload") is not None:
        said["payload"] = client["payload"]
    for subtask in task.subtasks:
        name = output_name(subtask)
        said[_LISTS.get(name, "videos")] += _items(task, subtask, name, bucket, link)
    return said


def waiting_to_start() -> dict[str, Any]:
    """The status of a task token whose task hasn't been started."""
    empty: dict[str, list[Any]] = {name: [] for name in ("warnings", "videos", "audios", "images", "texts")}
    return {"status": "created", "percent": 0, "error": 0, "error_description": None, **empty}


def description_of(task: Task) -> str | None:
    """Why it failed, or None."""
    if task.status is Status.CANCELLED:
        return CANCELLED
    if task.status is not Status.FAILED:
        return None
    return task.error.message if task.error else "The task failed."


def output_name(subtask: Subtask) -> str:
    """Qencode's word for the output, or our kind where none was used."""
    return str((subtask.client or {}).get("output", subtask.kind))


def _items(task: Task, subtask: Subtask, name: str, bucket: str, link: Link) -> list[dict[str, Any]]:
    word = _LISTS.get(name, "videos").removesuffix("s")
    files: list[Output | None] = [*_told(subtask, name)] or [None]
    found = []
    for place, file in enumerate(files):
        item = _item(subtask, word, place)
        if file:
            item |= {**_facts(subtask, file), "storage": _storage(file, bucket), "url": link(task, subtask, file)}
        found.append(item)
    return found


def _told(subtask: Subtask, name: str) -> list[Output]:
    """The files that are told: the front page of a set, every picture or text of a folder, else the one file."""
    if name in _FRONTS:
        return [output for output in subtask.outputs if output.name == _FRONTS[name]]
    return [output for output in subtask.outputs if not output.name.endswith(".zip")]


def _item(subtask: Subtask, word: str, place: int) -> dict[str, Any]:
    """Of a file that may not be there yet."""
    client = subtask.client or {}
    number = client.get("format", subtask.number - 1)
    failed = subtask.status in (Status.FAILED, Status.CANCELLED)
    return {
        "tag": f"{word}-{number}-{place}",
        "profile": subtask.preset,
        "user_tag": client.get("tag"),
        "output": output_name(subtask),
        "status": STATUSES[subtask.status],
        "percent": round(100.0 if subtask.status.is_final else subtask.percent),
        "error": int(failed),
        "error_description": _failure(subtask) if failed else None,
        "storage": None,
        "url": None,
    }


def _failure(subtask: Subtask) -> str:
    if subtask.error:
        return subtask.error.message
    return CANCELLED if subtask.status is Status.CANCELLED else "The output could not be made."


def _facts(subtask: Subtask, file: Output) -> dict[str, Any]:
    """The rate in kbit/s, the length as text, the size in megabytes."""
    shown = _shown(subtask, file)
    meta = {name: value for name, value in (("width", shown.width), ("height", shown.height)) if value}
    if shown.width and shown.height:
        meta["resolution"] = min(shown.width, shown.height)
    duration = file.duration or (subtask.result or {}).get("duration")
    return {
        "bitrate": round(shown.bitrate / 1000) if shown.bitrate else None,
        "meta": json.dumps(meta),
        "duration": f"{duration:g}" if duration else None,
        "size": round(file.size / _MEGABYTE, 6),
    }


def _storage(file: Output, bucket: str) -> dict[str, Any]:
    return {"bucket": bucket, "type": "amazon_s3", "key": file.key, "format": file.name.rpartition(".")[2]}


def _shown(subtask: Subtask, file: Output) -> Output:
    """What the picture's facts are taken from: of a set the largest rendition."""
    if file.width or file.name not in _FRONTS.values():
        return file
    sized = [output for output in subtask.outputs if output.width]
    return max(sized, key=lambda output: (output.width or 0, output.bitrate or 0), default=file)
