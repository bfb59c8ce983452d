"""EBU R 128: how loud a sound is, and the filter that brings it to a target. Pure.

One gain for the whole sound keeps its dynamics. Only where that would clip does loudnorm's own second pass, which
holds the peaks down, take its place.
"""

import json
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped

HIGHEST_PEAK = -1.5
_RANGE = 11


class Loudness(NamedTuple):
    """`integrated` and `threshold` in LUFS, `peak` in dBTP, `range` in LU."""

    integrated: float
    peak: float
    range: float
    threshold: float


def measuring(audio_index: int, stats: Path, before: Sequence[str] = ()) -> list[str]:
    """ffmpeg's arguments after the input: listen to the end and leave the figures in a file.

    `before` are filters that change how loud the sound is, such as one that folds its channels.
    """
    filters = ",".join([*before, f"loudnorm=print_format=json:stats_file={escaped(stats)}"])
    return ["-map", f"0:{audio_index}", "-vn", "-sn", "-dn", "-af", filters, "-f", "null", "-"]


def measured(stats: str) -> Loudness | None:
    """The figures of loudnorm's JSON, or None for what is silent or shorter than the 0.4 s that R 128 looks at."""
    found = json.loads(stats)
    loudness = Loudness(*(float(found[f"input_{name}"]) for name in ("i", "tp", "lra", "thresh")))
    return loudness if all(isfinite(figure) for figure in loudness) else None


def gain(loudness: Loudness, target: float) -> float:
    """Decibels from what is to what shall be."""
    return target - loudness.integrated


def is_linear(loudness: Loudness, target: float) -> bool:
    """Whether one gain for all of it does."""
    return loudness.peak + gain(loudness, target) <= HIGHEST_PEAK


def normalizing(loudness: Loudness, target: float, sample_rate: int) -> list[str]:
    """The filters; loudnorm works, and hands on, at 192 kHz."""
    if is_linear(loudness, target):
        return [f"volume={gain(loudness, target):.2f}dB"]
    return [
        f"loudnorm=i={target}:tp={HIGHEST_PEAK}:lra={_RANGE}:measured_i={loudness.integrated}"
        f":measured_tp={loudness.peak}:measured_lra={loudness.range}:measured_thresh={loudness.threshold}",
        f"aresample={sample_rate}",
    ]
