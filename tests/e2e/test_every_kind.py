"""Every kind that asks no language model, in one task on the deployed stack; what was made is judged by probing it.

With it what subtasks can say of each other: `after`, `source`, `if`. Then what uploads get by their type and prefix.
"""

import csv
import io
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from tests.e2e.stack import Stack, Task
from tests.probing import ffprobe
from tests.template import ROOT

SECONDS, SIZE = 8.3, (640, 360)
SHOTS = ("screenshot-001.jpg", "screenshot-002.jpg", "screenshot-003.jpg")
ASKED: list[dict[str, Any]] = [
    {"kind": "video", "options": {"resolution": 240}},
    {"kind": "screenshot"},
    {"kind": "moderation"},
    {"kind": "discovery"},
    {"kind": "subtitles"},
    {"kind": "chapters"},
    {"kind": "sprite"},
    {"kind": "animation", "options": {"start": 2, "duration_seconds": 1}},
    {"kind": "audio", "options": {"waveform": True}},
    {"kind": "image", "options": {"time": 3}},
    {"kind": "metadata"},
    {"kind": "adaptive", "options": {"ladder": [{"short_side": 240, "video_bitrate": 400_000}]}},
    {"kind": "enhancement", "options": {"picture": {"denoise": "low"}}},
    {"kind": "quality", "after": [1], "options": {"distorted": {"subtask": 1, "name": "video.mp4"}}},
    {
        **{"kind": "image", "after": [2], "source": {"subtask": 2, "name": SHOTS[1]}},
        **{"options": {"format": "webp", "width": 200}},
    },
    {"kind": "video", "if": "duration > 100"},
]
COPIED, UNWANTED = 15, 16


@pytest.fixture(scope="module")
def samples() -> Path:
    folder = ROOT.parent / "shared" / "media"
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder}")
    return folder


@pytest.fixture(scope="module")
def film(samples: Path, media_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Somebody who shows a directory, and says so; small."""
    path = tmp_path_factory.mktemp("film") / "hello.mp4"
    ffmpeg: list[str | Path] = [media_bin / "ffmpeg", "-v", "error", "-i", samples / "forensics_movie_hello_720p.mp4"]
    subprocess.run([*ffmpeg, "-vf", "scale=640:360", "-c:v", "libx264", "-preset", "veryfast", path], check=True)
    return path.read_bytes()


class Made:
    """The ended task, and its outputs as files of their own."""

    def __init__(self, stack: Stack, task: Task, media_bin: Path, folder: Path):
        self.stack, self.task, self.media_bin, self.folder = stack, task, media_bin, folder

    def subtask(self, number: int) -> dict[str, Any]:
        found: dict[str, Any] = self.task["subtasks"][number - 1]
        return found

    def number(self, kind: str) -> int:
        return next(n for n, asked in enumerate(ASKED, start=1) if asked["kind"] == kind)

    def result(self, kind: str) -> dict[str, Any]:
        return dict(self.subtask(self.number(kind))["result"])

    def content(self, name: str, number: int | None = None) -> bytes:
        """What the signed URL of an output gives; the first of this name when no subtask is said."""
        subtasks = [self.subtask(number)] if number else self.task["subtasks"]
        outputs = [output for subtask in subtasks for output in subtask["outputs"]]
        return self.stack.fetch(next(output["url"] for output in outputs if output["name"] == name))

    def picture(self, name: str, number: int | None = None) -> Image.Image:
        return Image.open(io.BytesIO(self.content(name, number)))

    def probed(self, name: str) -> Mapping[str, Any]:
        """Codec and size by stream, and the duration."""
        path = self.folder / name
        path.write_bytes(self.content(name))
        return ffprobe(self.media_bin, path)

    def adaptive(self) -> Path:
        """The whole set as it lies in the bucket."""
        s3, prefix = self.stack.client("s3"), f"outputs/{self.task['id']}/{self.number('adaptive')}-adaptive/"
        for page in s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.stack.env.sluice_output_bucket, Prefix=prefix
        ):
            for stored in page["Contents"]:
                path = self.folder / "set" / stored["Key"].removeprefix(prefix)
                path.parent.mkdir(parents=True, exist_ok=True)
                s3.download_file(self.stack.env.sluice_output_bucket, stored["Key"], str(path))
        return self.folder / "set"


@pytest.fixture(scope="module")
def made(stack: Stack, film: bytes, media_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    key = stack.upload(film, "kept/hello.mp4")
    created = stack.create({"input": {"bucket": stack.env.sluice_bucket, "key": key}, "subtasks": ASKED})
    return Made(stack, stack.ended(created["id"], patience=600), media_bin, tmp_path_factory.mktemp("made"))


def sizes(found: Mapping[str, Any]) -> list[tuple[str, int | None, int | None]]:
    return [(stream["codec_name"], stream.get("width"), stream.get("height")) for stream in found["streams"]]


def decoded(media_bin: Path, manifest: Path) -> tuple[tuple[int, int, int], float]:
    """Width, height and number of frames, and the seconds of sound, decoded to the end."""
    frames = manifest.with_name("frames.txt")
    sound = manifest.with_name("sound.raw")
    command: list[str | Path] = [media_bin / "ffmpeg", "-v", "error", "-y", "-i", manifest]
    pictures = ("-map", "0:v:0", "-f", "framecrc", frames)
    subprocess.run([*command, *pictures, "-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "u8", sound], check=True)
    told = frames.read_text()
    size = re.search(r"#dimensions 0: (\d+)x(\d+)", told)
    assert size
    return (int(size[1]), int(size[2]), len(re.findall(r"^0,", told, re.MULTILINE))), sound.stat().st_size / 8000


def test_all_is_done_and_what_does_not_hold_is_skipped(made: Made) -> None:
    ended = {n: (s["status"], s["error"]) for n, s in enumerate(made.task["subtasks"], start=1)}

    assert ended == dict.fromkeys(range(1, len(ASKED) + 1), ("succeeded", None))
    assert made.task["status"] == "succeeded"
    assert "duration > 100" in made.subtask(UNWANTED)["skipped"] and made.subtask(UNWANTED)["outputs"] == []
    assert not any(made.subtask(n)["skipped"] for n in range(1, UNWANTED))


@pytest.mark.parametrize(("name", "size"), [("video.mp4", (426, 240)), ("enhanced.mp4", SIZE)])
def test_films_play(made: Made, name: str, size: tuple[int, int]) -> None:
    found = made.probed(name)

    assert sizes(found) == [("h264", *size), ("aac", None, None)]
    assert float(found["format"]["duration"]) == pytest.approx(SECONDS, abs=0.2)


def test_the_adaptive_set_plays_by_both_of_its_manifests(made: Made) -> None:
    folder, frames = made.adaptive(), int(made.probed("video.mp4")["streams"][0]["nb_frames"])

    for manifest in ("master.m3u8", "manifest.mpd"):
        (width, height, shown), heard = decoded(made.media_bin, folder / manifest)
        assert (width, height) == (426, 240) and shown == pytest.approx(frames, abs=2)
        assert heard == pytest.approx(SECONDS, abs=0.3)


def test_the_sound_is_sound_with_its_waveform(made: Made) -> None:
    found, peaks = made.probed("audio.mp3"), json.loads(made.content("waveform.json"))

    assert sizes(found) == [("mp3", None, None)]
    assert float(found["format"]["duration"]) == pytest.approx(SECONDS, abs=0.2)
    assert len(peaks["data"]) == 2 * peaks["length"] and max(peaks["data"]) > 0


def test_the_quality_is_that_of_a_smaller_film(made: Made) -> None:
    frames = list(csv.DictReader(io.StringIO(made.content("quality.csv").decode())))

    assert 40 < made.result("quality")["metrics"]["vmaf"]["mean"] < 100
    assert len(frames) == int(made.probed("video.mp4")["streams"][0]["nb_frames"])


def test_stills_are_pictures_of_the_film(made: Made) -> None:
    for name in SHOTS:
        assert (made.picture(name).format, made.picture(name).size) == ("JPEG", SIZE)
    assert (made.picture("image.jpg").format, made.picture("image.jpg").size) == ("JPEG", SIZE)


def test_a_still_can_be_worked_on_by_a_later_subtask(made: Made) -> None:
    copied = made.picture("image.webp", COPIED)

    assert (copied.format, copied.size) == ("WEBP", (200, 112))
    assert made.subtask(COPIED)["started_at"] >= made.subtask(made.number("screenshot"))["finished_at"]


def test_the_sprite_has_a_tile_for_every_second(made: Made) -> None:
    cues = re.findall(r"#xywh=(\d+),(\d+),160,90", made.content("sprite.vtt").decode())

    assert len(cues) == made.result("sprite")["tiles"] == 9
    assert made.picture("sprite-001.jpg").size == (9 * 160, 90)


def test_the_animation_moves(made: Made) -> None:
    animation = made.picture("animation.gif")

    assert animation.size == (320, 180)
    assert sum(frame.info["duration"] for frame in ImageSequence.Iterator(animation)) == pytest.approx(1000, abs=100)


def test_the_metadata_is_what_a_probe_says(made: Made, film: bytes) -> None:
    source = made.folder / "source.mp4"
    source.write_bytes(film)

    assert sizes(json.loads(made.content("metadata.json"))) == sizes(ffprobe(made.media_bin, source))


def test_what_is_said_is_written_down(made: Made) -> None:
    heard = made.content("subtitles.vtt").decode()

    assert heard.startswith("WEBVTT\n\n") and "show a directory" in heard
    assert made.result("subtitles")["language"] == "en"


def test_what_is_in_it_is_told_with_times(made: Made) -> None:
    found = json.loads(made.content("discovery.json"))

    assert "show a directory" in json.dumps(found["speech"])
    assert found["shots"][0]["start"] == 0 and found["shots"][-1]["end"] == pytest.approx(SECONDS, abs=0.2)
    assert made.picture("cover.jpg").format == "JPEG"


def test_nothing_is_wrong_with_it(made: Made) -> None:
    report = json.loads(made.content("moderation.json"))

    assert report["verdict"]["verdict"] == made.result("moderation")["verdict"] == "pass"
    assert len(report["frames"]) == 5


def test_so_short_a_film_is_one_chapter(made: Made) -> None:
    (chapter,) = made.result("chapters")["chapters"]

    assert (chapter["start"], chapter["end"]) == (0, pytest.approx(SECONDS, abs=0.2))
    assert made.content("chapters.vtt").decode().startswith("WEBVTT\n\n")


def kinds(task: Task) -> list[tuple[str, str]]:
    return [(subtask["kind"], subtask["status"]) for subtask in task["subtasks"]]


def test_a_sound_that_is_uploaded_becomes_sound_and_subtitles(stack: Stack, samples: Path) -> None:
    sound = (samples / "sense_and_sensibility_01_austen_64kb-0880.wav").read_bytes()

    task = stack.ended_upload(stack.upload(sound, "uploads/a reading.wav"))

    assert task["workflow"] == "audio"
    assert kinds(task) == [("audio", "succeeded"), ("subtitles", "succeeded")]
    assert task["subtasks"][0]["outputs"][0]["codec"] == "aac"


def test_a_picture_that_is_uploaded_becomes_a_picture_and_a_verdict(stack: Stack, samples: Path) -> None:
    task = stack.ended_upload(stack.upload((samples / "chelsea.png").read_bytes(), "uploads/a cat.png"))

    assert task["workflow"] == "picture"
    assert kinds(task) == [("image", "succeeded"), ("moderation", "succeeded")]
    assert Image.open(io.BytesIO(stack.fetch(task["subtasks"][0]["outputs"][0]["url"]))).format == "WEBP"


def test_a_workflow_of_ones_own_with_a_preset_serves_its_prefix(stack: Stack, second: bytes) -> None:
    preset = {"kind": "video", "options": {"resolution": 120}}
    workflow = {"prefixes": ["uploads/own/"], "subtasks": [{"kind": "video", "preset": "small"}]}
    assert stack.http.put("/presets/small", json=preset).status_code == 200
    assert stack.http.put("/workflows/own", json=workflow).status_code == 200

    task = stack.ended_upload(stack.upload(second, "uploads/own/a film.mp4"))

    assert (task["workflow"], kinds(task)) == ("own", [("video", "succeeded")])
    output = task["subtasks"][0]["outputs"][0]
    assert (output["width"], output["height"]) == (214, 120)
