"""One film measured against another, frame by frame: libvmaf's filter and its log. Pure.

Both are brought upright to the reference's size with square pixels. Frames are matched by the nearest time, so that
films of different rates, and containers that round times to milliseconds, compare as they are shown.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from sluice.ffmpeg.escaping import escaped
from sluice.media import Size, even

VMAF_MODEL = "vmaf_v0.6.1"


class Metric(StrEnum):
    """`vmaf` from 0 to 100; `ssim` from 0 to 1 and `psnr` in decibels up to 60, both of the brightness."""

    VMAF = "vmaf"
    SSIM = "ssim"
    PSNR = "psnr"


# libvmaf's feature behind each, and the name of its score in the log; VMAF itself is a model.
_FEATURES = {Metric.SSIM: "float_ssim", Metric.PSNR: "psnr"}
_LOGGED = {Metric.VMAF: "vmaf", Metric.SSIM: "float_ssim", Metric.PSNR: "psnr_y"}


def comparison(
    size: Size,
    metrics: Sequence[Metric],
    log: Path,
    *,
    distorted: str,
    reference: str,
    cleaning: Sequence[str] = (),
    ten_bit: bool = False,
    every: int = 1,
    threads: int = 2,
) -> str:
    """The filter graph; `distorted` and `reference` are stream specifiers such as `0:v`.

    The reference goes through the filters of `cleaning` first: what was done to the other on purpose. `every` measures
    one of that many frames, which is faster and moves the scores.
    """
    scale = f"scale={even(size.width)}:{even(size.height)}:flags=bicubic"
    pixels = f"format={'yuv420p10le' if ten_bit else 'yuv420p'}:color_ranges=tv"
    common = f"setpts=PTS-STARTPTS,{scale},setsar=1,{pixels}"
    return ";".join(
        [
            f"[{distorted}]{common}[distorted]",
            f"[{reference}]{''.join(f'{step},' for step in cleaning)}{common}[reference]",
            f"[distorted][reference]{_measuring(metrics, log, every, threads)}",
        ]
    )


def _measuring(metrics: Sequence[Metric], log: Path, every: int, threads: int) -> str:
    model = f"version={VMAF_MODEL}" if Metric.VMAF in metrics else ""
    features = "|".join(f"name={feature}" for metric, feature in _FEATURES.items() if metric in metrics)
    options = {
        "model": model,
        **({"feature": features} if features else {}),
        "log_fmt": "json",
        "log_path": str(log),
        "n_threads": str(threads),
        "n_subsample": str(every),
        "ts_sync_mode": "nearest",
        "shortest": "1",
    }
    return "libvmaf=" + ":".join(f"{name}={escaped(value)}" for name, value in options.items())


def scores(log: str, metrics: Sequence[Metric]) -> Mapping[Metric, list[float]]:
    """The scores of each measured frame, in order, from libvmaf's JSON log."""
    frames = json.loads(log)["frames"]
    return {metric: [float(frame["metrics"][_LOGGED[metric]]) for frame in frames] for metric in metrics}
