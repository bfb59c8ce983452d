"""Hear speech: the transcript of the main audio, for the next function."""

from sluice.jobs import JobResult
from sluice.speech.languages import AUTO
from sluice.speech.providers import transcribe
from sluice.transcript import NAME
from sluice.workspace import Workspace


def hear(workspace: Workspace) -> JobResult:
    """Leave `transcript.json`, in the language that is found out."""
    transcript = transcribe(workspace, AUTO)
    path = workspace.folder / NAME
    path.write_text(transcript.model_dump_json())
    workspace.put_work(NAME, path)
    return JobResult()
