"""Sources that are not as films usually are, through every kind that looks at them: right, or refused by a code.

One task a source, with every kind in it; what was made is judged by ffprobe and by decoders of another make.
"""

import importlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from sluice.jobs import JobResult
from sluice.planning import settle
from sluice.steps.frames import sample
from sluice.steps.shots import detect
from sluice.steps.sound import extract
from sluice.tasks import Task
from sluice.worker import Run
from tests.bench import Bench
from tests.clips import Clips, moving
from tests.numbered import Numbered

KINDS = (
    *("video", "adaptive", "audio", "enhancement", "image", "screenshot", "sprite", "animation", "metadata"),
    *("chapters", "moderation"),
)
STEPS: Mapping[str, Run] = {"frames": sample, "shots": detect, "sound": extract}
OPTIONS: Mapping[str, dict[str, Any]] = {"enhancement": {"picture": {"denoise": "low"}}}
NO_PICTURE = "source_has_no_video"
STILL = "source_is_picture"


class Awkward(NamedTuple):
    """`size` as viewers see it, `channels` of the main sound (0: none), `tracks` of sound."""

    made: Callable[[Clips], Path]
    size: tuple[int, int] | None
    seconds: float
    channels: int = 0
    tracks: int = 1


def tracks(clips: Clips) -> Path:
    two = ("-f", "lavfi", "-i", "sine=880:d=1", "-map", "0", "-map", "1", "-c", "copy", "-c:a:1", "aac")
    return clips.make("tracks.mp4", "-i", str(clips.film()), *two)


def variable_phone(clips: Clips) -> Path:
    """Frames at uneven distances, to be turned a quarter."""
    uneven = ("-vf", "select='not(eq(mod(n,7),3))+not(mod(n,2))'", "-fps_mode", "vfr")
    plain = clips.make("uneven.mp4", *moving(), *uneven, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    return clips.make("phone_vfr.mp4", "-display_rotation", "-90", "-i", str(plain), "-c", "copy")


def interlaced_mpeg2(clips: Clips) -> Path:
    fields = ("-vf", "interlace", "-flags", "+ilme+ildct", "-c:v", "mpeg2video", "-q:v", "2", "-c:a", "mp2")
    inputs = ("-f", "lavfi", "-i", "testsrc2=s=160x90:r=50:d=1", "-f", "lavfi", "-i", "sine=d=1")
    return clips.make("interlaced.mpg", *inputs, *fields)


SOURCES = {
    "two by two pixels": Awkward(Clips.tiny, (2, 2), 1.0),
    "one frame": Awkward(Clips.one_frame, (320, 180), 0.04),
    "sound with a cover": Awkward(Clips.song, None, 1.0, 1),
    "surround": Awkward(lambda clips: clips.with_channels(6), (320, 180), 1.0, 6),
    "two tracks": Awkward(tracks, (320, 180), 1.0, 1, 2),
    "starts at an hour": Awkward(lambda clips: Numbered(clips).at_an_hour(), (192, 108), 2.0),
    "a phone's uneven frames, turned": Awkward(variable_phone, (180, 320), 1.0),
    "interlaced MPEG-2": Awkward(interlaced_mpeg2, (160, 90), 1.0, 1),
    "10 bit HDR": Awkward(Clips.hdr, (320, 180), 1.0),
    "open GOP": Awkward(lambda clips: Numbered(clips).open_gop(), (192, 108), 2.0),
    "a picture": Awkward(Clips.photo, (320, 180), 0.0),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_kind_makes_the_right_thing_of_it_or_refuses_it_by_a_code(name: str, clips: Clips, bench: Bench) -> None:
    source = SOURCES[name]
    task = bench.validated(source.made(clips), KINDS[0], beside=[(kind, OPTIONS.get(kind, {})) for kind in KINDS[1:]])

    told = {kind: outcome(bench, task, number, clips) for number, kind in enumerate(KINDS, start=1)}

    assert told == {kind: expected(kind, source) for kind in KINDS}


def expected(kind: str, source: Awkward) -> Any:
    """What `outcome` should tell."""
    seconds = pytest.approx(source.seconds, abs=0.1)
    if kind == "audio":
        return (seconds, min(2, source.channels)) if source.channels else "source_has_no_audio"
    if kind == "metadata":
        return True
    if kind == "chapters":
        return seconds if source.seconds else STILL
    if source.size is None:
        return NO_PICTURE
    if not source.seconds and kind not in {"image", "moderation"}:
        return STILL
    if kind == "sprite":
        width = min(160, source.size[0])
        return width, pytest.approx(width * source.size[1] / source.size[0], abs=1)
    if kind in {"video", "enhancement", "adaptive"}:
        tracks = source.tracks if kind == "adaptive" else 1
        return source.size, seconds, tracks if source.channels else 0
    return source.size


def outcome(bench: Bench, task: Task, number: int, clips: Clips) -> Any:
    """A failure's code, or what can be seen in what was made."""
    subtask, media = task.subtasks[number - 1], task.source.media
    assert media
    if (settled := settle(subtask, media)) and settled.failure:
        return settled.failure.code
    if subtask.kind == "moderation":
        return sampled(bench, task, number)
    run: Run = importlib.import_module(f"sluice.kinds.{subtask.kind}.run").run
    result = bench.perform(task, run, number=number)
    return result.failure.code if result.failure else JUDGES[subtask.kind](bench, result, clips)


# ── what can be seen in what was made ─────────────────────────────────────────────────────────


def sampled(bench: Bench, task: Task, number: int) -> Any:
    """The steps before the kinds that look and listen."""
    media = task.source.media
    assert media
    wanted = ["frames", "shots", "sound"] if media.audio and not media.is_picture else ["frames"]
    for step in wanted:
        result = bench.perform(task, STEPS[step], step=step, number=number)
        assert result.failure is None, (step, result.failure)
    with zipfile.ZipFile(bench.download(f"work/{task.id}/{number}/frames.zip")) as archive:
        assert json.loads(archive.read("index.json"))["frames"]
        with archive.open("000001.jpg") as file, Image.open(file) as picture:
            return picture.size


def film(bench: Bench, result: JobResult, clips: Clips) -> Any:
    look = clips.look(bench.made(result.outputs[0]))
    assert look.rotation == 0 and look.video["pix_fmt"] == "yuv420p" and int(look.video["nb_read_frames"]) >= 1
    return look.size, look.duration, sum(stream["codec_type"] == "audio" for stream in look.streams)


def manifest(bench: Bench, result: JobResult, clips: Clips) -> Any:
    text = bench.made(next(o for o in result.outputs if o.name == "manifest.mpd")).read_text()
    length = re.search(r'mediaPresentationDuration="PT([\d.]+)S"', text)
    sizes = [(int(w), int(h)) for w, h in re.findall(r'width="(\d+)" height="(\d+)"', text)]
    assert length and sizes
    return max(sizes), float(length[1]), len(re.findall(r'<AdaptationSet[^>]*contentType="audio"', text))


def sound(bench: Bench, result: JobResult, clips: Clips) -> Any:
    look = clips.look(bench.made(result.outputs[0]))
    stream = look.stream("audio")
    assert stream and look.stream("video") is None
    return look.duration, stream["channels"]


def picture(bench: Bench, result: JobResult, clips: Clips) -> Any:
    with Image.open(bench.made(result.outputs[0])) as image:
        image.load()
        return image.size


def sheet(bench: Bench, result: JobResult, clips: Clips) -> Any:
    """The size of a tile on the only row."""
    assert result.result
    with Image.open(bench.made(result.outputs[0])) as image:
        return image.width // result.result["tiles"], image.height


def record(bench: Bench, result: JobResult, clips: Clips) -> Any:
    return bool(json.loads(bench.made(result.outputs[0]).read_text())["streams"])


def last_chapter(bench: Bench, result: JobResult, clips: Clips) -> Any:
    assert result.result
    return result.result["chapters"][-1]["end"]


JUDGES: Mapping[str, Callable[[Bench, JobResult, Clips], Any]] = {
    "video": film,
    "enhancement": film,
    "adaptive": manifest,
    "audio": sound,
    "image": picture,
    "screenshot": picture,
    "sprite": sheet,
    "animation": picture,
    "metadata": record,
    "chapters": last_chapter,
}


# ── bombs ─────────────────────────────────────────────────────────────────────────────────────


def png(width: int, height: int) -> bytes:
    """A header that promises so many pixels, and nothing after it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def jpeg(width: int, height: int, photo: Path) -> bytes:
    """A photo that says that it is larger than it is."""
    content = bytearray(photo.read_bytes())
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def webp(width: int, height: int) -> bytes:
    """The header of lossless WebP holds at most 16,384 by 16,384."""
    size = (width - 1) | (height - 1) << 14
    data = b"\x2f" + struct.pack("<I", size) + bytes(100)
    body = b"WEBPVP8L" + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_a_picture_bomb_is_refused_before_it_is_opened(form: str, clips: Clips, bench: Bench) -> None:
    bombs = {"png": png(30_000, 30_000), "jpeg": jpeg(30_000, 30_000, clips.photo()), "webp": webp(16_000, 16_000)}

    assert bench.refusal(bombs[form], f"uploads/bomb.{form}").code == "source_too_large"


def test_a_file_of_a_thousand_streams_is_refused(clips: Clips, bench: Bench) -> None:
    silence = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=0.02")
    many = clips.make("many.mov", *silence, *["-map", "0"] * 1000, "-c:a", "pcm_s16le")

    assert bench.refusal(many, "uploads/many.mov").code == "source_too_many_streams"
