"""start_encode: its profiles are this deployment's presets, by name, or one workflow."""

import json
from typing import Any, NamedTuple

from sluice import library
from sluice.aws.library import Shelf
from sluice.dialects.qencode.errors import BAD_PROFILE, PROFILE_NOT_FOUND, QencodeError, refused
from sluice.dialects.qencode.http import Form, known_only, maybe, one
from sluice.dialects.qencode.translate import only_one
from sluice.dialects.qencode.wishes import Options
from sluice.errors import InvalidRequest
from sluice.settings import settings
from sluice.tasks import SubtaskRequest
from sluice.workflows import Preset, is_name

_FIELDS = (
    "task_token", "profiles", "uri", "stitch", "transfer_method", "payload", "start_time", "duration",
    "output_path_variables",
)  # fmt: skip
_REFUSED = {
    "transfer_method": "outputs stay in this deployment's bucket",
    "output_path_variables": "presets have no paths with variables",
}
# the kinds that take a stretch of the source
_CUTTABLE = {"video", "audio"}


class Profiles(NamedTuple):
    """The work by subtasks, or by a workflow's name."""

    url: str
    subtasks: tuple[SubtaskRequest, ...] = ()
    workflow: str | None = None


def wanted(fields: Form, tenant: str) -> Profiles:
    """What start_encode asks for.

    Raises: InvalidRequest, QencodeError.
    """
    known_only(fields, *_FIELDS)
    for name, reason in _REFUSED.items():
        if maybe(fields, name):
            raise refused(name, reason)
    names = list(dict.fromkeys(name.strip() for name in one(fields, "profiles").split(",") if name.strip()))
    if bad := next((name for name in names if not is_name(name)), None):
        raise QencodeError(BAD_PROFILE, f"profiles: {bad[:100]!r} is no name of a preset or a workflow.")
    span, shelf = _span(fields), Shelf(settings().table, tenant, Preset)
    presets = [shelf.get(name) for name in names]
    if names and all(presets):
        subtasks = tuple(_subtask(preset, span) for preset in presets if preset)
        return Profiles(_url(fields), subtasks=subtasks)
    return Profiles(_url(fields), workflow=_workflow(names, presets, span, tenant))


def _subtask(preset: Preset, span: Options) -> SubtaskRequest:
    if span and preset.kind not in _CUTTABLE:
        raise refused("start_time" if "start" in span else "duration", f"{preset.kind} doesn't carry it out")
    return SubtaskRequest(kind=preset.kind, preset=preset.name, options=span)


def _workflow(names: list[str], presets: list[Preset | None], span: Options, tenant: str) -> str:
    missing = next((name for name, preset in zip(names, presets, strict=True) if preset is None), "")
    try:
        library.workflow_named(missing, tenant)
    except InvalidRequest:
        raise QencodeError(PROFILE_NOT_FOUND, f"profiles: there is no preset or workflow {missing!r}.") from None
    if len(names) > 1:
        raise refused("profiles", f"{missing!r} is a workflow, and stands alone")
    if span:
        raise refused("start_time" if "start" in span else "duration", "a workflow has its own")
    return missing


def _span(fields: Form) -> Options:
    start, duration = (_seconds(fields, name) for name in ("start_time", "duration"))
    options: Options = {"start": start} if start else {}
    return options | ({"end": start + duration} if duration else {})


def _seconds(fields: Form, name: str) -> float:
    try:
        found = float(maybe(fields, name) or 0)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e9:
        raise InvalidRequest(f"{name}: this is not a number of seconds.", field=name)
    return found


def _url(fields: Form) -> str:
    text = maybe(fields, "stitch")
    if not text:
        return one(fields, "uri")
    if maybe(fields, "uri"):
        raise refused("stitch", "several sources aren't joined to one")
    try:
        sources: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidRequest("stitch: this is not valid JSON.", field="stitch") from None
    return only_one(sources)
