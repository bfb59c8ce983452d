"""All that a task has made, as one zip: which files under which names, and the archive as a stream. Pure.

The archive is kept whole nowhere on its way: members come by pieces and it goes by pieces. They are stored as they are,
since media doesn't shrink.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from posixpath import dirname
from typing import Any, NamedTuple

from sluice.clock import iso
from sluice.naming import WORK
from sluice.tasks import Subtask, Task

MANIFESTS = (".m3u8", ".mpd")
# Past 4 GiB a member's header needs 64 bits, and says so before its bytes are seen.
_LARGE = 2**31
# What zip's dates begin with.
_FIRST_YEAR = 1980


class Member(NamedTuple):
    """A file of the archive: its `name` in it, and where its `size` bytes are."""

    name: str
    key: str
    size: int


Read = Callable[[str], Iterable[bytes]]
ListBelow = Callable[[str], Iterable[tuple[str, int]]]


def bundle_id(task: Task, numbers: Collection[int]) -> str:
    """Of these subtasks as they are: another one as soon as one of them has been done anew."""
    parts = [f"{task.attempt}"]
    for subtask in _chosen(task, numbers):
        ended = iso(subtask.finished_at) if subtask.finished_at else ""
        parts += [f"{subtask.number} {ended}", *(f"{o.key} {o.size}" for o in subtask.outputs)]
    return hashlib.sha256("\0".join((task.id, *parts)).encode()).hexdigest()[:32]


def bundle_key(task_id: str, bundle: str) -> str:
    return f"{WORK}/{task_id}/downloads/{bundle}.zip"


def has_outputs(task: Task, numbers: Collection[int]) -> bool:
    return any(subtask.outputs for subtask in _chosen(task, numbers))


def members(task: Task, numbers: Collection[int], below: ListBelow) -> list[Member]:
    """Every output, and what adaptive sets have beside those that are listed; `below` lists a prefix."""
    found: dict[str, Member] = {}
    for subtask in _chosen(task, numbers):
        folder = f"{subtask.number}-{subtask.kind}"
        for output in subtask.outputs:
            found[output.key] = Member(f"{folder}/{output.name}", output.key, output.size)
        for prefix, root in _folders(subtask):
            for key, size in below(prefix):
                found.setdefault(key, Member(f"{folder}/{key.removeprefix(root)}", key, size))
    return list(found.values())


def _chosen(task: Task, numbers: Collection[int]) -> list[Subtask]:
    return [subtask for subtask in task.subtasks if not numbers or subtask.number in numbers]


def _folders(subtask: Subtask) -> list[tuple[str, str]]:
    """Prefixes of what isn't listed, each beside the part of it that isn't in the archive's names."""
    manifest = next((output.key for output in subtask.outputs if output.key.endswith(MANIFESTS)), None)
    if manifest is None:
        return []
    root = f"{dirname(manifest)}/"
    if subtask.output_path is None:
        return [(root, root)]
    # others may have files in the same folder
    result: dict[str, Any] = subtask.result or {}
    named = [part["name"] for part in (*result.get("renditions", ()), *result.get("audio", ()))]
    return [(f"{root}{name}/", root) for name in (*named, "iframes")]


def archive(files: Iterable[Member], read: Read, *, at: datetime) -> Iterator[bytes]:
    """The zip, piece by piece; `read` gives the bytes of a key."""
    pipe = _Pipe()
    moment = (max(at.year, _FIRST_YEAR), at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as opened:
        for member in files:
            info = zipfile.ZipInfo(member.name, moment)
            with opened.open(info, "w", force_zip64=member.size > _LARGE) as entry:
                for piece in read(member.key):
                    entry.write(piece)
                    yield pipe.taken()
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """What is written into it can be taken out, once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


class Stream(io.RawIOBase):
    """Pieces as a file that can be read once, from its beginning to its end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
