"""Look first where a filter needs it (the camera's way, the loudness), then encode once."""

from pathlib import Path
from typing import Any

from sluice.ffmpeg import loudness
from sluice.jobs import JobResult
from sluice.kinds.enhancement import EnhancementOptions
from sluice.kinds.enhancement.command import cleaned, encode, looking
from sluice.media import AudioStream, VideoStream
from sluice.workspace import Workspace

_RATE = 48_000
# Of the whole work: where the look at the camera's way ends, and where the listening.
_LOOKED, _LISTENED = 0.35, 0.5


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(EnhancementOptions)
    media = workspace.job.media
    video, audio = media.main_video, media.main_audio
    assert video, "a source without picture is refused before"
    motions = _motions(workspace, options, video)
    heard = _heard(workspace, options, audio)
    wanted = options.sound.loudness
    leveling = loudness.normalizing(heard, wanted, _RATE) if heard and wanted is not None else []
    target = workspace.folder / "enhanced.mp4"
    command = encode(options, video, audio, motions=motions, leveling=leveling, target=target)
    begin = _LISTENED if heard else _LOOKED if motions else 0.0
    workspace.ffmpeg([*workspace.input(), *command], seconds=media.duration, part=(begin, 1.0))
    return JobResult(outputs=(workspace.publish(target),), result=_facts(options, audio, heard))


def _motions(workspace: Workspace, options: EnhancementOptions, video: VideoStream) -> Path | None:
    """How the camera moved, when that is to be smoothed."""
    if options.picture.stabilize is None:
        return None
    motions = workspace.folder / "motions.trf"
    command = looking(options.picture.stabilize, video, motions)
    workspace.ffmpeg([*workspace.input(), *command], seconds=workspace.job.media.duration, part=(0.0, _LOOKED))
    return motions


def _heard(workspace: Workspace, options: EnhancementOptions, audio: AudioStream | None) -> loudness.Loudness | None:
    """How loud the cleaned sound is, when that is to be changed; None for silence."""
    if options.sound.loudness is None or audio is None:
        return None
    stats = workspace.folder / "loudness.json"
    command = loudness.measuring(audio.index, stats, cleaned(options.sound, audio))
    workspace.ffmpeg([*workspace.input(), *command], seconds=workspace.job.media.duration, part=(_LOOKED, _LISTENED))
    return loudness.measured(stats.read_text())


def _facts(options: EnhancementOptions, audio: AudioStream | None, heard: loudness.Loudness | None) -> dict[str, Any]:
    """What was done, in words, and what was asked for but could not apply to this source."""
    asked = {
        f"{part}.{name}": value
        for part in ("picture", "sound")
        for name, value in getattr(options, part).model_dump(mode="json", exclude_defaults=True).items()
    }
    left_out = [name for name in asked if name.startswith("sound.")] if audio is None else []
    if audio and audio.channels == 1 and options.sound.dialogue:
        left_out.append("sound.dialogue")
    if audio and options.sound.loudness is not None and heard is None:
        left_out.append("sound.loudness")
    return {"applied": {k: v for k, v in asked.items() if k not in left_out}, "left_out": left_out}
