"""The video kind on real clips: what comes out is judged by probing it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.kinds.video.run import run
from sluice.tasks import Output, Status
from tests.bench import Bench
from tests.clips import Clips, Look, atoms

FRAME = 1 / 25
CLIPS: dict[str, tuple[Callable[[Clips], Path], tuple[int, int]]] = {
    "film": (Clips.film, (320, 180)),
    "phone": (Clips.phone, (180, 320)),
    "anamorphic": (Clips.anamorphic, (262, 144)),
    "odd sides": (Clips.odd, (640, 360)),
    "10 bit HDR": (Clips.hdr, (320, 180)),
    "interlaced": (Clips.interlaced, (320, 180)),
    "silent": (Clips.silent, (320, 180)),
    "webm": (Clips.webm, (320, 180)),
    "transport stream": (Clips.transport_stream, (320, 180)),
    "tiny": (lambda clips: clips.tiny(), (2, 2)),
    "one frame": (lambda clips: clips.one_frame(), (320, 180)),
}


def encoded(bench: Bench, clip: Path, **options: Any) -> tuple[Output, Path]:
    """The one output, described and as a file."""
    result = bench.perform(bench.validated(clip, **options), run)
    assert result.failure is None, result.failure
    (output,) = result.outputs
    return output, bench.made(output)


@pytest.mark.parametrize(("clip", "size"), CLIPS.values(), ids=CLIPS)
def test_whatever_comes_in_a_playable_film_comes_out(
    clip: Callable[[Clips], Path], size: tuple[int, int], clips: Clips, bench: Bench
) -> None:
    source = clips.look(clip(clips))

    output, path = encoded(bench, clip(clips))

    made = clips.look(path)
    assert_playable(made)
    assert made.size == size
    assert made.duration == pytest.approx(source.duration, abs=FRAME + 0.001)
    assert (made.stream("audio") is None) == (source.stream("audio") is None)
    assert (output.width, output.height, output.size) == (*size, path.stat().st_size)
    assert (output.type, output.codec) == ("video/mp4", "h264")


def assert_playable(made: Look) -> None:
    """H.264 of 8 bit, upright, square pixels, even sides, its index in front of the pictures."""
    video = made.video
    assert (video["codec_name"], video["pix_fmt"], video["profile"]) == ("h264", "yuv420p", "High")
    assert made.rotation == 0
    assert video.get("sample_aspect_ratio", "1:1") == "1:1"
    assert video.get("field_order", "progressive") == "progressive"
    assert video.get("color_transfer", "unknown") != "smpte2084"
    assert made.size[0] % 2 == made.size[1] % 2 == 0
    names = atoms(made.path)
    assert names.index("moov") < names.index("mdat")


def test_a_film_has_as_many_frames_as_its_source(clips: Clips, bench: Bench) -> None:
    _, path = encoded(bench, clips.film())

    assert clips.look(path).video["nb_read_frames"] == "25"


@pytest.mark.parametrize(("resolution", "size"), [(90, (160, 90)), (180, (320, 180)), (2160, (320, 180))])
def test_a_film_is_made_smaller_and_never_larger(
    resolution: int, size: tuple[int, int], clips: Clips, bench: Bench
) -> None:
    _, path = encoded(bench, clips.film(), resolution=resolution)

    assert clips.look(path).size == size


def test_the_short_side_of_an_upright_film_is_its_width(clips: Clips, bench: Bench) -> None:
    _, path = encoded(bench, clips.phone(), resolution=90)

    assert clips.look(path).size == (90, 160)


@pytest.mark.parametrize(("count", "made"), [(1, 1), (2, 2), (6, 2)])
def test_sound_is_stereo_at_most(count: int, made: int, clips: Clips, bench: Bench) -> None:
    _, path = encoded(bench, clips.with_channels(count))

    sound = clips.look(path).stream("audio")
    assert sound and (sound["codec_name"], sound["channels"]) == ("aac", made)


def test_better_quality_is_a_larger_file(clips: Clips, bench: Bench) -> None:
    sizes = [encoded(bench, clips.film(), quality=quality)[0].size for quality in ("very_low", "medium", "very_high")]

    assert sizes == sorted(sizes)


def test_the_output_lies_in_the_folder_of_its_subtask(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film())

    (output,) = bench.perform(task, run).outputs

    assert output.key == f"outputs/{task.id}/1-video/video.mp4"


def test_a_job_that_is_done_again_writes_the_same_file(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film())

    first, second = (bench.perform(task, run).outputs for _ in range(2))

    assert [output.key for output in first] == [output.key for output in second]
    assert bench.now(task).subtasks[0].attempts == 2


def test_a_task_that_was_ended_is_not_worked_on(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film())
    bench.store.end_subtask(task.id, 1, 1, Status.CANCELLED, {})

    result = bench.perform(task, run)

    assert result.cancelled and not result.outputs


def test_a_job_without_time_left_fails_with_a_reason(clips: Clips, bench: Bench) -> None:
    result = bench.perform(bench.validated(clips.film()), run, seconds=-1)

    assert result.failure and result.failure.code == "time_limit_exceeded"


def test_a_source_that_was_overwritten_meanwhile_is_not_taken_for_the_other(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film())
    bench.upload(clips.silent())

    result = bench.perform(task, run)

    assert result.failure and result.failure.code == "source_changed"


def test_a_film_that_breaks_off_is_encoded_as_far_as_it_goes_or_fails(clips: Clips, bench: Bench) -> None:
    whole = clips.transport_stream().read_bytes()

    result = bench.perform(bench.validated(whole[: len(whole) // 2]), run)

    assert result.outputs or (result.failure and result.failure.code == "source_undecodable")


def test_ffmpeg_reads_the_source_and_nothing_else(clips: Clips, bench: Bench, s3_by_http: list[str]) -> None:
    task = bench.validated(clips.film())

    bench.perform(task, run)

    read = {line.partition(" ")[2] for line in s3_by_http if line.startswith("GET")}
    assert read == {"/media/uploads/clip"}
