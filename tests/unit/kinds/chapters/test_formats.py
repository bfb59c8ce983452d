import json

from sluice.kinds.chapters.formats import as_json, ffmetadata, vtt
from sluice.kinds.chapters.plan import Chapter

CHAPTERS = [Chapter(0, 61.5, "Tom & Jerry; #1 = best"), Chapter(61.5, 120.04, "Chapter 2")]


def test_webvtt_names_each_chapter() -> None:
    assert vtt(CHAPTERS) == (
        "WEBVTT\n\n00:00:00.000 --> 00:01:01.500\nTom &amp; Jerry; #1 = best\n\n"
        "00:01:01.500 --> 00:02:00.040\nChapter 2\n"
    )


def test_ffmetadata_escapes_its_own_marks() -> None:
    assert ffmetadata(CHAPTERS) == (
        ";FFMETADATA1\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=61500\ntitle=Tom & Jerry\\; \\#1 \\= best\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=61500\nEND=120040\ntitle=Chapter 2\n"
    )


def test_json_lists_them() -> None:
    assert json.loads(as_json(CHAPTERS))["chapters"][1] == {"start": 61.5, "end": 120.04, "title": "Chapter 2"}
