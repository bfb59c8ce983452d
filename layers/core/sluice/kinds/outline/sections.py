"""From what the model says to sections that cover the film. Pure: a model's times are not to be trusted."""

from collections.abc import Iterable
from itertools import pairwise

from pydantic import Field

from sluice.media import Value


class SaidSection(Value):
    start: float = Field(ge=0, allow_inf_nan=False, description="Where it begins, in seconds.")
    title: str = Field(min_length=1, max_length=200, description="Up to eight words.")
    summary: str = Field("", max_length=2000, description="One or two sentences.")


class SaidOutline(Value):
    """What the model is asked for."""

    title: str = Field(max_length=200, description="Of the whole, up to ten words.")
    sections: tuple[SaidSection, ...] = Field(min_length=1, description="In order of time, the first one from 0 on.")


class Section(Value):
    """[start, end) in seconds."""

    start: float
    end: float
    title: str
    summary: str = ""


class Outline(Value):
    """The content of `outline.json`: its sections cover [0, duration) without gap or overlap."""

    title: str
    duration: float
    sections: tuple[Section, ...]


def outlined(said: SaidOutline, *, duration: float, most: int) -> Outline:
    """In order, the first from 0 on, each up to the next; those past the end or at the time of another are dropped."""
    kept = _apart(said.sections, duration)[:most]
    starts = [0.0, *(section.start for section in kept[1:]), duration]
    sections = (
        Section(start=round(start, 2), end=round(end, 2), title=section.title, summary=section.summary)
        for section, (start, end) in zip(kept, pairwise(starts), strict=True)
    )
    return Outline(title=said.title, duration=duration, sections=tuple(sections))


def _apart(sections: Iterable[SaidSection], duration: float) -> list[SaidSection]:
    """By their start, at least a second from each other; the earliest is kept even if it is late."""
    kept: list[SaidSection] = []
    for section in sorted(sections, key=lambda each: each.start):
        if not kept or (section.start < duration and section.start >= max(1.0, kept[-1].start + 1)):
            kept.append(section)
    return kept
