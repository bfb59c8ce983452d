"""Detect shots: where the source cuts, is black, is silent."""

from sluice.errors import BadSource
from sluice.ffmpeg.shots import detection, notes, shots_of
from sluice.jobs import JobResult
from sluice.shots import NAME, Shots, write_shots
from sluice.workspace import Workspace


def detect(workspace: Workspace) -> JobResult:
    """Leave `shots.json` for the next step."""
    path = workspace.folder / NAME
    write_shots(path, detected(workspace))
    workspace.put_work(NAME, path)
    return JobResult()


def detected(workspace: Workspace) -> Shots:
    """One pass over picture and sound, whichever there is.

    Raises: BadSource for a still, and for a source whose length isn't known.
    """
    media = workspace.job.media
    if media.is_picture or not media.duration:
        raise BadSource("A still has no shots.", code="source_is_picture")
    video, audio = media.main_video, media.main_audio
    found = detection(video.index if video else None, audio.index if audio else None, workspace.folder)
    workspace.ffmpeg([*workspace.input(), *found], seconds=media.duration)
    return shots_of(notes(workspace.folder), media.duration, has_picture=video is not None)
