"""Pictures of a film at given times: the one piece of code behind screenshots, sampled frames, sprites and covers.

The picture at a time is the one on screen then: the last frame that begins at or before it, or the first of all where
the film begins later. Two ways lead there, and `in_one_pass` knows the cheaper one: a seek for each time, or one pass
from the start. The figures are under «Stills» in docs/decisions.md.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import NamedTuple

from sluice.errors import BadSource
from sluice.ffmpeg.filters import deinterlaced
from sluice.ffmpeg.run import FfmpegFailed
from sluice.media import VideoStream
from sluice.pictures import Drawing
from sluice.workspace import Workspace

# What a seek costs, as the length of film that is decoded in the same time.
SEEK_WORTH_SECONDS = 5.0
# A seek ends at the keyframe before its target by the file's index, and frames right after a keyframe may still need
# an earlier one (open GOP) while a transport stream has no index at all: so it aims this much earlier.
RUN_UP_SECONDS = 1.0
# Where no frame was found up to a time: in a transport stream with long GOPs, or past the end of the picture.
_STEPS_BACK = (0.0, 4.0, 30.0, inf)
# Times are often written to the millisecond, and a frame that begins within it is meant.
_TOLERANCE = 0.001


class Still(NamedTuple):
    """A picture and the time that it was asked for, in seconds."""

    time: float
    path: Path


# ── choosing frames: pure ─────────────────────────────────────────────────────────────────────


def in_one_pass(times: Sequence[float]) -> bool:
    """Whether one pass up to the last time costs less than a seek for each."""
    return len(times) > 1 and evenly_spaced(times) and times[-1] < len(times) * SEEK_WORTH_SECONDS


def evenly_spaced(times: Sequence[float]) -> bool:
    """Rising by the same step, to the rounding of a millisecond."""
    step = (times[-1] - times[0]) / (len(times) - 1)
    return step > 0 and all(abs(later - time - step) <= 2 * _TOLERANCE for time, later in pairwise(times))


def grid(times: Sequence[float]) -> list[str]:
    """The frames on screen at evenly spaced times, each as often as it is asked for."""
    step = (times[-1] - times[0]) / (len(times) - 1)
    return [f"fps=fps=1/{step:.9f}:start_time={times[0] + _TOLERANCE:.6f}:round=up"]


def on_screen(time: float, *, sought: bool) -> list[str]:
    """The frame on screen `time` seconds after the point of the input's seek, if there was one.

    A seek that ended too late shows in its first frame: nothing is chosen then, rather than the wrong one.
    """
    late = [f"select='lte(t,{time + _TOLERANCE:.6f})+gt(selected_n,0)'"] if sought else []
    return [*late, f"fps=fps=1:start_time={time + _TOLERANCE:.6f}:round=up"]


def all_before(time: float) -> list[str]:
    """Every frame up to `time`: written over each other, the last one stays."""
    return [f"trim=end={time + _TOLERANCE:.6f}"]


def output(video: VideoStream, chosen: Sequence[str], drawn: Drawing, target: Path, count: int | None) -> list[str]:
    """`count` pictures under a numbered pattern; one, or the last of all (None), under one name."""
    filters = [*deinterlaced(video), *chosen, *drawn.filters]
    one_name = ["-update", "1"] if count in {1, None} else []
    return [
        *("-map", f"0:{video.index}", "-vf", ",".join(filters), "-fps_mode", "passthrough"),
        *(["-frames:v", str(count)] if count else []),
        *("-map_metadata", "-1", *drawn.encoder, "-f", "image2", *one_name, str(target)),
    ]


# ── taking them ───────────────────────────────────────────────────────────────────────────────


def take(
    workspace: Workspace, times: Sequence[float], drawn: Drawing, *, name: str = "still", share: float = 100.0
) -> list[Still]:
    """A picture for each of the rising times, as `<name>-001.jpg` and so on in the scratch folder.

    `share` is how much of the job's progress this is, in percent.

    Raises: BadSource when nothing up to one of the times can be decoded.
    """
    paths = [workspace.folder / f"{name}-{number:03}{drawn.suffix}" for number in range(1, len(times) + 1)]
    done = _pass(workspace, times, drawn, name, share) if in_one_pass(times) else 0
    for number in range(done, len(times)):
        if done and number > done:
            # a pass falls short only where the picture has ended: from there on nothing changes
            paths[number].hardlink_to(paths[done])
            continue
        still(workspace, times[number], drawn, paths[number])
        workspace.progress(share * (number + 1) / len(times))
    return [Still(time, path) for time, path in zip(times, paths, strict=True)]


def still(workspace: Workspace, time: float, drawn: Drawing, target: Path) -> None:
    """Write the picture on screen at `time`.

    Raises: BadSource when nothing up to there can be decoded.
    """
    start = max(0.0, time - RUN_UP_SECONDS)
    if _written(workspace, start, on_screen(time - start, sought=start > 0), drawn, target, count=1):
        return
    for step in _STEPS_BACK:
        earlier = max(0.0, start - step)
        if _written(workspace, earlier, all_before(time - earlier), drawn, target, count=None):
            return
        if earlier == 0.0:
            break
    first(workspace, drawn, target)


def first(workspace: Workspace, drawn: Drawing, target: Path) -> None:
    """Write the first picture of all.

    Raises: BadSource when there is none that can be decoded.
    """
    workspace.ffmpeg([*workspace.input(), *output(_video(workspace), [], drawn, target, 1)])
    if not target.exists():
        raise BadSource("There is no picture in the file that can be decoded.", code="source_undecodable")


def _pass(workspace: Workspace, times: Sequence[float], drawn: Drawing, name: str, share: float) -> int:
    """How many of the pictures one pass from the start has written, the first ones."""
    video = _video(workspace)
    pattern = workspace.folder / f"{name}-%03d{drawn.suffix}"
    arguments = [*workspace.input(), *output(video, grid(times), drawn, pattern, len(times))]
    workspace.ffmpeg(arguments, seconds=times[-1] * 100 / share)
    return len(list(workspace.folder.glob(f"{name}-*{drawn.suffix}")))


def _written(
    workspace: Workspace, start: float, chosen: Sequence[str], drawn: Drawing, target: Path, *, count: int | None
) -> bool:
    # the frames before the target are wanted too: one of them may be the one on screen
    source = ["-noaccurate_seek", *workspace.input(start=start)] if start else workspace.input()
    try:
        workspace.ffmpeg([*source, *output(_video(workspace), chosen, drawn, target, count)])
    except FfmpegFailed:
        target.unlink(missing_ok=True)
    return target.exists() and target.stat().st_size > 0


def _video(workspace: Workspace) -> VideoStream:
    video = workspace.job.media.main_video
    assert video, "a source without picture is refused before"
    return video
