"""Targets and what was measured, in one table, from what the other measurements have left in docs/benchmarks.

    PYTHONPATH=layers/core:. python -m benchmarks.figures

Measures nothing itself; writes docs/benchmarks/figures.json and figures.md. A row says when its figure wasn't measured.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from benchmarks import report

Found = Mapping[str, Any]
MINUTE, SHORT = "bbb_trailer_720p-60s.mp4", "bbb_trailer_720p-5s.mp4"
TEXT = """# Figures

{machine}

A figure with a bracket is the median of paired runs, with the least and the most. How each was made, and where: the
page of the same name beside this one. *load* is the machine's load average at the end of the measurement; above the
number of processors, others were working too, which ratios of processor time stand and seconds by the clock don't.

{table}
"""


class Row(NamedTuple):
    """`part` names the module and what of it; `at` finds a number, a spread or nothing in its figures."""

    what: str
    target: str
    part: str
    at: Callable[[Found], Any]
    good: Callable[[float], bool]


def of(name: str) -> Callable[[Found], Any]:
    return lambda figures: figures.get(name)


def most(limit: float) -> Callable[[float], bool]:
    return lambda value: value <= limit


def least(limit: float) -> Callable[[float], bool]:
    return lambda value: value >= limit


ROWS = (
    Row("films with other frames than the serial encode, of 21 awkward ones", "0", "chunks frames",
        lambda f: len(f["films with other frames"]) if "films with other frames" in f else None, most(0)),
    Row("farthest presentation time (ms)", "≤ 1", "chunks frames", of("farthest presentation time (ms)"), most(1)),
    Row("farthest sound (ms)", "≤ 1", "chunks frames", of("farthest sound (ms)"), most(1)),
    Row("VMAF, joined minus serial, mean", "≥ -0.5", "chunks seams",
        of("VMAF, chunks minus one go, mean"), least(-0.5)),
    Row("VMAF, joined minus serial, worst within 12 frames of a seam", "≥ -2", "chunks seams",
        of("VMAF, chunks minus one go, worst near a seam"), least(-2)),
    Row("size at equal crf, joined / serial", "within 2 %", "chunks cost", of("size, chunks / one go"),
        lambda value: abs(value - 1) <= 0.02),
    Row("processor time, chunks and join / serial, a minute in chunks of 10 s", "≤ 1.05", "chunks cost",
        of("processor time, chunks and join / one go"), most(1.05)),
    Row("bytes read by the chunks' workers / size of the source", "≤ 1.3", "chunks cost",
        of("bytes read by the chunks' workers / size of the source"), most(1.3)),
    Row("five rungs from one decode / five encodes, processor time", "≤ 0.85", "chunks ladder",
        of("five rungs from one decode / five encodes, processor time"), most(0.85)),
    Row("upload → succeeded, a minute of 720p, warm / bare ffmpeg", "≤ 1.10", "flow",
        lambda f: f.get(MINUTE, {}).get("ratio"), most(1.10)),
    Row("upload → succeeded, 5 s, warm, more than bare ffmpeg (s)", "≤ 1.5", "flow",
        lambda f: f.get(SHORT, {}).get("extra (s)"), most(1.5)),
    Row("the same minute, with a moderation verdict besides / bare ffmpeg, without one", "no target", "flow",
        lambda f: f.get("default", {}).get(MINUTE, {}).get("ratio"), least(0)),
    Row("memory of the join of 2 GB (MB), no disk", "≤ 256", "chunks memory", of("memory of the join (MB)"), most(256)),
    Row("import of the api's handler / a bare one, processor time", "≤ 1.0", "imports",
        lambda f: f.get("api", {}).get("ratio of processor seconds"), most(1)),
    Row("import of the dispatcher's handler / a bare one, processor time", "≤ 1.0", "imports",
        lambda f: f.get("dispatcher", {}).get("ratio of processor seconds"), most(1)),
    Row("simulated, 1 h 1080p, 5 rungs, 1,000 workers, the planner's chunks (s)", "≤ 30", "simulation",
        lambda f: f.get("planner", {}).get("makespan"), most(30)),
    Row("the same, the best chunks (s)", "≤ 30", "simulation", lambda f: f.get("best", {}).get("makespan"), most(30)),
    Row("the same, efficiency: floor / makespan", "≥ 0.5", "simulation",
        lambda f: f.get("efficiency", {}).get("best"), least(0.5)),
    Row("the same, of what is reachable with one start, plan and closing", "no target", "simulation",
        lambda f: f.get("of reachable", {}).get("best"), least(0)),
    Row("simulated / measured, two workers here", "no target", "simulation",
        lambda f: (f.get("check") or {}).get("ratio"), least(0)),
    Row("chunks that came out in other bytes the second time, four codecs", "0", "chunks same",
        of("chunks that came out in other bytes"), most(0)),
)  # fmt: skip


def main() -> None:
    kept = {name: _kept(name) for name in ("chunks", "imports", "flow", "simulation")}
    rows = [_told(row, kept) for row in ROWS]
    (report.FOLDER / "figures.json").write_text(
        json.dumps({"machine": report.machine(), "rows": rows}, indent=2) + "\n"
    )
    head = ("what", "target", "measured", "met", "runs", "load", "by")
    cells = [[row[name] for name in head] for row in rows]
    machine = report.made_by("python -m benchmarks.figures")
    report.write("figures.md", TEXT.format(machine=machine, table=report.table(head, cells)))


def _kept(name: str) -> Found:
    path = report.FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _told(row: Row, kept: Mapping[str, Found]) -> dict[str, Any]:
    name, _, part = row.part.partition(" ")
    found = kept[name].get("parts", {}).get(part, {}) if part else kept[name]
    figures = _figures(name, found)
    value = row.at(figures)
    told = {"what": row.what, "target": row.target, "by": f"`python -m benchmarks.{row.part}`"}
    if value is None:
        return {**told, "measured": "not measured", "met": "", "runs": "", "load": ""}
    number = value["median"] if isinstance(value, Mapping) else value
    shown = str(report.Spread(**value)) if isinstance(value, Mapping) else f"{round(number, 3):g}"
    met = "" if row.target == "no target" else "yes" if row.good(number) else "**no**"
    runs = found.get("runs", 1) if isinstance(value, Mapping) else 1
    return {**told, "measured": shown, "met": met, "runs": runs, "load": found.get("machine", {}).get("load", "")}


def _figures(name: str, found: Found) -> Found:
    """The figures of a part, and what a few have beside them."""
    if name == "simulation":
        return {**found.get("row", {}), "check": found.get("check")}
    return {**found.get("figures", {}), "default": found.get("default", {})}


if __name__ == "__main__":
    main()
