"""Find the crf at which the film scores the wanted VMAF: encode samples of it, measure them, and again."""

import os
from pathlib import Path

from sluice.ffmpeg.comparison import VMAF_MODEL, Metric, comparison, scores
from sluice.ffmpeg.filters import resized
from sluice.geometry import Geometry
from sluice.kinds.video.codecs import ENCODERS
from sluice.kinds.video.command import main_video, seconds
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import geometry, pixels, rhythm
from sluice.kinds.video.rate import Crf, picture_codec
from sluice.kinds.video.samples import is_deep, reference, shown
from sluice.kinds.video.vmaf import MOST_PROBES, Found, found, next_crf
from sluice.workspace import Workspace

Part = tuple[float, float]
# What cutting out the samples is of the search's time.
_CUTTING = 0.1


def find_crf(workspace: Workspace, options: VideoOptions, part: Part) -> tuple[Found, dict[str, object]]:
    """The factor, and what the record tells of the search.

    Samples are compared with the source at the source's size, as the kind `quality` compares a finished film. What is
    put around or on top of the picture is left out: it would be in both.
    """
    assert options.target_vmaf is not None, "there is something to search for"
    encoder = ENCODERS[options.video_codec]
    first, last = part
    steps = [first + (last - first) * (_CUTTING + (1 - _CUTTING) * n / MOST_PROBES) for n in range(MOST_PROBES + 1)]
    samples, length = reference(workspace, options, (first, steps[0])), seconds(options, workspace.job.media)
    tried: dict[float, float] = {}
    while (crf := next_crf(tried, options.target_vmaf, encoder)) is not None:
        tried[crf] = _score(workspace, options, samples, crf, length, (steps[len(tried)], steps[len(tried) + 1]))
    result = found(tried, options.target_vmaf, encoder)
    return result, {
        "target": options.target_vmaf,
        "estimate": result.vmaf,
        "crf": result.crf,
        "reached": abs(result.vmaf - options.target_vmaf) <= 1,
        "probes": [{"crf": crf, "vmaf": round(score, 2)} for crf, score in tried.items()],
        "model": VMAF_MODEL,
    }


def _score(
    workspace: Workspace, options: VideoOptions, cut: Path, crf: float, length: float | None, part: Part
) -> float:
    """The mean VMAF of the samples at this factor."""
    middle = (part[0] + part[1]) / 2
    probe, log = workspace.folder / "probe.mkv", workspace.folder / "vmaf.json"
    video = main_video(workspace.job.media)
    scaled = geometry(options, video).scaled
    chain = [*rhythm(options), *resized(Geometry(scaled, scaled)), pixels(options)]
    samples = workspace.local_input(cut, "matroska")
    encoding = ["-vf", ",".join(chain), *picture_codec(options, video, Crf(crf)), "-f", "matroska", str(probe)]
    workspace.ffmpeg([*samples, *encoding], seconds=length, part=(part[0], middle))
    compared = comparison(
        shown(workspace),
        [Metric.VMAF],
        log,
        distorted="0:v",
        reference="1:v",
        threads=os.cpu_count() or 2,
        ten_bit=is_deep(workspace, options),
    )
    both = [*workspace.local_input(probe, "matroska"), *samples]
    workspace.ffmpeg([*both, "-filter_complex", compared, "-f", "null", "-"], seconds=length, part=(middle, part[1]))
    measured = scores(log.read_text(), [Metric.VMAF])[Metric.VMAF]
    return sum(measured) / len(measured)
