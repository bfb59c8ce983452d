"""A film's chunks are planned: cut at its own keyframes, each with its share of the rate."""

from collections.abc import Sequence
from typing import Any

from sluice.aws import files
from sluice.chunking.sound_parts import FRAME, Heard, evenly
from sluice.chunking.spans import Span, matroska_spans, mp4_spans
from sluice.jobs import JobResult
from sluice.kinds.chunked.folder import Folder, address_of
from sluice.kinds.chunked.planning import Cut, Planned, leave_plan, spans_or_reason, whole
from sluice.kinds.chunked.sounds import Asked, planned_parts
from sluice.kinds.video.audio import sample_rate
from sluice.kinds.video.chunks import address, chunk_seconds, model, rates, recipe, wanted, why_whole
from sluice.kinds.video.codecs import AudioCodec
from sluice.kinds.video.command import main_video
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.prepare import prepared_marks
from sluice.kinds.video.rate import Crf, asked_rate
from sluice.kinds.video.search import find_crf
from sluice.media import AudioStream
from sluice.settings import settings
from sluice.workspace import Workspace

_SEARCHED, _PLANNED = 30.0, 2.0


def plan_chunks(workspace: Workspace) -> JobResult:
    """Cut the film, or say why it is encoded in one go: result {chunked, reason} or {chunked, bucket, key, workers}."""
    options, media = workspace.options(VideoOptions), workspace.job.media
    reason = why_whole(options, media)
    length = chunk_seconds(options, media, asked=settings().chunk_seconds, workers=settings().chunk_workers)
    if reason or length is None:
        return whole(reason or "It is done as soon in one go.")
    asked = wanted(options, media)
    cut = Cut(lambda found: mp4_spans(found, asked, length), lambda index: matroska_spans(index, asked, length))
    spans = spans_or_reason(workspace, cut)
    return whole(spans) if isinstance(spans, str) else _planned(workspace, options, spans, length)


def _planned(workspace: Workspace, options: VideoOptions, spans: Sequence[Span], length: float) -> JobResult:
    result: dict[str, Any] = {}
    rate, begun = asked_rate(options), _PLANNED
    if rate is None:
        found, result["vmaf"] = find_crf(workspace, options, (0.0, _SEARCHED / 100))
        rate, begun = Crf(found.crf), _SEARCHED
    marks = _left_marks(workspace, options)
    cost = model(options, main_video(workspace.job.media), settings().chunk_workers)
    recipes = [
        {**recipe(span, share, cost.patience(span.seconds)), "marks": marks}
        for span, share in zip(spans, rates(rate, spans), strict=True)
    ]
    parts = _sound_parts(workspace, options, cost.rho * length)
    sound = None if parts else sound_address(workspace, options)
    return leave_plan(workspace, Planned(spans, recipes, parts, sound, begun, {"result": result}))


def _sound_parts(workspace: Workspace, options: VideoOptions, work: float) -> list[dict[str, Any]]:
    """The sound's parts, of the same length; none where what is heard depends on more than a part."""
    audio = workspace.job.media.main_audio
    is_plain = options.sound is AudioCodec.AAC and options.loudness is None and not options.start
    if audio is None or not is_plain or options.end is not None:
        return []
    heard = Heard(audio.codec, audio.sample_rate or 0, made_rate(options, audio))
    asked = Asked("", audio, heard)
    return planned_parts(workspace, [asked], work, lambda count, each: evenly(count, each * heard.made / FRAME))


def made_rate(options: VideoOptions, audio: AudioStream) -> int:
    """Samples a second of the output."""
    return sample_rate(options, audio) or audio.sample_rate or 0


def sound_address(workspace: Workspace, options: VideoOptions) -> str | None:
    """The name of the film's sound; None when it has none."""
    if workspace.job.media.main_audio is None or options.sound is AudioCodec.NONE:
        return None
    return address_of(workspace, {"sound": True})


def _left_marks(workspace: Workspace, options: VideoOptions) -> dict[str, str]:
    """What is drawn on the film, made once: the names under which the workers find the files."""
    if not (options.watermark or options.watermark_text or options.subtitles):
        return {}
    made, folder, names = prepared_marks(workspace, options), Folder(workspace), {}
    for role in ("image", "text", "subtitles"):
        path = getattr(made, role)
        if path:
            content = path.read_bytes()
            names[role] = f"mark-{address({'content': content.hex()}, {}, None, '')}{path.suffix}"
            files.put_bytes(content, folder.bucket, folder.key(names[role]), "application/octet-stream")
    return names
