"""What the documents promise is there."""

import re

import pytest

from sluice.kinds import KINDS
from tests.template import ROOT
from tools import draw


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_row_in_the_table_of_the_readme(kind: str) -> None:
    readme = (ROOT / "README.md").read_text()

    assert re.search(rf"^\| `{kind}` \|", readme, re.MULTILINE), f"README.md has no row «| `{kind}` | …»"


def test_what_is_drawn_is_of_today() -> None:
    readme = (ROOT / "README.md").read_text()

    assert draw.PICTURES.read_text() == draw.pictures(), "run `make docs`"
    assert readme == draw.with_drawings(readme), "run `make docs`"
