"""One question to the model, its answer as `outline.json`."""

from sluice.jobs import JobResult
from sluice.kinds.outline import OutlineOptions
from sluice.kinds.outline.sections import SaidOutline, outlined
from sluice.language.asking import ask, usage
from sluice.language.message import json_task, parsed
from sluice.workspace import Workspace

REPORT = "outline.json"
TASK = (
    "Divide it into up to {most} sections by what happens or what is talked about, so that people find their way in it."
)


def run(workspace: Workspace) -> JobResult:
    """Raises: ProviderFailed."""
    options = workspace.options(OutlineOptions)
    answer = ask(workspace, json_task(TASK.format(most=options.max_sections), SaidOutline), options)
    said = parsed(answer.text, SaidOutline)
    outline = outlined(said, duration=workspace.job.media.duration or 0.0, most=options.max_sections)
    path = workspace.folder / REPORT
    path.write_text(outline.model_dump_json(indent=2))
    told = {"title": outline.title, "sections": [{"start": s.start, "title": s.title} for s in outline.sections]}
    return JobResult(outputs=(workspace.publish(path),), result={**told, **usage(answer)})
