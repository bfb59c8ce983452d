from pathlib import Path
from zipfile import ZipFile

import pytest

from local.packing import pack_layers

TEMPLATE = """\
Resources:
  Api:
    Properties:
      CodeUri: ApiFunction
  Core:
    Properties:
      ContentUri: CoreLayer
  Media:
    Properties:
      ContentUri: ../../../layers/media
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    (folder / "CoreLayer" / "python").mkdir(parents=True)
    (folder / "CoreLayer" / "python" / "a.py").write_text("x = 1")
    (folder / "template.yaml").write_text(TEMPLATE)
    return folder


def zips(store: Path) -> list[Path]:
    return sorted(store.iterdir())


def test_a_built_layer_becomes_a_zip_of_its_files_compiled(build: Path, tmp_path: Path) -> None:
    pack_layers(build, tmp_path / "store")

    (archive,) = zips(tmp_path / "store")
    assert sorted(ZipFile(archive).namelist()) == [
        "python/__pycache__/a.cpython-311.pyc",
        "python/a.py",
    ]


def test_the_template_names_the_zip_and_is_else_as_it_was(build: Path, tmp_path: Path) -> None:
    pack_layers(build, tmp_path / "store")

    (archive,) = zips(tmp_path / "store")
    assert (build / "template.yaml").read_text() == TEMPLATE.replace("CoreLayer", str(archive))


def test_a_layer_that_did_not_change_is_not_zipped_again(build: Path, tmp_path: Path) -> None:
    pack_layers(build, tmp_path / "store")
    (first,) = zips(tmp_path / "store")
    before = first.stat().st_mtime_ns

    (build / "template.yaml").write_text(TEMPLATE)
    pack_layers(build, tmp_path / "store")

    assert [each.stat().st_mtime_ns for each in zips(tmp_path / "store")] == [before]


def test_a_changed_layer_replaces_its_older_zip(build: Path, tmp_path: Path) -> None:
    pack_layers(build, tmp_path / "store")
    first = zips(tmp_path / "store")

    (build / "CoreLayer" / "python" / "a.py").write_text("x = 2")
    (build / "template.yaml").write_text(TEMPLATE)
    pack_layers(build, tmp_path / "store")

    assert len(zips(tmp_path / "store")) == 1
    assert zips(tmp_path / "store") != first
