"""A film's chunks and its sound become one file, by copying."""

import base64
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sluice.aws import files
from sluice.chunking import joined, mkv_out, mp4, mp4_out
from sluice.chunking.boxes import Malformed, child
from sluice.chunking.joined import Made, Piece, Stored
from sluice.errors import WorkFailed
from sluice.ffmpeg.probe import probe
from sluice.jobs import JobResult
from sluice.kinds.chunked.joining import Left, left, must_not_exceed, upload
from sluice.kinds.chunked.sounds import uneven
from sluice.kinds.video.chunk_encoding import encode_whole_sound
from sluice.kinds.video.codecs import Container
from sluice.kinds.video.options import VideoOptions
from sluice.settings import settings
from sluice.tasks import Output
from sluice.workspace import Workspace, described_as, type_of

_PROBE_SECONDS = 60.0
_INDEXES_AT_ONCE = 8


def join(workspace: Workspace) -> JobResult:
    """The film of all chunks and the sound, or why there is none: the first reason that a worker has left."""
    there = left(workspace, lambda made: [] if uneven([made]) else [made])
    plan, chunks, heard = there.plan, there.chunks, _heard(workspace, there)
    must_not_exceed((len(made["pts"]) for made in chunks), plan["frames"])
    output = _published(workspace, chunks, heard)
    result = {**plan["result"], **(there.sound["result"] if there.sound else {}), "chunks": len(chunks)}
    if lost := sum(made["lost"] for made in chunks):
        result["undecodable_frames"] = lost
    return JobResult(outputs=(output,), result=result)


def _heard(workspace: Workspace, there: Left) -> Sequence[Mapping[str, Any]]:
    """The sound's files in their order, or all of it made now, where sound that is lost keeps parts from fitting."""
    if uneven(there.parts):
        return [encode_whole_sound(workspace)]
    return there.parts or ([there.sound] if there.sound else [])


def _published(workspace: Workspace, told: Sequence[Mapping[str, Any]], heard: Sequence[Mapping[str, Any]]) -> Output:
    options, bucket = workspace.options(VideoOptions), settings().output_bucket
    made = [Made(**{field: one[field] for field in Made._fields}) for one in told]
    etags = {chunk.key: chunk.etag for chunk in made} | {file["key"]: file["etag"] for file in heard}
    try:
        film, voice = joined.picture(made), _sound(bucket, heard) if heard else None
    except Malformed as odd:
        raise WorkFailed(f"The chunks don't fit: {odd}.", code="chunk_incomplete") from odd
    pieces = _pieces(options, told[0], film, voice)
    name = f"video.{options.container.value}"

    def read(stretch: Stored) -> bytes:
        return files.read_range(bucket, stretch.key, stretch.offset, stretch.length, etag=etags[stretch.key])

    key = upload(pieces, read, bucket, workspace.output_key(name), type_of(name))
    url = files.signed_url(bucket, key, seconds=settings().url_seconds)
    info = probe(url, timeout=_PROBE_SECONDS, max_pixels=settings().max_pixels)
    return workspace.described_output(name, key, sum(p.length for p in pieces), described_as(info))


def _sound(bucket: str, heard: Sequence[Mapping[str, Any]]) -> joined.Sound:
    with ThreadPoolExecutor(_INDEXES_AT_ONCE) as pool:
        return joined.sound(list(pool.map(partial(_index, bucket), heard)))


def _index(bucket: str, told: Mapping[str, Any]) -> joined.Heard:
    index = mp4.moov(partial(files.read_range, bucket, told["key"]), told["size"])
    return joined.Heard(index, told["key"], slice(*told.get("own", (None,))))


def _pieces(
    options: VideoOptions, first: Mapping[str, Any], film: joined.Picture, voice: joined.Sound | None
) -> list[Piece]:
    trak = base64.b64decode(first["trak"])
    if options.container in {Container.MP4, Container.MOV}:
        return list(mp4_out.pieces(bytes.fromhex(first["ftyp"]), trak, film, voice))
    entry = child(trak, "mdia", "minf", "stbl", "stsd")
    form = "webm" if options.container is Container.WEBM else "matroska"
    return list(mkv_out.pieces(form, entry, film, voice))
