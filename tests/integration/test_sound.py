"""The sound that the models hear: right in form, and at the right time."""

import wave
from array import array
from pathlib import Path

import pytest

from sluice.steps.sound import extract
from tests.bench import Bench
from tests.clips import Clips

RATE = 16_000


def extracted(bench: Bench, clip: Path) -> "array[int]":
    """The samples of `sound.wav`."""
    task = bench.validated(clip, "subtitles")
    result = bench.perform(task, extract, step="sound")
    assert result.failure is None, result.failure
    with wave.open(str(bench.download(f"work/{task.id}/1/sound.wav"))) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (RATE, 1, 2)
        return array("h", wav.readframes(wav.getnframes()))


def loud_from(samples: "array[int]") -> float:
    """Seconds up to the first sample that can be heard."""
    return next(n for n, sample in enumerate(samples) if abs(sample) > 500) / RATE


def test_a_film_has_its_sound_taken_out(clips: Clips, bench: Bench) -> None:
    samples = extracted(bench, clips.film())

    assert len(samples) == pytest.approx(RATE, abs=0.05 * RATE)
    assert max(samples) > 1000


def test_a_sound_that_begins_later_than_the_picture_keeps_its_time(clips: Clips, bench: Bench) -> None:
    late = clips.make(
        "late.mkv", "-i", str(clips.film()), "-itsoffset", "0.5", "-i", str(clips.film()),
        "-map", "0:v", "-map", "1:a", "-c", "copy",
    )  # fmt: skip

    assert loud_from(extracted(bench, late)) == pytest.approx(0.5, abs=0.05)


def test_a_source_whose_clock_starts_at_an_hour_starts_at_zero(clips: Clips, bench: Bench) -> None:
    hour = clips.make("hour.ts", "-i", str(clips.film()), "-c", "copy", "-output_ts_offset", "3600")

    samples = extracted(bench, hour)

    assert len(samples) == pytest.approx(RATE, abs=0.1 * RATE)
    assert loud_from(samples) < 0.1


def test_six_channels_become_one(clips: Clips, bench: Bench) -> None:
    assert max(extracted(bench, clips.with_channels(6))) > 500


def test_a_film_without_sound_is_a_failure_that_says_so(clips: Clips, bench: Bench) -> None:
    task = bench.validated(clips.silent(), "subtitles")

    failure = bench.perform(task, extract, step="sound").failure

    assert failure and failure.code == "source_has_no_audio"
