import pytest

from sluice.errors import BadSource
from sluice.kinds.video.subtitles import burnable, decoded, demuxer_of, sized, spoken
from sluice.media import Size

SCRIPT = r"""[Script Info]
PlayResX: 384

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Default,Arial,16
Style: Sign,Comic Sans MS,20

[Fonts]
fontname: evil.ttf
!!!!!

[Graphics]
filename: evil.bmp
!!!!!

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,Hello, {\fnComic Sans MS\b1}world{\b0}\Nagain
"""


def test_a_script_is_written_in_our_font_only() -> None:
    found = burnable(SCRIPT, "DejaVu Sans")

    assert "Style: Default,DejaVu Sans,16" in found.replace("Style:Default", "Style: Default")
    assert "Arial" not in found and "Comic" not in found
    assert r"{\b1}world" in found


def test_files_within_a_script_are_left_out() -> None:
    found = burnable(SCRIPT, "DejaVu Sans")

    assert "evil" not in found and "!!!!!" not in found
    assert "[Events]" in found


def test_the_font_is_where_the_format_says() -> None:
    script = SCRIPT.replace("Format: Name, Fontname, Fontsize", "Format: Fontname, Name, Fontsize")

    found = burnable(script.replace("Style: Default,Arial,16", "Style: Arial,Default,16"), "Ours")

    assert "Ours,Default,16" in found


def test_a_style_without_a_format_is_no_accident() -> None:
    assert "Ours" in burnable("[V4+ Styles]\nStyle: Default,Arial,16\n", "Ours")


def test_a_format_that_names_no_font_is_no_accident() -> None:
    script = "[V4+ Styles]\nFormat: Name, Fontsize\nStyle: Default,16\n"

    assert "Default,16" in burnable(script, "Ours")


@pytest.mark.parametrize(("size", "x", "y"), [(Size(1280, 720), 512, 288), (Size(720, 1280), 288, 512)])
def test_letters_are_measured_by_the_short_side(size: Size, x: int, y: int) -> None:
    found = sized("[Script Info]\nPlayResX: 384\nPlayResY: 288\n", size)

    assert found == f"[Script Info]\nPlayResX: {x}\nPlayResY: {y}\n"


def test_what_is_said_has_no_tags() -> None:
    assert spoken(SCRIPT).split() == ["Hello,", "world", "again"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grüße".encode(), "Grüße"),
        (b"\xef\xbb\xbfGr\xc3\xbc\xc3\x9fe", "Grüße"),
        ("Grüße".encode("utf-16"), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
    ],
)
def test_a_text_is_read_in_the_encodings_that_there_are(content: bytes, text: str) -> None:
    assert decoded(content) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WEBVTT\n\n00:00.000 --> 00:01.000\na\n", "webvtt"),
        ("[Script Info]\n", "ass"),
        ("\n1\n00:00:00,000 --> 00:00:01,000\na\n", "srt"),
    ],
)
def test_a_format_is_known_by_its_sight(text: str, name: str) -> None:
    assert demuxer_of(text) == name


@pytest.mark.parametrize("text", ["", "#EXTM3U\n", "ffconcat version 1.0\nfile a\n", "hello"])
def test_what_is_none_of_them_is_refused(text: str) -> None:
    with pytest.raises(BadSource) as raised:
        demuxer_of(text)

    assert raised.value.code == "subtitles_unreadable"
