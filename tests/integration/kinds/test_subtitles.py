"""Subtitles by the embedded model of what is really said."""

import json
import subprocess
import wave
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sluice.jobs import JobResult
from sluice.kinds.subtitles.run import run
from sluice.sound import RATE
from sluice.steps.sound import extract
from sluice.steps.speech import hear
from tests.accuracy import recordings, word_errors, words_of
from tests.bench import Bench

PAUSE = 1.5


@pytest.fixture(scope="session")
def reading(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All recordings, one after the other, a pause before each."""
    path = tmp_path_factory.mktemp("speech") / "reading.wav"
    with wave.open(str(path), "wb") as joined:
        joined.setparams((1, 2, RATE, 0, "NONE", ""))
        for recording in recordings(samples):
            joined.writeframes(bytes(int(2 * RATE * PAUSE)))
            with wave.open(str(recording.path)) as wav:
                joined.writeframes(wav.readframes(wav.getnframes()))
    return path


def subtitled(bench: Bench, source: Path, **options: Any) -> JobResult:
    task = bench.validated(source, "subtitles", **options)
    assert bench.perform(task, extract, step="sound").failure is None
    assert bench.perform(task, hear, step="speech", seconds=300).failure is None
    result = bench.perform(task, run, seconds=300)
    assert result.failure is None, result.failure
    return result


def files(bench: Bench, result: JobResult) -> dict[str, Path]:
    return {output.name: bench.made(output) for output in result.outputs}


def shown(programs: Path, path: Path) -> list[tuple[float, float, str]]:
    """Start, end and text of each packet, as ffmpeg's own reader of subtitles sees them."""
    command: list[str | Path] = [
        programs / "ffprobe",
        "-v",
        "error",
        "-print_format",
        "json",
        "-show_packets",
        "-show_data",
        path,
    ]
    packets = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["packets"]
    times = [(float(p["pts_time"]), float(p["pts_time"]) + float(p["duration_time"])) for p in packets]
    return [(start, end, packet["data"]) for (start, end), packet in zip(times, packets, strict=True)]


def test_what_is_read_aloud_can_be_read_in_time(
    speech_models: None, bench: Bench, reading: Path, samples: Path, media_bin: Path
) -> None:
    result = subtitled(bench, reading, formats=["vtt", "srt", "json"])

    assert result.result and result.result["language"] == "en"
    assert (result.result["provider"], result.result["model"]) == ("embedded", "whisper base q8_0")
    made = files(bench, result)
    assert [output.type for output in result.outputs] == ["text/vtt", "application/x-subrip", "application/json"]
    for name in ("subtitles.vtt", "subtitles.srt"):
        packets = shown(media_bin, made[name])
        assert len(packets) == result.result["cues"] >= 5
        assert all(a[1] <= b[0] + 0.002 for a, b in pairwise(packets))
    heard = json.loads(made["subtitles.json"].read_text())
    said = [word for recording in recordings(samples) for word in recording.words]
    text = " ".join(segment["text"] for segment in heard["segments"])
    assert word_errors(said, words_of(text)) / len(said) < 0.05
    _check_times(heard, samples)


def _check_times(heard: dict[str, Any], samples: Path) -> None:
    """Every recording is heard from where it begins, but for a breath."""
    begins = [word["start"] for segment in heard["segments"] for word in segment["words"]]
    at = 0.0
    for recording in recordings(samples):
        at += PAUSE
        assert any(abs(start - at) < 0.6 for start in begins), f"nothing begins at {at}"
        with wave.open(str(recording.path)) as wav:
            at += wav.getnframes() / RATE


def test_music_without_a_voice_has_empty_subtitles(speech_models: None, bench: Bench, samples: Path) -> None:
    result = subtitled(bench, samples / "bbb_trailer_720p.mp4", formats=["vtt", "srt"])

    assert result.result and (result.result["segments"], result.result["cues"]) == (0, 0)
    assert result.result["language"] is None
    made = files(bench, result)
    assert made["subtitles.vtt"].read_text() == "WEBVTT\n"
    assert made["subtitles.srt"].read_text() == ""


def test_a_reading_that_time_does_not_suffice_for_is_a_failure(
    speech_models: None, bench: Bench, reading: Path
) -> None:
    task = bench.validated(reading, "subtitles", language="en")
    bench.perform(task, extract, step="sound")

    failure = bench.perform(task, run, seconds=15).failure

    assert failure and failure.code == "time_limit_exceeded"
