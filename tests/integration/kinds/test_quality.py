"""Films measured against what they were made from, and films that were made to be measured."""

import csv
import io
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import boto3
import pytest

from sluice.jobs import JobResult
from sluice.kinds.quality.run import run
from sluice.kinds.video import vmaf
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.run import run as encode
from sluice.kinds.video.samples import reference
from sluice.workspace import Workspace
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import MEDIA


def measured(bench: Bench, source: Path, other: Path, **options: Any) -> JobResult:
    boto3.client("s3").put_object(Bucket=MEDIA, Key="compare/other", Body=other.read_bytes())
    task = bench.validated(source, kind="quality", distorted={"key": "compare/other"}, **options)
    return bench.perform(task, run, seconds=120)


def scores(bench: Bench, source: Path, other: Path, **options: Any) -> dict[str, Any]:
    result = measured(bench, source, other, **options)
    assert result.failure is None and result.result, result.failure
    return result.result


def worse(clips: Clips, name: str, source: Path, *arguments: str) -> Path:
    return clips.make(name, "-i", str(source), "-c:v", "libx264", "-crf", "35", "-an", *arguments)


def test_a_film_is_its_own_equal(clips: Clips, bench: Bench) -> None:
    found = scores(bench, clips.film(), clips.film())

    assert found["metrics"]["ssim"]["min"] == pytest.approx(1.0)
    assert found["metrics"]["psnr"]["min"] >= 59
    assert found["metrics"]["vmaf"]["mean"] > 95
    assert (found["frames"], found["same_length"], found["compared_at"]) == (25, True, "320x180")


def test_a_poor_encode_scores_less_and_is_told_frame_by_frame(clips: Clips, bench: Bench) -> None:
    result = measured(bench, clips.film(), worse(clips, "poor.mp4", clips.film()))

    assert result.result and result.result["metrics"]["vmaf"]["mean"] < 90
    by_name = {output.name: bench.made(output).read_text() for output in result.outputs}
    assert set(by_name) == {"quality.json", "quality.csv", "quality.svg"}
    rows = list(csv.DictReader(io.StringIO(by_name["quality.csv"])))
    assert [row["time"] for row in rows[:3]] == ["0.000", "0.040", "0.080"]
    assert len(rows) == 25
    assert len(ElementTree.fromstring(by_name["quality.svg"]).findall("{*}polyline")) == 3


@pytest.mark.parametrize("name", ["poor.mkv", "poor.flv", "poor.ts"])
def test_times_that_a_container_rounds_do_not_shift_the_frames(name: str, clips: Clips, bench: Bench) -> None:
    source = clips.make("ntsc.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30000/1001:d=1", "-c:v", "libx264")
    exact = scores(bench, source, worse(clips, "ntsc_poor.mp4", source), metrics=["psnr"])
    copied = clips.make(name, "-i", str(worse(clips, "ntsc_poor.mp4", source)), "-c", "copy")

    found = scores(bench, source, copied, metrics=["psnr"])

    assert found["metrics"]["psnr"]["mean"] == pytest.approx(exact["metrics"]["psnr"]["mean"], abs=0.05)


def test_a_film_of_another_size_and_rate_is_compared_as_it_is_shown(clips: Clips, bench: Bench) -> None:
    slower = clips.make("slower.mp4", "-i", str(clips.film()), "-vf", "fps=12.5,scale=160:90", "-crf", "5", "-an")

    found = scores(bench, clips.film(), slower, metrics=["ssim"])

    assert found["frames"] == pytest.approx(12, abs=1)
    assert found["metrics"]["ssim"]["min"] > 0.8


def test_a_phones_film_is_compared_upright(clips: Clips, bench: Bench) -> None:
    upright = worse(clips, "upright.mp4", clips.phone())

    found = scores(bench, clips.phone(), upright, metrics=["ssim"])

    assert found["compared_at"] == "180x320"
    assert found["metrics"]["ssim"]["min"] > 0.85


def test_a_shorter_film_is_compared_as_far_as_it_goes_and_the_result_says_so(clips: Clips, bench: Bench) -> None:
    part = worse(clips, "part.mp4", clips.film(), "-t", "0.4")

    found = scores(bench, clips.film(), part, metrics=["ssim"])

    assert (found["frames"], found["same_length"]) == (10, False)
    assert found["compared_seconds"] == pytest.approx(0.4, abs=0.05)


def test_a_cut_film_is_compared_from_where_it_was_cut(clips: Clips, bench: Bench) -> None:
    part = clips.make("cut.mp4", "-ss", "0.4", "-i", str(clips.film()), "-c:v", "libx264", "-crf", "10", "-an")

    found = scores(bench, clips.film(), part, metrics=["psnr"], start=0.4)

    assert found["metrics"]["psnr"]["mean"] > 38
    assert found["same_length"] is True


def test_what_is_no_film_is_refused_with_a_reason(clips: Clips, bench: Bench) -> None:
    result = measured(bench, clips.film(), clips.picture())

    assert result.failure and result.failure.code == "distorted_unsuitable"


def test_a_file_that_is_not_there_is_a_failure(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film(), kind="quality", distorted={"key": "no/such"})

    result = bench.perform(task, run)

    assert result.failure and result.failure.code == "file_missing"


# ── an encode that was given a target ─────────────────────────────────────────────────────────

STRETCH: dict[str, Any] = {"start": 2.0, "end": 3.0}


@pytest.mark.parametrize("name", ["forensics_movie_hello_720p.mp4", "bbb_trailer_720p.mp4"])
def test_an_encode_lands_within_a_point_of_its_target(name: str, samples: Path, bench: Bench) -> None:
    task = bench.validated(samples / name, target_vmaf=92, audio_codec="none", **STRETCH)
    made = bench.perform(task, encode, seconds=300)
    assert made.failure is None and made.result, made.failure

    found = scores(bench, samples / name, bench.made(made.outputs[0]), metrics=["vmaf"], start=STRETCH["start"])

    told = made.result["vmaf"]
    assert found["metrics"]["vmaf"]["mean"] == pytest.approx(92, abs=1)
    assert told["estimate"] == pytest.approx(found["metrics"]["vmaf"]["mean"], abs=0.6)
    assert 1 <= len(told["probes"]) <= 4 and told["reached"] is True


def test_a_target_out_of_reach_is_told_and_does_not_make_a_huge_file(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.film(), target_vmaf=99, resolution=45)

    made = bench.perform(task, encode)

    assert made.result and made.result["vmaf"]["reached"] is False
    assert made.result["vmaf"]["crf"] == 10


@pytest.mark.parametrize("options", [{}, {"start": 1.0, "end": 23.5}])
def test_the_samples_of_a_long_film_are_sought_and_are_the_same_pictures(
    options: dict[str, Any], clips: Clips, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=25")
    film = clips.make("long.mp4", *source, "-c:v", "libx264", "-bf", "2", "-g", "50")
    task = bench.validated(film, target_vmaf=90, **options)

    def pictures() -> list[str]:
        found: list[str] = []

        def cut(workspace: Workspace) -> JobResult:
            path = reference(workspace, workspace.options(VideoOptions), (0.0, 1.0))
            command: list[str | Path] = [clips.programs / "ffmpeg", "-v", "error", "-i", path, "-f", "framemd5", "-"]
            lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
            found.extend(line.rpartition(",")[2] for line in lines if not line.startswith("#"))
            return JobResult()

        assert bench.perform(task, cut, seconds=120).failure is None
        return found

    decoded = pictures()
    monkeypatch.setattr(vmaf, "SOUGHT_SECONDS", 20.0)
    sought = pictures()

    assert len(decoded) > 400
    assert len(decoded) == pytest.approx(len(sought), abs=20)
    assert len(set(sought) & set(decoded)) >= 0.9 * len(set(sought))
