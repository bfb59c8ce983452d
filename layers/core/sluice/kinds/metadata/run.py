"""Probe once more, and keep all of it."""

import json

from sluice.ffmpeg.probe import raw_probe
from sluice.jobs import JobResult
from sluice.kinds.metadata.report import summary, without_address
from sluice.settings import settings
from sluice.workspace import Workspace

REPORT = "metadata.json"


def run(workspace: Workspace) -> JobResult:
    job = workspace.job
    found = raw_probe(
        workspace.source_url,
        timeout=workspace.seconds_left,
        max_pixels=settings().max_pixels,
        etag=job.source.etag,
    )
    path = workspace.folder / REPORT
    path.write_text(json.dumps(without_address(found), ensure_ascii=False, indent=2))
    return JobResult(outputs=(workspace.publish(path),), result=summary(found, job.media))
