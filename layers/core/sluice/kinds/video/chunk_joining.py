"""A film's chunks and its sound become one file, by copying."""

import base64
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sluice.aws import files
from sluice.chunking import joined, mkv_out, mp4, mp4_out
from sluice.chunking.boxes import Malformed, child
from sluice.chunking.joined import Made, Piece, Stored
from sluice.errors import WorkFailed
from sluice.ffmpeg.probe import probe
from sluice.jobs import JobResult
from sluice.kinds.chunked.joining import left, must_not_exceed, upload
from sluice.kinds.video.codecs import Container
from sluice.kinds.video.options import VideoOptions
from sluice.settings import settings
from sluice.tasks import Output
from sluice.workspace import Workspace, described_as, type_of

_PROBE_SECONDS = 60.0


def join(workspace: Workspace) -> JobResult:
    """The film of all chunks and the sound, or why there is none: the first reason that a worker has left."""
    plan, chunks, heard = left(workspace, lambda made: [made])
    must_not_exceed((len(made["pts"]) for made in chunks), plan["frames"])
    output = _published(workspace, chunks, heard)
    result = {**plan["result"], **(heard["result"] if heard else {}), "chunks": len(chunks)}
    if lost := sum(made["lost"] for made in chunks):
        result["undecodable_frames"] = lost
    return JobResult(outputs=(output,), result=result)


def _published(workspace: Workspace, told: Sequence[Mapping[str, Any]], heard: Mapping[str, Any] | None) -> Output:
    options, bucket = workspace.options(VideoOptions), settings().output_bucket
    made = [Made(**{field: one[field] for field in Made._fields}) for one in told]
    etags = {chunk.key: chunk.etag for chunk in made} | ({heard["key"]: heard["etag"]} if heard else {})
    try:
        film = joined.picture(made)
    except Malformed as odd:
        raise WorkFailed(f"The chunks don't fit: {odd}.", code="chunk_incomplete") from odd
    pieces = _pieces(options, told[0], film, _sound(bucket, heard) if heard else None)
    name = f"video.{options.container.value}"

    def read(stretch: Stored) -> bytes:
        return files.read_range(bucket, stretch.key, stretch.offset, stretch.length, etag=etags[stretch.key])

    key = upload(pieces, read, bucket, workspace.output_key(name), type_of(name))
    url = files.signed_url(bucket, key, seconds=settings().url_seconds)
    info = probe(url, timeout=_PROBE_SECONDS, max_pixels=settings().max_pixels)
    return workspace.described_output(name, key, sum(p.length for p in pieces), described_as(info))


def _sound(bucket: str, heard: Mapping[str, Any]) -> joined.Sound:
    key = heard["key"]
    return joined.sound(mp4.moov(partial(files.read_range, bucket, key), heard["size"]), key)


def _pieces(
    options: VideoOptions, first: Mapping[str, Any], film: joined.Picture, voice: joined.Sound | None
) -> list[Piece]:
    trak = base64.b64decode(first["trak"])
    if options.container in {Container.MP4, Container.MOV}:
        return list(mp4_out.pieces(bytes.fromhex(first["ftyp"]), trak, film, voice))
    entry = child(trak, "mdia", "minf", "stbl", "stsd")
    form = "webm" if options.container is Container.WEBM else "matroska"
    return list(mkv_out.pieces(form, entry, film, voice))
