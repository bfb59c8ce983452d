"""A chunk of the whole ladder from one decoding of its frames; sound and subtitles beside the chunks.

What is made are the very segments that players fetch, with the numbers and times that they have in the film.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sluice.chunking import sound_parts
from sluice.chunking.boxes import Malformed
from sluice.chunking.spans import Span
from sluice.errors import WorkFailed
from sluice.jobs import JobResult
from sluice.kinds.adaptive import AdaptiveOptions, chunks, moved
from sluice.kinds.adaptive.chunk_planning import beside_address, cutting
from sluice.kinds.adaptive.cmaf import fragments_of, read_folder, spaced, timescale
from sluice.kinds.adaptive.command import (
    IFRAMES,
    IFRAMES_FILE,
    IFRAMES_WRITTEN,
    INIT,
    SOUND_RATE,
    Part,
    Plan,
    encode_beside,
    encode_part,
    encode_sound_part,
)
from sluice.kinds.adaptive.packets import Cutting, packets, segments
from sluice.kinds.adaptive.run import added_subtitles, plan_for
from sluice.kinds.chunked.folder import Folder
from sluice.kinds.chunked.reading import fetch, input_arguments
from sluice.kinds.chunked.sounds import in_parts, is_part, make_part, own_samples, part_input
from sluice.kinds.chunked.working import Look, encode, leaving_reason, make_chunk
from sluice.workspace import Workspace


def encode_chunk(workspace: Workspace) -> JobResult:
    """One chunk, unless it is there already. What goes wrong is left for the join to tell."""
    return make_chunk(workspace, _made, lambda made: int(made["frames"]))


def _made(workspace: Workspace, told: Mapping[str, Any], name: str, look: Look) -> Mapping[str, Any]:
    """Encode all rungs of the chunk and put their segments there, the description of all last."""
    options, span = workspace.options(AdaptiveOptions), Span(**told["span"])
    plan = plan_for(options, workspace.job.media)
    part, source, folder = chunks.part(span, plan.timing), workspace.folder / "source", workspace.folder / "set"
    fetch(workspace, span, source, None)
    _make_folders(folder, [*(r.name for r in plan.renditions), IFRAMES])
    alone = replace(plan, video=chunks.film_of(span, plan.video))
    arguments = [*input_arguments(workspace, span, source), *encode_part(options, alone, part, folder)]
    encode(workspace, arguments, look)
    counts = {_moved_into_place(folder / rung.name, plan, part) for rung in plan.renditions}
    count = _agreed(counts, span.frames)
    leave = Folder(workspace)
    made: dict[str, Any] = {
        "frames": count,
        "tracks": {r.name: _left_track(leave, f"{name}-{r.name}", folder / r.name) for r in plan.renditions},
    }
    if options.iframes:
        made["iframes"] = _left_pictures(leave, name, folder / IFRAMES, plan, part)
    leave.describe(name, made)
    return made


def _make_folders(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).mkdir(parents=True)


def _agreed(counts: set[int], expected: int | None) -> int:
    """How many pictures every rung has.

    Raises: WorkFailed `chunk_incomplete` when one has others than there should be.
    """
    (count, *others) = counts
    if others or not count or (expected is not None and count != expected):
        told = " and ".join(map(str, sorted(counts)))
        raise WorkFailed(f"A chunk has {told} frames in place of {expected or 'some'}.", code="chunk_incomplete")
    return count


def _moved_into_place(folder: Path, plan: Plan, part: Part) -> int:
    """Give a rung's segments the times and the numbers that they have in the film; returns how many pictures they are.

    Raises: WorkFailed `chunk_incomplete` for no segments, and for some of another length than all have.
    """
    timing, paths = plan.timing, _segments(folder)
    if not paths:
        raise WorkFailed("A chunk holds no picture.", code="chunk_incomplete")
    pictures = timing.gop * timing.gops_per_segment
    place = chunks.place(part.begin, timing, timescale((folder / INIT).read_bytes()), pictures=pictures)
    counts = []
    for path in paths:
        content = path.read_bytes()
        counts.append(moved.frames(content))
        path.write_bytes(_moved(content, place))
    for number, path in reversed(list(enumerate(paths, start=part.begin // pictures + 1))):
        path.rename(folder / f"{number:05}.m4s")
    if any(count != pictures for count in counts[:-1]) or any(count > pictures for count in counts):
        raise WorkFailed("A chunk has segments of another length.", code="chunk_incomplete")
    return sum(counts)


def _moved(content: bytes, place: moved.Place) -> bytes:
    try:
        return moved.moved(content, place)
    except Malformed as odd:
        raise WorkFailed(f"A chunk's segments can't be read: {odd}.", code="chunk_incomplete") from odd


def _segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.m4s"))


def _left_track(leave: Folder, name: str, folder: Path) -> dict[str, Any]:
    """Put a rung's segments there: its init file as text, and where each segment lies and what it is."""
    track = read_folder(folder, INIT)
    stored = leave.put_files(name, _segments(folder))
    segments = [
        {**file, "start": s.start, "duration": s.duration} for file, s in zip(stored, track.segments, strict=True)
    ]
    return {"init": base64.b64encode((folder / INIT).read_bytes()).decode(), "segments": segments}


def _left_pictures(leave: Folder, name: str, folder: Path, plan: Plan, part: Part) -> dict[str, Any]:
    """Put the single pictures there as they will lie in the one file of all, without what begins that."""
    written, path = folder / IFRAMES_WRITTEN, folder / IFRAMES_FILE
    first = fragments_of(written)[0].offset
    content = written.read_bytes()
    place = chunks.place(part.begin, plan.timing, timescale(content[:first]), pictures=plan.timing.gop)
    written.write_bytes(content[:first] + _moved(content[first:], place))
    pictures = spaced(written, path)
    path.write_bytes(path.read_bytes()[first:])
    told = [[p.offset - first, p.size, p.start, p.duration] for p in pictures]
    return {
        **leave.put_file(f"{name}-{IFRAMES}", path),
        "init": base64.b64encode(content[:first]).decode(),
        "pictures": told,
    }


# ── sound and subtitles ───────────────────────────────────────────────────────────────────────


def encode_sound(workspace: Workspace) -> JobResult:
    """A part of one sound, or all that is made beside the chunks at once."""
    return leaving_reason(workspace, _encode_sound)


def _encode_sound(workspace: Workspace) -> None:
    if is_part(workspace):
        make_part(workspace, _make_part)
        return
    options = workspace.options(AdaptiveOptions)
    plan = plan_for(options, workspace.job.media)
    encode_all_beside(workspace, options, replace(plan, audio=()) if in_parts(workspace) else plan)


def encode_all_beside(workspace: Workspace, options: AdaptiveOptions, plan: Plan) -> Mapping[str, Any]:
    """All sounds and subtitles of the plan in one go, unless they are there."""
    leave, folder = Folder(workspace), workspace.folder / "set"
    name = beside_address(workspace, options, plan)
    assert name, "without sound and subtitles the plan lists neither"
    if (made := leave.described(name)) is not None:
        return dict(made)
    _make_folders(folder, [".", *(track for track, _ in plan.audio)])
    if plan.audio or plan.subtitles:
        workspace.ffmpeg([*workspace.input(), *encode_beside(options, plan, folder)])
    added = added_subtitles(workspace, options, folder)
    heard = [track for track, _ in plan.audio if _segments(folder / track)]
    texts = sorted(folder.glob("*.vtt"))
    told = {
        "tracks": {track: _left_track(leave, f"{name}-{track}", folder / track) for track in heard},
        "texts": {path.name: file for path, file in zip(texts, leave.put_files(name, texts), strict=True)},
        "added": [[member.name, member.language, member.label] for member in added],
    }
    leave.describe(name, told)
    return told


def _make_part(workspace: Workspace, track: str, part: sound_parts.Part, name: str, look: Look) -> None:
    """Encode some packets of one sound, and put the segments there that they are."""
    options, folder, leave = workspace.options(AdaptiveOptions), workspace.folder / "set", Folder(workspace)
    plan = plan_for(options, workspace.job.media)
    stream, samples = dict(plan.audio)[track], own_samples(part, SOUND_RATE)
    _make_folders(folder, [track])
    encode(workspace, [*part_input(workspace), *encode_sound_part(options, stream, samples, folder / track)], look)
    if not _cut_up(folder / track, part, cutting(plan.timing)):
        leave.describe(name, {"uneven": True, "tracks": {}})
        return
    leave.describe(name, {"track": track, "tracks": {track: _left_track(leave, name, folder / track)}})


def _cut_up(folder: Path, part: sound_parts.Part, cut: Cutting) -> bool:
    """Put segments of the part's own packets in the place of the one of all; False when sound is lacking."""
    paths = _segments(folder)
    try:
        found = [packet for path in paths for packet in packets(path.read_bytes())]
    except Malformed as odd:
        raise WorkFailed(f"A part of the sound can't be read: {odd}.", code="chunk_incomplete") from odd
    own = sound_parts.own(part, [packet.duration for packet in found])
    if own is None:
        return False
    for path in paths:
        path.unlink()
    for number, content in segments(found[own], part.first, cut):
        (folder / f"{number:05}.m4s").write_bytes(content)
    return True
