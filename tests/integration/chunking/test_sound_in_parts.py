"""Sound that several workers make is the sound that one makes: packet for packet, to the sample, without a click."""

import base64
import json
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sluice.aws.clients import s3
from sluice.chunking import mp4
from sluice.chunking.boxes import film_timescale, track_at
from sluice.chunking.sound_parts import FRAME, Heard, Part, Source, evenly
from sluice.kinds.adaptive.command import SOUND, SOUND_RATE, SOUND_SKIPPED
from sluice.kinds.chunked.sounds import own_samples
from sluice.tasks import Task
from tests.bench import Bench
from tests.chunks import farthest, film, in_one_go, joined, planned, worked
from tests.clips import Clips
from tests.conftest import OUTPUTS, Change
from tests.integration.chunking.test_ladders import Set

Samples = NDArray[np.float32]
SECONDS, RATE = 14, 48_000
LADDER = {"segment_seconds": 2, "ladder": [{"short_side": 48, "video_bitrate": 100_000}]}


def _film(clips: Clips, name: str, *sound: str) -> Path:
    """Small pictures, and sound that is never twice the same: rising and swaying tones, one of them in beats."""
    tones = (
        "aevalsrc='0.3*sin(400*t*t)+0.2*sin(1400*t)*mod(floor(4*t)\\,2)"
        f"|0.25*sin(90*t*t+3*sin(17*t))+0.05*(random(0)-0.5)':s={RATE}:d={SECONDS}"
    )
    pictures = f"testsrc2=s=64x48:r=5:d={SECONDS}"
    encoded = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "5", "-pix_fmt", "yuv420p")
    return clips.make(name, "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", tones, *encoded, *sound)


# Without noise that a decoder makes up, which is another one each time.
_EXACT = ("-c:a", "aac", "-aac_pns", "0")


def _aac(clips: Clips) -> Path:
    return _film(clips, "aac.mp4", *_EXACT)


def _other_rate(clips: Clips) -> Path:
    return _film(clips, "other.mp4", *_EXACT, "-ar", "44100", "-ac", "1")


def _mp3(clips: Clips) -> Path:
    return _film(clips, "mp3.mp4", "-c:a", "libmp3lame", "-b:a", "128k", "-ar", "44100")


def _unedited(clips: Clips) -> Path:
    return _film(clips, "unedited.mp4", *_EXACT, "-use_editlist", "0")


# Of a film at the source's own rate, of a ladder at 48 kHz.
SOURCES: dict[str, tuple[Callable[[Clips], Path], Heard]] = {
    "AAC to a film": (_aac, Heard("aac", RATE, RATE)),
    "AAC without an edit list to a ladder": (_unedited, Heard("aac", RATE, SOUND_RATE, SOUND_SKIPPED)),
    "mono of 44.1 kHz to a ladder": (_other_rate, Heard("aac", 44_100, SOUND_RATE, SOUND_SKIPPED)),
    "MP3 to a ladder": (_mp3, Heard("mp3", 44_100, SOUND_RATE, SOUND_SKIPPED)),
}


def decoded(programs: Path, path: Path, *how: str) -> Samples:
    """Samples of both channels as numbers around nought."""
    raw = ("-ac", "2", "-c:a", "pcm_f32le", "-f", "f32le", "-")
    command: list[str | Path] = [programs / "ffmpeg", "-v", "error", "-i", path, *how, *raw]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, "<f4").reshape(-1, 2)


def packets(programs: Path, path: Path) -> list[float]:
    """The sound's times in seconds."""
    asked = ("-select_streams", "a", "-show_entries", "packet=pts_time", "-of", "csv=p=0")
    command: list[str | Path] = [programs / "ffprobe", "-v", "error", *asked, path]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(line.strip(",")) for line in told.split()]


# ── what the encoders get ─────────────────────────────────────────────────────────────────────


def _small(content: bytes, part: Part, path: Path) -> Path:
    """What a worker reads of the source."""
    places = part.input["samples"]
    head = base64.b64decode(part.input["head"]) + base64.b64decode(part.input["mdat"])
    path.write_bytes(head + b"".join(content[at : at + size] for at, size in places))
    return path


@pytest.mark.parametrize(("source", "heard"), SOURCES.values(), ids=SOURCES)
def test_a_part_encodes_the_very_samples_that_one_worker_does(
    source: Callable[[Clips], Path], heard: Heard, clips: Clips, media_bin: Path, tmp_path: Path
) -> None:
    path = source(clips)
    content = path.read_bytes()
    index = mp4.moov(lambda at, length: content[at : at + length], len(content))
    found = Source(track_at(index, 1, "soun"), film_timescale(index), heard)
    whole = decoded(media_bin, path, *(("-af", SOUND) if heard.skipped else ()))

    parts = found.parts(evenly(found.packets, 200), len(content))

    assert len(parts) == 3 and len(whole) == found.samples
    for part in parts:
        own = decoded(media_bin, _small(content, part, tmp_path / "small.mp4"), "-af", own_samples(part, heard.made))
        begin = (part.first - part.lead) * FRAME
        end = len(own) if part.packets is None else (part.lead + part.packets + 1) * FRAME
        assert len(own) == part.samples >= end
        assert np.array_equal(own[:end], whole[begin : begin + end])
    assert begin + len(own) == len(whole)


# ── what comes out ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def short_parts(bench: Bench, change_settings: Change) -> None:
    """Two chunks, and two parts of the sound."""
    change_settings(chunk_seconds=7, sound_seconds=7)


def made(bench: Bench, task: Task) -> list[dict[str, Any]]:
    """Everything but the join; what the workers say of the sound's parts."""
    items = planned(bench, task)
    for item in items:
        assert worked(bench, task, item).failure is None
    assert [item["step"] for item in items] == ["soundtrack"] * 2 + ["chunk"] * 2
    return [_stored(task, name) for name in _stored(task, "plan")["parts"]]


def _stored(task: Task, name: str) -> dict[str, Any]:
    answer = s3().get_object(Bucket=OUTPUTS, Key=f"work/{task.id}/chunks/1/{name}.json")
    told: dict[str, Any] = json.loads(answer["Body"].read())
    return told


def must_sound_alike(one: Samples, other: Samples, true: Samples, seam: int) -> None:
    """As near to the source as what one worker has made, about the seam and behind it; and no step at the seam."""
    assert one.shape == other.shape
    count = min(len(true), len(one))
    errors, others = one[:count] - true[:count], other[:count] - true[:count]
    near = slice(seam - 2048, seam + 2048)
    assert _decibels(others[near], errors[near]) > -1.5
    assert _decibels(others[seam:], errors[seam:]) > -1.5
    steps, usual = (np.abs(np.diff(found[2048:-2048], 2, axis=0)) for found in (errors, others))
    assert steps[near].max() <= usual.max()


def _decibels(one: Samples, other: Samples) -> float:
    return float(10 * np.log10(np.square(one).sum() / np.square(other).sum()))


def test_a_ladders_sound_in_parts(short_parts: None, clips: Clips, bench: Bench, media_bin: Path) -> None:
    source = _other_rate(clips)
    task = bench.validated(source, kind="adaptive", **LADDER)

    _, second = made(bench, task)
    chunked = Set(joined(bench, task), bench.folder / "chunked")
    whole = Set(in_one_go(bench, task), bench.folder / "whole")

    assert chunked.types == whole.types
    for name in ("audio-1.m3u8", "audio-1/init.mp4"):
        assert (chunked.folder / name).read_bytes() == (whole.folder / name).read_bytes()
    one, other = chunked.film("audio-1"), whole.film("audio-1")
    assert packets(media_bin, one) == packets(media_bin, other)
    seam = second["tracks"]["audio-1"]["segments"][0]["start"]
    true = decoded(media_bin, source, "-ar", str(SOUND_RATE))
    must_sound_alike(decoded(media_bin, one), decoded(media_bin, other), true, seam)


def test_a_films_sound_in_parts(short_parts: None, clips: Clips, bench: Bench, media_bin: Path) -> None:
    source = _mp3(clips)
    task = bench.validated(source)

    first, _ = made(bench, task)
    one, other = film(bench, joined(bench, task), "chunked"), film(bench, in_one_go(bench, task), "whole")

    assert len(packets(media_bin, one)) == len(packets(media_bin, other))
    assert farthest(packets(media_bin, one), packets(media_bin, other)) <= 0.000_1
    seam = (first["own"][1] - 1) * FRAME
    must_sound_alike(decoded(media_bin, one), decoded(media_bin, other), decoded(media_bin, source), seam)


def test_sound_that_is_damaged_is_made_in_one_go(
    short_parts: None, clips: Clips, bench: Bench, media_bin: Path
) -> None:
    content = bytearray(_aac(clips).read_bytes())
    index = mp4.moov(lambda at, length: bytes(content[at : at + length]), len(content))
    lost = track_at(index, 1, "soun").samples
    content[lost.offsets[500] : lost.offsets[500] + lost.sizes[500]] = b"\xff" * lost.sizes[500]
    task = bench.validated(bytes(content))

    parts = made(bench, task)
    heard = packets(media_bin, film(bench, joined(bench, task), "chunked"))

    assert [part.get("uneven", False) for part in parts] == [False, True]
    assert abs(len(heard) - len(lost.sizes)) <= 2 and max(b - a for a, b in pairwise(heard)) > 1.5 * FRAME / RATE
