"""Encode the source into one file, in as many runs of ffmpeg as the options ask for."""

from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

from sluice.ffmpeg.loudness import Loudness, gain, is_linear
from sluice.jobs import JobResult
from sluice.kinds.video.command import began, copy, encode, first_pass, seconds
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.prepare import image_input, listened, prepared_marks
from sluice.kinds.video.rate import Bitrate, Crf, Pass, Rate, asked_rate
from sluice.kinds.video.search import find_crf
from sluice.tasks import Output
from sluice.workspace import Workspace

Part = tuple[float, float]


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(VideoOptions)
    return _copied(workspace, options) if options.copy_streams else _encoded(workspace, options)


def parts(options: VideoOptions) -> Mapping[str, Part]:
    """Which part of the whole each run of ffmpeg is, by about how long they take."""
    weights = {
        "listen": 1.0 if options.loudness is not None else 0.0,
        "search": 8.0 if options.target_vmaf is not None else 0.0,
        "first pass": 6.0 if options.passes == 2 else 0.0,
        "encode": 10.0,
    }
    whole = sum(weights.values())
    bounds = accumulate((weight / whole for weight in weights.values()), initial=0.0)
    return dict(zip(weights, pairwise(bounds), strict=True))


def _copied(workspace: Workspace, options: VideoOptions) -> JobResult:
    media = workspace.job.media
    target = workspace.folder / f"video.{options.container.value}"
    workspace.ffmpeg([*workspace.input(), *copy(options, media, target)], seconds=media.duration)
    return JobResult(outputs=(workspace.publish(target),))


def _encoded(workspace: Workspace, options: VideoOptions) -> JobResult:
    shares = parts(options)
    marks = prepared_marks(workspace, options)
    loudness = listened(workspace, options, shares["listen"])
    result: dict[str, Any] = {"loudness": said_of_loudness(options, loudness)} if options.loudness is not None else {}
    rate = asked_rate(options)
    if rate is None:
        found, result["vmaf"] = find_crf(workspace, options, shares["search"])
        rate = Crf(found.crf)
    output = _encode(workspace, options, rate, marks, loudness, shares)
    return JobResult(outputs=(output,), result=result or None)


def _encode(
    workspace: Workspace,
    options: VideoOptions,
    rate: Rate,
    marks: Marks,
    loudness: Loudness | None,
    shares: Mapping[str, Part],
) -> Output:
    media, length = workspace.job.media, seconds(options, workspace.job.media)
    target, log = workspace.folder / f"video.{options.container.value}", workspace.folder / "passes"
    inputs = [*workspace.input(start=began(options, media)), *image_input(workspace, marks)]
    which = None
    if isinstance(rate, Bitrate) and rate.passes == 2:
        first = first_pass(options, media, rate, marks, log)
        workspace.ffmpeg([*inputs, *first], seconds=length, part=shares["first pass"])
        which = Pass(2, log)
    last = encode(options, media, rate, target, marks=marks, loudness=loudness, which=which)
    workspace.ffmpeg([*inputs, *last], seconds=length, part=shares["encode"])
    return workspace.publish(target)


def said_of_loudness(options: VideoOptions, loudness: Loudness | None) -> dict[str, object]:
    """What the record tells of the levelling."""
    target = options.loudness
    if loudness is None or target is None:
        return {"target": target, "skipped": "There is no sound, or it is silent or too short to be measured."}
    return {
        "target": target,
        "measured": loudness.integrated,
        "peak": loudness.peak,
        "gain": round(gain(loudness, target), 2),
        "linear": is_linear(loudness, target),
    }
