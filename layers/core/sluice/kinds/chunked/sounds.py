"""Long sound is made in parts, as the picture is made in chunks: the plan of them, and a worker's part."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from sluice.chunking import mp4
from sluice.chunking.boxes import Malformed, film_timescale, track_at
from sluice.chunking.plan import SOUND_RHO, Cost, sound_seconds
from sluice.chunking.sound_parts import Heard, Part, Source
from sluice.kinds.chunked.folder import PLAN, Folder, address_of
from sluice.kinds.chunked.planning import recipe_of
from sluice.kinds.chunked.reading import ODDITIES, fetch_sound, read_source, source_size
from sluice.kinds.chunked.working import Look, MadeMeanwhile, look_for
from sluice.kinds.video.chunks import DEMUXERS
from sluice.media import AudioStream
from sluice.settings import settings
from sluice.workspace import Workspace

# ffprobe tells microseconds.
_MOMENT = 1e-6

# The packets with which parts begin: of so many in all, each about so many seconds long.
Begins = Callable[[int, float], Sequence[int]]


class Asked(NamedTuple):
    """One sound that is wanted: its name among the film's, where it is in the source, and what is made of it."""

    name: str
    stream: AudioStream
    heard: Heard


def planned_parts(workspace: Workspace, asked: Sequence[Asked], work: float, begins: Begins) -> list[dict[str, Any]]:
    """The recipes of all parts of all these sounds, each about as much work as a chunk is; none when one worker makes
    them all: since it is done as soon, or since it can't be cut to the sample.
    """
    media, seconds = workspace.job.media, sound_seconds(work, settings().sound_seconds)
    # the clocks of source, picture and sound begin together, or else silence is put before the sound
    is_late = any(abs(one.stream.start - media.start) > _MOMENT for one in asked)
    if not asked or is_late or DEMUXERS.get(media.demuxer) != "mp4" or (media.duration or 0.0) < 2 * seconds:
        return []
    try:
        index, size = _index(workspace)
        found = [told for one in asked for told in _recipes(one, _source(index, one), seconds, begins, size)]
    except (Malformed, *ODDITIES):
        return []
    return found if len(found) > len(asked) else []


def _index(workspace: Workspace) -> tuple[bytes, int]:
    """The source's moov box, and the source's size."""
    size = source_size(workspace)
    return mp4.moov(partial(read_source, workspace), size), size


def _source(index: bytes, asked: Asked) -> Source:
    return Source(track_at(index, asked.stream.index, "soun"), film_timescale(index), asked.heard)


def _recipes(asked: Asked, source: Source, seconds: float, begins: Begins, size: int) -> Iterator[dict[str, Any]]:
    for part in source.parts(begins(source.packets, seconds), size):
        patience = Cost(SOUND_RHO, 1).patience(part.seconds)
        yield {"track": asked.name, "part": part._asdict(), "patience": patience}


# ── a worker's part ───────────────────────────────────────────────────────────────────────────


def is_part(workspace: Workspace) -> bool:
    """Whether this worker is to make a part of the sound, rather than all that is made beside the chunks at once."""
    plan, number = Folder(workspace).get(PLAN), workspace.job.chunk
    assert number is not None, "what is made beside the chunks has a number"
    return bool(number < len(plan["chunks"]) + len(plan.get("parts", ())))


def in_parts(workspace: Workspace) -> bool:
    """Whether the film's sound is made in parts."""
    return bool(Folder(workspace).get(PLAN).get("parts"))


def make_part(workspace: Workspace, make: Callable[[Workspace, str, Part, str, Look], None]) -> None:
    """One part, unless it is there already; `make` is given the sound's name, the part, the name to leave it under."""
    number, folder = workspace.job.chunk, Folder(workspace)
    assert number is not None, "a part has a number"
    told = recipe_of(folder, number)
    name = address_of(workspace, told)
    if folder.described(name) is None:
        part = Part(**told["part"])
        fetch_sound(workspace, part.input, workspace.folder / "source")
        with suppress(MadeMeanwhile):
            make(workspace, told["track"], part, name, look_for(workspace, name))


def part_input(workspace: Workspace) -> list[str]:
    """ffmpeg's input arguments for the packets that `make_part` has read."""
    return workspace.local_input(workspace.folder / "source", "mov")


def own_samples(part: Part, rate: int) -> str:
    """ffmpeg's filters from what is decoded to what the part's encoder is to get, on a clock of its own."""
    taken = f"atrim=start_sample={part.before}:end_sample={part.before + part.decoded}"
    counted = "asetpts=N/SR/TB"
    return f"{taken},{counted},aresample={rate},atrim=start_sample={part.after},{counted}"


def uneven(made: Sequence[Mapping[str, Any]]) -> bool:
    """Whether sound was lost in a part, so that the parts don't fit: all of it is to be made in one go."""
    return any(told.get("uneven") for told in made)
