"""Subtitles as libass may draw them: one font, and nothing in them that could be anything but text. Pure."""

import re

from sluice.errors import BadSource
from sluice.media import Size

MOST_BYTES = 5_000_000
# Fonts and pictures that an ASS file carries within itself would go to parsers that nobody asked for.
_CARRIED = {"[fonts]", "[graphics]"}
# What ffmpeg's letters, 16 high, are meant for.
_SHORT_SIDE = 288
_TAGS = re.compile(r"\{[^}]*\}|\\[Nnh]")
_FONT_TAG = re.compile(r"\\fn[^\\}]*")


def decoded(content: bytes) -> str:
    """The text of a subtitle file: UTF-8, UTF-16 with its mark, or else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def demuxer_of(text: str) -> str:
    """ffmpeg's name of the format: `webvtt`, `ass` or `srt`.

    Raises: BadSource `subtitles_unreadable`.
    """
    head = text.lstrip()[:2000]
    if head.startswith("WEBVTT"):
        return "webvtt"
    if head.lower().startswith("[script info]"):
        return "ass"
    if "-->" in head:
        return "srt"
    raise BadSource("The subtitles are neither SRT nor WebVTT nor ASS.", code="subtitles_unreadable")


def burnable(ass: str, font_family: str) -> str:
    """The script in our font, without the files it carries."""
    lines: list[str] = []
    section, column = "", 1
    for line in ass.splitlines():
        if line.startswith("["):
            section = line.strip().lower()
        if section in _CARRIED:
            continue
        if "styles" in section and line.startswith("Format:"):
            names = _columns(line)
            column = names.index("fontname") if "fontname" in names else len(names)
        lines.append(_in_font(line, column, font_family))
    return "\n".join(lines) + "\n"


def sized(ass: str, size: Size) -> str:
    """A script that ffmpeg has made from plain text, measured by the picture's short side instead of its height: the
    letters of an upright film would be half as wide as the film else.
    """
    scale = _SHORT_SIDE / min(size)
    ass = re.sub(r"(?m)^PlayResX:.*$", f"PlayResX: {round(size.width * scale)}", ass)
    return re.sub(r"(?m)^PlayResY:.*$", f"PlayResY: {round(size.height * scale)}", ass)


def spoken(ass: str) -> str:
    """The words of all lines, without their tags."""
    dialogue = (line.split(",", 9)[-1] for line in ass.splitlines() if line.startswith("Dialogue:"))
    return "\n".join(_TAGS.sub(" ", text) for text in dialogue)


def _columns(line: str) -> list[str]:
    return [name.strip().lower() for name in line.partition(":")[2].split(",")]


def _in_font(line: str, column: int, font_family: str) -> str:
    if not line.startswith("Style:"):
        return _FONT_TAG.sub("", line) if line.startswith("Dialogue:") else line
    fields = line.partition(":")[2].split(",")
    fields[column : column + 1] = [font_family]
    return "Style:" + ",".join(fields)
