"""The last step's beginning: what all workers have left, checked before any of it is used."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

from sluice.aws import files
from sluice.chunking import joined
from sluice.chunking.joined import Piece, Stored
from sluice.errors import WorkFailed
from sluice.kinds.chunked.folder import PLAN, Folder
from sluice.kinds.chunked.planning import JOINING
from sluice.kinds.chunked.working import reason_name
from sluice.workspace import Workspace

_AT_ONCE = 16
# Two parts are made while two are sent: a join takes no more memory than some of these.
PART_BYTES, _PARTS_AT_ONCE = 8 * 1024 * 1024, 4
_MOST_PARTS = 9_000

Made = Mapping[str, Any]


class Left(NamedTuple):
    """The plan, what the workers say of their chunks in their order, of the sound's parts, and of what else was made
    beside them.
    """

    plan: Mapping[str, Any]
    chunks: Sequence[Made]
    parts: Sequence[Made]
    sound: Made | None


def left(workspace: Workspace, files_of: Callable[[Made], Iterable[Made]]) -> Left:
    """What the workers have left, every file of it (key, etag) as it was written.

    Raises: WorkFailed with the first reason that a worker has left, or `chunk_missing`.
    """
    folder = Folder(workspace)
    plan = folder.get(PLAN)
    assert plan, "the workflow plans before it joins"
    workspace.progress(JOINING)
    parts = plan.get("parts", [])
    names = [*plan["chunks"], *parts, *([plan["sound"]] if plan["sound"] else [])]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = list(pool.map(folder.described, names))
    if None in told:
        raise _reason(workspace, folder)
    there = {found.key: found.etag for page in files.pages(folder.bucket, folder.key("")) for found in page}
    if any(there.get(file["key"]) != file["etag"] for made in told for file in files_of(made)):
        raise missing("A chunk is gone or cut off.")
    chunks, beside = len(plan["chunks"]), len(plan["chunks"]) + len(parts)
    return Left(plan, told[:chunks], told[chunks:beside], told[-1] if plan["sound"] else None)


def must_not_exceed(made: Iterable[int], expected: Iterable[int | None]) -> None:
    """Raises: WorkFailed `chunk_incomplete` when a chunk has more frames than it should."""
    if any(most is not None and count > most for count, most in zip(made, expected, strict=True)):
        raise WorkFailed("A chunk has more frames than it should.", code="chunk_incomplete")


def _reason(workspace: Workspace, folder: Folder) -> WorkFailed:
    told = folder.get(reason_name(workspace))
    if not told:
        return missing("A chunk was not made for a reason of our own.")
    return WorkFailed(told["message"], code=told["code"], detail=tuple(told["detail"]))


def missing(what: str) -> WorkFailed:
    return WorkFailed(f"{what} Start the task again: what is there is used.", code="chunk_missing")


def upload(pieces: Sequence[Piece], read: Callable[[Stored], bytes], bucket: str, key: str, media_type: str) -> str:
    """Make and send the file part by part; neither memory nor disk holds more than a few of them."""
    least = max(PART_BYTES, sum(piece.length for piece in pieces) // _MOST_PARTS)
    parts = [partial(joined.assembled, part, read) for part in joined.parts(pieces, least)]
    files.put_parts(parts, bucket, key, media_type, at_once=_PARTS_AT_ONCE)
    return key
