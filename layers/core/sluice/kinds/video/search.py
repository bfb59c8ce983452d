"""Find the crf at which the film scores the wanted VMAF: encode samples of it, measure them, and again."""

import os
from pathlib import Path

from sluice.ffmpeg.comparison import VMAF_MODEL, Metric, comparison, scores
from sluice.ffmpeg.filters import deinterlaced, resized, tone_mapped
from sluice.ffmpeg.inputs import sought
from sluice.geometry import Geometry
from sluice.kinds.video.codecs import ENCODERS
from sluice.kinds.video.command import began, main_video, seconds
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import geometry, keeps_hdr, pixels, rhythm
from sluice.kinds.video.rate import Crf, picture_codec
from sluice.kinds.video.vmaf import MOST_PROBES, Found, found, next_crf, sampling
from sluice.media import MediaInfo, Size, even
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
    reference, length = _reference(workspace, options, (first, steps[0]))
    tried: dict[float, float] = {}
    while (crf := next_crf(tried, options.target_vmaf, encoder)) is not None:
        tried[crf] = _score(workspace, options, reference, crf, length, (steps[len(tried)], steps[len(tried) + 1]))
    result = found(tried, options.target_vmaf, encoder)
    return result, {
        "target": options.target_vmaf,
        "estimate": result.vmaf,
        "crf": result.crf,
        "reached": abs(result.vmaf - options.target_vmaf) <= 1,
        "probes": [{"crf": crf, "vmaf": round(score, 2)} for crf, score in tried.items()],
        "model": VMAF_MODEL,
    }


def _deep(workspace: Workspace, options: VideoOptions) -> bool:
    return max(main_video(workspace.job.media).bit_depth, options.pixels.bit_depth) > 8


def _shown(workspace: Workspace) -> Size:
    shown = main_video(workspace.job.media).display_size
    return Size(even(shown.width), even(shown.height))


def _reference(workspace: Workspace, options: VideoOptions, part: Part) -> tuple[Path, float | None]:
    """The samples without loss at the source's size, and how long they are together."""
    media, shown = workspace.job.media, _shown(workspace)
    video, length = main_video(media), seconds(options, media)
    chain = [
        *_stretch(options, media, length),
        *deinterlaced(video),
        *sampling(length, video.frames_per_second),
        *([] if keeps_hdr(options, video) else tone_mapped(video)),
        *resized(Geometry(shown, shown)),
        f"format={'yuv420p10le' if _deep(workspace, options) else 'yuv420p'}:color_ranges=tv",
    ]
    target = workspace.folder / "reference.mkv"
    workspace.ffmpeg(
        [
            *workspace.input(start=began(options, media)),
            *("-filter_complex", f"[0:{video.index}]{','.join(chain)}[samples]", "-map", "[samples]"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-f", "matroska", str(target)),
        ],
        seconds=length,
        part=part,
    )
    return target, length


def _stretch(options: VideoOptions, media: MediaInfo, length: float | None) -> list[str]:
    """Nothing but what will be encoded, from nought on, since samples are taken by the time."""
    if options.start is None and options.end is None:
        return []
    _, left_out = sought(media.demuxer, options.start)
    until = f":duration={length:.6f}" if length is not None else ""
    return [f"trim=start={left_out:.6f}{until}", "setpts=PTS-STARTPTS"]


def _score(
    workspace: Workspace, options: VideoOptions, reference: Path, crf: float, length: float | None, part: Part
) -> float:
    """The mean VMAF of the samples at this factor."""
    middle = (part[0] + part[1]) / 2
    probe, log = workspace.folder / "probe.mkv", workspace.folder / "vmaf.json"
    video = main_video(workspace.job.media)
    scaled = geometry(options, video).scaled
    chain = [*rhythm(options), *resized(Geometry(scaled, scaled)), pixels(options)]
    samples = workspace.local_input(reference, "matroska")
    encoding = ["-vf", ",".join(chain), *picture_codec(options, video, Crf(crf)), "-f", "matroska", str(probe)]
    workspace.ffmpeg([*samples, *encoding], seconds=length, part=(part[0], middle))
    compared = comparison(
        _shown(workspace),
        [Metric.VMAF],
        log,
        distorted="0:v",
        reference="1:v",
        threads=os.cpu_count() or 2,
        ten_bit=_deep(workspace, options),
    )
    both = [*workspace.local_input(probe, "matroska"), *samples]
    workspace.ffmpeg([*both, "-filter_complex", compared, "-f", "null", "-"], seconds=length, part=(middle, part[1]))
    measured = scores(log.read_text(), [Metric.VMAF])[Metric.VMAF]
    return sum(measured) / len(measured)
