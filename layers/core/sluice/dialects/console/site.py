"""The console's files as they lie in its folder, the top-level package `console`, which the console's layer ships."""

import gzip
import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

PACKAGE = "console"
PAGE = "index.html"
# Where the page says VERSION, it is given the digest of all files: below it nothing ever changes.
VERSION = "{version}"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


class File(NamedTuple):
    """What is sent: the content as it is and compressed, of a media type, and a tag of it."""

    type: str
    plain: bytes
    compressed: bytes
    etag: str


@cache
def names() -> frozenset[str]:
    """The paths of all files below the folder; none where the console isn't deployed."""
    try:
        return frozenset(_below(resources.files(PACKAGE), ""))
    except ModuleNotFoundError:
        return frozenset()


def _below(folder: Traversable, path: str) -> list[str]:
    found: list[str] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _below(entry, f"{path}{entry.name}/")
        elif _suffix(entry.name) in TYPES:
            found.append(f"{path}{entry.name}")
    return found


@cache
def version() -> str:
    """A digest of everything."""
    total = hashlib.sha256()
    for name in sorted(names()):
        total.update(f"{name}\0".encode() + _read(name))
    return total.hexdigest()[:16]


@cache
def file(name: str) -> File | None:
    """One of the files; None when there is no such one."""
    if name not in names():
        return None
    content = _read(name)
    if name == PAGE:
        content = content.replace(VERSION.encode(), version().encode())
    tag = hashlib.sha256(content).hexdigest()[:32]
    return File(TYPES[_suffix(name)], content, gzip.compress(content, mtime=0), f'"{tag}"')


def _read(name: str) -> bytes:
    return resources.files(PACKAGE).joinpath(*name.split("/")).read_bytes()


def _suffix(name: str) -> str:
    return f".{name.rpartition('.')[2]}"
