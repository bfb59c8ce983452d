import json

from sluice.kinds.subtitles.cues import Cue
from sluice.kinds.subtitles.formats import as_json, srt, vtt
from sluice.transcript import Segment, Transcript, Word

SHOWN = [Cue(0.5, 2.0, ("Tom & Jerry", "say <hello>")), Cue(3661.0, 3662.25, ("a --> b",))]


def test_webvtt_escapes_what_would_be_markup() -> None:
    assert vtt(SHOWN) == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nTom &amp; Jerry\nsay &lt;hello&gt;\n\n"
        "01:01:01.000 --> 01:01:02.250\na --&gt; b\n"
    )


def test_subrip_is_numbered_and_has_no_escapes() -> None:
    assert srt(SHOWN) == (
        "1\n00:00:00,500 --> 00:00:02,000\nTom & Jerry\nsay <hello>\n\n2\n01:01:01,000 --> 01:01:02,250\na -> b\n"
    )


def test_nothing_said_makes_valid_empty_files() -> None:
    nothing = Transcript(provider="embedded")

    assert (vtt([]), srt([])) == ("WEBVTT\n", "")
    assert json.loads(as_json([], nothing)) == {
        "language": None, "segments": [], "provider": "embedded", "model": "", "cues": [],
    }  # fmt: skip


def test_json_has_words_and_cues() -> None:
    word = Word(start=0.5, end=2.0, text="Zoë", confidence=88.0)
    heard = Transcript(language="en", segments=(Segment(start=0.5, end=2.0, text="Zoë", words=(word,)),))

    content = as_json([Cue(0.5, 2.0, ("Zoë",))], heard)

    assert "Zoë" in content
    found = json.loads(content)
    assert found["segments"][0]["words"] == [{"start": 0.5, "end": 2.0, "text": "Zoë", "confidence": 88.0}]
    assert found["cues"] == [{"start": 0.5, "end": 2.0, "lines": ["Zoë"]}]
