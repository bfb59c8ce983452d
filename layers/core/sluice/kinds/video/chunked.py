"""A film in chunks, step by step: plan them, encode each, encode the sound beside, join.

What the steps leave for each other lies in `work/<task id>/chunks/<number>/`: the plan, the recipes, and each chunk
under an address made from what it is. A chunk counts as made once its description is written, which the first to
finish does; so workers may start twice, be killed, or come back with a restarted task.
"""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, Any

from sluice.aws import files
from sluice.chunking import joined, matroska, mkv_out, mp4, mp4_out
from sluice.chunking.boxes import Malformed, child
from sluice.chunking.joined import Made, Piece, Stored
from sluice.chunking.spans import Span, checked, matroska_spans, mp4_spans
from sluice.errors import BadSource, WorkFailed
from sluice.ffmpeg.binaries import binary
from sluice.ffmpeg.probe import probe
from sluice.jobs import JobResult
from sluice.kinds.video.chunks import (
    DEMUXERS,
    address,
    chunk_seconds,
    model,
    rate_of,
    rates,
    recipe,
    wanted,
    why_whole,
)
from sluice.kinds.video.codecs import AudioCodec, Container
from sluice.kinds.video.command import began, chunk, main_video, sound, tick
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import Window
from sluice.kinds.video.prepare import image_input, listened, prepared_marks
from sluice.kinds.video.rate import Bitrate, Crf, Pass, asked_rate
from sluice.kinds.video.run import said_of_loudness
from sluice.kinds.video.search import find_crf
from sluice.naming import WORK
from sluice.settings import settings
from sluice.tasks import Failure
from sluice.workspace import Workspace, described_as, type_of

# What a stranger's index may be wrong in, in more ways than are looked for one by one.
ODDITIES = (LookupError, ValueError, ArithmeticError, StopIteration, RuntimeError, struct.error)
_DECODING = re.compile(r"error|corrupt|invalid|missing|conceal", re.IGNORECASE)

PLAN, RECIPES, LIST, SOUND = "plan.json", "recipes", "list.json", "sound"
_JSON, _MP4 = "application/json", "video/mp4"
# Where a recipe lies in the file of all of them, at its beginning: offset and length of each.
_PLACE = struct.Struct(">QQ")
# Two stretches of the source that are nearer than this are read as one.
_GAP = 262_144
_STEP = 131_072
_SEARCHED, _PLANNED, _JOINING = 30.0, 2.0, 95.0
_SECONDS_BETWEEN_LOOKS = 3.0
_AT_ONCE = 16
# Two parts are made while two are sent: a join takes no more memory than some of these.
PART_BYTES, _PARTS_AT_ONCE = 8 * 1024 * 1024, 4
_MOST_PARTS = 9_000
_PROBE_SECONDS = 60.0


class Folder:
    """Where the chunks of one subtask lie."""

    def __init__(self, workspace: Workspace):
        self.bucket = settings().output_bucket
        self.prefix = f"{WORK}/{workspace.job.task_id}/chunks/{workspace.job.number}"

    def key(self, name: str) -> str:
        return f"{self.prefix}/{name}"

    def put(self, name: str, content: Any) -> None:
        files.put_bytes(json.dumps(content).encode(), self.bucket, self.key(name), _JSON)

    def leave(self, name: str, path: Path, told: Mapping[str, Any]) -> dict[str, Any]:
        """Put a file there under a name made from its content, then its description: the first one stays.

        So two workers that make the same chunk can't disturb each other, even if what they make should differ.
        """
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        key = self.key(f"{name}-{digest[:16]}.mp4")
        files.put(path, self.bucket, key, _MP4)
        stored = files.head(self.bucket, key)
        made = {**told, "key": key, "size": path.stat().st_size, "etag": stored.etag}
        files.put_new(json.dumps(made).encode(), self.bucket, self.key(f"{name}.json"), _JSON)
        return made

    def get(self, name: str) -> Any:
        """What is in a JSON file, or None when it isn't there."""
        found = files.content(self.bucket, self.key(name))
        return None if found is None else json.loads(found)


# ── plan ──────────────────────────────────────────────────────────────────────────────────────


def plan_chunks(workspace: Workspace) -> JobResult:
    """Cut the film, or say why it is encoded in one go: result {chunked, reason} or {chunked, bucket, key, workers}."""
    options, media = workspace.options(VideoOptions), workspace.job.media
    reason = why_whole(options, media)
    length = chunk_seconds(options, media, asked=settings().chunk_seconds, workers=settings().chunk_workers)
    if reason or length is None:
        return _whole(reason or "It is done as soon in one go.")
    try:
        spans = _spans(workspace, options, length)
    except Malformed as odd:
        return _whole(f"It can't be cut to the frame: {odd}.")
    except ODDITIES:
        return _whole("It can't be cut to the frame: its index is damaged.")
    if len(spans) < 2:
        return _whole("It has no keyframe to be cut at.")
    return _planned(workspace, options, spans)


def _whole(reason: str) -> JobResult:
    return JobResult(result={"chunked": False, "reason": reason})


def _spans(workspace: Workspace, options: VideoOptions, length: float) -> Sequence[Span]:
    source, media = workspace.job.source, workspace.job.media
    assert source.bucket and source.key, "a probed source lies in a bucket"
    read = partial(_read_source, workspace)
    size = media.size or files.head(source.bucket, source.key).size
    asked = wanted(options, media)
    if DEMUXERS[media.demuxer] == "mp4":
        return checked(mp4_spans(mp4.video_frames(mp4.moov(read, size)), asked, length), size)
    return checked(matroska_spans(matroska.index(read, size), asked, length), size)


def _read_source(workspace: Workspace, offset: int, length: int) -> bytes:
    """Bytes of the probed version of the source.

    Raises: BadSource `source_changed`, `source_missing`.
    """
    source = workspace.job.source
    assert source.bucket and source.key, "a probed source lies in a bucket"
    return files.read_range(source.bucket, source.key, offset, length, etag=source.etag)


def _planned(workspace: Workspace, options: VideoOptions, spans: Sequence[Span]) -> JobResult:
    folder, result = Folder(workspace), {}
    rate, begun = asked_rate(options), _PLANNED
    if rate is None:
        found, result["vmaf"] = find_crf(workspace, options, (0.0, _SEARCHED / 100))
        rate, begun = Crf(found.crf), _SEARCHED
    marks = _left_marks(workspace, options)
    cost = model(options, main_video(workspace.job.media), settings().chunk_workers)
    recipes = [
        {**recipe(span, share, cost.patience(span.seconds)), "marks": marks}
        for span, share in zip(spans, rates(rate, spans), strict=True)
    ]
    names = [address(r, workspace.job.options, workspace.job.source.etag, _engine()) for r in recipes]
    heard = _sound_address(workspace, options)
    files.put_bytes(_packed(recipes), folder.bucket, folder.key(RECIPES), "application/octet-stream")
    folder.put(PLAN, {"chunks": names, "frames": [s.frames for s in spans], "sound": heard, "result": result,
                      "share": (_JOINING - begun) / len(spans)})  # fmt: skip
    folder.put(LIST, list(_items(workspace, recipes, heard)))
    workspace.start_chunks(begun)
    return JobResult(result={"chunked": True, "bucket": folder.bucket, "key": folder.key(LIST), "count": len(spans),
                             "workers": settings().chunk_workers})  # fmt: skip


def _items(workspace: Workspace, recipes: Sequence[Mapping[str, Any]], heard: str | None) -> Any:
    """What the map is over; the sound first, since it takes longest."""
    job = workspace.job
    ref = {"task_id": job.task_id, "attempt": job.attempt, "number": job.number, "kind": job.kind}
    if heard:
        yield {**ref, "step": "soundtrack", "chunk": len(recipes), "patience": 880}
    for number, told in enumerate(recipes):
        yield {**ref, "step": "chunk", "chunk": number, "patience": min(880, told["patience"])}


def _packed(recipes: Sequence[Mapping[str, Any]]) -> bytes:
    bodies = [json.dumps(told).encode() for told in recipes]
    at, places = _PLACE.size * len(bodies), []
    for body in bodies:
        places.append(_PLACE.pack(at, len(body)))
        at += len(body)
    return b"".join([*places, *bodies])


def _engine() -> str:
    """Tells one build of ffmpeg from another without starting it."""
    return str(Path(binary("ffmpeg")).stat().st_size)


def _left_marks(workspace: Workspace, options: VideoOptions) -> dict[str, str]:
    """What is drawn on the film, made once: the names under which the workers find the files."""
    if not (options.watermark or options.watermark_text or options.subtitles):
        return {}
    made, folder, names = prepared_marks(workspace, options), Folder(workspace), {}
    for role in ("image", "text", "subtitles"):
        path = getattr(made, role)
        if path:
            content = path.read_bytes()
            names[role] = f"mark-{address({'content': content.hex()}, {}, None, '')}{path.suffix}"
            files.put_bytes(content, folder.bucket, folder.key(names[role]), "application/octet-stream")
    return names


def _taken_marks(workspace: Workspace, names: Mapping[str, str]) -> Marks:
    folder, found = Folder(workspace), {}
    for role, name in names.items():
        found[role] = workspace.folder / f"{role}{Path(name).suffix}"
        files.get(folder.bucket, folder.key(name), found[role])
    return Marks(**found, font=Path(binary("ffmpeg")).parent / "fonts" / "DejaVuSans.ttf")


# ── encode ────────────────────────────────────────────────────────────────────────────────────


class _MadeMeanwhile(Exception):
    """Another worker has finished the same chunk."""


def encode_chunk(workspace: Workspace) -> JobResult:
    """One chunk, unless it is there already. What goes wrong is left for the join to tell."""
    return _leaving_reason(workspace, _encode_chunk)


def _leaving_reason(workspace: Workspace, work: Callable[[Workspace], None]) -> JobResult:
    try:
        work(workspace)
    except WorkFailed as error:
        reason = Failure.of(error).model_dump(mode="json")
        Folder(workspace).put(_reason_name(workspace), reason)
        return JobResult(failure=Failure(code=error.code, message=error.message))
    return JobResult()


def _reason_name(workspace: Workspace) -> str:
    return f"failure-{workspace.job.attempt}.json"


def _encode_chunk(workspace: Workspace) -> None:
    folder, number = Folder(workspace), workspace.job.chunk
    assert number is not None, "a chunk has a number"
    told, name = _told(workspace, number)
    if (made := folder.get(f"{name}.json")) is None:
        try:
            made = _made(workspace, folder, told, name)
        except _MadeMeanwhile:
            made = folder.get(f"{name}.json")
    share = folder.get(PLAN)["share"]
    workspace.count_chunk(number, frames=len(made["pts"]), percent=share)


def _told(workspace: Workspace, number: int) -> tuple[dict[str, Any], str]:
    """The recipe of a chunk, and its address."""
    folder = Folder(workspace)
    key = folder.key(RECIPES)
    offset, length = _PLACE.unpack(files.read_range(folder.bucket, key, _PLACE.size * number, _PLACE.size))
    told: dict[str, Any] = json.loads(files.read_range(folder.bucket, key, offset, length))
    return told, address(told, workspace.job.options, workspace.job.source.etag, _engine())


def _made(workspace: Workspace, folder: Folder, told: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Encode the chunk and put it there, its description last."""
    span, target = Span(**told["span"]), workspace.folder / "chunk.mp4"
    expected = _fetch(workspace, span, workspace.folder / "source")
    log = _encode(workspace, told, span, target, partial(_look, workspace, folder, f"{name}.json"))
    description = _described(target)
    lost = _lost_frames(len(description["pts"]), expected, log)
    return folder.leave(name, target, {**description, "lost": lost})


def _look(workspace: Workspace, folder: Folder, name: str) -> None:
    """Whether there is any use in going on.

    Raises: Cancelled; _MadeMeanwhile when another has finished.
    """
    workspace.must_go_on()
    if folder.get(name) is not None:
        raise _MadeMeanwhile


def _encode(
    workspace: Workspace, told: Mapping[str, Any], span: Span, target: Path, look: Callable[[], None]
) -> tuple[str, ...]:
    options, media = workspace.options(VideoOptions), workspace.job.media
    if span.input["form"] == "mp4":
        film = main_video(media).model_copy(update={"index": 0})
        media = media.model_copy(update={"video": (film,)})
    marks, rate = _taken_marks(workspace, told["marks"]), rate_of(told["rate"])
    demuxer = "mov" if span.input["form"] == "mp4" else "matroska"
    source = workspace.local_input(workspace.folder / "source", demuxer)
    inputs = ["-itsoffset", f"{span.shift:.6f}", *source, *image_input(workspace, marks)]
    window, log = Window(span.begin, span.end), workspace.folder / "passes"
    which = None
    if isinstance(rate, Bitrate) and rate.passes == 2:
        first = chunk(options, media, rate, window, target, marks=marks, which=Pass(1, log))
        workspace.ffmpeg_watched([*inputs, *first], look, _SECONDS_BETWEEN_LOOKS)
        which = Pass(2, log)
    last = chunk(options, media, rate, window, target, marks=marks, which=which)
    return workspace.ffmpeg_watched([*inputs, *last], look, _SECONDS_BETWEEN_LOOKS)


def _described(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        index = mp4.moov(partial(_at, file), path.stat().st_size)
        head = file_type(partial(_at, file))
    try:
        found = joined.described(index)
    except Malformed as odd:
        raise WorkFailed(f"A chunk holds no picture: {odd}.", code="chunk_incomplete") from odd
    track = joined.one_track(index, "vide")
    return {**found, "ftyp": head.hex(), "trak": base64.b64encode(mp4_out.without_tables(track.boxes)).decode()}


def file_type(read: mp4.Read) -> bytes:
    return read(8, int.from_bytes(read(0, 4)) - 8)


def _at(file: IO[bytes], offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def _lost_frames(made: int, expected: int | None, log: Sequence[str]) -> int:
    """How many frames couldn't be decoded: those that are lacking, where the decoder has complained.

    Raises: WorkFailed `chunk_incomplete` for frames that are lacking without a reason, or too many.
    """
    lost = expected - made if expected is not None else 0
    if lost < 0 or (lost and not any(_DECODING.search(line) for line in log)):
        raise WorkFailed(f"A chunk has {made} frames in place of {expected}.", code="chunk_incomplete")
    return lost


# ── what a worker reads ───────────────────────────────────────────────────────────────────────


def _fetch(workspace: Workspace, span: Span, target: Path) -> int | None:
    """Write a small film of the frames that the chunk needs; how many of them are to come out, where that is known."""
    with target.open("wb") as file:
        if span.input["form"] == "mp4":
            _fetch_mp4(workspace, span.input, file)
            return span.frames
        return _fetch_matroska(workspace, span, file)


def _fetch_mp4(workspace: Workspace, told: Mapping[str, Any], file: IO[bytes]) -> None:
    file.write(base64.b64decode(told["head"]))
    file.write(base64.b64decode(told["mdat"]))
    samples: list[tuple[int, int]] = told["samples"]
    for first, last in _stretches(samples):
        begin = min(offset for offset, _ in samples[first:last])
        end = max(offset + size for offset, size in samples[first:last])
        content = memoryview(_read_source(workspace, begin, end - begin))
        if len(content) < end - begin:
            raise _cut_off()
        for offset, size in samples[first:last]:
            file.write(content[offset - begin : offset - begin + size])


def _stretches(samples: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Samples [first, last) that are read at once: neighbours in the file, or nearly."""
    bounds = [0]
    for number, ((at, size), (following, _)) in enumerate(pairwise(samples), start=1):
        if not at <= following <= at + size + _GAP:
            bounds.append(number)
    return list(pairwise([*bounds, len(samples)]))


def _fetch_matroska(workspace: Workspace, span: Span, file: IO[bytes]) -> int | None:
    told = span.input
    try:
        found = _clusters(workspace, told)
    except (Malformed, *ODDITIES) as odd:
        raise WorkFailed("The film's frames aren't as its index says.", code="chunk_incomplete") from odd
    for part in matroska.small_film(base64.b64decode(told["head"]), found):
        file.write(part)
    begin, end = told["own"]
    own = sorted(
        block.time
        for cluster in found
        for block in cluster.blocks
        if (begin is None or block.time >= begin) and (end is None or block.time < end)
    )
    options, video = workspace.options(VideoOptions), main_video(workspace.job.media)
    if options.rate:
        return None
    slots = [round((Fraction(time, 1000) + Fraction(span.shift)) / tick(options, video)) for time in own]
    if any(later <= earlier for earlier, later in pairwise(slots)):
        raise WorkFailed("Its frames are closer together than its frame rate says.", code="chunk_incomplete")
    return len(own)


def _clusters(workspace: Workspace, told: Mapping[str, Any]) -> list[matroska.Cluster]:
    """The chunk's frames, and those after them that its last ones need: what is shown before the next chunk's first."""
    position, stop = told["position"], told["stop"]
    content = _read_source(workspace, position, stop - position)
    while True:
        found = list(matroska.clusters(content, told["track"]))
        kept = matroska.needed(found, told["first"], told["own"][1], told["beyond"])
        at = position + len(content)
        if kept is not None or at >= told["end"]:
            return kept if kept is not None else matroska.from_keyframe(found, told["first"])
        more = _read_source(workspace, at, min(_STEP, told["end"] - at))
        if not more:
            raise _cut_off()
        content += more


def _cut_off() -> WorkFailed:
    """An encode in one go may come as far as the file goes."""
    return WorkFailed("The file is cut off: it has fewer bytes than its index tells of.", code="chunk_incomplete")


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def encode_sound(workspace: Workspace) -> JobResult:
    """The film's one sound, beside its chunks."""
    return _leaving_reason(workspace, _encode_sound)


def _sound_address(workspace: Workspace, options: VideoOptions) -> str | None:
    if workspace.job.media.main_audio is None or options.sound is AudioCodec.NONE:
        return None
    return address({"sound": True}, workspace.job.options, workspace.job.source.etag, _engine())


def _encode_sound(workspace: Workspace) -> None:
    options, media, folder = workspace.options(VideoOptions), workspace.job.media, Folder(workspace)
    name, target = _sound_address(workspace, options), workspace.folder / "sound.mp4"
    if folder.get(f"{name}.json") is not None:
        return
    loudness = listened(workspace, options, (0.0, 0.0))
    arguments = [*workspace.input(start=began(options, media)), *sound(options, media, target, loudness)]
    workspace.ffmpeg(arguments)
    said = {"loudness": said_of_loudness(options, loudness)} if options.loudness is not None else {}
    folder.leave(str(name), target, {"result": said})


# ── join ──────────────────────────────────────────────────────────────────────────────────────


def join(workspace: Workspace) -> JobResult:
    """The film of all chunks and the sound, or why there is none: the first reason that a worker has left."""
    folder = Folder(workspace)
    plan = folder.get(PLAN)
    assert plan, "the workflow plans before it joins"
    workspace.progress(_JOINING)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        names = [*plan["chunks"], *([plan["sound"]] if plan["sound"] else [])]
        told = list(pool.map(lambda name: folder.get(f"{name}.json"), names))
        if None in told:
            return JobResult(failure=_reason(workspace))
        whole = list(pool.map(partial(_is_whole, folder), told))
    if not all(whole):
        return JobResult(failure=_missing("A chunk is gone or cut off."))
    heard = told.pop() if plan["sound"] else None
    expected = [(len(t["pts"]), count) for t, count in zip(told, plan["frames"], strict=True)]
    if any(count is not None and made > count for made, count in expected):
        return JobResult(failure=Failure(code="chunk_incomplete", message="A chunk has more frames than it should."))
    output = _published(workspace, folder, told, heard)
    result = {**plan["result"], **(heard["result"] if heard else {}), "chunks": len(told)}
    if lost := sum(one["lost"] for one in told):
        result["undecodable_frames"] = lost
    return JobResult(outputs=(output,), result=result)


def _reason(workspace: Workspace) -> Failure:
    left = Folder(workspace).get(_reason_name(workspace))
    return Failure.model_validate(left) if left else _missing("A chunk was not made for a reason of our own.")


def _missing(what: str) -> Failure:
    return Failure(code="chunk_missing", message=f"{what} Start the task again: what is there is used.")


def _is_whole(folder: Folder, told: Mapping[str, Any]) -> bool:
    """Whether the file is there as its worker has written it."""
    try:
        found = files.head(folder.bucket, told["key"])
    except BadSource:
        return False
    return (found.size, found.etag) == (told["size"], told["etag"])


def _published(
    workspace: Workspace,
    folder: Folder,
    told: Sequence[Mapping[str, Any]],
    heard: Mapping[str, Any] | None,
) -> Any:
    options = workspace.options(VideoOptions)
    made = [Made(**{field: one[field] for field in Made._fields}) for one in told]
    etags = {chunk.key: chunk.etag for chunk in made}
    voice = None
    if heard:
        key = heard["key"]
        etags[key] = heard["etag"]
        index = mp4.moov(partial(files.read_range, folder.bucket, key), heard["size"])
        voice = joined.sound(index, key)
    try:
        film = joined.picture(made)
    except Malformed as odd:
        raise WorkFailed(f"The chunks don't fit: {odd}.", code="chunk_incomplete") from odd
    pieces = _pieces(options, told[0], film, voice)
    name = f"video.{options.container.value}"

    def read(stretch: Stored) -> bytes:
        return files.read_range(folder.bucket, stretch.key, stretch.offset, stretch.length, etag=etags[stretch.key])

    key = upload(pieces, read, folder.bucket, workspace.output_key(name), type_of(name))
    info = probe(files.signed_url(folder.bucket, key, seconds=settings().url_seconds), timeout=_PROBE_SECONDS,
                 max_pixels=settings().max_pixels)  # fmt: skip
    return workspace.described_output(name, key, sum(p.length for p in pieces), described_as(info))


def _pieces(
    options: VideoOptions, first: Mapping[str, Any], film: joined.Picture, voice: joined.Sound | None
) -> list[Piece]:
    trak = base64.b64decode(first["trak"])
    if options.container in {Container.MP4, Container.MOV}:
        return list(mp4_out.pieces(bytes.fromhex(first["ftyp"]), trak, film, voice))
    entry = child(trak, "mdia", "minf", "stbl", "stsd")
    form = "webm" if options.container is Container.WEBM else "matroska"
    return list(mkv_out.pieces(form, entry, film, voice))


def upload(pieces: Sequence[Piece], read: Callable[[Stored], bytes], bucket: str, key: str, media_type: str) -> str:
    """Make and send the file part by part; neither memory nor disk holds more than a few of them."""
    least = max(PART_BYTES, sum(piece.length for piece in pieces) // _MOST_PARTS)
    parts = [partial(joined.assembled, part, read) for part in joined.parts(pieces, least)]
    files.put_parts(parts, bucket, key, media_type, at_once=_PARTS_AT_ONCE)
    return key
