import csv
import io
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.ffmpeg.comparison import Metric
from sluice.kinds.quality.report import as_csv, as_svg, summary

SVG = "{http://www.w3.org/2000/svg}"


def test_a_summary_tells_the_middle_the_ends_and_where_the_worst_is() -> None:
    found = summary([90.0, 50.0, 100.0, 80.0], [0.0, 0.04, 0.08, 0.12])

    assert (found["mean"], found["min"], found["max"]) == (80.0, 50.0, 100.0)
    assert (found["p1"], found["p50"], found["worst_at"]) == (50.0, 80.0, 0.04)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=50))
def test_figures_of_a_summary_are_in_their_order(scores: list[float]) -> None:
    found = summary(scores, [0.0] * len(scores))

    ordered = [found[name] for name in ("min", "p1", "p5", "p10", "p25", "p50", "max")]
    assert ordered == sorted(ordered)
    assert found["harmonic_mean"] <= found["mean"] + 0.001


def test_a_table_has_a_row_for_each_measured_frame() -> None:
    found = as_csv({Metric.VMAF: [90.0, 80.5], Metric.PSNR: [40.0, 38.0]}, [0.0, 0.2], every=5)

    rows = list(csv.reader(io.StringIO(found)))
    assert rows == [
        ["frame", "time", "vmaf", "psnr"],
        ["0", "0.000", "90.0000", "40.0000"],
        ["5", "0.200", "80.5000", "38.0000"],
    ]


@pytest.mark.parametrize("count", [1, 10, 5000])
def test_a_plot_has_a_curve_for_each_metric_within_its_bounds(count: int) -> None:
    scores = {Metric.VMAF: [float(n % 101) for n in range(count)], Metric.PSNR: [0.0] * count}

    drawing = ElementTree.fromstring(as_svg(scores, [n / 25 for n in range(count)]))

    curves = drawing.findall(f"{SVG}polyline")
    assert len(curves) == 2
    for curve in curves:
        points = [tuple(map(float, point.split(","))) for point in curve.attrib["points"].split()]
        assert 1 <= len(points) <= 800
        assert all(0 <= x <= 960 and 0 <= y <= 400 for x, y in points)


def test_a_thinned_plot_keeps_the_worst_frame() -> None:
    scores = [90.0] * 5000
    scores[1234] = 0.0

    thinned = as_svg({Metric.VMAF: scores}, [n / 25 for n in range(5000)])

    assert ",176.0" in thinned  # the floor of the panel
