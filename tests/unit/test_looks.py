import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.looks import is_picture, looks_like, refused_as_source


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"#EXTM3U\n", "a playlist"),
        (b"ffconcat version 1.0", "a concat script"),
        (b"<MPD ", "a DASH manifest"),
        (b"<svg ", "an SVG drawing"),
        (b"[playlist]", "a playlist"),
        (b"WEBVTT\n", "a subtitle file"),
        (b"%PDF-1.7", "a PDF document"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x7fELF", "a program"),
    ],
)
def test_what_is_plainly_no_media_is_refused_by_sight(head: bytes, name: str) -> None:
    assert refused_as_source(head + b" ...") == name


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n\n", b"\r\n \t", b"\xef\xbb\xbf\n"])
def test_a_byte_order_mark_or_blanks_hide_nothing(before: bytes) -> None:
    assert refused_as_source(before + b"#EXTM3U\nfile:///etc/passwd") == "a playlist"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (b'<?xml version="1.0"?>\n<!-- x --><MPD xmlns="urn:mpeg:dash">', "a DASH manifest"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">', "an SVG drawing"),
        (b'<?xml version="1.0"?><note/>', "an XML file"),
    ],
)
def test_xml_is_refused_by_what_it_is(text: bytes, name: str) -> None:
    assert refused_as_source(text) == name


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x00\x00\x00\x18ftypmp42",
        b"\x1a\x45\xdf\xa3",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"ID3\x04",
        b"RIFF....AVI ",
    ],
)
def test_media_is_not_refused_by_sight(head: bytes) -> None:
    assert refused_as_source(head) is None


@given(st.binary(max_size=512))
def test_no_bytes_break_the_look(head: bytes) -> None:
    said = refused_as_source(head)

    assert said is None or said.startswith(("a ", "an "))
    assert looks_like("media", head) is (bool(head) and said is None)


@pytest.mark.parametrize(
    "head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe1", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x1cftypavif"]
)
def test_a_picture_is_told_by_its_first_bytes(head: bytes) -> None:
    assert is_picture(head) and looks_like("picture", head)


@pytest.mark.parametrize("head", [b"", b"\0\0\0\x1cftypmp42", b"RIFF\0\0\0\0AVI LIST", b"<svg", b"1\n00:00"])
def test_other_files_are_no_pictures(head: bytes) -> None:
    assert not looks_like("picture", head)


def test_subtitles_are_text() -> None:
    assert looks_like("subtitles", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    assert not looks_like("subtitles", b"\0\0\0\x1cftypmp42")
    assert not looks_like("subtitles", b" \n")
