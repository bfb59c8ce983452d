"""Write the sound, after a first pass that measures it when a loudness is asked for, and draw what was written."""

from pathlib import Path
from typing import Any

from sluice.errors import BadSource
from sluice.ffmpeg import loudness
from sluice.jobs import JobResult
from sluice.kinds.adaptive.cmaf import read_folder
from sluice.kinds.adaptive.command import INIT, PLAYLIST
from sluice.kinds.audio import AudioOptions, hls
from sluice.kinds.audio.command import encode, folded, limit, rate, span
from sluice.kinds.audio.formats import WRITERS, AudioFormat, channels
from sluice.kinds.audio.waveform import (
    HEIGHT,
    WIDTH,
    as_json,
    as_png,
    columns,
    measuring,
    peaks,
    picture,
    samples_per_pixel,
)
from sluice.media import AudioStream
from sluice.tasks import Output
from sluice.workspace import Workspace

# Of the whole work: where measuring the loudness ends, and where drawing begins.
_MEASURED, _WRITTEN = 0.3, 0.9


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(AudioOptions)
    media = workspace.job.media
    stream = media.audio[options.track - 1]
    seconds = span(options, media.duration)
    found = _loudness(workspace, options, stream, seconds) if options.loudness is not None else None
    leveling = (
        loudness.normalizing(found, options.loudness, rate(options, stream)) if found and options.loudness else []
    )
    target = _target(workspace.folder, options)
    command = encode(options, stream, leveling, target)
    begin = 0.0 if options.loudness is None else _MEASURED
    workspace.ffmpeg([*workspace.input(start=options.start), *command], seconds=seconds, part=(begin, _WRITTEN))
    if options.format is AudioFormat.HLS:
        return _published_set(workspace, options, stream, target, found)
    outputs = [workspace.publish(target)]
    if options.waveform:
        outputs += _waveform(workspace, options, rate(options, stream), target, seconds)
    return JobResult(outputs=tuple(outputs), result=_facts(options, found))


def _target(folder: Path, options: AudioOptions) -> Path:
    if options.format is not AudioFormat.HLS:
        return folder / f"audio.{options.format.value}"
    target = folder / "set" / hls.FOLDER
    target.mkdir(parents=True)
    return target


def _published_set(
    workspace: Workspace, options: AudioOptions, stream: AudioStream, folder: Path, found: loudness.Loudness | None
) -> JobResult:
    """The segments first and the playlists last, so that whatever is listed can be played.

    Raises: BadSource `source_undecodable` when the sound gave no segment.
    """
    (folder / PLAYLIST).unlink(missing_ok=True)
    if not any(folder.glob("*.m4s")):
        raise BadSource("Nothing of the sound could be decoded.", code="source_undecodable")
    track, count = read_folder(folder, INIT), channels(WRITERS[options.format], options.channels, stream.channels)
    sent = workspace.publish_folder(folder)
    facts = {"duration": round(float(track.end), 3), "bitrate": track.average_bitrate, "codec": track.codec}
    outputs = []
    for name, text in hls.playlists(track, count).items():
        path = folder.parent / name
        path.write_text(text, encoding="utf-8")
        outputs.append(workspace.publish(path, known=facts))
    told = {"duration": facts["duration"], "segments": {"files": sent.files, "bytes": sent.size}}
    return JobResult(outputs=tuple(reversed(outputs)), result={**told, **(_facts(options, found) or {})})


def _loudness(
    workspace: Workspace, options: AudioOptions, stream: AudioStream, seconds: float | None
) -> loudness.Loudness | None:
    """How loud the sound is once its channels are folded, or None for silence, which has no loudness to change."""
    stats = workspace.folder / "loudness.json"
    command = loudness.measuring(stream.index, stats, folded(options, stream))
    listened = [*workspace.input(start=options.start), *limit(options), *command]
    workspace.ffmpeg(listened, seconds=seconds, part=(0.0, _MEASURED))
    return loudness.measured(stats.read_text())


def _facts(options: AudioOptions, found: loudness.Loudness | None) -> dict[str, Any] | None:
    """What the record keeps of the levelling; nothing when none was asked for."""
    if options.loudness is None:
        return None
    if found is None:
        return {"loudness": {"target": options.loudness, "skipped": "The sound is silent or too short to be measured."}}
    return {
        "loudness": {
            "target": options.loudness,
            "measured": found.integrated,
            "peak": found.peak,
            "gain": round(loudness.gain(found, options.loudness), 2),
            "linear": loudness.is_linear(found, options.loudness),
        }
    }


def _waveform(
    workspace: Workspace, options: AudioOptions, sample_rate: int, sound: Path, seconds: float | None
) -> list[Output]:
    """Peaks of the file that was written, so that a player's line matches what it plays."""
    folder = workspace.folder
    samples = samples_per_pixel(sample_rate, options.waveform_pixels_per_second, seconds)
    text = folder / "peaks.txt"
    workspace.ffmpeg(["-i", str(sound), *measuring(sample_rate, samples, text)], seconds=seconds, part=(_WRITTEN, 1.0))
    with text.open() as lines:
        found = list(peaks(lines))
    (folder / "waveform.json").write_text(as_json(found, sample_rate, samples))
    (folder / "waveform.raw").write_bytes(picture(columns(found)))
    workspace.ffmpeg(as_png(folder / "waveform.raw", folder / "waveform.png"))
    known = {"width": WIDTH, "height": HEIGHT, "codec": "png"}
    return [workspace.publish(folder / "waveform.json"), workspace.publish(folder / "waveform.png", known=known)]
