"""Take the stills, publish each, and all of them as one zip."""

from sluice.geometry import fitted
from sluice.jobs import JobResult
from sluice.kinds.screenshot import ScreenshotOptions, still_times
from sluice.pictures import drawing
from sluice.stills import take
from sluice.workspace import Workspace
from sluice.zips import stored_zip

ZIP = "screenshots.zip"
_TAKEN = 80.0


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(ScreenshotOptions)
    media = workspace.job.media
    assert media.main_video, "a source without picture is refused before"
    geometry = fitted(media.main_video.display_size, options.width, options.height, step=1)
    drawn = drawing(media.main_video, geometry, options.format, options.quality)
    stills = take(workspace, still_times(options, media.duration or 0.0), drawn, name="screenshot", share=_TAKEN)
    outputs = [workspace.publish(still.path, at=round(still.time, 3)) for still in stills]
    packed = stored_zip(workspace.folder / ZIP, [still.path for still in stills])
    return JobResult(outputs=(*outputs, workspace.publish(packed)))
