"""What was heard, as files."""

from typing import Any

from sluice.jobs import JobResult
from sluice.kinds.subtitles import Format, SubtitlesOptions, needs
from sluice.kinds.subtitles.cues import Cue, Layout, cues
from sluice.kinds.subtitles.formats import as_json, srt, vtt
from sluice.speech.languages import UNSPACED
from sluice.speech.providers import transcribe
from sluice.transcript import NAME, Transcript, read_transcript
from sluice.workspace import Workspace


def run(workspace: Workspace) -> JobResult:
    """Where nobody speaks, the files are valid and empty, and the result counts no segments."""
    options = workspace.options(SubtitlesOptions)
    transcript = _transcript(workspace, options)
    joint = "" if transcript.language in UNSPACED else " "
    shown = cues(transcript.segments, Layout(options.max_line_characters, options.max_lines, joint))
    outputs = []
    for chosen in dict.fromkeys(options.formats):
        path = workspace.folder / f"subtitles.{chosen}"
        path.write_text(content(chosen, shown, transcript), encoding="utf-8")
        outputs.append(workspace.publish(path))
    return JobResult(outputs=tuple(outputs), result=summary(transcript, shown))


def _transcript(workspace: Workspace, options: SubtitlesOptions) -> Transcript:
    if "speech" in needs(options, workspace.job.media):
        return read_transcript(workspace.get_work(NAME))
    return transcribe(workspace, options.language)


def content(chosen: Format, shown: list[Cue], transcript: Transcript) -> str:
    if chosen is Format.JSON:
        return as_json(shown, transcript)
    return vtt(shown) if chosen is Format.VTT else srt(shown)


def summary(transcript: Transcript, shown: list[Cue]) -> dict[str, Any]:
    return {
        "language": transcript.language,
        "segments": len(transcript.segments),
        "cues": len(shown),
        "words": sum(len(segment.words) for segment in transcript.segments),
        "provider": transcript.provider,
        "model": transcript.model,
    }
