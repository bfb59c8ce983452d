"""A film's chunk is encoded from a small film of its frames; its sound, whole, beside the chunks."""

import base64
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import IO, Any

from sluice.aws import files
from sluice.chunking import joined, mp4, mp4_out
from sluice.chunking.boxes import Malformed
from sluice.chunking.spans import Span
from sluice.errors import WorkFailed
from sluice.ffmpeg.binaries import font
from sluice.jobs import JobResult
from sluice.kinds.chunked.folder import Folder
from sluice.kinds.chunked.reading import fetch, input_arguments
from sluice.kinds.chunked.working import Look, encode, leaving_reason, lost_frames, make_chunk
from sluice.kinds.video.chunk_planning import sound_address
from sluice.kinds.video.chunks import rate_of
from sluice.kinds.video.command import began, chunk, main_video, sound, tick
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


def encode_sound(workspace: Workspace) -> JobResult:
    """The film's one sound, beside its chunks."""
    return leaving_reason(workspace, _encode_sound)


def _encode_sound(workspace: Workspace) -> None:
    options, media, folder = workspace.options(VideoOptions), workspace.job.media, Folder(workspace)
    name, target = sound_address(workspace, options), workspace.folder / "sound.mp4"
    assert name, "without sound the plan lists none"
    if folder.described(name) is not None:
        return
    loudness = listened(workspace, options, (0.0, 0.0))
    arguments = [*workspace.input(start=began(options, media)), *sound(options, media, target, loudness)]
    workspace.ffmpeg(arguments)
    said = {"loudness": said_of_loudness(options, loudness)} if options.loudness is not None else {}
    folder.leave(name, target, {"result": said})
