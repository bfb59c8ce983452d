"""From a request of MPS to a request of ours, or a refusal that names the parameter. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sluice.dialects.tencent import models as m
from sluice.dialects.tencent import places as place
from sluice.dialects.tencent import presets, transcode
from sluice.dialects.tencent.errors import Refusal, bad_value, missing, unsupported
from sluice.dialects.tencent.places import Places
from sluice.dialects.tencent.words import (
    ADAPTIVE,
    ANALYSIS,
    ANIMATION,
    IMAGE,
    RECOGNITION,
    REVIEW,
    SAMPLE,
    SNAPSHOT,
    SPRITE,
    TRANSCODE,
)
from sluice.intake import TaskRequest
from sluice.tasks import Notify, Source, SubtaskRequest

MOST_SESSION_ID, MOST_SESSION_CONTEXT = 50, 1000


class Work(NamedTuple):
    """One kind of ours with its options, and the name of what it makes; `folder`: many files that belong together."""

    kind: str
    options: Mapping[str, Any]
    pattern: str
    folder: bool = False
    by_name: bool = True
    numbers: m.Numbers | None = None
    told: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Context:
    """Where one element of the request stands: its `path` for messages, and what it inherits."""

    source: Source
    folder: str
    storage: str
    places: Places
    path: str = ""

    def at(self, path: str) -> "Context":
        return replace(self, path=path)

    def subtask(self, type_: str, element: m.Parameter, definition: int, work: Work) -> SubtaskRequest:
        called = place.storage_type(getattr(element, "OutputStorage", None), f"{self.path}.OutputStorage", self.places)
        given = getattr(element, "OutputObjectPath", None)
        path = place.resolved(
            given or work.pattern,
            self.folder,
            place.names_of(self.source, definition),
            f"{self.path}.OutputObjectPath",
        )
        return SubtaskRequest(
            kind=work.kind,
            options=dict(work.options),
            by_name=work.by_name,
            output_path=place.as_folder(path) if work.folder else place.numbered(path, work.numbers),
            client={
                "type": type_,
                "path": self.path,
                "definition": definition,
                "input": element.echo,
                "storage": called or self.storage,
                **(work.told or {}),
            },
        )


# ── ProcessMedia ──────────────────────────────────────────────────────────────────────────────


def process_media(asked: m.ProcessMedia, places: Places, tenant: str) -> TaskRequest:
    """Raises: Refusal."""
    _check_session(asked)
    source = place.source_of(asked.InputInfo, places)
    called = place.storage_type(asked.OutputStorage, "OutputStorage", places) or _storage_of(asked.InputInfo)
    context = Context(source, place.folder_of(asked.OutputDir, source), called, places)
    subtasks = (*_media_subtasks(asked, context), *_ai_subtasks(asked, context))
    if not subtasks:
        raise missing("MediaProcessTask (or another task)")
    _check_places(subtasks)
    return TaskRequest(
        source=source,
        subtasks=subtasks,
        tenant=tenant,
        dialect="tencent",
        priority=asked.TasksPriority or 0,
        notify=_notify(asked.TaskNotifyConfig),
        client={
            "input": asked.InputInfo.echo,
            "notify": asked.TaskNotifyConfig.echo if asked.TaskNotifyConfig else None,
            "session_id": asked.SessionId or "",
            "session_context": asked.SessionContext or "",
            "types": list(dict.fromkeys(s.client["type"] for s in subtasks if s.client)),
            "without_metadata": asked.SkipMateData == 1,
        },
    )


def _check_session(asked: m.ProcessMedia) -> None:
    if len(asked.SessionId or "") > MOST_SESSION_ID:
        raise bad_value("SessionId", f"it has at most {MOST_SESSION_ID} characters", "SessionIdTooLong")
    if len(asked.SessionContext or "") > MOST_SESSION_CONTEXT:
        message = f"it has at most {MOST_SESSION_CONTEXT} characters"
        raise bad_value("SessionContext", message, "SessionContextTooLong")


def _storage_of(given: m.MediaInput) -> str:
    """Outputs are spoken of as the source was, where nothing else was asked for."""
    return place.S3 if given.Type == place.S3 else place.COS


def _check_places(subtasks: Sequence[SubtaskRequest]) -> None:
    """No output may take another's place unseen."""
    seen: dict[str | None, str] = {}
    for subtask in subtasks:
        path = (subtask.client or {}).get("path", "")
        if subtask.output_path in seen:
            message = f"its output would lie where that of {seen[subtask.output_path]} does; name another place"
            raise bad_value(f"{path}.OutputObjectPath", message)
        seen[subtask.output_path] = path


def _notify(given: m.NotifyConfig | None) -> Notify | None:
    if given is None or not given.echo:
        return None
    if given.NotifyType != "URL":
        called = given.NotifyType or "TDMQ-CMQ (which is meant when it is left out)"
        raise unsupported("TaskNotifyConfig.NotifyType", f"there is URL here, not {called[:50]}")
    if not given.NotifyUrl:
        raise missing("TaskNotifyConfig.NotifyUrl")
    if given.NotifyMode not in {None, "", "Finish", "Change"}:
        raise bad_value("TaskNotifyConfig.NotifyMode", "it is Finish or Change")
    url = place.checked_url(given.NotifyUrl, "TaskNotifyConfig.NotifyUrl")
    return Notify(url=url, dialect="tencent", change=given.NotifyMode == "Change", secret=given.NotifyKey or None)


def _media_subtasks(asked: m.ProcessMedia, context: Context) -> Iterator[SubtaskRequest]:
    sets = asked.MediaProcessTask or m.MediaTasks()
    for name, (type_, make) in _SETS.items():
        for number, element in enumerate(getattr(sets, name) or ()):
            here = context.at(f"MediaProcessTask.{name}.{number}")
            definition = _definition(element.Definition, here.path, zero=type_ == TRANSCODE)
            yield here.subtask(type_, element, definition, make(element, definition, here))


def _definition(given: int | None, path: str, *, zero: bool) -> int:
    if given is None and not zero:
        raise missing(f"{path}.Definition")
    return given or 0


def _preset(table: Mapping[int, Any], definition: int, path: str) -> Any:
    """Raises: Refusal `ResourceNotFound.TemplateNotExist`."""
    if definition not in table:
        known = ", ".join(map(str, sorted(table)))
        message = f"{path}.Definition: there is no template {definition}; there are {known}."
        raise Refusal("ResourceNotFound.TemplateNotExist", message)
    return table[definition]


def _transcode(element: m.TranscodeTask, definition: int, context: Context) -> Work:
    preset: Mapping[str, Any] | None = None
    if definition:
        preset = _preset(presets.TRANSCODE, definition, context.path)
    found = transcode.work(element, preset, context.path, context.places)
    return Work(found.kind, found.options, "{inputName}_transcode_{definition}.{format}", folder=found.many_files)


def _animation(element: m.AnimatedGraphicTask, definition: int, context: Context) -> Work:
    preset = _preset(presets.ANIMATION, definition, context.path)
    start, end = element.StartTimeOffset, element.EndTimeOffset
    if start < 0 or end <= start:
        raise bad_value(f"{context.path}.EndTimeOffset", "0 <= StartTimeOffset < EndTimeOffset is wanted")
    options = {**preset.options, "start": start, "duration_seconds": round(end - start, 3)}
    return Work(preset.kind, options, "{inputName}_animatedGraphic_{definition}.{format}")


def _snapshots(element: m.SnapshotByTimeOffsetTask, definition: int, context: Context) -> Work:
    preset = _preset(presets.SNAPSHOT, definition, context.path)
    if element.ExtTimeOffsetSet and element.TimeOffsetSet:
        raise bad_value(f"{context.path}.TimeOffsetSet", "give either ExtTimeOffsetSet or TimeOffsetSet")
    times = [
        _time(text, f"{context.path}.ExtTimeOffsetSet.{n}") for n, text in enumerate(element.ExtTimeOffsetSet or ())
    ]
    times = times or list(element.TimeOffsetSet or ())
    if not times:
        raise missing(f"{context.path}.ExtTimeOffsetSet")
    if any(isinstance(time, float) and time < 0 for time in times):
        raise bad_value(f"{context.path}.TimeOffsetSet", "a time can't lie before the start")
    pattern = "{inputName}_snapshotByTimeOffset_{definition}_{number}.{format}"
    return Work(preset.kind, {**preset.options, "times": times}, pattern, numbers=element.ObjectNumberFormat)


def _time(text: str, path: str) -> float | str:
    """`3.5s` as seconds, `10%` as it is."""
    try:
        if text.endswith("s"):
            return float(text.removesuffix("s"))
        if text.endswith("%") and 0 <= float(text.removesuffix("%")) <= 100:
            return f"{float(text.removesuffix('%')):g}%"
    except ValueError:
        pass
    raise bad_value(path, "a time is such as 3.5s or 10%")


def _sample(element: m.SampleSnapshotTask, definition: int, context: Context) -> Work:
    preset = _preset(presets.SAMPLE, definition, context.path)
    pattern = "{inputName}_sampleSnapshot_{definition}_{number}.{format}"
    return Work(preset.kind, preset.options, pattern, numbers=element.ObjectNumberFormat)


def _sprite(element: m.ImageSpriteTask, definition: int, context: Context) -> Work:
    preset = _preset(presets.SPRITE, definition, context.path)
    return Work(preset.kind, preset.options, "{inputName}_imageSprite_{definition}.{format}", folder=True)


def _adaptive(element: m.AdaptiveDynamicStreamingTask, definition: int, context: Context) -> Work:
    package = _preset(presets.ADAPTIVE, definition, context.path)
    pattern = "{inputName}_adaptiveDynamicStreaming_{definition}.{format}"
    return Work("adaptive", {}, pattern, folder=True, told={"package": package})


Make = Callable[[Any, int, Context], Work]
_SETS: Mapping[str, tuple[str, Make]] = {
    "TranscodeTaskSet": (TRANSCODE, _transcode),
    "AnimatedGraphicTaskSet": (ANIMATION, _animation),
    "SnapshotByTimeOffsetTaskSet": (SNAPSHOT, _snapshots),
    "SampleSnapshotTaskSet": (SAMPLE, _sample),
    "ImageSpriteTaskSet": (SPRITE, _sprite),
    "AdaptiveDynamicStreamingTaskSet": (ADAPTIVE, _adaptive),
}


def _ai_subtasks(asked: m.ProcessMedia, context: Context) -> Iterator[SubtaskRequest]:
    """What is looked for in the file; a part of it that the file hasn't is left out, and doesn't fail."""
    wanted: tuple[tuple[str, str, Any, Mapping[int, Any]], ...] = (
        (REVIEW, "AiContentReviewTask", asked.AiContentReviewTask, presets.REVIEW),
        (ANALYSIS, "AiAnalysisTask", asked.AiAnalysisTask, presets.ANALYSIS),
        (RECOGNITION, "AiRecognitionTask", asked.AiRecognitionTask, presets.RECOGNITION),
    )
    for type_, name, element, table in wanted:
        if element is None:
            continue
        here = context.at(name)
        found = _preset(table, element.Definition, name)
        for preset in (found,) if isinstance(found, presets.Preset) else found:
            suffix = f"{type_[0].lower()}{type_[1:]}_{{definition}}/{preset.kind}"
            work = Work(
                preset.kind, preset.options, f"{{inputName}}_{suffix}", folder=True, by_name=type_ != RECOGNITION
            )
            yield here.subtask(type_, element, element.Definition, work)


# ── ProcessImage ──────────────────────────────────────────────────────────────────────────────

_FORMATS = {"JPEG": "jpeg", "JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
_FITS = {"lfit": "contain", "fill": "cover", "pad": "pad", "fixed": "fill"}


def process_image(asked: m.ProcessImage, places: Places, tenant: str) -> TaskRequest:
    """Raises: Refusal."""
    if asked.Definition:
        message = f"Definition: there is no template {asked.Definition} for pictures; say it by ImageTask."
        raise Refusal("ResourceNotFound.TemplateNotExist", message)
    if asked.ImageTask is None:
        raise missing("ImageTask")
    source = place.source_of(asked.InputInfo, places)
    called = place.storage_type(asked.OutputStorage, "OutputStorage", places) or _storage_of(asked.InputInfo)
    folder = place.folder_of(asked.OutputDir, source)
    pattern = asked.OutputPath or "{inputName}.{format}"
    subtask = SubtaskRequest(
        kind="image",
        options=_image_options(asked.ImageTask),
        output_path=place.resolved(pattern, folder, place.names_of(source, 0), "OutputPath"),
        client={"type": IMAGE, "path": "ImageTask", "input": asked.ImageTask.echo, "storage": called},
    )
    return TaskRequest(
        source=source,
        subtasks=(subtask,),
        tenant=tenant,
        dialect="tencent",
        client={"input": asked.InputInfo.echo, "types": [IMAGE], "is_image": True},
    )


def _image_options(task: m.ImageWork) -> dict[str, Any]:
    encoding = task.EncodeConfig or m.ImageEncoding()
    options: dict[str, Any] = {}
    if encoding.Format:
        if encoding.Format.upper() not in _FORMATS:
            raise unsupported("ImageTask.EncodeConfig.Format", "pictures are written as JPEG, PNG and WebP")
        options["format"] = _FORMATS[encoding.Format.upper()]
    if encoding.Quality:
        options["quality"] = encoding.Quality
    resize = task.TransformConfig.ImageResize if task.TransformConfig else None
    return {**options, **(_size(resize) if resize and resize.Switch != "OFF" else {})}


def _size(resize: m.Resize) -> dict[str, Any]:
    path = "ImageTask.TransformConfig.ImageResize"
    mode = resize.Mode or "percent"
    if mode == "percent":
        if resize.Percent not in {None, 1.0} or resize.Width or resize.Height or resize.LongSide:
            raise unsupported(f"{path}.Mode", "a size is told in pixels, by lfit, fill, pad or fixed")
        return {}
    if mode not in _FITS:
        raise unsupported(f"{path}.Mode", "there are lfit, fill, pad and fixed")
    width, height = resize.Width, resize.Height
    if not (width or height):
        if not resize.LongSide:
            raise missing(f"{path}.Width")
        return {"width": resize.LongSide, "height": resize.LongSide}
    fit = _FITS[mode] if width and height else "contain"
    return {**({"width": width} if width else {}), **({"height": height} if height else {}), "fit": fit}
