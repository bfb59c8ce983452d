"""Peaks of a sound for drawing it: measured by ffmpeg, told as JSON, drawn as a picture. Pure.

The JSON is that of audiowaveform, version 2, which players such as Peaks.js and wavesurfer.js read:
https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped

WIDTH, HEIGHT = 1800, 280
MOST_PIXELS = 1_000_000
_LOWEST, _HIGHEST = "lavfi.astats.Overall.Min_level=", "lavfi.astats.Overall.Max_level="
_TO_8_BITS = 256
_INK, _PAPER = bytes((40, 255)), bytes((0, 0))


class Peak(NamedTuple):
    """Lowest and highest sample of a stretch, -128 to 127."""

    lowest: int
    highest: int


def samples_per_pixel(sample_rate: int, pixels_per_second: int, seconds: float | None) -> int:
    """As many as were asked for, or more where a very long sound would have too many pixels."""
    return max(sample_rate // pixels_per_second, ceil(sample_rate * (seconds or 0) / MOST_PIXELS))


def measuring(sample_rate: int, samples_per_pixel: int, target: Path) -> list[str]:
    """ffmpeg's arguments after the input: a text file with two numbers a pixel. Memory doesn't grow with the length."""
    filters = [
        f"aformat=sample_fmts=s16:channel_layouts=mono:sample_rates={sample_rate}",
        f"asetnsamples=n={samples_per_pixel}:p=0",
        "astats=metadata=1:reset=1:measure_perchannel=none:measure_overall=Min_level+Max_level",
        f"ametadata=mode=print:file={escaped(target)}",
    ]
    return ["-map", "0:a:0", "-vn", "-af", ",".join(filters), "-f", "null", "-"]


def peaks(lines: Iterable[str]) -> Iterator[Peak]:
    """What the measuring wrote."""
    lowest = 0
    for line in lines:
        if line.startswith(_LOWEST):
            lowest = _eight_bits(line.removeprefix(_LOWEST))
        elif line.startswith(_HIGHEST):
            yield Peak(lowest, _eight_bits(line.removeprefix(_HIGHEST)))


def _eight_bits(text: str) -> int:
    return max(-128, min(127, int(float(text) // _TO_8_BITS)))


def as_json(found: Sequence[Peak], sample_rate: int, samples_per_pixel: int) -> str:
    return json.dumps(
        {
            "version": 2,
            "channels": 1,
            "sample_rate": sample_rate,
            "samples_per_pixel": samples_per_pixel,
            "bits": 8,
            "length": len(found),
            "data": [level for peak in found for level in peak],
        },
        separators=(",", ":"),
    )


def columns(found: Sequence[Peak], width: int = WIDTH) -> list[Peak]:
    """The peaks as so many columns; several become one, and few are repeated."""
    if not found:
        return [Peak(0, 0)] * width
    marks = [at * len(found) // width for at in range(width + 1)]
    stretches = (found[a : max(a + 1, b)] for a, b in pairwise(marks))
    return [Peak(min(p.lowest for p in s), max(p.highest for p in s)) for s in stretches]


def picture(drawn: Sequence[Peak], height: int = HEIGHT) -> bytes:
    """Raw pixels, row by row: grey and alpha of 8 bits each. The paper is transparent; silence is a thin line."""
    spans = [
        (_row(peak.highest, height), max(_row(peak.highest, height) + 2, _row(peak.lowest, height))) for peak in drawn
    ]
    rows = (b"".join(_INK if top <= row < bottom else _PAPER for top, bottom in spans) for row in range(height))
    return b"".join(rows)


def _row(level: int, height: int) -> int:
    return round((127 - level) * (height - 2) / 255)


def as_png(raw: Path, target: Path) -> list[str]:
    """The whole command."""
    size = ("-s", f"{WIDTH}x{HEIGHT}")
    return ["-f", "rawvideo", "-pix_fmt", "ya8", *size, "-i", str(raw), "-frames:v", "1", "-update", "1", str(target)]
