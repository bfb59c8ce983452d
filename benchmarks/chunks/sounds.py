"""Music in parts against the same in one go."""

import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.chunks.ground import FILM, Asked, chunks_film, equipped, set_chunks, stored, whole_film
from sluice.chunking.sound_parts import FRAME
from sluice.tasks import Task
from tests.chunks import farthest

Samples = NDArray[np.float32]
# Shorter parts than the planner would make, so that there are many seams in a minute of music.
_PART_SECONDS = (6.0, 7.0, 8.0, 9.0)
_NEAR_SAMPLES = 2048


def sound(asked: Asked) -> dict[str, Any]:
    """Music in parts against the same in one go: how far either is from the source, at seams and between them."""
    seams_of_all: list[int] = []
    at_seams: list[float] = []
    between: list[float] = []
    steps, late, signal = [], [], 0.0
    with equipped(asked) as (bench, programs, _):
        set_chunks(20)
        source = _music(programs, asked.samples / FILM, bench.folder / "music.mp4")
        whole = whole_film(bench, bench.validated(source))
        true, other = (_decoded(programs, path) for path in (source, whole))
        usual = np.abs(np.diff(_error(other, true), 2, axis=0)).max()
        signal = _decibels(true, _error(other, true))
        for seconds in _PART_SECONDS:
            set_chunks(20, sound=seconds)
            task = bench.validated(source)
            path = chunks_film(bench, task)
            one, (found, middles) = _decoded(programs, path), _sound_seams(task)
            late.append(farthest(_packets(programs, path), _packets(programs, whole)))
            seams_of_all += found
            at_seams += [_nearer(other, one, true, at) for at in found]
            between += [_nearer(other, one, true, at) for at in middles]
            steps += [np.abs(np.diff(_error(one, true)[_about(at)], 2, axis=0)).max() / usual for at in found]
    return {
        "seams of the sound": len(seams_of_all),
        "farthest packet of sound in parts (ms)": round(1000 * max(late), 3),
        "sound in one go, signal / noise (dB)": round(signal, 2),
        "sound in parts / in one go, signal / noise within 2,048 samples of a seam, mean (dB)": _mean(at_seams),
        "the worst seam (dB)": round(min(at_seams), 2),
        "the same in the middle of parts, mean (dB)": _mean(between),
        "the worst middle (dB)": round(min(between), 2),
        "greatest step of the error at a seam / anywhere in one go": round(float(max(steps)), 2),
    }


def _music(programs: Path, source: Path, target: Path) -> Path:
    """The film's sound without a gap, by a codec that decodes the same each time, under small pictures."""
    pictures = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=64x48:r=5:d=52",
        "-i",
        source,
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-t",
        "52",
    )
    how = ("-c:v", "libx264", "-g", "5", "-af", "aresample=48000", "-c:a", "libmp3lame", "-b:a", "320k")
    subprocess.run([programs / "ffmpeg", "-v", "error", *pictures, *how, target], check=True)
    return target


def _decoded(programs: Path, path: Path) -> Samples:
    raw = ("-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "f32le", "-")
    made = subprocess.run([programs / "ffmpeg", "-v", "error", "-i", path, *raw], check=True, stdout=subprocess.PIPE)
    return np.frombuffer(made.stdout, "<f4").reshape(-1, 2)


def _packets(programs: Path, path: Path) -> list[float]:
    asked = ("-select_streams", "a", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
    made = subprocess.run([programs / "ffprobe", "-v", "error", *asked], check=True, stdout=subprocess.PIPE, text=True)
    return [float(line.strip(",")) for line in made.stdout.split()]


def _sound_seams(task: Task) -> tuple[list[int], list[int]]:
    """The samples at which parts begin, all but the first; and the middles of these parts, all but the last's."""
    prefix, ends = f"work/{task.id}/chunks/1", [0]
    for name in stored(f"{prefix}/plan.json")["parts"][:-1]:
        first, last = stored(f"{prefix}/{name}.json")["own"]
        ends.append(ends[-1] + last - first)
    begins = [(end - 1) * FRAME for end in ends[1:]]
    return begins, [(one + other) // 2 for one, other in pairwise(begins)]


def _about(at: int) -> slice:
    return slice(at - _NEAR_SAMPLES, at + _NEAR_SAMPLES)


def _error(made: Samples, true: Samples) -> Samples:
    count = min(len(made), len(true))
    return made[:count] - true[:count]


def _nearer(other: Samples, one: Samples, true: Samples, at: int) -> float:
    """By how many decibels the error of `one` is less than that of `other`."""
    return _decibels(_error(other, true)[_about(at)], _error(one, true)[_about(at)])


def _decibels(one: Samples, other: Samples) -> float:
    return float(10 * np.log10(np.square(one).sum() / np.square(other).sum()))


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)
