"""One set from what the chunks' workers have described. Pure."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from sluice.chunking.boxes import Malformed
from sluice.chunking.joined import Piece, Stored
from sluice.kinds.adaptive.cmaf import Fragment, Segment, Track, codec, timescale
from sluice.kinds.adaptive.command import IFRAMES, IFRAMES_FILE
from sluice.kinds.adaptive.members import IframesMember, pictures
from sluice.media import Size

Made = Mapping[str, Any]


class Copied(NamedTuple):
    """A stored segment, and its name in the set."""

    key: str
    etag: str
    name: str


@dataclass(frozen=True)
class Rendition:
    """One rendition: what its init file holds, what its segments are and where they lie."""

    init: bytes
    track: Track
    copies: tuple[Copied, ...]


def renditions(chunks: Sequence[Made], beside: Sequence[Made]) -> dict[str, Rendition]:
    """By name; those of the picture from all chunks, in their order, those of the sound from what was made beside.

    Raises: Malformed when the chunks don't fit.
    """
    found = {name: _rendition(name, [made["tracks"][name] for made in chunks]) for name in chunks[0]["tracks"]}
    heard: dict[str, list[Made]] = {}
    for made in beside:
        for name, track in made["tracks"].items():
            heard.setdefault(name, []).append(track)
    return found | {name: _rendition(name, tracks) for name, tracks in heard.items()}


def _rendition(name: str, parts: Sequence[Made]) -> Rendition:
    init = _one_init(parts)
    stored = [segment for part in parts for segment in part["segments"]]
    for one, other in pairwise(stored):
        if one["start"] + one["duration"] != other["start"]:
            raise Malformed("two segments leave a gap, or overlap")
    segments = tuple(Segment(one["start"], one["duration"], one["size"]) for one in stored)
    copies = tuple(
        Copied(one["key"], one["etag"], f"{name}/{number:05}.m4s") for number, one in enumerate(stored, start=1)
    )
    return Rendition(init, Track(codec(init), timescale(init), segments), copies)


def _one_init(parts: Sequence[Made]) -> bytes:
    if len({part["init"] for part in parts}) > 1:
        raise Malformed("two chunks were encoded in different ways")
    return base64.b64decode(parts[0]["init"])


def iframes(chunks: Sequence[Made], size: Size, end: Fraction) -> tuple[IframesMember, list[Piece]]:
    """The single pictures of all chunks, and the file of them, one chunk's behind the other's.

    Raises: Malformed when the chunks don't fit.
    """
    parts = [made["iframes"] for made in chunks]
    init = _one_init(parts)
    shown = pictures(list(_fragments(parts, len(init))), timescale(init), end)
    pieces = [Piece(len(init), (), lambda _: init)]
    pieces += [Piece(part["size"], (Stored(part["key"], 0, part["size"]),)) for part in parts]
    return IframesMember(f"{IFRAMES}/{IFRAMES_FILE}", codec(init), size, len(init), shown), pieces


def _fragments(parts: Sequence[Made], at: int) -> Iterator[Fragment]:
    for part in parts:
        for offset, size, start, duration in part["pictures"]:
            yield Fragment(at + offset, size, start, duration)
        at += part["size"]


def stored_files(made: Made) -> Iterator[Made]:
    """Every file that a worker has described."""
    for track in made["tracks"].values():
        yield from track["segments"]
    if "iframes" in made:
        yield made["iframes"]
    yield from made.get("texts", {}).values()
