"""The first step: whether and where a film is cut, and what each worker is told."""

import json
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from sluice.aws import files
from sluice.chunking import matroska, mp4
from sluice.chunking.boxes import Malformed
from sluice.chunking.spans import Span, checked
from sluice.jobs import JobResult
from sluice.kinds.chunked.folder import LIST, PLAN, RECIPES, Folder, address_of
from sluice.kinds.chunked.reading import ODDITIES, read_source, source_size
from sluice.kinds.video.chunks import DEMUXERS
from sluice.settings import settings
from sluice.workspace import Workspace

# Percent of the whole when all chunks are done and are joined.
JOINING = 95.0
# Where a recipe lies in the file of all of them, at its beginning: offset and length of each.
_PLACE = struct.Struct(">QQ")
# What Lambda's time leaves for a step.
_MOST_PATIENCE = 880


class Cut(NamedTuple):
    """How a kind cuts the two forms of sources that have an index."""

    mp4: Callable[[mp4.Frames], Sequence[Span]]
    matroska: Callable[[matroska.Index], Sequence[Span]]


class Planned(NamedTuple):
    """What the workers and the join are told. `parts` are the recipes of the sound's, where it is made in parts;
    `sound` is the address of what else is made beside the chunks, if anything is; `more` is the kind's own, for its
    join; `begun` the percent that the planning itself was.
    """

    spans: Sequence[Span]
    recipes: Sequence[Mapping[str, Any]]
    parts: Sequence[Mapping[str, Any]]
    sound: str | None
    begun: float
    more: Mapping[str, Any]


def whole(reason: str) -> JobResult:
    """It is encoded in one go."""
    return JobResult(result={"chunked": False, "reason": reason})


def spans_or_reason(workspace: Workspace, cut: Cut) -> Sequence[Span] | str:
    """Two chunks at least, or why there are none."""
    try:
        spans = _spans(workspace, cut)
    except Malformed as odd:
        return f"It can't be cut to the frame: {odd}."
    except ODDITIES:
        return "It can't be cut to the frame: its index is damaged."
    return spans if len(spans) >= 2 else "It has no keyframe to be cut at."


def _spans(workspace: Workspace, cut: Cut) -> Sequence[Span]:
    read, size = partial(read_source, workspace), source_size(workspace)
    if DEMUXERS[workspace.job.media.demuxer] == "mp4":
        return checked(cut.mp4(mp4.video_frames(mp4.moov(read, size))), size)
    return checked(cut.matroska(matroska.index(read, size)), size)


def leave_plan(workspace: Workspace, planned: Planned) -> JobResult:
    """Write what the other steps need: result {chunked, bucket, key, count, workers}."""
    folder, spans = Folder(workspace), planned.spans
    every = [*planned.recipes, *planned.parts]
    names = [address_of(workspace, told) for told in every]
    files.put_bytes(_packed(every), folder.bucket, folder.key(RECIPES), "application/octet-stream")
    folder.put(PLAN, {**planned.more, "chunks": names[: len(spans)], "frames": [s.frames for s in spans],
                      "parts": names[len(spans) :], "sound": planned.sound,
                      "share": (JOINING - planned.begun) / len(spans)})  # fmt: skip
    folder.put(LIST, list(_items(workspace, planned)))
    workspace.start_chunks(planned.begun)
    return JobResult(result={"chunked": True, "bucket": folder.bucket, "key": folder.key(LIST), "count": len(spans),
                             "workers": settings().chunk_workers})  # fmt: skip


def _items(workspace: Workspace, planned: Planned) -> Iterator[dict[str, Any]]:
    """What the map is over; the sound first, since it may take longest."""
    job, count = workspace.job, len(planned.recipes)
    ref = {"task_id": job.task_id, "attempt": job.attempt, "number": job.number, "kind": job.kind}
    if planned.sound:
        beside = count + len(planned.parts)
        yield {**ref, "step": "soundtrack", "chunk": beside, "patience": _MOST_PATIENCE}
    for number, told in enumerate(planned.parts, start=count):
        yield {**ref, "step": "soundtrack", "chunk": number, "patience": min(_MOST_PATIENCE, told["patience"])}
    for number, told in enumerate(planned.recipes):
        yield {**ref, "step": "chunk", "chunk": number, "patience": min(_MOST_PATIENCE, told["patience"])}


def _packed(recipes: Sequence[Mapping[str, Any]]) -> bytes:
    bodies = [json.dumps(told).encode() for told in recipes]
    at, places = _PLACE.size * len(bodies), []
    for body in bodies:
        places.append(_PLACE.pack(at, len(body)))
        at += len(body)
    return b"".join([*places, *bodies])


def recipe_of(folder: Folder, number: int) -> dict[str, Any]:
    """What the worker of this chunk is told."""
    key = folder.key(RECIPES)
    offset, length = _PLACE.unpack(files.read_range(folder.bucket, key, _PLACE.size * number, _PLACE.size))
    told: dict[str, Any] = json.loads(files.read_range(folder.bucket, key, offset, length))
    return told
