"""Subtitle files of callers on their way to WebVTT. Pure."""

import re
from pathlib import Path

# Codecs whose cues are text; pictures (DVD, Blu-ray, DVB) would have to be read by eye.
TEXT_CODECS = frozenset({"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text", "ttml", "microdvd", "subviewer"})

_SUBRIP_TIME = re.compile(r"\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->")


def as_text(content: bytes) -> str:
    """What is written in the file: UTF-8 or UTF-16 by its mark, else the Western code page that old files are in."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def demuxer(text: str) -> str | None:
    """How ffmpeg reads these subtitles, or None when they are none that we know."""
    start = text.lstrip()[:4096]
    if start.startswith("WEBVTT"):
        return "webvtt"
    if start.startswith("[Script Info]"):
        return "ass"
    return "srt" if _SUBRIP_TIME.search(start) else None


def convert(demuxer: str, text: Path, target: Path) -> list[str]:
    """The whole command: this one file is read and nothing that it might name."""
    return [
        *("-protocol_whitelist", "file", "-f", demuxer, "-i", str(text)),
        *("-map", "0:s:0", "-c:s", "webvtt", "-f", "webvtt", str(target)),
    ]
