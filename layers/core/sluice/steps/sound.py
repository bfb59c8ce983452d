"""Extract sound: the main audio as the speech models want it, for the next function."""

from sluice.errors import BadSource
from sluice.jobs import JobResult
from sluice.sound import MOST_SECONDS, NAME, RATE
from sluice.workspace import Workspace


def extract(workspace: Workspace) -> JobResult:
    """Leave `sound.wav`, its first sample at the source's zero; of a longer source the first two hours.

    Raises: BadSource `source_has_no_audio`.
    """
    audio = workspace.job.media.main_audio
    if audio is None:
        raise BadSource("The file has no audio stream.", code="source_has_no_audio")
    path = workspace.folder / NAME
    seconds = min(workspace.job.media.duration or MOST_SECONDS, MOST_SECONDS)
    # the listening is by far the greater part of the work
    workspace.ffmpeg([*workspace.input(), *wav(audio.index, str(path))], seconds=seconds * 10)
    workspace.put_work(NAME, path)
    return JobResult()


def wav(audio_index: int, target: str) -> list[str]:
    """ffmpeg's arguments. A WAV file has no timestamps: a late start and gaps are filled, so that times stay true."""
    return [
        *("-map", f"0:{audio_index}", "-t", f"{MOST_SECONDS:g}"),
        *("-af", f"aresample={RATE}:async=1:first_pts=0", "-ac", "1", "-ar", str(RATE)),
        *("-c:a", "pcm_s16le", "-map_metadata", "-1", "-fflags", "+bitexact", "-f", "wav", target),
    ]
