"""The samples of a film that are scored in its place, without loss, at its own size."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from sluice.ffmpeg.filters import deinterlaced, resized, tone_mapped
from sluice.ffmpeg.inputs import can_be_sought, sought
from sluice.geometry import Geometry
from sluice.kinds.video import vmaf
from sluice.kinds.video.command import began, main_video, seconds
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import keeps_hdr
from sluice.kinds.video.vmaf import SAMPLE_SECONDS
from sluice.media import MediaInfo, Size, even
from sluice.workspace import Workspace

# Whatever comes of such encodes can be strung together byte by byte: no picture is shown after one that follows it.
_LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0")


def reference(workspace: Workspace, options: VideoOptions, part: tuple[float, float]) -> Path:
    """A Matroska file of the samples, one after the other."""
    media, target = workspace.job.media, workspace.folder / "reference.mkv"
    length = seconds(options, media)
    rate = main_video(media).frames_per_second
    if length and length > vmaf.SOUGHT_SECONDS and vmaf.is_sampled(length, rate) and can_be_sought(media.demuxer):
        return _by_seeking(workspace, options, vmaf.moments(length), target, part)
    chosen = vmaf.sampling(length, rate)
    chain = [*_stretch(options, media, length), *_looks(workspace, options, chosen)]
    _cut(workspace, began(options, media), chain, ["-f", "matroska", str(target)], length, part)
    return target


def is_deep(workspace: Workspace, options: VideoOptions) -> bool:
    """Whether source or output has more than 8 bits a sample."""
    return max(main_video(workspace.job.media).bit_depth, options.pixels.bit_depth) > 8


def shown(workspace: Workspace) -> Size:
    """The size at which the source is shown."""
    size = main_video(workspace.job.media).display_size
    return Size(even(size.width), even(size.height))


def _by_seeking(
    workspace: Workspace, options: VideoOptions, starts: Sequence[float], target: Path, part: tuple[float, float]
) -> Path:
    """Each sample for itself, so that a long film isn't decoded from end to end."""
    media, joined, piece = workspace.job.media, workspace.folder / "samples.h264", workspace.folder / "sample.h264"
    rate = main_video(media).frames_per_second or Fraction(25)
    share = (part[1] - part[0]) / len(starts)
    with joined.open("wb") as samples:
        for number, start in enumerate(starts):
            reached, left_out = sought(media.demuxer, (options.start or 0) + start)
            trim = [f"trim=start={left_out:.6f}:duration={SAMPLE_SECONDS}", f"setpts=N/({rate})/TB"]
            begun = part[0] + share * number
            output = ["-frames:v", str(round(SAMPLE_SECONDS * rate)), "-f", "h264", str(piece)]
            _cut(workspace, reached, _looks(workspace, options, trim), output, SAMPLE_SECONDS, (begun, begun + share))
            samples.write(piece.read_bytes())
    stream = workspace.local_input(joined, "h264")
    workspace.ffmpeg(["-framerate", str(rate), *stream, "-c", "copy", "-f", "matroska", str(target)])
    return target


def _cut(
    workspace: Workspace,
    start: float,
    chain: Sequence[str],
    output: Sequence[str],
    length: float | None,
    part: tuple[float, float],
) -> None:
    graph = f"[0:{main_video(workspace.job.media).index}]{','.join(chain)}[samples]"
    picked = ["-filter_complex", graph, "-map", "[samples]", *_LOSSLESS]
    workspace.ffmpeg([*workspace.input(start=start), *picked, *output], seconds=length, part=part)


def _looks(workspace: Workspace, options: VideoOptions, chosen: Sequence[str]) -> list[str]:
    """What is chosen of the film, as the kind `quality` looks at it."""
    video, size = main_video(workspace.job.media), shown(workspace)
    return [
        *deinterlaced(video),
        *chosen,
        *([] if keeps_hdr(options, video) else tone_mapped(video)),
        *resized(Geometry(size, size)),
        f"format={'yuv420p10le' if is_deep(workspace, options) else 'yuv420p'}:color_ranges=tv",
    ]


def _stretch(options: VideoOptions, media: MediaInfo, length: float | None) -> list[str]:
    """Nothing but what will be encoded, from nought on, since samples are taken by the time."""
    if options.start is None and options.end is None:
        return []
    _, left_out = sought(media.demuxer, options.start)
    until = f":duration={length:.6f}" if length is not None else ""
    return [f"trim=start={left_out:.6f}{until}", "setpts=PTS-STARTPTS"]
