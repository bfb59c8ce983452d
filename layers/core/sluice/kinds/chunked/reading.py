"""What a chunk's worker reads of the source, and nothing else of it: a small film of the frames that it needs."""

import base64
import struct
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from sluice.aws import files
from sluice.chunking import matroska
from sluice.chunking.boxes import Malformed
from sluice.chunking.spans import Span
from sluice.errors import WorkFailed
from sluice.workspace import Workspace

# What a stranger's index may be wrong in, in more ways than are looked for one by one.
ODDITIES = (LookupError, ValueError, ArithmeticError, StopIteration, RuntimeError, struct.error)

# Two stretches of the source that are nearer than this are read as one.
_GAP = 262_144
_STEP = 131_072
# Sound is read in many small pieces, of which each takes as long as its way.
_READS_AT_ONCE = 8

# Offset and size of samples that are read at once.
Stretch = Sequence[tuple[int, int]]


def source_size(workspace: Workspace) -> int:
    """In bytes, as validation found it, or as S3 says."""
    source = workspace.job.source
    assert source.bucket and source.key, "a probed source lies in a bucket"
    return workspace.job.media.size or files.head(source.bucket, source.key).size


def read_source(workspace: Workspace, offset: int, length: int) -> bytes:
    """Bytes of the probed version of the source.

    Raises: BadSource `source_changed`, `source_missing`.
    """
    source = workspace.job.source
    assert source.bucket and source.key, "a probed source lies in a bucket"
    return files.read_range(source.bucket, source.key, offset, length, etag=source.etag)


def fetch(workspace: Workspace, span: Span, target: Path, tick: Fraction | None) -> int | None:
    """Write a small film of the frames that the chunk needs; how many of them are to come out, where that is known.

    `tick` is the distance of the slots that frames go into as they are, None where a new rhythm is made of them.

    Raises: WorkFailed `chunk_incomplete` when the source isn't as its index says.
    """
    with target.open("wb") as file:
        if span.input["form"] == "mp4":
            _fetch_mp4(workspace, span.input, file)
            return span.frames
        return _fetch_matroska(workspace, span, file, tick)


def fetch_sound(workspace: Workspace, told: Mapping[str, Any], target: Path) -> None:
    """Write a small film of these packets of sound, which lie in many places between those of the picture.

    Raises: WorkFailed `chunk_incomplete` when the source is cut off.
    """
    with target.open("wb") as file, ThreadPoolExecutor(_READS_AT_ONCE) as pool:
        _write_mp4(told, file, pool.map(partial(_stretch, workspace), _stretches(told["samples"])))


def input_arguments(workspace: Workspace, span: Span, path: Path) -> list[str]:
    """ffmpeg's input arguments for the small film, on the output's clock."""
    demuxer = "mov" if span.input["form"] == "mp4" else "matroska"
    return ["-itsoffset", f"{span.shift:.6f}", *workspace.local_input(path, demuxer)]


def _fetch_mp4(workspace: Workspace, told: Mapping[str, Any], file: IO[bytes]) -> None:
    """One stretch after the other: those of a picture are large."""
    _write_mp4(told, file, map(partial(_stretch, workspace), _stretches(told["samples"])))


def _write_mp4(told: Mapping[str, Any], file: IO[bytes], contents: Iterable[Sequence[memoryview]]) -> None:
    file.write(base64.b64decode(told["head"]))
    file.write(base64.b64decode(told["mdat"]))
    for samples in contents:
        file.writelines(samples)


def _stretch(workspace: Workspace, samples: Stretch) -> list[memoryview]:
    """The samples in their order, without what lies between them."""
    begin = min(offset for offset, _ in samples)
    end = max(offset + size for offset, size in samples)
    content = memoryview(read_source(workspace, begin, end - begin))
    if len(content) < end - begin:
        raise _cut_off()
    return [content[offset - begin : offset - begin + size] for offset, size in samples]


def _stretches(samples: Stretch) -> list[Stretch]:
    """Those that are read at once: neighbours in the file, or nearly."""
    bounds = [0]
    for number, ((at, size), (following, _)) in enumerate(pairwise(samples), start=1):
        if not at <= following <= at + size + _GAP:
            bounds.append(number)
    return [samples[first:last] for first, last in pairwise([*bounds, len(samples)])]


def _fetch_matroska(workspace: Workspace, span: Span, file: IO[bytes], tick: Fraction | None) -> int | None:
    told = span.input
    try:
        found = _clusters(workspace, told)
    except (Malformed, *ODDITIES) as odd:
        raise WorkFailed("The film's frames aren't as its index says.", code="chunk_incomplete") from odd
    for part in matroska.small_film(base64.b64decode(told["head"]), found):
        file.write(part)
    if tick is None:
        return span.frames
    begin, end = told["own"]
    own = sorted(
        block.time
        for cluster in found
        for block in cluster.blocks
        if (begin is None or block.time >= begin) and (end is None or block.time < end)
    )
    slots = [round((Fraction(time, 1000) + Fraction(span.shift)) / tick) for time in own]
    if any(later <= earlier for earlier, later in pairwise(slots)):
        raise WorkFailed("Its frames are closer together than its frame rate says.", code="chunk_incomplete")
    return len(own)


def _clusters(workspace: Workspace, told: Mapping[str, Any]) -> list[matroska.Cluster]:
    """The chunk's frames, and those after them that its last ones need: what is shown before the next chunk's first."""
    needed = matroska.Needed(told["track"], told["first"], told["own"][1], told["beyond"])
    at, stop = told["position"], told["stop"]
    while True:
        content = read_source(workspace, at, stop - at)
        at += len(content)
        if needed.are_complete(content) or at >= told["end"]:
            return needed.clusters()
        if not content:
            raise _cut_off()
        stop = min(at + _STEP, told["end"])


def _cut_off() -> WorkFailed:
    """An encode in one go may come as far as the file goes."""
    return WorkFailed("The file is cut off: it has fewer bytes than its index tells of.", code="chunk_incomplete")
