from local.media import media_font
from sluice.ffmpeg.fonts import characters, missing


def test_the_font_knows_the_scripts_of_europe_and_arabic() -> None:
    for text in ("Grüße", "Привет", "Ελληνικά", "مرحبا"):
        assert missing(text, media_font()) == ""


def test_what_the_font_lacks_is_told_once_each() -> None:
    assert missing("a你好你", media_font()) == "你好"


def test_signs_and_spaces_are_not_counted() -> None:
    assert missing("a \U0001f3ac 1!", media_font()) == ""


def test_characters_beyond_the_first_plane_are_read() -> None:
    assert max(characters(media_font())) > 0xFFFF
