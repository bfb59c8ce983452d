"""Scores of frames → a summary, a table, a plot. Pure."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from sluice.ffmpeg.comparison import Metric

PERCENTILES = (1, 5, 10, 25, 50)
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 960, 200, 56, 28, 24
_MOST_POINTS = 800
_COLOURS = {Metric.VMAF: "#2563eb", Metric.SSIM: "#059669", Metric.PSNR: "#d97706"}
# Where the scale of the plot begins and ends, so that plots of two films can be laid side by side.
_SCALES = {Metric.VMAF: (0.0, 100.0), Metric.SSIM: (0.5, 1.0), Metric.PSNR: (15.0, 60.0)}

Scores = Mapping[Metric, Sequence[float]]


def summary(scores: Sequence[float], times: Sequence[float]) -> dict[str, float]:
    """Of one metric. The harmonic mean weighs bad frames more; `worst_at` is the time of the worst, in seconds."""
    ordered = sorted(scores)
    worst = min(range(len(scores)), key=lambda number: scores[number])
    return {
        "mean": _rounded(sum(scores) / len(scores)),
        # as libvmaf has it: with one added, so that a score of nought has a place in it
        "harmonic_mean": _rounded(len(scores) / sum(1 / (score + 1) for score in scores) - 1),
        "min": _rounded(ordered[0]),
        "max": _rounded(ordered[-1]),
        **{f"p{percent}": _rounded(ordered[(len(ordered) - 1) * percent // 100]) for percent in PERCENTILES},
        "worst_at": round(times[worst], 3),
    }


def as_csv(scores: Scores, times: Sequence[float], every: int = 1) -> str:
    """A row for each measured frame: its number, its time in the compared stretch, its scores."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["frame", "time", *(metric.value for metric in scores)])
    for number, (time, *row) in enumerate(zip(times, *scores.values(), strict=True)):
        writer.writerow([number * every, f"{time:.3f}", *(f"{score:.4f}" for score in row)])
    return text.getvalue()


def as_svg(scores: Scores, times: Sequence[float]) -> str:
    """A curve for each metric, one below the other, over time."""
    height = _HEIGHT * len(scores)
    panels = "\n".join(
        _panel(metric, values, times, _HEIGHT * number) for number, (metric, values) in enumerate(scores.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'font-family="sans-serif" font-size="12">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{panels}\n</svg>\n'
    )


def _panel(metric: Metric, values: Sequence[float], times: Sequence[float], top: int) -> str:
    mean = sum(values) / len(values)
    title = f"{metric.value.upper()} · mean {mean:.2f} · lowest {min(values):.2f}"
    lines = "\n".join(_grid(metric, top))
    last = times[-1] if times[-1] > 0 else 1.0
    points = " ".join(
        f"{_LEFT + (_WIDTH - _LEFT - 12) * time / last:.1f},{_down(metric, score, top):.1f}"
        for time, score in _thinned(times, values)
    )
    curve = f'<polyline points="{points}" fill="none" stroke="{_COLOURS[metric]}" stroke-width="1.5"/>'
    ends = (
        f'<text x="{_LEFT}" y="{top + _HEIGHT - 6}" fill="#666">0 s</text>'
        f'<text x="{_WIDTH - 12}" y="{top + _HEIGHT - 6}" text-anchor="end" fill="#666">{times[-1]:.2f} s</text>'
    )
    return f'<text x="{_LEFT}" y="{top + 18}" fill="#111">{title}</text>\n{lines}\n{curve}\n{ends}'


def _grid(metric: Metric, top: int) -> Iterator[str]:
    low, high = _SCALES[metric]
    for step in range(5):
        value = low + (high - low) * step / 4
        y = _down(metric, value, top)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH - 12}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#666">{value:g}</text>'


def _down(metric: Metric, score: float, top: int) -> float:
    """Pixels from the upper edge; what lies beyond the scale is drawn at its end."""
    low, high = _SCALES[metric]
    share = (min(high, max(low, score)) - low) / (high - low)
    return top + _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)


def _thinned(times: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """At most as many points as the plot has room for: the lowest of each stretch, since that is what one looks for."""
    size = max(1, -(-len(values) // _MOST_POINTS))
    return [(times[start], min(values[start : start + size])) for start in range(0, len(values), size)]


def _rounded(score: float) -> float:
    return round(score, 4)
