"""Turn the source's picture upright, then write it in its format and size."""

from pathlib import Path

from sluice.geometry import fitted
from sluice.jobs import JobResult
from sluice.kinds.image import ImageOptions, is_animated
from sluice.kinds.image.command import animated, converted
from sluice.kinds.image.upright import Upright, looked_at, plain
from sluice.media import Size
from sluice.pictures import SUFFIXES
from sluice.stills import first, still
from sluice.times import seconds
from sluice.workspace import Workspace


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(ImageOptions)
    target = workspace.folder / f"image{SUFFIXES[options.format]}"
    if is_animated(options, workspace.job.media):
        _animate(workspace, options, target)
    else:
        _convert(workspace, options, target)
    return JobResult(outputs=(workspace.publish(target, at=_place(workspace, options)),))


def _convert(workspace: Workspace, options: ImageOptions, target: Path) -> None:
    upright = _upright(workspace, _place(workspace, options))
    geometry = fitted(upright.size, options.width, options.height, options.fit, step=1)
    workspace.ffmpeg(["-i", str(upright.path), *converted(options, geometry, upright.has_alpha, target)])


def _upright(workspace: Workspace, time: float | None) -> Upright:
    video = workspace.job.media.main_video
    assert video, "a source without picture is refused before"
    drawn = plain(video)
    path = workspace.folder / f"upright{drawn.suffix}"
    if time is None:
        first(workspace, drawn, path)
    else:
        still(workspace, time, drawn, path)
    return looked_at(path)


def _animate(workspace: Workspace, options: ImageOptions, target: Path) -> None:
    media = workspace.job.media
    assert media.main_video, "a source without picture is refused before"
    size = Size(media.main_video.width, media.main_video.height)
    geometry = fitted(size, options.width, options.height, options.fit, step=1)
    arguments = animated(options, media.main_video.index, geometry, target)
    workspace.ffmpeg([*workspace.input(), *arguments], seconds=media.duration)


def _place(workspace: Workspace, options: ImageOptions) -> float | None:
    """The frame's place in the film, where one was asked for."""
    return None if options.time is None else seconds(options.time, workspace.job.media.duration or 0.0)
