"""Look at the whole source once, weigh what was found, write the files."""

from collections.abc import Callable, Mapping, Sequence

from sluice.jobs import JobResult
from sluice.kinds.chapters import ChaptersOptions, Format, needs
from sluice.kinds.chapters.formats import as_json, ffmetadata, vtt
from sluice.kinds.chapters.plan import Chapter, plan
from sluice.steps.shots import detected
from sluice.transcript import NAME, Segment, read_transcript
from sluice.workspace import Workspace

Written = Callable[[Sequence[Chapter]], str]

FILES: Mapping[Format, tuple[str, Written]] = {
    Format.VTT: ("chapters.vtt", vtt),
    Format.FFMETADATA: ("chapters.ffmetadata.txt", ffmetadata),
    Format.JSON: ("chapters.json", as_json),
}


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(ChaptersOptions)
    shots = detected(workspace)
    chapters = plan(
        shots, speech(workspace, options), minimum=options.minimum_seconds, maximum=options.maximum_chapters
    )
    outputs = []
    for chosen in dict.fromkeys(options.formats):
        name, written = FILES[chosen]
        path = workspace.folder / name
        path.write_text(written(chapters), encoding="utf-8")
        outputs.append(workspace.publish(path))
    result = {"chapters": [chapter._asdict() for chapter in chapters[:50]], "chapter_count": len(chapters)}
    return JobResult(outputs=tuple(outputs), result={**result, "shot_count": len(shots.shots)})


def speech(workspace: Workspace, options: ChaptersOptions) -> tuple[Segment, ...]:
    """What was heard, where titles are made of it."""
    if not needs(options, workspace.job.media):
        return ()
    return read_transcript(workspace.get_work(NAME)).segments
