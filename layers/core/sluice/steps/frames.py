"""Sample frames: pictures of the source at the times that the kind wants, packed for the next function."""

from sluice.frames import NAME, write_frames
from sluice.geometry import Geometry
from sluice.jobs import JobResult
from sluice.kinds import KINDS
from sluice.media import fit_short_side
from sluice.pictures import drawing
from sluice.stills import take
from sluice.workspace import Workspace

# The short side that every embedded model can work from; small enough that a hundred of them stay under 5 MB.
SHORT_SIDE = 360
_QUALITY = 85
# The looking at the frames is the greater half of the work.
_TAKEN = 50.0


def sample(workspace: Workspace) -> JobResult:
    """Leave `frames.zip` for the next step.

    Raises: BadSource when nothing in the source can be decoded.
    """
    job = workspace.job
    kind = KINDS[job.kind]
    assert kind.sample_times and job.media.main_video, "the workflow sends only kinds that want frames here"
    times = kind.sample_times(job.media.duration, workspace.options(kind.options))
    size = fit_short_side(job.media.main_video.display_size, SHORT_SIDE)
    drawn = drawing(job.media.main_video, Geometry(size, size), "jpeg", _QUALITY)
    frames = take(workspace, times, drawn, name="frame", share=_TAKEN)
    interval = times[1] - times[0] if len(times) > 1 else job.media.duration or 0.0
    packed = workspace.folder / NAME
    write_frames(packed, frames, interval=interval, duration=job.media.duration or 0.0)
    workspace.put_work(NAME, packed)
    return JobResult()
