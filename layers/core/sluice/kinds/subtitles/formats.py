"""Cues as files. Pure."""

import json
from collections.abc import Sequence

from sluice import webvtt
from sluice.kinds.subtitles.cues import Cue
from sluice.transcript import Transcript


def vtt(cues: Sequence[Cue]) -> str:
    return webvtt.document(webvtt.Block(cue.start, cue.end, "\n".join(cue.lines)) for cue in cues)


def srt(cues: Sequence[Cue]) -> str:
    """SubRip has no escapes: an arrow in the text would be taken for a time."""
    return "\n".join(
        f"{number}\n{webvtt.timestamp(cue.start, point=',')} --> {webvtt.timestamp(cue.end, point=',')}\n"
        + "".join(f"{line.replace('-->', '->')}\n" for line in cue.lines)
        for number, cue in enumerate(cues, start=1)
    )


def as_json(cues: Sequence[Cue], transcript: Transcript) -> str:
    """The transcript with all its words, and the cues made of it."""
    content = {**transcript.model_dump(mode="json"), "cues": [cue._asdict() for cue in cues]}
    return json.dumps(content, ensure_ascii=False, indent=1)
