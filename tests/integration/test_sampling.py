"""Frames for the models, from films that tell their place by their brightness."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from sluice.frames import FrameSet, read_frames
from sluice.jobs import JobResult
from sluice.kinds.screenshot.run import run as screenshot
from sluice.kinds.sprite.run import run as sprite
from sluice.steps.frames import sample
from tests.bench import Bench
from tests.clips import FRAMES_PER_SECOND, Clips, grey_frame, slide_number


def sampled(bench: Bench, clip: Path, **options: Any) -> FrameSet:
    """The frames that the moderation of a film would look at."""
    task = bench.validated(clip, "moderation", **options)
    result = bench.perform(task, sample, step="frames")
    assert result.failure is None, result.failure
    return read_frames(bench.download(f"work/{task.id}/1/frames.zip"))


def brightness(data: bytes) -> float:
    with Image.open(BytesIO(data)) as picture:
        return ImageStat.Stat(picture.convert("L")).mean[0]


def test_frames_are_those_of_their_times(clips: Clips, bench: Bench) -> None:
    found = sampled(bench, clips.greys(), sample_interval_seconds=0.2)

    assert [frame.time for frame in found.frames] == [0.1, 0.3, 0.5, 0.7, 0.9]
    for frame in found.frames:
        assert grey_frame(brightness(frame.data)) == pytest.approx(frame.time * FRAMES_PER_SECOND, abs=1)
    assert found.interval == pytest.approx(0.2)


def test_a_slide_that_stays_is_seen_as_often_as_it_is_looked_at(clips: Clips, bench: Bench) -> None:
    found = sampled(bench, clips.slides(), sample_interval_seconds=0.5)

    assert [frame.time for frame in found.frames] == [0.25 + 0.5 * number for number in range(16)]
    assert [slide_number(brightness(frame.data)) for frame in found.frames] == [n // 4 for n in range(16)]


def test_a_still_of_a_long_interval_is_sought(clips: Clips, bench: Bench) -> None:
    found = sampled(bench, clips.greys())

    assert [frame.time for frame in found.frames] == [0.5]
    assert grey_frame(brightness(found.frames[0].data)) == pytest.approx(12.5, abs=1)


def test_a_picture_is_one_frame(clips: Clips, bench: Bench) -> None:
    for picture in (clips.picture(), clips.photo()):
        found = sampled(bench, picture)

        assert [frame.time for frame in found.frames] == [0.0]


def test_frames_are_small_and_upright(clips: Clips, bench: Bench) -> None:
    found = sampled(bench, clips.upright_hd())

    with Image.open(BytesIO(found.frames[0].data)) as picture:
        assert picture.size == (360, 640)
        assert picture.format == "JPEG"


def test_a_preparing_step_is_no_attempt_at_the_work(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.greys(), "moderation")

    bench.perform(task, sample, step="frames")

    assert bench.now(task).subtasks[0].attempts == 0


def test_stills_that_are_taken_along_are_those_that_would_be_taken_alone(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.slides(), "moderation", beside=[("screenshot", {}), ("sprite", {})])
    assert bench.perform(task, sample, step="frames", companions=(2, 3)).failure is None
    kinds = {2: screenshot, 3: sprite}

    along = [contents(bench, bench.perform(task, run, number=n, prepared_by=1)) for n, run in kinds.items()]

    assert along == [contents(bench, bench.perform(task, run, number=n)) for n, run in kinds.items()]
    assert [slide_number(brightness(along[0][f"screenshot-{n:03}.jpg"])) for n in (1, 2, 3)] == [0, 2, 3]
    assert set(along[1]) == {"sprite-001.jpg", "sprite.vtt"}


def contents(bench: Bench, result: JobResult) -> dict[str, bytes]:
    assert result.failure is None, result.failure
    return {o.name: bench.made(o).read_bytes() for o in result.outputs if not o.name.endswith(".zip")}
