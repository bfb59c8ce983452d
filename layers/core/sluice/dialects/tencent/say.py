"""From our tasks to the service's words: DescribeTasks, DescribeTaskDetail, DescribeImageTaskDetail. Pure."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sluice.dialects.tencent import findings, words
from sluice.dialects.tencent.made import MEDIA
from sluice.dialects.tencent.metadata import metadata
from sluice.dialects.tencent.places import COS, Places
from sluice.dialects.tencent.told import Told, path_of
from sluice.tasks import Failure, Status, Subtask, Task

NEVER = "0000-00-00T00:00:00Z"
WAITING, PROCESSING, FINISH = "WAITING", "PROCESSING", "FINISH"
STATUSES: Mapping[str, tuple[Status, ...]] = {
    WAITING: (Status.WAITING,),
    PROCESSING: (Status.VALIDATING, Status.QUEUED, Status.PROCESSING, Status.FINISHING),
    FINISH: (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED),
}
# The service's numbers: the request is at fault, the source is, or the service.
_BAD_REQUEST, _BAD_SOURCE, _OUR_FAULT = 40000, 60000, 70000
_OF_REQUEST = ("options_", "kind_", "provider_off", "limit_exceeded", "time_limit", "file_")
_OF_SOURCE = ("source_", "time_past_end", "copy_unfit", "subtitles_", "picture_", "url_", "fetch_")

_TASK_ID = re.compile(r"(?P<owner>\d{8})-(?P<type>WorkflowTask|ImageTask)-(?P<id>[0-9a-z]{26})", re.ASCII)

# Where tasks of our own API, of uploads and of other dialects show among the results.
_TYPES_OF_KINDS: Mapping[str, str] = {
    "video": words.TRANSCODE,
    "audio": words.TRANSCODE,
    "enhancement": words.TRANSCODE,
    "adaptive": words.ADAPTIVE,
    "screenshot": words.SNAPSHOT,
    "sprite": words.SPRITE,
    "animation": words.ANIMATION,
    "moderation": words.REVIEW,
    "discovery": words.ANALYSIS,
    "subtitles": words.RECOGNITION,
}

Reports = Mapping[int, Mapping[str, Any]]
"""The JSON files that subtasks have made of what they found, by number."""


# ── ids, times, statuses ──────────────────────────────────────────────────────────────────────


def task_id(task: Task) -> str:
    """`<eight digits of the tenant>-WorkflowTask-<our id>`, as the service's ids look."""
    type_ = "ImageTask" if (task.client or {}).get("is_image") else "WorkflowTask"
    return f"{_owner(task.tenant)}-{type_}-{task.id}"


def read_task_id(text: str) -> str | None:
    """Our id in one of the service's look, or None. Whether the whole of it is right, only its task can tell."""
    found = _TASK_ID.fullmatch(text)
    return found["id"] if found else None


def _owner(tenant: str) -> int:
    return 10_000_000 + int.from_bytes(hashlib.sha256(tenant.encode()).digest()[:6]) % 90_000_000


def moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else NEVER


def status(task: Task) -> str:
    return next(word for word, ours in STATUSES.items() if task.status in ours)


def simple_info(task: Task) -> dict[str, Any]:
    """One entry of a list."""
    return {
        "TaskId": task_id(task),
        "TaskType": "WorkflowTask",
        "SubTaskTypes": (task.client or {}).get("types", []),
        "CreateTime": moment(task.created_at),
        "BeginProcessTime": moment(task.started_at),
        "FinishTime": moment(task.finished_at),
    }


# ── a whole task ──────────────────────────────────────────────────────────────────────────────


def task_detail(task: Task, places: Places, reports: Reports) -> dict[str, Any]:
    client = task.client or {}
    return {
        "TaskType": "WorkflowTask",
        "Status": status(task),
        "CreateTime": moment(task.created_at),
        "BeginProcessTime": moment(task.started_at),
        "FinishTime": moment(task.finished_at),
        "WorkflowTask": workflow_task(task, places, reports),
        "TaskNotifyConfig": client.get("notify"),
        "TasksPriority": task.priority,
        "SessionId": client.get("session_id", ""),
        "SessionContext": client.get("session_context", ""),
        "ExtInfo": "",
        "EditMediaTask": None,
        "LiveStreamProcessTask": None,
        "ScheduleTask": None,
        "LiveScheduleTask": None,
        "ExtractBlindWatermarkTask": None,
    }


def workflow_task(task: Task, places: Places, reports: Reports) -> dict[str, Any]:
    """The part that callbacks hold as well."""
    failure = _failure_of_source(task)
    media = None if (task.client or {}).get("without_metadata") else task.source.media
    found = list(_results(task, places, reports))

    def of(group: str) -> list[dict[str, Any]]:
        return [result for name, result in found if name == group]

    return {
        "TaskId": task_id(task),
        "Status": FINISH if task.status.is_final else PROCESSING,
        "ErrCode": _number(failure),
        "Message": failure.message if failure else "",
        "InputInfo": input_info(task, places),
        "MetaData": metadata(media, task.source.size) if media else None,
        "MediaProcessResultSet": of("media"),
        "AiContentReviewResultSet": of(words.REVIEW),
        "AiAnalysisResultSet": of(words.ANALYSIS),
        "AiRecognitionResultSet": of(words.RECOGNITION),
        "AiQualityControlTaskResult": None,
        "SmartSubtitlesTaskResult": [],
        "SmartEraseTaskResult": None,
        "AiDubbingTaskResult": None,
    }


def _failure_of_source(task: Task) -> Failure | None:
    """What ended the task before any of its subtasks could begin; else each of them tells how it went."""
    return task.error if task.status is Status.FAILED and task.source.media is None else None


def input_info(task: Task, places: Places) -> dict[str, Any]:
    given = (task.client or {}).get("input")
    if given:
        return dict(given)
    if task.source.url:
        return {"Type": "URL", "UrlInputInfo": {"Url": task.source.url}}
    stored = {"Bucket": task.source.bucket, "Region": places.region, "Object": f"/{task.source.key}"}
    return {"Type": COS, "CosInputInfo": stored}


# ── subtasks ──────────────────────────────────────────────────────────────────────────────────


def _results(task: Task, places: Places, reports: Reports) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each result with the list that it belongs to; kinds that the service has no word for are left out."""
    for subtask in task.subtasks:
        type_ = _type(task, subtask)
        told = Told(task, subtask, places, reports.get(subtask.number, {}))
        if type_ in MEDIA:
            member, say = MEDIA[type_]
            yield "media", {"Type": type_, member: {**_task(told, say(told)), **_times(type_, subtask)}}
        elif type_ in _FINDINGS:
            asked = {"Definition": told.definition}
            for found in _FINDINGS[type_](subtask.kind, told.result, told.report, told):
                finding = {**_task(told, found.output), "Input": asked}
                if found.member in findings.WITHOUT_EXT:
                    del finding["ErrCodeExt"]
                yield type_, {"Type": found.type, found.member: finding}


def _type(task: Task, subtask: Subtask) -> str:
    asked_as = (subtask.client or {}).get("type") if task.dialect == "tencent" else None
    return asked_as or _TYPES_OF_KINDS.get(subtask.kind, "")


def _task(told: Told, output: Mapping[str, Any] | None) -> dict[str, Any]:
    """What all results have; the output once there is one."""
    subtask = told.subtask
    done = subtask.status is Status.SUCCEEDED
    failure = subtask.error
    if subtask.status is Status.CANCELLED:
        failure = Failure(code="cancelled", message="The task was ended.")
    return {
        "Status": task_status(subtask.status),
        "ErrCodeExt": failure.code if failure else "",
        "ErrCode": _number(failure),
        "Message": failure.message if failure else subtask.skipped or "",
        "Input": dict(told.asked),
        "Output": output if done else None,
    }


def task_status(status: Status) -> str:
    if not status.is_final:
        return PROCESSING
    return "SUCCESS" if status is Status.SUCCEEDED else "FAIL"


def _times(type_: str, subtask: Subtask) -> dict[str, Any]:
    """The transcoding tells how far it is, the others when they were begun and done."""
    if type_ == words.TRANSCODE:
        return {"Progress": 100 if subtask.status.is_final else int(subtask.percent)}
    return {"BeginProcessTime": moment(subtask.started_at), "FinishTime": moment(subtask.finished_at)}


def _number(failure: Failure | None) -> int:
    if failure is None:
        return 0
    if failure.code.startswith(_OF_REQUEST):
        return _BAD_REQUEST
    return _BAD_SOURCE if failure.code.startswith(_OF_SOURCE) else _OUR_FAULT


_FINDINGS: Mapping[str, Any] = {
    words.REVIEW: findings.review,
    words.ANALYSIS: findings.analysis,
    words.RECOGNITION: findings.recognition,
}


# ── pictures ──────────────────────────────────────────────────────────────────────────────────


def image_detail(task: Task, places: Places, sign: Callable[[str], str]) -> dict[str, Any]:
    """DescribeImageTaskDetail; `sign` makes a URL of an output's key."""
    failure = task.error if task.status is Status.FAILED else None
    return {
        "TaskType": "WorkflowTask",
        "Status": status(task),
        "ErrCode": _number(failure),
        "ErrMsg": failure.code if failure else "",
        "Message": failure.message if failure else "",
        "ImageProcessTaskResultSet": [_image(Told(task, s, places, {}), sign) for s in task.subtasks],
        "CreateTime": moment(task.created_at),
        "FinishTime": moment(task.finished_at),
        "Definition": 0,
        "ImageTask": next((dict(s.client["input"]) for s in task.subtasks if s.client and "input" in s.client), None),
        "InputInfo": input_info(task, places),
    }


def _image(told: Told, sign: Callable[[str], str]) -> dict[str, Any]:
    said = _task(told, None)
    made = next(iter(told.subtask.outputs), None)
    output = {
        "Path": path_of(made),
        "OutputStorage": told.storage,
        "SignedUrl": sign(made.key),
        "Content": "",
        "FileId": "",
    } if made else None  # fmt: skip
    progress = 100 if told.subtask.status.is_final else int(told.subtask.percent)
    return {
        "Status": said["Status"],
        "ErrMsg": said["ErrCodeExt"],
        "Message": said["Message"],
        "Output": output,
        "Progress": progress,
    }
