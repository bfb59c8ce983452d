"""WebVTT, for subtitles, chapters and maps of pictures alike. https://www.w3.org/TR/webvtt1/ Pure."""

from collections.abc import Iterable
from typing import NamedTuple


class Block(NamedTuple):
    """What is shown from `start` to `end`, in seconds; `text` as it will be read, not escaped."""

    start: float
    end: float
    text: str


def document(blocks: Iterable[Block]) -> str:
    """A whole file; without blocks it is still a valid one."""
    cues = (f"{timestamp(block.start)} --> {timestamp(block.end)}\n{escaped(block.text)}\n" for block in blocks)
    return "\n".join(["WEBVTT\n", *cues])


def timestamp(seconds: float, *, point: str = ".") -> str:
    """Hours have two digits or more: 00:01:02.345."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{thousandths:03}"


def escaped(text: str) -> str:
    """Text that can't be taken for markup, for an arrow or for the end of its block."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "\n".join(line for line in plain.splitlines() if line.strip())
