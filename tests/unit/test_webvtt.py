import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.webvtt import Block, document, escaped, timestamp


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00:00.000"),
        (0.0006, "00:00:00.001"),
        (59.9996, "00:01:00.000"),
        (3661.5, "01:01:01.500"),
        (360000, "100:00:00.000"),
    ],
)
def test_a_time_is_hours_minutes_and_thousandths(seconds: float, text: str) -> None:
    assert timestamp(seconds) == text


def test_subrip_has_a_comma() -> None:
    assert timestamp(1.5, point=",") == "00:00:01,500"


def test_a_document_without_blocks_is_a_document() -> None:
    assert document([]) == "WEBVTT\n"


def test_blocks_are_parted_by_an_empty_line() -> None:
    blocks = [Block(0, 1.25, "One\ntwo"), Block(2, 3, "Three")]

    assert document(blocks) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nOne\ntwo\n\n00:00:02.000 --> 00:00:03.000\nThree\n"
    )


@given(st.text())
def test_no_text_can_end_its_block_or_be_markup_or_a_time(text: str) -> None:
    shown = escaped(text)

    assert "<" not in shown and "-->" not in shown and "\n\n" not in shown
    assert not shown.startswith("\n") and not shown.endswith("\n")
    assert shown.count("&") == shown.count("&amp;") + shown.count("&lt;") + shown.count("&gt;")
