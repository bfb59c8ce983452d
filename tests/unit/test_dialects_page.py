"""docs/dialects.md is of today."""

from tools import dialects


def test_the_page_of_dialects_is_of_today() -> None:
    assert dialects.PAGE.read_text() == dialects.page(), "run `make docs`"
