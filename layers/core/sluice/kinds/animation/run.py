"""One ffmpeg with an exact seek for each stretch."""

from sluice.ffmpeg.inputs import sought
from sluice.jobs import JobResult
from sluice.kinds.animation import AnimationOptions, geometry, spans
from sluice.kinds.animation.command import Stretch, animation
from sluice.pictures import SUFFIXES
from sluice.stills import RUN_UP_SECONDS
from sluice.workspace import Workspace


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(AnimationOptions)
    media = workspace.job.media
    assert media.main_video, "a source without picture is refused before"
    shown = spans(options, media)
    stretches = [_stretch(media.demuxer, start, length) for start, length in shown]
    inputs = [argument for stretch in stretches for argument in workspace.input(start=stretch.sought)]
    target = workspace.folder / f"animation{SUFFIXES[options.format]}"
    arguments = animation(options, media.main_video, stretches, geometry(options, media), target)
    workspace.ffmpeg([*inputs, *arguments], seconds=sum(stretch.length for stretch in stretches))
    told = [{"start": round(start, 3), "end": round(start + length, 3)} for start, length in shown]
    return JobResult(outputs=(workspace.publish(target),), result={"stretches": told})


def _stretch(demuxer: str, start: float, length: float) -> Stretch:
    """Entered early enough for the frames right after a keyframe to have all that they need."""
    begin, _ = sought(demuxer, max(0.0, start - RUN_UP_SECONDS))
    return Stretch(begin, start - begin, length)
