"""The chunks' segments and the sound's become one set: S3 copies them, and only manifests are written."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from sluice.aws import files
from sluice.chunking.boxes import Malformed
from sluice.chunking.joined import Stored
from sluice.errors import BadSource, LimitExceeded, WorkFailed
from sluice.jobs import JobResult
from sluice.kinds.adaptive import AdaptiveOptions, hls
from sluice.kinds.adaptive.chunk_encoding import encode_all_beside
from sluice.kinds.adaptive.collecting import members_of
from sluice.kinds.adaptive.command import INIT, Plan, iframe_size
from sluice.kinds.adaptive.joined import Copied, Rendition, iframes, renditions, stored_files
from sluice.kinds.adaptive.members import IframesMember, Members, SubtitleMember
from sluice.kinds.adaptive.run import plan_for, publish_manifests
from sluice.kinds.chunked.joining import Left, Made, left, missing, must_not_exceed, upload
from sluice.kinds.chunked.sounds import uneven
from sluice.settings import settings
from sluice.workspace import Uploaded, Workspace, type_of

# A copy is mostly waiting for its answer.
_COPIES_AT_ONCE = 32
_COPIED = 99.0


def join(workspace: Workspace) -> JobResult:
    """The set of all chunks and the sound, or why there is none: the first reason that a worker has left."""
    options, there = workspace.options(AdaptiveOptions), left(workspace, stored_files)
    must_not_exceed((made["frames"] for made in there.chunks), there.plan["frames"])
    plan, folder = plan_for(options, workspace.job.media), workspace.folder
    try:
        found = renditions(there.chunks, _beside(workspace, options, plan, there))
        members = members_of(options, plan, {name: one.track for name, one in found.items()}, _added(there))
        uploaded = [_published(workspace, found, members, folder)]
        if options.iframes:
            pictures, size = _published_pictures(workspace, there, plan, members)
            members = replace(members, iframes=pictures)
            uploaded.append(Uploaded(1, size))
    except Malformed as odd:
        raise WorkFailed(f"The chunks don't fit: {odd}.", code="chunk_incomplete") from odd
    _take_texts(there, folder)
    segments = Uploaded(sum(u.files for u in uploaded), sum(u.size for u in uploaded))
    result = publish_manifests(workspace, plan, members, segments, folder)
    return result.model_copy(update={"result": {**(result.result or {}), "chunks": len(there.chunks)}})


def _beside(workspace: Workspace, options: AdaptiveOptions, plan: Plan, there: Left) -> Sequence[Made]:
    """The sound's parts in their order, or all of it made now, where sound that is lost keeps them from fitting; and
    what was made in one go.
    """
    parts = there.parts
    if uneven(parts):
        alone = options.model_copy(update={"subtitles": ()})
        parts = [encode_all_beside(workspace, alone, replace(plan, subtitles=()))]
    return [*parts, *([there.sound] if there.sound else [])]


def _added(there: Left) -> list[SubtitleMember]:
    return [SubtitleMember(*told) for told in there.sound["added"]] if there.sound else []


def _take_texts(there: Left, folder: Path) -> None:
    for name, file in (there.sound["texts"] if there.sound else {}).items():
        files.get(settings().output_bucket, file["key"], folder / name)


def _published(workspace: Workspace, found: Mapping[str, Rendition], members: Members, folder: Path) -> Uploaded:
    """Every segment and init file of the set under the outputs; what can be played with the least first."""
    names = [*(m.name for m in members.audio), *(m.name for m in reversed(members.video))]
    for number, name in enumerate(names):
        (folder / name).mkdir()
        (folder / name / INIT).write_bytes(found[name].init)
        workspace.publish_folder(folder / name)
        _copy_all(workspace, found[name].copies)
        if number == len(members.audio) and len(members.video) > 1:
            _tell_playable(workspace, members, folder)
    sizes = [segment.size for name in names for segment in found[name].track.segments]
    return Uploaded(len(sizes) + len(names), sum(sizes) + sum(len(found[name].init) for name in names))


def _tell_playable(workspace: Workspace, members: Members, folder: Path) -> None:
    """The lowest rung and the sound are there: playlists of these can be played already, until those of all follow."""
    texts = hls.playlists(Members(members.video[-1:], members.audio, (), None))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    *_, first = [workspace.publish(folder / name, known={}) for name in texts]
    workspace.tell_playable(first)


def _copy_all(workspace: Workspace, copies: Iterable[Copied]) -> None:
    with ThreadPoolExecutor(_COPIES_AT_ONCE) as pool:
        try:
            for _ in pool.map(partial(_copy, workspace), copies):
                workspace.progress(_COPIED)
        finally:
            pool.shutdown(cancel_futures=True)


def _copy(workspace: Workspace, one: Copied) -> None:
    if workspace.seconds_left < 0:
        raise LimitExceeded("The segments could not be copied in time.", code="time_limit_exceeded")
    try:
        target = workspace.output_key(one.name)
        files.copy(settings().output_bucket, one.key, target, type_of(one.name), etag=one.etag)
    except BadSource as error:
        raise missing("A chunk is gone or cut off.") from error


def _published_pictures(workspace: Workspace, there: Left, plan: Plan, members: Members) -> tuple[IframesMember, int]:
    """The file of single pictures, put together while it is sent; and its size."""
    member, pieces = iframes(there.chunks, iframe_size(plan), members.duration)
    etags, bucket = {made["iframes"]["key"]: made["iframes"]["etag"] for made in there.chunks}, settings().output_bucket

    def read(stretch: Stored) -> bytes:
        return files.read_range(bucket, stretch.key, stretch.offset, stretch.length, etag=etags[stretch.key])

    upload(pieces, read, bucket, workspace.output_key(member.uri), type_of(member.uri))
    return member, sum(piece.length for piece in pieces)
