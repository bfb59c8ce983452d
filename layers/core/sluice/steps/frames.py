"""Sample frames: pictures of the source at the times that the kind wants, packed for the next function.

Where other subtasks of the group want stills of the same film, those are taken in the same pass.
"""

from sluice import frames as packing
from sluice.geometry import Geometry
from sluice.jobs import Job, JobResult
from sluice.kinds import KINDS
from sluice.media import fit_short_side
from sluice.pictures import Pictures, drawing
from sluice.stills import Still, leave, take, take_all
from sluice.workspace import Workspace

# The short side that every embedded model can work from; small enough that a hundred of them stay under 5 MB.
SHORT_SIDE = 360
_QUALITY = 85
_FRAME = "frame"
# The looking at the frames is the greater half of the work.
_TAKEN = 50.0


def sample(workspace: Workspace) -> JobResult:
    """Leave `frames.zip` for the next step, and the stills of each companion.

    Raises: BadSource when nothing in the source can be decoded.
    """
    along = {_name(each): wanted_by(each) for each in workspace.job.companions}
    frames = frames_of(workspace.job)
    if along:
        found = take_all(workspace, along | ({_FRAME: frames} if frames else {}), share=_TAKEN)
        for each in workspace.job.companions:
            leave(workspace, each.number, found[_name(each)])
    elif frames:
        found = {_FRAME: take(workspace, frames, name=_FRAME, share=_TAKEN)}
    if frames:
        _pack(workspace, found[_FRAME])
    return JobResult()


def frames_of(job: Job) -> Pictures | None:
    """What the kind looks at, if it looks at frames."""
    kind, video = KINDS[job.kind], job.media.main_video
    if kind.sample_times is None:
        return None
    assert video, "the workflow sends only sources with a picture here"
    times = kind.sample_times(job.media.duration, kind.options.model_validate(job.options))
    size = fit_short_side(video.display_size, SHORT_SIDE)
    return Pictures(times, size, drawing(video, Geometry(size, size), "jpeg", _QUALITY))


def wanted_by(job: Job) -> Pictures:
    """The stills of a companion."""
    kind = KINDS[job.kind]
    assert kind.pictures, "only kinds that are made of stills are companions"
    return kind.pictures(kind.options.model_validate(job.options), job.media)


def _name(job: Job) -> str:
    return f"stills-{job.number}"


def _pack(workspace: Workspace, frames: list[Still]) -> None:
    duration = workspace.job.media.duration or 0.0
    interval = frames[1].time - frames[0].time if len(frames) > 1 else duration
    packed = workspace.folder / packing.NAME
    packing.write_frames(packed, frames, interval=interval, duration=duration)
    workspace.put_work(packing.NAME, packed)
