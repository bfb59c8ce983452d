"""Pictures of a film at given times: the one piece of code behind screenshots, sampled frames, sprites and covers.

The picture at a time is the one on screen then: the last frame that begins at or before it, or the first of all where
the film begins later. Two ways lead there, and `in_one_pass` knows the cheaper one: a seek for each time, or one pass
from the start. The figures are under «Stills» in docs/decisions.md.
"""

from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path
from typing import NamedTuple

from sluice.errors import BadSource
from sluice.ffmpeg.filters import deinterlaced
from sluice.ffmpeg.run import FfmpegFailed
from sluice.media import VideoStream
from sluice.pictures import Drawing, Pictures
from sluice.sampling import TOLERANCE, in_one_pass
from sluice.workspace import Workspace
from sluice.zips import stored_zip, unpacked

# A seek ends at the keyframe before its target by the file's index, and frames right after a keyframe may still need
# an earlier one (open GOP) while a transport stream has no index at all: so it aims this much earlier.
RUN_UP_SECONDS = 1.0
# Where no frame was found up to a time: in a transport stream with long GOPs, or past the end of the picture.
_STEPS_BACK = (0.0, 4.0, 30.0, inf)


class Still(NamedTuple):
    """A picture and the time that it was asked for, in seconds."""

    time: float
    path: Path


# ── choosing frames: pure ─────────────────────────────────────────────────────────────────────


def grid(times: Sequence[float]) -> list[str]:
    """The frames on screen at evenly spaced times, each as often as it is asked for."""
    step = (times[-1] - times[0]) / (len(times) - 1)
    return [f"fps=fps=1/{step:.9f}:start_time={times[0] + TOLERANCE:.6f}:round=up"]


def on_screen(time: float, *, sought: bool) -> list[str]:
    """The frame on screen `time` seconds after the point of the input's seek, if there was one.

    A seek that ended too late shows in its first frame: nothing is chosen then, rather than the wrong one.
    """
    late = [f"select='lte(t,{time + TOLERANCE:.6f})+gt(selected_n,0)'"] if sought else []
    return [*late, f"fps=fps=1:start_time={time + TOLERANCE:.6f}:round=up"]


def all_before(time: float) -> list[str]:
    """Every frame up to `time`: written over each other, the last one stays."""
    return [f"trim=end={time + TOLERANCE:.6f}"]


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


def stills(workspace: Workspace, wanted: Pictures, *, name: str, share: float) -> list[Still]:
    """The pictures as `<name>-001.jpg` and so on in the scratch folder: taken beforehand with others', or now.

    Raises: as `take`.
    """
    if workspace.job.prepared_by is None:
        return take(workspace, wanted, name=name, share=share)
    paths = _paths(workspace, wanted, name)
    unpacked(workspace.get_work(work_name(workspace.job.number)), paths)
    return [Still(time, path) for time, path in zip(wanted.times, paths, strict=True)]


def leave(workspace: Workspace, number: int, found: Sequence[Still]) -> None:
    """Keep the pictures of a subtask for its own function."""
    packed = workspace.folder / work_name(number)
    workspace.put_work(packed.name, stored_zip(packed, [still.path for still in found]))


def work_name(number: int) -> str:
    return f"stills-{number}.zip"


def take(workspace: Workspace, wanted: Pictures, *, name: str = "still", share: float = 100.0) -> list[Still]:
    """A picture for each of the times. `share` is how much of the job's progress this is, in percent.

    Raises: BadSource when nothing up to one of the times can be decoded.
    """
    if in_one_pass(wanted.times):
        return take_all(workspace, {name: wanted}, share=share)[name]
    return _completed(workspace, wanted, name, share, done=0)


def take_all(workspace: Workspace, wanted: Mapping[str, Pictures], *, share: float = 100.0) -> dict[str, list[Still]]:
    """Several sets of evenly spaced pictures, by their names, from one pass.

    Raises: as `take`.
    """
    video = _video(workspace)
    outputs = [
        argument
        for name, each in wanted.items()
        for argument in output(video, grid(each.times), each.drawn, _pattern(workspace, each, name), len(each.times))
    ]
    last = max(each.times[-1] for each in wanted.values())
    workspace.ffmpeg([*workspace.input(), *outputs], seconds=last * 100 / share)
    return {
        name: _completed(
            workspace, each, name, share, done=sum(path.exists() for path in _paths(workspace, each, name))
        )
        for name, each in wanted.items()
    }


def _completed(workspace: Workspace, wanted: Pictures, name: str, share: float, *, done: int) -> list[Still]:
    """All of the pictures, of which the first ones are `done`."""
    times, paths = wanted.times, _paths(workspace, wanted, name)
    for number in range(done, len(times)):
        if done and number > done:
            # a pass falls short only where the picture has ended: from there on nothing changes
            paths[number].hardlink_to(paths[done])
            continue
        still(workspace, times[number], wanted.drawn, paths[number])
        workspace.progress(share * (number + 1) / len(times))
    return [Still(time, path) for time, path in zip(times, paths, strict=True)]


def _paths(workspace: Workspace, wanted: Pictures, name: str) -> list[Path]:
    return [workspace.folder / f"{name}-{number:03}{wanted.drawn.suffix}" for number in range(1, len(wanted.times) + 1)]


def _pattern(workspace: Workspace, wanted: Pictures, name: str) -> Path:
    return workspace.folder / f"{name}-%03d{wanted.drawn.suffix}"


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
