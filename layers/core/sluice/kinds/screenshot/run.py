"""Take the stills, publish each, and all of them as one zip."""

from sluice.jobs import JobResult
from sluice.kinds.screenshot import ScreenshotOptions, pictures
from sluice.stills import stills
from sluice.workspace import Workspace
from sluice.zips import stored_zip

ZIP = "screenshots.zip"
_TAKEN = 80.0


def run(workspace: Workspace) -> JobResult:
    wanted = pictures(workspace.options(ScreenshotOptions), workspace.job.media)
    found = stills(workspace, wanted, name="screenshot", share=_TAKEN)
    outputs = [workspace.publish(still.path, at=round(still.time, 3)) for still in found]
    packed = stored_zip(workspace.folder / ZIP, [still.path for still in found])
    return JobResult(outputs=(*outputs, workspace.publish(packed)))
