"""Ladders in chunks are the ladders in one go: every picture at its time, in the same segments, in both manifests."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import m3u8
import pytest

from sluice.aws.clients import s3
from sluice.jobs import JobResult
from sluice.tasks import Task
from tests.bench import Bench
from tests.chunks import (
    AWKWARD,
    but,
    difference,
    done,
    farthest,
    in_chunks,
    in_one_go,
    joined,
    plain,
    planned,
    times,
    worked,
)
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS, Change
from tests.server import Server

MILLISECOND = 0.001_001
_LADDER = [{"short_side": 90, "video_bitrate": 900_000}, {"short_side": 48, "video_bitrate": 500_000}]
OPTIONS: dict[str, Any] = {"segment_seconds": 1, "ladder": _LADDER}


@pytest.fixture(autouse=True)
def short_chunks(bench: Bench, change_settings: Change) -> None:
    change_settings(chunk_seconds=1)


class Set:
    """All files of a set in a folder, as a player finds them."""

    def __init__(self, result: JobResult, folder: Path):
        assert result.failure is None, result.failure
        self.result, self.folder = result, folder
        prefix = result.outputs[0].key.rpartition("/")[0] + "/"
        found = s3().get_paginator("list_objects_v2").paginate(Bucket=OUTPUTS, Prefix=prefix)
        self.types = {}
        for item in [item for page in found for item in page["Contents"]]:
            path = folder / item["Key"].removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            answer = s3().get_object(Bucket=OUTPUTS, Key=item["Key"])
            path.write_bytes(answer["Body"].read())
            self.types[path.relative_to(folder).as_posix()] = answer["ContentType"]
        for item in [item for page in found for item in page["Contents"]]:
            s3().delete_object(Bucket=OUTPUTS, Key=item["Key"])

    def playlist(self, name: str) -> Any:
        return m3u8.load(str(self.folder / name))

    def durations(self, name: str) -> list[float]:
        return [segment.duration for segment in self.playlist(name).segments]

    def timeline(self) -> list[tuple[str, str, str]]:
        found = ElementTree.parse(self.folder / "manifest.mpd").getroot().iter("{urn:mpeg:dash:schema:mpd:2011}S")
        return [(s.get("t", ""), s.get("d", ""), s.get("r", "")) for s in found]

    def film(self, rendition: str) -> Path:
        """A rendition as one file: what begins it, then all its segments."""
        path = self.folder / f"{rendition}-whole.mp4"
        parts = [self.folder / rendition / "init.mp4", *sorted((self.folder / rendition).glob("*.m4s"))]
        path.write_bytes(b"".join(part.read_bytes() for part in parts))
        return path


def chunked_and_whole(bench: Bench, task: Task) -> tuple[Set, Set]:
    chunked = Set(in_chunks(bench, task), bench.folder / "chunked")
    return chunked, Set(in_one_go(bench, task), bench.folder / "whole")


def must_be_alike(chunked: Set, whole: Set, programs: Path) -> None:
    assert chunked.types == whole.types
    for variant in whole.playlist("master.m3u8").playlists:
        name = variant.uri.removesuffix(".m3u8")
        assert chunked.durations(variant.uri) == whole.durations(variant.uri)
        one, other = chunked.film(name), whole.film(name)
        assert len(times(programs, one)) == len(times(programs, other))
        assert farthest(times(programs, one), times(programs, other)) <= MILLISECOND
        assert difference(programs, one, other) > 25
    assert chunked.timeline() == whole.timeline()
    assert chunked.durations("iframes.m3u8") == whole.durations("iframes.m3u8")
    for name in ("audio-1", "subtitles-1"):
        if (whole.folder / f"{name}.m3u8").exists():
            assert (chunked.folder / f"{name}.m3u8").read_text() == (whole.folder / f"{name}.m3u8").read_text()


# One film a way of being awkward.
_SOME = (
    "open groups of pictures",
    "variable rate",
    "edit list",
    "late sound",
    "interlaced",
    "Matroska from an hour on",
    "WebM",
)
FILMS = but(AWKWARD, *(AWKWARD.keys() - set(_SOME)))


@pytest.mark.parametrize("awkward", FILMS.values(), ids=FILMS)
def test_a_ladder_in_chunks_is_the_ladder_in_one_go(
    awkward: Callable[[Clips], Path], clips: Clips, bench: Bench, media_bin: Path
) -> None:
    task = bench.validated(awkward(clips), kind="adaptive", **OPTIONS)

    chunked, whole = chunked_and_whole(bench, task)

    assert chunked.result.result and chunked.result.result["chunks"] >= 2
    must_be_alike(chunked, whole, media_bin)


# ── whatever is asked of it ───────────────────────────────────────────────────────────────────

_SUBRIP = "1\n00:00:00,500 --> 00:00:01,500\nHello\n"


def _two_tracks(clips: Clips) -> Path:
    text = clips.folder / "two.srt"
    text.write_text(_SUBRIP)
    sounds = ("-f", "lavfi", "-i", "sine=440:d=4", "-f", "lavfi", "-i", "sine=880:d=4", "-i", str(text))
    return clips.make("two.mkv", "-i", str(plain(clips)), *sounds, "-map", "0:v", "-map", "1:a", "-map", "2:a", "-map",
                      "3:s", "-c:v", "copy", "-c:a", "aac", "-c:s", "srt")  # fmt: skip


OTHERS: dict[str, dict[str, Any]] = {
    "h265 and av1": {"ladder": [{**_LADDER[0], "codec": "h265"}, {**_LADDER[0], "codec": "av1"}]},
    "bitrate": {"rate_control": "abr"},
    "longer segments": {"segment_seconds": 1.5},
}


@pytest.mark.parametrize("options", OTHERS.values(), ids=OTHERS)
def test_whatever_is_asked_of_a_ladder(options: dict[str, Any], clips: Clips, bench: Bench, media_bin: Path) -> None:
    task = bench.validated(plain(clips), kind="adaptive", **{**OPTIONS, **options})

    must_be_alike(*chunked_and_whole(bench, task), media_bin)


def test_every_sound_track_and_subtitle_goes_beside_the_chunks(clips: Clips, bench: Bench, media_bin: Path) -> None:
    task = bench.validated(_two_tracks(clips), kind="adaptive", **OPTIONS)

    chunked, whole = chunked_and_whole(bench, task)

    must_be_alike(chunked, whole, media_bin)
    for name in ("audio-1.m3u8", "audio-2.m3u8", "subtitles-1.m3u8", "subtitles-1.vtt"):
        assert (chunked.folder / name).read_text() == (whole.folder / name).read_text()
    assert "Hello" in (chunked.folder / "subtitles-1.vtt").read_text()
    alike = ["duration", "segment_seconds", "keyframe_seconds", "frame_rate", "audio", "subtitles", "left_out"]
    assert chunked.result.result and whole.result.result
    assert [chunked.result.result[name] for name in alike] == [whole.result.result[name] for name in alike]
    assert chunked.result.result["segments"]["files"] == whole.result.result["segments"]["files"]


def test_an_encrypted_set_is_made_by_one_worker(clips: Clips, bench: Bench) -> None:
    task = bench.validated(plain(clips), kind="adaptive", encryption="aes-128", **OPTIONS)

    result = done(bench, task, "chunks").result

    assert result and result["chunked"] is False and "key" in result["reason"]


@pytest.mark.parametrize("manifest", ["master.m3u8", "manifest.mpd"])
def test_a_player_plays_it_from_its_first_picture_to_its_last(
    manifest: str, clips: Clips, bench: Bench, server: Server, media_bin: Path
) -> None:
    made = Set(in_chunks(bench, bench.validated(plain(clips), kind="adaptive", **OPTIONS)), bench.folder / "chunked")
    for name in made.types:
        server.put(f"/{name}", (made.folder / name).read_bytes())

    url = server.url(f"/{manifest}")
    command: list[str | Path] = [
        media_bin / "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-i",
        url,
        "-map",
        "0:v:0",
        "-map",
        "0:a:0",
    ]
    shown = subprocess.run([*command, "-fps_mode", "passthrough", "-f", "framecrc", "-"],
                           check=True, capture_output=True, text=True, timeout=60)  # fmt: skip

    frames = [line for line in shown.stdout.splitlines() if line.startswith("0,")]
    assert len(frames) == 100 and not shown.stderr


# ── whatever happens to a worker ──────────────────────────────────────────────────────────────


@pytest.fixture
def task(clips: Clips, bench: Bench) -> Task:
    return bench.validated(plain(clips), kind="adaptive", **OPTIONS)


@pytest.fixture
def made(bench: Bench, task: Task) -> list[dict[str, Any]]:
    """All chunks are there, and nothing is joined."""
    items = planned(bench, task)
    for item in items:
        assert worked(bench, task, item).failure is None
    return items


def stored(task: Task, suffix: str = ".m4s") -> dict[str, str]:
    """The ETags of the chunks' files, by key."""
    found = s3().list_objects_v2(Bucket=OUTPUTS, Prefix=f"work/{task.id}/chunks/")["Contents"]
    return {item["Key"]: item["ETag"] for item in found if item["Key"].endswith(suffix)}


def published(task: Task) -> list[str]:
    found = s3().list_objects_v2(Bucket=OUTPUTS, Prefix=f"outputs/{task.id}/").get("Contents", [])
    return [item["Key"] for item in found]


def test_nothing_is_under_the_outputs_before_the_join(task: Task, made: list[dict[str, Any]]) -> None:
    assert published(task) == []


def test_a_segment_that_is_gone_is_a_failure_that_a_restart_mends(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    lost = next(key for key in stored(task) if "video-1" in key)
    for key in (lost, lost.partition("-video")[0] + ".json"):
        s3().delete_object(Bucket=OUTPUTS, Key=key)

    result = joined(bench, task)

    assert result.failure and result.failure.code == "chunk_missing"
    assert published(task) == []
    assert in_chunks(bench, task).outputs


def test_a_segment_that_is_not_as_it_was_written_is_not_used(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    key = sorted(stored(task))[1]
    body = s3().get_object(Bucket=OUTPUTS, Key=key)["Body"].read()
    s3().put_object(Bucket=OUTPUTS, Key=key, Body=body[:-1] + b"\xff")

    result = joined(bench, task)

    assert result.failure and result.failure.code == "chunk_missing"
    assert published(task) == []


def test_a_worker_that_was_killed_before_its_description_leaves_nothing_that_counts(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    described = [key for key in stored(task, ".json") if not key.endswith(("plan.json", "list.json"))]
    s3().delete_object(Bucket=OUTPUTS, Key=described[0])

    assert joined(bench, task).failure
    assert in_chunks(bench, task).outputs


def test_the_same_chunk_is_the_same_segments_and_a_second_worker_changes_nothing(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    before = stored(task)
    for key in stored(task, ".json"):
        if not key.endswith(("plan.json", "list.json")):
            s3().delete_object(Bucket=OUTPUTS, Key=key)

    for item in made:
        assert worked(bench, task, item).failure is None

    assert stored(task) == before


def test_a_join_that_runs_twice_writes_the_same_set(bench: Bench, task: Task, made: list[dict[str, Any]]) -> None:
    joined(bench, task)
    first = {key: s3().head_object(Bucket=OUTPUTS, Key=key)["ETag"] for key in published(task)}
    joined(bench, task)

    assert {key: s3().head_object(Bucket=OUTPUTS, Key=key)["ETag"] for key in published(task)} == first


def test_a_source_that_changes_ends_it_with_that_reason(bench: Bench, task: Task, clips: Clips) -> None:
    items = planned(bench, task)
    s3().put_object(Bucket=MEDIA, Key="uploads/clip", Body=clips.film().read_bytes())

    results = [worked(bench, task, item) for item in items]

    assert {r.failure and r.failure.code for r in results} == {"source_changed"}
    told = joined(bench, task).failure
    assert told and told.code == "source_changed"


def test_progress_counts_each_chunk_once(bench: Bench, task: Task) -> None:
    items = planned(bench, task)
    seen = [bench.now(task).subtasks[0].percent]

    for item in (*items, items[1]):
        worked(bench, task, item)
        seen.append(bench.now(task).subtasks[0].percent)

    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(95) and seen[-1] == seen[-2]


def test_the_lowest_rung_can_be_played_before_the_end(bench: Bench, task: Task, made: list[dict[str, Any]]) -> None:
    joined(bench, task)

    (subtask,) = bench.now(task).subtasks
    assert subtask.status == "processing" and subtask.playable_at
    assert [output.name for output in subtask.outputs] == ["master.m3u8"]
