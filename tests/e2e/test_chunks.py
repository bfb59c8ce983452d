"""A film that is cut, encoded in chunks and joined, on the deployed stack."""

import subprocess
from pathlib import Path

import m3u8
import pytest

from local import processes
from sluice.ffmpeg.probe import parse
from tests.e2e.stack import PATIENCE_SECONDS, Stack, Task, output_of
from tests.probing import ffprobe, moov_is_before_mdat

SECONDS, RATE = 20, 25
LADDER = {
    "kind": "adaptive",
    "options": {"segment_seconds": 2, "ladder": [{"short_side": 180}, {"short_side": 90}]},
}


@pytest.fixture(scope="module")
def film(media_bin: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Twenty seconds with a keyframe every second: four times what this deployment's chunks are long."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    inputs = ("-f", "lavfi", "-i", f"testsrc2=s=320x180:r={RATE}:d={SECONDS}", "-f", "lavfi", "-i", f"sine=d={SECONDS}")
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-g", str(RATE), "-pix_fmt", "yuv420p", "-c:a", "aac")
    subprocess.run([media_bin / "ffmpeg", "-v", "error", *inputs, *codec, path], check=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def finished(stack: Stack, film: bytes) -> Task:
    key = stack.upload(film, "elsewhere/long.mp4")
    body = {"input": {"bucket": stack.env.sluice_bucket, "key": key}, "subtasks": [{"kind": "video"}, LADDER]}
    return stack.ended(stack.create(body)["id"])


def test_a_long_film_is_encoded_in_chunks(finished: Task) -> None:
    film, ladder = finished["subtasks"]

    assert finished["status"] == "succeeded", finished
    assert (film["result"]["chunks"], ladder["result"]["chunks"]) == (4, 5)
    assert film["attempts"] == ladder["attempts"] == 1


def test_its_frames_are_all_there(stack: Stack, finished: Task, media_bin: Path, tmp_path: Path) -> None:
    output = output_of(finished, "video", "video.mp4")
    path = tmp_path / "video.mp4"
    path.write_bytes(stack.fetch(output["url"]))

    media = parse(ffprobe(media_bin, path))

    assert media.main_video and media.main_audio
    assert media.main_video.frames == SECONDS * RATE
    assert media.duration == pytest.approx(SECONDS, abs=0.1)
    assert moov_is_before_mdat(path)
    assert (output["width"], output["height"], output["size"]) == (320, 180, path.stat().st_size)


def test_its_ladder_can_be_played_from_segments_of_all_chunks(stack: Stack, finished: Task) -> None:
    playlist = m3u8.loads(stack.fetch(output_of(finished, "adaptive", "video-1-180p.m3u8")["url"]).decode())
    folder = f"outputs/{finished['id']}/2-adaptive/"
    listed = stack.client("s3").list_objects_v2(Bucket=stack.env.sluice_output_bucket, Prefix=folder)["Contents"]
    there = {item["Key"].removeprefix(folder) for item in listed}

    assert finished["subtasks"][1]["playable_at"]
    assert sum(segment.duration for segment in playlist.segments) == pytest.approx(SECONDS)
    assert {segment.uri for segment in playlist.segments} <= there
    assert {"master.m3u8", "manifest.mpd", "iframes/iframes.mp4", "video-2-90p/init.mp4"} <= there
    assert finished["subtasks"][1]["result"]["segments"]["files"] == len(
        [name for name in there if name.endswith((".m4s", ".mp4"))]
    )


def test_its_chunks_are_removed_at_the_end(stack: Stack, finished: Task) -> None:
    place = {"Bucket": stack.env.sluice_output_bucket, "Prefix": f"work/{finished['id']}/"}
    s3 = stack.client("s3")

    # the task has ended a moment before its work files go
    assert processes.wait_until(lambda: s3.list_objects_v2(**place)["KeyCount"] == 0, PATIENCE_SECONDS)
