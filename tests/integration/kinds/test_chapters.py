"""Chapters of real films, read back by ffprobe."""

import json
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest

from sluice.jobs import JobResult
from sluice.kinds.chapters.run import run
from sluice.shots import Shots, read_shots
from sluice.steps.shots import detect
from sluice.transcript import NAME, Segment, Transcript
from tests.accuracy import hits
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import OUTPUTS

# Hard cuts of the trailer, in seconds, as its description has them.
TRAILER_CUTS = [24.71, 36.00, 37.50, 41.17, 43.71]


@pytest.fixture
def three_scenes(clips: Clips) -> Path:
    """Two seconds each, a hard cut at two, black and silence from 3.6 to 4.4."""
    colours = ("red:d=2", "blue:d=1.6", "black:d=0.8", "green:d=1.6")
    inputs = [part for colour in colours for part in ("-f", "lavfi", "-i", f"color={colour}:s=160x90:r=25")]
    quiet = "volume=enable='between(t,3.6,4.4)':volume=0"
    return clips.make(
        "scenes.mp4", *inputs, "-f", "lavfi", "-i", "sine=440:d=6", "-filter_complex",
        f"[0][1][2][3]concat=n=4[v];[4]{quiet}[a]", "-map", "[v]", "-map", "[a]",
        "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac",
    )  # fmt: skip


def chaptered(bench: Bench, source: Path, **options: Any) -> JobResult:
    result = bench.perform(bench.validated(source, "chapters", **options), run)
    assert result.failure is None, result.failure
    return result


def chapters(result: JobResult) -> list[tuple[float, float, str]]:
    assert result.result
    return [(chapter["start"], chapter["end"], chapter["title"]) for chapter in result.result["chapters"]]


def shots(bench: Bench, source: Path) -> Shots:
    task = bench.validated(source, "chapters")
    assert bench.perform(task, detect, step="shots").failure is None
    return read_shots(bench.download(f"work/{task.id}/1/shots.json"))


def test_ffmpeg_puts_the_chapters_into_a_film(bench: Bench, clips: Clips, three_scenes: Path, media_bin: Path) -> None:
    result = chaptered(bench, three_scenes, minimum_seconds=1, formats=["vtt", "ffmetadata", "json"])

    files = {output.name: bench.made(output) for output in result.outputs}
    assert [output.type for output in result.outputs] == ["text/vtt", "text/plain", "application/json"]
    film = bench.folder / "with_chapters.mkv"
    command: list[str | Path] = [
        media_bin / "ffmpeg",
        "-v",
        "error",
        "-i",
        three_scenes,
        "-i",
        files["chapters.ffmetadata.txt"],
    ]
    subprocess.run([*command, "-map_chapters", "1", "-c", "copy", film], check=True)
    probe: list[str | Path] = [media_bin / "ffprobe", "-v", "error", "-print_format", "json", "-show_chapters", film]
    found = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)["chapters"]
    starts = [float(chapter["start_time"]) for chapter in found]
    assert starts == pytest.approx([0, 2, 4.4], abs=0.05)
    assert [chapter["tags"]["title"] for chapter in found] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert json.loads(files["chapters.json"].read_text())["chapters"][1]["start"] == pytest.approx(2, abs=0.05)


def test_the_fade_is_chosen_where_there_is_room_for_one(bench: Bench, three_scenes: Path) -> None:
    found = chapters(chaptered(bench, three_scenes, minimum_seconds=1, maximum_chapters=2, formats=["vtt"]))

    assert [start for start, _, _ in found] == pytest.approx([0, 4.4], abs=0.05)


def test_a_film_of_one_shot_is_one_chapter(bench: Bench, clips: Clips) -> None:
    assert chapters(chaptered(bench, clips.silent(), minimum_seconds=1)) == [(0, 1, "Chapter 1")]


def test_black_and_silence_are_where_they_are(bench: Bench, three_scenes: Path) -> None:
    found = shots(bench, three_scenes)

    assert [found.black[0].start, found.black[0].end] == pytest.approx([3.6, 4.4], abs=0.1)
    assert [found.silences[0].start, found.silences[0].end] == pytest.approx([3.6, 4.4], abs=0.1)
    assert len(found.black) == len(found.silences) == 1


def test_a_sound_has_silences_and_no_shots(bench: Bench, clips: Clips) -> None:
    beeps = clips.make("beeps.mp3", "-f", "lavfi", "-i", "sine=440:d=5,volume=enable='between(t,2,4)':volume=0")

    found = shots(bench, beeps)

    assert found.shots == () and len(found.silences) == 1
    assert [c[0] for c in chapters(chaptered(bench, beeps, minimum_seconds=1))] == pytest.approx([0, 3], abs=0.1)


def test_titles_are_taken_from_what_was_heard(bench: Bench, three_scenes: Path) -> None:
    task = bench.validated(three_scenes, "chapters", minimum_seconds=1, titles="speech")
    heard = Transcript(language="en", segments=(Segment(start=2.1, end=3.0, text="Now the blue one."),))
    key = f"work/{task.id}/1/{NAME}"
    boto3.client("s3").put_object(Bucket=OUTPUTS, Key=key, Body=heard.model_dump_json().encode())

    result = bench.perform(task, run)

    assert [title for _, _, title in chapters(result)] == ["Chapter 1", "Now the blue one.", "Chapter 3"]


def test_the_cuts_of_a_real_trailer_are_found(bench: Bench, samples: Path) -> None:
    found = shots(bench, samples / "bbb_trailer_720p.mp4")

    # what else is found are the three fades through black between its titles
    assert hits(TRAILER_CUTS, found.cuts, within=0.05).recall == 1
    assert hits([*TRAILER_CUTS, 10.0, 14.0, 32.0], found.cuts, within=0.05).precision == 1
