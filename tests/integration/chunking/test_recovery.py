"""Whatever happens to a worker, there is the right film or a reason why there is none."""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sluice.aws.clients import s3
from sluice.kinds.chunked.folder import Folder
from sluice.kinds.chunked.working import Look, encode, make_chunk
from sluice.tasks import Task
from sluice.workspace import Workspace
from tests.bench import Bench
from tests.chunks import film, in_chunks, joined, plain, planned, times, worked
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS, Change


@pytest.fixture(autouse=True)
def short_chunks(bench: Bench, change_settings: Change) -> None:
    change_settings(chunk_seconds=1)


@pytest.fixture
def task(clips: Clips, bench: Bench) -> Task:
    return bench.validated(plain(clips))


@pytest.fixture
def made(bench: Bench, task: Task) -> list[dict[str, Any]]:
    """All chunks are there, and nothing is joined."""
    items = planned(bench, task)
    for item in items:
        assert worked(bench, task, item).failure is None
    return items


def stored(task: Task, suffix: str = ".mp4") -> dict[str, dict[str, Any]]:
    """The chunks' files by key."""
    found = s3().list_objects_v2(Bucket=OUTPUTS, Prefix=f"work/{task.id}/chunks/")["Contents"]
    return {item["Key"]: {**item} for item in found if item["Key"].endswith(suffix)}


def test_the_same_chunk_is_the_same_bytes(bench: Bench, task: Task) -> None:
    items = planned(bench, task)
    digests = []
    for _ in range(2):
        worked(bench, task, items[1])
        digests.append({key: item["ETag"] for key, item in stored(task).items()})
        for key in [*stored(task), *stored(task, ".json")]:
            if not key.endswith(("plan.json", "list.json")):
                s3().delete_object(Bucket=OUTPUTS, Key=key)

    assert digests[0] == digests[1] and len(digests[0]) == 1


def test_a_join_that_runs_twice_writes_the_same_film(bench: Bench, task: Task, made: list[dict[str, Any]]) -> None:
    first = film(bench, joined(bench, task), "first")
    second = film(bench, joined(bench, task), "second")

    assert first.read_bytes() == second.read_bytes()


def test_what_is_there_is_not_made_again(bench: Bench, task: Task, made: list[dict[str, Any]]) -> None:
    before = {key: item["LastModified"] for key, item in stored(task).items()}

    for item in made:
        assert worked(bench, task, item).failure is None

    assert {key: item["LastModified"] for key, item in stored(task).items()} == before


def test_a_chunk_that_is_gone_is_a_failure_that_a_restart_mends(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    lost = sorted(stored(task))[1]
    for key in (lost, lost.rpartition("-")[0] + ".json"):
        s3().delete_object(Bucket=OUTPUTS, Key=key)

    result = joined(bench, task)

    assert result.failure and result.failure.code == "chunk_missing" and not result.outputs
    assert in_chunks(bench, task).outputs


@pytest.mark.parametrize("spoil", [lambda body: body[:-1], lambda body: body[:-1] + b"\xff"], ids=["short", "other"])
def test_a_chunk_that_is_not_as_it_was_written_is_not_joined(
    spoil: Callable[[bytes], bytes], bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    key = sorted(stored(task))[1]
    body = s3().get_object(Bucket=OUTPUTS, Key=key)["Body"].read()
    s3().put_object(Bucket=OUTPUTS, Key=key, Body=spoil(body))

    result = joined(bench, task)

    assert result.failure and result.failure.code == "chunk_missing" and not result.outputs


def test_a_worker_that_was_killed_before_its_description_leaves_nothing_that_counts(
    bench: Bench, task: Task, made: list[dict[str, Any]]
) -> None:
    described = sorted(key for key in stored(task, ".json") if not key.endswith(("plan.json", "list.json")))
    s3().delete_object(Bucket=OUTPUTS, Key=described[0])

    assert joined(bench, task).failure
    assert in_chunks(bench, task).outputs


def test_a_source_that_changes_ends_it_with_that_reason(bench: Bench, task: Task, clips: Clips) -> None:
    items = planned(bench, task)
    s3().put_object(Bucket=MEDIA, Key="uploads/clip", Body=clips.film().read_bytes())

    results = [worked(bench, task, item) for item in items[:2]]

    assert [r.failure and r.failure.code for r in results] == ["source_changed"] * 2
    told = joined(bench, task).failure
    assert told and told.code == "source_changed"


def test_a_source_that_is_gone_ends_it_with_that_reason(bench: Bench, task: Task) -> None:
    items = planned(bench, task)
    s3().delete_object(Bucket=MEDIA, Key="uploads/clip")

    assert worked(bench, task, items[1]).failure
    told = joined(bench, task).failure
    assert told and told.code == "source_missing"


def test_two_workers_of_one_chunk_at_once_leave_one(bench: Bench, task: Task) -> None:
    items = planned(bench, task)

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(partial(worked, bench, task), [items[1], items[1]]))

    assert [result.failure for result in results] == [None, None]
    assert len(stored(task)) == 1


def test_a_worker_that_is_overtaken_stops_and_takes_what_the_other_made(bench: Bench, task: Task) -> None:
    planned(bench, task)

    def overtaken(workspace: Workspace, told: Mapping[str, Any], name: str, look: Look) -> Mapping[str, Any]:
        Folder(workspace).describe(name, {"frames": 7})
        # endless, but for the look at the description
        encode(workspace, ["-f", "lavfi", "-i", "nullsrc=s=16x16", "-f", "null", "-"], look)
        raise AssertionError("it went on")

    run = partial(make_chunk, make=overtaken, frames_of=lambda made: int(made["frames"]))
    result = bench.perform(task, run, step="chunk", chunk=0)

    assert result.failure is None
    assert bench.now(task).subtasks[0].percent > 2


def test_progress_counts_each_chunk_once(bench: Bench, task: Task) -> None:
    items = planned(bench, task)
    seen = [bench.now(task).subtasks[0].percent]

    for item in (*items, items[1]):
        worked(bench, task, item)
        seen.append(bench.now(task).subtasks[0].percent)

    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(95) and seen[-1] == seen[-2]


def test_chunks_are_one_attempt(bench: Bench, task: Task) -> None:
    in_chunks(bench, task)

    assert bench.now(task).subtasks[0].attempts == 1


def test_workers_read_little_more_than_the_source(bench: Bench, clips: Clips, reads: list[tuple[str, int]]) -> None:
    task = bench.validated(plain(clips), audio_codec="none")
    items = planned(bench, task)
    reads.clear()

    for item in items:
        worked(bench, task, item)

    read = sum(size for bucket, size in reads if bucket == MEDIA)
    assert 0 < read <= 1.3 * plain(clips).stat().st_size


@pytest.fixture
def reads(bench: Bench) -> Iterator[list[tuple[str, int]]]:
    """Bucket and bytes of each GetObject that was answered."""
    seen: list[tuple[str, int]] = []

    def note(parsed: dict[str, Any], **_: Any) -> None:
        if "ContentLength" in parsed and "Body" in parsed:
            seen.append((MEDIA if parsed["ETag"] else "", parsed["ContentLength"]))

    def asked(params: dict[str, Any], **_: Any) -> None:
        seen.append((params["Bucket"], _size(params["Range"]) if "Range" in params else 0))

    events = s3().meta.events
    events.register("provide-client-params.s3.GetObject", asked)
    yield seen
    events.unregister("provide-client-params.s3.GetObject", asked)


def _size(asked: str) -> int:
    first, last = asked.removeprefix("bytes=").split("-")
    return int(last) - int(first) + 1


def test_a_film_has_a_list_that_names_no_secret(bench: Bench, task: Task) -> None:
    text = json.dumps(planned(bench, task))

    assert "Signature" not in text and len(text) < 250_000


def test_a_short_film_is_not_cut(bench: Bench, clips: Clips, change_settings: Change) -> None:
    from sluice.kinds.video.chunked import plan_chunks

    change_settings(chunk_seconds=0)

    result = bench.perform(bench.validated(plain(clips)), plan_chunks, step="chunks").result

    assert result and not result["chunked"] and result["reason"]


def test_a_broken_index_is_no_accident(bench: Bench, clips: Clips, media_bin: Path) -> None:
    """Frames at the end of the film are gone: what is there is encoded, or there is a reason."""
    whole = plain(clips).read_bytes()
    task = bench.validated(clips.make("front.mp4", "-i", str(plain(clips)), "-c", "copy", "-movflags", "+faststart"))
    path = clips.make("front.mp4", "-i", str(plain(clips)), "-c", "copy", "-movflags", "+faststart")
    cut = bench.validated(path.read_bytes()[: len(whole) * 2 // 3])

    items = planned(bench, cut)
    failures = [worked(bench, cut, item).failure for item in items]

    assert task and any(failures)
    told = joined(bench, cut).failure
    assert told and told.code in {"source_unreadable", "chunk_incomplete", "source_undecodable"}
    assert times(media_bin, path)
