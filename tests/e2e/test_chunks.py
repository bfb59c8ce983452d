"""A film that is cut, encoded in chunks and joined, on the deployed stack."""

import subprocess
from pathlib import Path

import pytest

from local import processes
from local.media import link_media_programs
from sluice.ffmpeg.probe import parse
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task, output_of
from tests.probing import ffprobe, moov_is_before_mdat

SECONDS, RATE = 20, 25


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bin")
    link_media_programs(folder)
    return folder


@pytest.fixture(scope="module")
def film(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Twenty seconds with a keyframe every second: four times what this deployment's chunks are long."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = ("-f", "lavfi", "-i", f"testsrc2=s=320x180:r={RATE}:d={SECONDS}", "-f", "lavfi", "-i", f"sine=d={SECONDS}")
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-g", str(RATE), "-pix_fmt", "yuv420p", "-c:a", "aac")
    subprocess.run([programs / "ffmpeg", "-v", "error", *inputs, *codec, path], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def finished(stack: Stack, film: bytes) -> Task:
    key = stack.upload(film, "elsewhere/long.mp4")
    body = {"input": {"bucket": stack.env.sluice_bucket, "key": key}, "subtasks": [{"kind": "video"}]}
    return stack.ended(stack.create(body)["id"])


def test_a_long_film_is_encoded_in_chunks(finished: Task) -> None:
    (subtask,) = finished["subtasks"]

    assert finished["status"] == "succeeded", finished
    assert subtask["result"]["chunks"] == 4
    assert subtask["attempts"] == 1


def test_its_frames_are_all_there(stack: Stack, finished: Task, programs: Path, tmp_path: Path) -> None:
    output = output_of(finished, "video", "video.mp4")
    path = tmp_path / "video.mp4"
    path.write_bytes(stack.fetch(output["url"]))

    media = parse(ffprobe(programs, path))

    assert media.main_video and media.main_audio
    assert media.main_video.frames == SECONDS * RATE
    assert media.duration == pytest.approx(SECONDS, abs=0.1)
    assert moov_is_before_mdat(path)
    assert (output["width"], output["height"], output["size"]) == (320, 180, path.stat().st_size)


def test_its_chunks_are_removed_at_the_end(stack: Stack, finished: Task) -> None:
    place = {"Bucket": stack.env.sluice_output_bucket, "Prefix": f"work/{finished['id']}/"}
    s3 = stack.client("s3")

    # the task has ended a moment before its work files go
    assert processes.wait_until(lambda: s3.list_objects_v2(**place)["KeyCount"] == 0, PATIENCE_SECONDS)
