"""Chapters as files. Pure."""

import json
from collections.abc import Sequence

from sluice import webvtt
from sluice.kinds.chapters.plan import Chapter


def vtt(chapters: Sequence[Chapter]) -> str:
    return webvtt.document(webvtt.Block(*chapter) for chapter in chapters)


def ffmetadata(chapters: Sequence[Chapter]) -> str:
    """https://ffmpeg.org/ffmpeg-formats.html#Metadata-2"""
    sections = (
        f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={round(chapter.start * 1000)}\nEND={round(chapter.end * 1000)}\n"
        f"title={_escaped(chapter.title)}\n"
        for chapter in chapters
    )
    return ";FFMETADATA1\n" + "".join(sections)


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "=;#\\\n" else letter for letter in text)


def as_json(chapters: Sequence[Chapter]) -> str:
    return json.dumps({"chapters": [chapter._asdict() for chapter in chapters]}, ensure_ascii=False, indent=1)
