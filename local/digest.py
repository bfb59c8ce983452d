"""A digest over files, to tell whether what would be deployed is what was deployed."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

CACHES = frozenset({"__pycache__", ".mypy_cache", ".ruff_cache"})


def files_below(root: Path, names: Iterable[str], passed_over: frozenset[str] = CACHES) -> Iterator[Path]:
    """The files that names stand for, folders walked, in an order that does not change."""
    for name in sorted(names):
        start = root / name
        found = [start] if start.is_file() else sorted(start.rglob("*"))
        for path in found:
            if path.is_file() and not passed_over.intersection(path.parts):
                yield path


def digest(root: Path, names: Iterable[str], settings: Mapping[str, str]) -> str:
    """One short word for the content of files, their names and some settings."""
    total = hashlib.sha256()
    for path in files_below(root, names):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for key, value in sorted(settings.items()):
        total.update(f"{key}={value}\0".encode())
    return total.hexdigest()[:16]
