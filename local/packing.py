"""Layers compiled and zipped once, when they change. `sam deploy` would spend seconds on the same zip each time."""

import re
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode
from zipfile import ZIP_DEFLATED, ZipFile

from local.digest import digest, files_below

EVERYTHING: frozenset[str] = frozenset()
CONTENT = re.compile(r"^(?P<head> *ContentUri: )(?P<name>\w+)$", re.MULTILINE)


def pack_layers(build: Path, store: Path) -> None:
    """Zip the built layers into the store, unless they lie there, and name the zips in the built template."""
    template = build / "template.yaml"
    text = template.read_text()
    packed = {found["name"]: packed_layer(build, found["name"], store) for found in CONTENT.finditer(text)}
    template.write_text(with_zips(text, packed))


def with_zips(text: str, packed: dict[str, Path]) -> str:
    """The template with a zip in place of each folder of a layer."""
    return CONTENT.sub(lambda found: f"{found['head']}{packed[found['name']]}", text)


def packed_layer(build: Path, name: str, store: Path) -> Path:
    """The zip of one built layer. Older ones of that layer go."""
    archive = store / f"{name}-{digest(build, [name], {})}.zip"
    if not archive.exists():
        store.mkdir(exist_ok=True)
        for old in store.glob(f"{name}-*.zip"):
            old.unlink()
        precompile(build / name)
        fresh = archive.with_suffix(".new")
        write_zip(build / name, fresh)
        fresh.replace(archive)
    return archive


def precompile(folder: Path) -> None:
    """Spare each worker, which unpacks the layer anew, a third of its start."""
    if not any(folder.rglob("*.pyc")):
        compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def write_zip(folder: Path, archive: Path) -> None:
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for path in files_below(folder, ["."], EVERYTHING):
            target.write(path, path.relative_to(folder))
