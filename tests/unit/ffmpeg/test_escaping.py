import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.ffmpeg.escaping import escaped, escaped_parameter


def read_once(text: str) -> str:
    """What a parser of ffmpeg makes of backslashes."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def bare(text: str) -> str:
    """What a parser meets that isn't escaped."""
    return re.sub(r"\\.", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("/tmp/a.txt", "/tmp/a.txt"),
        (Path("/tmp/it's"), r"/tmp/it\\\'s"),
        ("a:b", r"a\\:b"),
        ("a,b;[c]", r"a\,b\;\[c\]"),
        ("a\\b", "a\\\\\\\\b"),
    ],
)
def test_a_value_is_escaped_for_the_options_and_for_the_graph(value: str | Path, written: str) -> None:
    assert escaped(value) == written


@given(st.text())
def test_two_parsers_give_back_the_value(value: str) -> None:
    assert read_once(read_once(escaped(value))) == value


@given(st.text())
def test_nothing_in_a_value_ends_it_for_either_parser(value: str) -> None:
    written = escaped(value)

    assert not set(bare(written)) & set("'[],;\\")
    assert not set(bare(read_once(written))) & set("':\\")


def test_an_encoders_parameter_is_escaped_once() -> None:
    assert escaped_parameter("/a:b=c") == r"/a\:b\=c"
