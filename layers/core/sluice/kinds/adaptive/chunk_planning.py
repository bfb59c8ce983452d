"""A ladder's chunks are planned: cut where segments begin, for all rungs at once."""

from dataclasses import replace
from typing import Any

from sluice.chunking.segmented import matroska_segments, mp4_segments
from sluice.chunking.sound_parts import Heard, evenly
from sluice.jobs import JobResult
from sluice.kinds.adaptive import AdaptiveOptions
from sluice.kinds.adaptive.chunks import chunk_seconds, grid, model, recipe, wanted, why_whole
from sluice.kinds.adaptive.command import SOUND_RATE, SOUND_SKIPPED, Plan, segment_seconds
from sluice.kinds.adaptive.ladder import Timing
from sluice.kinds.adaptive.packets import Cutting
from sluice.kinds.adaptive.run import plan_for
from sluice.kinds.chunked.folder import address_of
from sluice.kinds.chunked.planning import Cut, Planned, leave_plan, spans_or_reason, whole
from sluice.kinds.chunked.sounds import Asked, planned_parts
from sluice.settings import settings
from sluice.workspace import Workspace

_PLANNED = 2.0


def plan_chunks(workspace: Workspace) -> JobResult:
    """Cut the film, or say why it is encoded in one go: result {chunked, reason} or {chunked, bucket, key, workers}."""
    options, media = workspace.options(AdaptiveOptions), workspace.job.media
    if reason := why_whole(options, media):
        return whole(reason)
    plan, workers = plan_for(options, media), settings().chunk_workers
    length = chunk_seconds(plan, media, asked=settings().chunk_seconds, workers=workers)
    if length is None:
        return whole("It is done as soon in one go.")
    asked, rhythm = wanted(plan, media), grid(plan.timing)
    cut = Cut(
        lambda found: mp4_segments(found, asked, rhythm, length),
        lambda index: matroska_segments(index, asked, rhythm, length),
    )
    spans = spans_or_reason(workspace, cut)
    if isinstance(spans, str):
        return whole(spans)
    cost = model(plan, workers)
    recipes = [recipe(span, cost.patience(span.seconds)) for span in spans]
    parts = _sound_parts(workspace, plan, cost.rho * length)
    beside = beside_address(workspace, options, replace(plan, audio=()) if parts else plan)
    return leave_plan(workspace, Planned(spans, recipes, parts, beside, _PLANNED, {}))


def _sound_parts(workspace: Workspace, plan: Plan, work: float) -> list[dict[str, Any]]:
    """All sounds' parts, which begin where segments do."""
    cut = cutting(plan.timing)

    def begins(packets: int, seconds: float) -> list[int]:
        return [cut.first(segment) for segment in evenly(cut.count(packets), seconds / float(cut.seconds))]

    asked = [
        Asked(name, stream, Heard(stream.codec, stream.sample_rate or 0, SOUND_RATE, SOUND_SKIPPED))
        for name, stream in plan.audio
    ]
    return planned_parts(workspace, asked, work, begins)


def cutting(timing: Timing) -> Cutting:
    return Cutting(segment_seconds(timing), SOUND_RATE)


def beside_address(workspace: Workspace, options: AdaptiveOptions, plan: Plan) -> str | None:
    """The name of the plan's sounds and subtitles; None when there are neither."""
    if not (plan.audio or plan.subtitles or options.subtitles):
        return None
    return address_of(workspace, {"sound": [name for name, _ in plan.audio]})
