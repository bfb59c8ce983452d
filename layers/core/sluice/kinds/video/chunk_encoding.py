"""A film's chunk is encoded from a small film of its frames; its sound beside the chunks."""

import base64
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from sluice.aws import files
from sluice.chunking import joined, mp4, mp4_out, sound_parts
from sluice.chunking.boxes import Malformed
from sluice.chunking.spans import Span
from sluice.errors import WorkFailed
from sluice.ffmpeg.binaries import font
from sluice.jobs import JobResult
from sluice.kinds.chunked.folder import Folder
from sluice.kinds.chunked.reading import fetch, input_arguments
from sluice.kinds.chunked.sounds import is_part, make_part, own_samples, part_input
from sluice.kinds.chunked.working import Look, encode, leaving_reason, lost_frames, make_chunk
from sluice.kinds.video.chunk_planning import made_rate, sound_address
from sluice.kinds.video.chunks import rate_of
from sluice.kinds.video.command import began, chunk, main_video, sound, sound_part, tick
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import Window
from sluice.kinds.video.prepare import image_input, listened
from sluice.kinds.video.rate import Bitrate, Pass
from sluice.kinds.video.run import said_of_loudness
from sluice.workspace import Workspace


def encode_chunk(workspace: Workspace) -> JobResult:
    """One chunk, unless it is there already. What goes wrong is left for the join to tell."""
    return make_chunk(workspace, _made, lambda made: len(made["pts"]))


def _made(workspace: Workspace, told: Mapping[str, Any], name: str, look: Look) -> Mapping[str, Any]:
    """Encode the chunk and put it there, its description last."""
    span, target = Span(**told["span"]), workspace.folder / "chunk.mp4"
    options, video = workspace.options(VideoOptions), main_video(workspace.job.media)
    rhythm = None if options.rate else tick(options, video)
    expected = fetch(workspace, span, workspace.folder / "source", rhythm)
    log = _encode(workspace, told, span._replace(frames=expected), target, look)
    description = _described(target)
    lost = lost_frames(len(description["pts"]), expected, log)
    return Folder(workspace).leave(name, target, {**description, "lost": lost})


def _encode(workspace: Workspace, told: Mapping[str, Any], span: Span, target: Path, look: Look) -> tuple[str, ...]:
    options, media = workspace.options(VideoOptions), workspace.job.media
    if span.input["form"] == "mp4":
        film = main_video(media).model_copy(update={"index": 0})
        media = media.model_copy(update={"video": (film,)})
    marks, rate = _taken_marks(workspace, told["marks"]), rate_of(told["rate"])
    inputs = [*input_arguments(workspace, span, workspace.folder / "source"), *image_input(workspace, marks)]
    window, log = Window(span.begin, span.end, span.frames), workspace.folder / "passes"
    which = None
    if isinstance(rate, Bitrate) and rate.passes == 2:
        first = chunk(options, media, rate, window, target, marks=marks, which=Pass(1, log))
        encode(workspace, [*inputs, *first], look)
        which = Pass(2, log)
    last = chunk(options, media, rate, window, target, marks=marks, which=which)
    return encode(workspace, [*inputs, *last], look)


def _taken_marks(workspace: Workspace, names: Mapping[str, str]) -> Marks:
    folder, found = Folder(workspace), {}
    for role, name in names.items():
        found[role] = workspace.folder / f"{role}{Path(name).suffix}"
        files.get(folder.bucket, folder.key(name), found[role])
    return Marks(**found, font=font())


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        index = mp4.moov(partial(_at, file), path.stat().st_size)
        head = _file_type(partial(_at, file))
    try:
        found = joined.described(index)
    except Malformed as odd:
        raise WorkFailed(f"A chunk holds no picture: {odd}.", code="chunk_incomplete") from odd
    track = joined.one_track(index, "vide")
    return {**found, "ftyp": head.hex(), "trak": base64.b64encode(mp4_out.without_tables(track.boxes)).decode()}


def _file_type(read: mp4.Read) -> bytes:
    return read(8, int.from_bytes(read(0, 4)) - 8)


def _at(file: IO[bytes], offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def encode_sound(workspace: Workspace) -> JobResult:
    """The film's one sound, or a part of it, beside its chunks."""
    return leaving_reason(workspace, _encode_sound)


def _encode_sound(workspace: Workspace) -> None:
    if is_part(workspace):
        make_part(workspace, _make_part)
    else:
        encode_whole_sound(workspace)


def encode_whole_sound(workspace: Workspace) -> Mapping[str, Any]:
    """All of the sound in one go, unless it is there."""
    options, media, folder = workspace.options(VideoOptions), workspace.job.media, Folder(workspace)
    name, target = sound_address(workspace, options), workspace.folder / "sound.mp4"
    assert name, "without sound the plan lists none"
    if (made := folder.described(name)) is not None:
        return dict(made)
    loudness = listened(workspace, options, (0.0, 0.0))
    arguments = [*workspace.input(start=began(options, media)), *sound(options, media, target, loudness)]
    workspace.ffmpeg(arguments)
    said = {"loudness": said_of_loudness(options, loudness)} if options.loudness is not None else {}
    return folder.leave(name, target, {"result": said})


def _make_part(workspace: Workspace, _: str, part: sound_parts.Part, name: str, look: Look) -> None:
    """Encode some packets of the sound, and say which of the file's are the part's own."""
    options, audio = workspace.options(VideoOptions), workspace.job.media.main_audio
    target, folder = workspace.folder / "part.mp4", Folder(workspace)
    assert audio, "there is sound to encode"
    samples = own_samples(part, made_rate(options, audio))
    encode(workspace, [*part_input(workspace), *sound_part(options, audio, samples, target)], look)
    with target.open("rb") as file:
        index = mp4.moov(partial(_at, file), target.stat().st_size)
    own = sound_parts.own(part, joined.one_track(index, "soun").samples.durations)
    if own is None:
        folder.describe(name, {"uneven": True})
    else:
        folder.leave(name, target, {"own": [own.start, own.stop]})
