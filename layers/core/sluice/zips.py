"""Zip archives of files that don't shrink any more."""

import zipfile
from collections.abc import Iterable
from pathlib import Path


def stored_zip(target: Path, files: Iterable[Path]) -> Path:
    """The files side by side in one archive, as they are."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for path in files:
            archive.write(path, path.name)
    return target
