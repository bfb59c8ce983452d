"""Encode the ladder in one pass, read what the segments are, write the manifests, publish it all."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sluice.errors import BadSource
from sluice.jobs import JobResult
from sluice.kinds.adaptive import (
    MOST_AUDIO_TRACKS,
    MOST_SUBTITLES,
    AdaptiveOptions,
    Encryption,
    SubtitleFile,
    dash,
    encryption,
    hls,
    ladder,
    languages,
)
from sluice.kinds.adaptive.cmaf import GAP, Track, codec, read_folder, spaced, timescale
from sluice.kinds.adaptive.collecting import members_of
from sluice.kinds.adaptive.command import (
    IFRAMES,
    IFRAMES_FILE,
    IFRAMES_WRITTEN,
    INIT,
    PLAYLIST,
    Plan,
    encode,
    iframe_size,
)
from sluice.kinds.adaptive.members import (
    IframesMember,
    Members,
    Picture,
    SubtitleMember,
    VideoMember,
    pictures,
)
from sluice.kinds.adaptive.subtitles import TEXT_CODECS, as_text, convert, demuxer
from sluice.media import MediaInfo
from sluice.workspace import Uploaded, Workspace

# Of the progress: the encoding, the rest is uploading.
_ENCODING = 0.9


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(AdaptiveOptions)
    media = workspace.job.media
    plan = plan_for(options, media)
    folder = workspace.folder / "set"
    for name in (*(r.name for r in plan.renditions), *(name for name, _ in plan.audio), IFRAMES):
        (folder / name).mkdir(parents=True)
    command = [*workspace.input(), *encode(options, plan, folder)]
    workspace.ffmpeg(command, seconds=media.duration, part=(0.0, _ENCODING))
    added = added_subtitles(workspace, options, folder)
    members = collect(options, plan, added, folder)
    if options.encryption is Encryption.AES_128:
        members = _encrypted(workspace, members, folder)
    return _published(workspace, plan, members, folder)


def plan_for(options: AdaptiveOptions, media: MediaInfo) -> Plan:
    """What of the source goes into the set."""
    video = media.main_video
    assert video, "a source without picture is refused before"
    timing = ladder.timing(options, video)
    texts = [s for s in media.subtitles if s.codec in TEXT_CODECS] if options.source_subtitles else []
    return Plan(
        video=video,
        renditions=ladder.renditions(options, video, timing.frame_rate),
        timing=timing,
        audio=tuple((f"audio-{n}", s) for n, s in enumerate(media.audio[:MOST_AUDIO_TRACKS], start=1)),
        subtitles=tuple((f"subtitles-{n}", s) for n, s in enumerate(texts[:MOST_SUBTITLES], start=1)),
    )


def added_subtitles(workspace: Workspace, options: AdaptiveOptions, folder: Path) -> list[SubtitleMember]:
    """The caller's subtitles as WebVTT in this folder.

    Raises: BadSource `subtitles_unreadable`.
    """
    return [_added(workspace, folder, n, file) for n, file in enumerate(options.subtitles, start=1)]


def _added(workspace: Workspace, folder: Path, number: int, asked: SubtitleFile) -> SubtitleMember:
    text = as_text(workspace.file(asked.file, f"added-{number}").read_bytes())
    form = demuxer(text)
    if form is None:
        raise BadSource(f"Subtitle file {number} is neither SubRip, WebVTT nor ASS.", code="subtitles_unreadable")
    clean = workspace.folder / f"added-{number}.txt"
    clean.write_text(text, encoding="utf-8")
    name = f"subtitles-added-{number}"
    workspace.ffmpeg(convert(form, clean, folder / f"{name}.vtt"))
    return SubtitleMember(name, asked.language, asked.name or languages.name(asked.language) or asked.language)


# ── what came out ─────────────────────────────────────────────────────────────────────────────


def collect(options: AdaptiveOptions, plan: Plan, added: Sequence[SubtitleMember], folder: Path) -> Members:
    """The members of the set, as their files are. Removes what isn't part of it.

    Raises: BadSource `source_undecodable` when the picture gave no segment.
    """
    for leftover in folder.glob(f"*/{PLAYLIST}"):
        leftover.unlink()
    names = [*(r.name for r in plan.renditions), *(name for name, _ in plan.audio)]
    tracks = {name: read_folder(folder / name, INIT) for name in names if any((folder / name).glob("*.m4s"))}
    members = members_of(options, plan, tracks, added)
    return replace(members, iframes=_iframes(plan, members, folder)) if options.iframes else members


def _iframes(plan: Plan, members: Members, folder: Path) -> IframesMember:
    written, path = folder / IFRAMES / IFRAMES_WRITTEN, folder / IFRAMES / IFRAMES_FILE
    fragments = spaced(written, path)
    written.unlink()
    init_size = fragments[0].offset
    with path.open("rb") as file:
        init = file.read(init_size)
    shown = pictures(fragments, timescale(init), members.duration)
    return IframesMember(f"{IFRAMES}/{IFRAMES_FILE}", codec(init), iframe_size(plan), init_size, shown)


# ── encryption ────────────────────────────────────────────────────────────────────────────────


def _encrypted(workspace: Workspace, members: Members, folder: Path) -> Members:
    """The same set, its segments and single pictures encrypted in place, its key beside the playlists."""
    key = encryption.new_key()
    (folder / encryption.KEY_FILE).write_bytes(key)
    for name in members.tracks:
        _encrypt_all(workspace, key, sorted((folder / name).glob("*.m4s")))
    return replace(
        members,
        video=tuple(replace(m, track=_padded(m.track)) for m in members.video),
        audio=tuple(replace(m, track=_padded(m.track)) for m in members.audio),
        iframes=members.iframes and _encrypted_iframes(workspace, key, members.iframes, folder),
        key_uri=encryption.KEY_FILE,
    )


def _padded(track: Track) -> Track:
    segments = tuple(s._replace(size=encryption.encrypted_size(s.size)) for s in track.segments)
    return replace(track, segments=segments)


def _encrypt_all(workspace: Workspace, key: bytes, paths: Sequence[Path]) -> None:
    """Encrypt files in their order, numbered from 1, in place."""
    files = [(number, path, path.with_suffix(".aes")) for number, path in enumerate(paths, start=1)]
    for batch in encryption.batches(files):
        workspace.ffmpeg(encryption.encrypt(key, batch))
    for _, clear, target in files:
        target.replace(clear)


def _encrypted_iframes(workspace: Workspace, key: bytes, member: IframesMember, folder: Path) -> IframesMember:
    """Each byte range is a segment of its own to a player, so each is encrypted by itself."""
    path = folder / member.uri
    content = path.read_bytes()
    parts = [workspace.folder / f"picture-{number:06}.part" for number, _ in enumerate(member.pictures)]
    for part, picture in zip(parts, member.pictures, strict=True):
        part.write_bytes(content[picture.offset : picture.offset + picture.size])
    _encrypt_all(workspace, key, parts)
    shown: list[Picture] = []
    with path.open("wb") as file:
        file.write(content[: member.init_size])
        for part, picture in zip(parts, member.pictures, strict=True):
            shown.append(Picture(file.tell(), part.stat().st_size, picture.seconds))
            file.write(part.read_bytes() + GAP)
            part.unlink()
    return replace(member, pictures=tuple(shown))


# ── publishing ────────────────────────────────────────────────────────────────────────────────


def _published(workspace: Workspace, plan: Plan, members: Members, folder: Path) -> JobResult:
    """Segments first and the manifests last, so that whatever is listed can be played."""
    names = [*members.tracks, *([IFRAMES] if members.iframes else [])]
    uploaded = [workspace.publish_folder(folder / name) for name in names]
    segments = Uploaded(sum(u.files for u in uploaded), sum(u.size for u in uploaded))
    return publish_manifests(workspace, plan, members, segments, folder)


def publish_manifests(
    workspace: Workspace, plan: Plan, members: Members, segments: Uploaded, folder: Path
) -> JobResult:
    """The set, whose segments are there: subtitles and key from this folder, and the playlists and the manifest."""
    texts = hls.playlists(members)
    if not members.key_uri:
        texts[dash.MANIFEST] = dash.manifest(members)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    beside = [f"{m.name}.vtt" for m in members.subtitles] + ([members.key_uri] if members.key_uri else [])
    outputs = [workspace.publish(folder / name, known=_known(name, members)) for name in (*beside, *texts)]
    told = {"files": segments.files, "bytes": segments.size}
    result = {**summary(members, plan, workspace.job.media), "segments": told}
    return JobResult(outputs=tuple(reversed(outputs)), result=result)


def _known(name: str, members: Members) -> dict[str, object]:
    """A rendition's playlist says what it leads to."""
    member = next((m for m in members.video if name == f"{m.name}.m3u8"), None)
    if member is None:
        return {}
    return {
        "width": member.size.width,
        "height": member.size.height,
        "duration": round(float(member.track.end), 3),
        "bitrate": member.track.average_bitrate,
        "codec": member.track.codec,
    }


def summary(members: Members, plan: Plan, media: MediaInfo) -> dict[str, Any]:
    """What the record keeps of the set."""
    return {
        "duration": round(float(members.duration), 3),
        "segment_seconds": round(float(plan.timing.segment_seconds), 3),
        "keyframe_seconds": round(float(plan.timing.gop_seconds), 3),
        "frame_rate": str(plan.timing.frame_rate),
        "renditions": [_facts(m) for m in members.video],
        "audio": [
            {"name": m.name, "language": m.language, "label": m.label, "channels": m.channels} for m in members.audio
        ],
        "subtitles": [{"name": m.name, "language": m.language, "label": m.label} for m in members.subtitles],
        "encryption": "aes-128" if members.key_uri else "none",
        "left_out": left_out(plan, media),
    }


def _facts(member: VideoMember) -> dict[str, Any]:
    return {
        "name": member.name,
        "width": member.size.width,
        "height": member.size.height,
        "codecs": member.track.codec,
        "average_bitrate": member.track.average_bitrate,
        "segments": len(member.track.segments),
    }


def left_out(plan: Plan, media: MediaInfo) -> list[str]:
    """Streams of the source that are not in the set, in words."""
    told = []
    if len(media.audio) > len(plan.audio):
        told.append(f"{len(media.audio) - len(plan.audio)} sound tracks beyond the first {MOST_AUDIO_TRACKS}")
    bitmaps = [s for s in media.subtitles if s.codec not in TEXT_CODECS]
    if bitmaps:
        told.append(f"{len(bitmaps)} subtitle streams that are pictures, not text")
    return told
