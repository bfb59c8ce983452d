from collections.abc import Callable
from pathlib import Path

import pytest

from local.digest import digest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text("Resources: {}")
    (tmp_path / "functions" / "api").mkdir(parents=True)
    (tmp_path / "functions" / "api" / "app.py").write_text("x = 1")
    return tmp_path


def of(project: Path, **settings: str) -> str:
    return digest(project, ["template.yaml", "functions"], settings)


def test_the_same_files_have_the_same_digest_in_whatever_order_they_are_named(project: Path) -> None:
    assert digest(project, ["functions", "template.yaml"], {}) == of(project)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "template.yaml").write_text("Resources: {A: 1}"),
        lambda root: (root / "functions" / "new.py").write_text(""),
        lambda root: (root / "functions" / "api" / "app.py").rename(root / "functions" / "b.py"),
        lambda root: (root / "functions" / "api" / "app.py").unlink(),
    ],
    ids=["content", "a new file", "a new name", "a file gone"],
)
def test_what_changes_a_deployment_changes_the_digest(project: Path, change: Callable[[Path], object]) -> None:
    before = of(project)

    change(project)

    assert of(project) != before


def test_settings_count_and_their_order_does_not(project: Path) -> None:
    assert of(project, A="1", B="2") == of(project, B="2", A="1")
    assert of(project, A="1") != of(project, A="2")


def test_compiled_files_do_not_count(project: Path) -> None:
    before = of(project)

    (project / "functions" / "__pycache__").mkdir()
    (project / "functions" / "__pycache__" / "app.pyc").write_bytes(b"\0")

    assert of(project) == before


def test_other_files_of_the_project_do_not_count(project: Path) -> None:
    before = of(project)

    (project / "README.md").write_text("hello")

    assert of(project) == before
