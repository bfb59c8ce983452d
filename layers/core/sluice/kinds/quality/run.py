"""Decode both films side by side and let libvmaf compare them."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sluice.errors import BadSource
from sluice.ffmpeg.comparison import VMAF_MODEL, Metric, comparison, scores
from sluice.ffmpeg.filters import deinterlaced, tone_mapped
from sluice.ffmpeg.inputs import sought
from sluice.jobs import JobResult
from sluice.kinds.quality import QualityOptions
from sluice.kinds.quality.report import as_csv, as_svg, summary
from sluice.media import MediaInfo, VideoStream
from sluice.workspace import Workspace

# More than a frame or two, and a cut-off file is to be told from a rounded duration.
_SAME_LENGTH = 0.2


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(QualityOptions)
    other, distorted = workspace.media_input(options.distorted)
    if other.main_video is None or other.is_picture:
        raise BadSource("The file to measure is not a film.", code="distorted_unsuitable")
    shared = _shared_seconds(workspace.job.media, other, options)
    found = _measured(workspace, options, other.main_video, distorted, shared)
    count = len(next(iter(found.values())))
    if not count:
        raise BadSource("There is no frame that both films have.", code="distorted_unsuitable")
    times = _times(count, other.main_video, options.every_nth_frame)
    result = {
        "metrics": {metric.value: summary(values, times) for metric, values in found.items()},
        **_facts(workspace.job.media, other, options, shared, count),
    }
    files = _written(workspace.folder, result, found, times, options.every_nth_frame)
    return JobResult(outputs=tuple(workspace.publish(path) for path in files), result=result)


def _shared_seconds(reference: MediaInfo, other: MediaInfo, options: QualityOptions) -> float | None:
    """How long the stretch is that both have, or None when that can't be known."""
    known = [d for d in (_rest(reference, options.start), other.duration) if d is not None]
    return min(known, default=None)


def _rest(reference: MediaInfo, start: float) -> float | None:
    return None if reference.duration is None else reference.duration - start


def _measured(
    workspace: Workspace,
    options: QualityOptions,
    other: VideoStream,
    distorted: Sequence[str],
    seconds: float | None,
) -> Mapping[Metric, list[float]]:
    reference, log = workspace.job.media.main_video, workspace.folder / "scores.json"
    assert reference, "a source without picture is refused before"
    begin, left_out = sought(workspace.job.media.demuxer, options.start)
    graph = comparison(
        reference.display_size,
        options.metrics,
        log,
        distorted=f"0:{other.index}",
        reference=f"1:{reference.index}",
        # what an encode does on purpose is no loss
        cleaning=[
            *([f"trim=start={left_out:.6f}"] if left_out else []),
            *deinterlaced(reference),
            *([] if other.hdr else tone_mapped(reference)),
        ],
        threads=os.cpu_count() or 2,
        ten_bit=max(reference.bit_depth, other.bit_depth) > 8,
        every=options.every_nth_frame,
    )
    inputs = [*distorted, *workspace.input(start=begin)]
    workspace.ffmpeg([*inputs, "-filter_complex", graph, "-an", "-f", "null", "-"], seconds=seconds)
    return scores(log.read_text(), options.metrics)


def _times(count: int, other: VideoStream, every: int) -> list[float]:
    """Seconds from the beginning of each measured frame, by the film's rate: libvmaf's log knows no times."""
    rate = other.frames_per_second or 25
    return [float(number * every / rate) for number in range(count)]


def _facts(
    reference: MediaInfo, other: MediaInfo, options: QualityOptions, shared: float | None, count: int
) -> dict[str, Any]:
    rest, video = _rest(reference, options.start), reference.main_video
    assert video, "a source without picture is refused before"
    same = rest is None or other.duration is None or abs(rest - other.duration) <= _SAME_LENGTH
    return {
        "model": VMAF_MODEL,
        "frames": count,
        "compared_at": f"{video.display_size.width}x{video.display_size.height}",
        "reference_seconds": rest,
        "distorted_seconds": other.duration,
        "compared_seconds": shared,
        "same_length": same,
    }


def _written(
    folder: Path, result: Mapping[str, Any], found: Mapping[Metric, list[float]], times: list[float], every: int
) -> list[Path]:
    contents = {
        "quality.json": json.dumps(result, indent=2),
        "quality.csv": as_csv(found, times, every),
        "quality.svg": as_svg(found, times),
    }
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in contents]
