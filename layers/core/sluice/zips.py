"""Zip archives of files that don't shrink any more."""

import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path


def stored_zip(target: Path, files: Iterable[Path]) -> Path:
    """The files side by side in one archive, as they are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in files:
            archive.write(path, path.name)
    return target


def unpacked(archive: Path, targets: Sequence[Path]) -> None:
    """The files of an archive of ours, in their order, one to each target."""
    with zipfile.ZipFile(archive) as opened:
        for name, target in zip(opened.namelist(), targets, strict=True):
            target.write_bytes(opened.read(name))
