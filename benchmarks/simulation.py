"""The page of what `benchmarks.simulate` foretells, its charts, and how its word compares with real runs here.

    PYTHONPATH=layers/core:. python -m benchmarks.simulation

Writes docs/benchmarks/simulation.md, simulation.json and two charts beside them. Speeds are those of chunks.json.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import matplotlib

from benchmarks import report
from benchmarks.simulate import (
    LADDER,
    Film,
    Item,
    Limits,
    Outcome,
    Rung,
    Speeds,
    best_chunk,
    planned_seconds,
    schedule,
    simulate,
    sounds,
)
from sluice.chunking.sound_parts import FRAME, LEAD

HOUR = Film(3600)
UNCUT = replace(HOUR, sound_can_be_cut=False)
# Lambda gives a processor for so many MB.
SMALL_MEMORY = 1_769
WORKERS = (1, 10, 50, 100, 200, 400, 1_000, 2_000)
LENGTHS = (2, 4, 6, 8, 12, 16, 24, 32, 48, 60)
SOURCES: Mapping[str, tuple[Film, Sequence[Rung]]] = {
    "10 min 1080p, 5 rungs": (replace(HOUR, seconds=600), LADDER),
    "1 h 1080p, 5 rungs": (HOUR, LADDER),
    "2 h 1080p, 5 rungs": (replace(HOUR, seconds=7200), LADDER),
    "1 h 1080p, one MP4 at 720p": (HOUR, LADDER[1:2]),
    "1 h 2160p, one H.265 MP4": (replace(HOUR, width=3840, height=2160, bitrate=2e7), (Rung(3840, 2160, "h265"),)),
}
HEAD = ("film", "workers", "chunks", "of (s)", "makespan (s)", "floor (s)", "floor / makespan", "reachable / makespan",
        "USD")  # fmt: skip
TEXT = """# A film on a thousand workers

By `python -m benchmarks.simulation`, from the speeds in `chunks.json`. A model, not a run: none of it was timed on
AWS.

## One hour of 1080p, five rungs, 1,000 workers
{verdict}

{row}

*floor* is the pure encoding shared out among all workers: what a cluster would take that starts, plans, reads and
closes in no time. *reachable* adds what comes once however a film is cut: {once:.1f} s of plan, one worker's start,
manifests and the workflow's own states. No cutting can do better than that.

The rows of five rungs are ladders in chunks, all rungs of a chunk from one decode, segments as they are, so the end is
manifests. A row of one MP4 is a `video` in chunks, which ends with a join.

An efficiency of 0.5 by the floor would be {half:.1f} s for this hour, less than what comes once. So the pure encoding
is no measure of the planner at so many workers; of *reachable* the planner's chunks take {reached:.2f}.

## The sound
All rows are with sound, which is encoded in parts as the picture is in chunks, each of about as much work as a chunk:
an hour of it in {parts} parts of {part:.0f} s, of which each but the first encodes {lead:.1f} s more, to be dropped.
AAC takes {sound_rho:.4f} processor seconds a second on one processor, {sound:.0f} s for the hour. Sound that can't be
cut to the sample (of Matroska, of a stretch that is asked for, with its loudness evened out, or as Opus) is made by one
worker beside the chunks, who reads the whole source between its packets. Then the hour takes **{in_one_go:.0f} s**,
however many workers there are.

## Any film
{films}

![Seconds by workers](simulation-workers.svg)

## How long chunks should be
The planner shares a film out among all workers in whole rounds, in chunks that are encoded for two to four times as
long as a worker takes to start: so starts cost a half of what the encoding costs, at most. Shorter chunks are done
sooner by little, and dearer by much. By the model, for an hour and five rungs:

{lengths}

![Seconds and dollars by the length of chunks](simulation-chunks.svg)

## What was tried
Of the {once:.1f} s that come once, the plan is assumed to take {plan:g} s, a cold start {start:g} s, the manifests
{manifests:g} s, and the workflow's own states {around:g} s. The hour and five rungs, in the planner's chunks but where
others are named:

{tried}

A worker of one processor ({small_memory:,} MB) takes thrice as long for a chunk and as long for its start, so that a
start costs a third as much. As many of them are nearer to their own floor, but later, and cheaper. Three times as
many, the same processors in all, gain nothing: AWS starts a thousand environments every ten seconds, and by then the
first are free again.

Where the sound's time goes was measured once, on 300 s of a film: of 0.033 processor seconds a second, finding the
packets takes 0.0006, decoding 0.003, and the AAC encoder the rest. Its fast way (`-aac_coder fast`) takes 0.020 in all,
with an error that is 1 dB less in that film's music; which of them sounds better no ear has judged, so it is left as it
is. Three processes on one worker's three processors take a third of the time, but read the source through one worker's
network, and still take longer than any chunk.

## Against real runs
{check}

## What goes in
{inputs}

Workers are as Lambda's of {memory} MB: three processors. What Lambda and this machine call a processor is a thread of
a Xeon either way. Prices are those of `layers/core/sluice/prices.json`. Chunks differ in cost as a log-normal does, by
quantiles and without chance, so that the page comes out the same every time.
"""


def main() -> None:
    measured = json.loads((report.FOLDER / "chunks.json").read_text())["parts"]
    speeds, limits = speeds_of(measured), Limits()
    checked = check(measured, limits)
    told = {
        "speeds": asdict(speeds),
        "limits": asdict(limits),
        "row": row(speeds, limits),
        "check": checked,
        "films": [
            {"film": name, "workers": workers, **simulate(film, rungs, workers, speeds=speeds)._asdict()}
            for name, (film, rungs) in SOURCES.items()
            for workers in WORKERS
            if _fits(film, rungs, workers, speeds)
        ],
    }
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    (report.FOLDER / "simulation.json").write_text(json.dumps(told, indent=2) + "\n")
    charts(speeds, report.FOLDER)
    report.write("simulation.md", page(speeds, limits, checked))


def speeds_of(parts: Mapping[str, Any]) -> Speeds:
    """The measured ones in place of the model's own."""
    found = Speeds()
    if kept := parts.get("speed"):
        figures = {name: value["median"] for name, value in kept["figures"].items()}
        encoded = {c: 1e6 * figures[f"megapixels encoded a processor second, {c}"] for c in found.encoded}
        decoded = 1e6 * figures["megapixels decoded a processor second, h264"]
        found = replace(
            found, encoded=encoded, decoded=decoded, sound=figures["processor seconds for a second of sound"]
        )
    if kept := parts.get("memory"):
        # what is read is written as well
        joined = kept["figures"].get("bytes joined a processor second", found.join)
        found = replace(found, join=min(found.network, joined))
    return found


def row(speeds: Speeds, limits: Limits) -> dict[str, Any]:
    """The hour at a thousand workers, as the planner cuts it and as it is done first; and with sound in one go."""
    best = best_chunk(HOUR, LADDER, 1_000, speeds, limits)
    ways = {"planner": None, "best": best}
    found = {name: simulate(HOUR, LADDER, chunk=chunk, speeds=speeds) for name, chunk in ways.items()}
    heard = simulate(UNCUT, LADDER, speeds=speeds)
    shares = {name: round(way.efficiency, 3) for name, way in found.items()}
    reachable = {name: round(way.reachable / way.makespan, 3) for name, way in found.items()}
    return {**{name: way._asdict() for name, way in found.items()}, "efficiency": shares, "of reachable": reachable,
            "sound in one go": heard.makespan}  # fmt: skip


# ── against real runs ─────────────────────────────────────────────────────────────────────────


def check(parts: Mapping[str, Any], limits: Limits) -> dict[str, float] | None:
    """Two workers foretold and measured; a start and a rate are read from one worker's short and long chunks."""
    if "walls" not in parts:
        return None
    walls = parts["walls"]["figures"]["walls"]
    short, long, two = (walls[name] for name in ("one worker, short chunks", "one worker", "two workers"))
    first = int(long["sound"])
    chunks_short, chunks_long = short["items"][first:], long["items"][first:]
    start = max(0.0, (sum(chunks_short) - sum(chunks_long)) / (len(chunks_short) - len(chunks_long)))
    rho = (sum(chunks_long) - start * len(chunks_long)) / walls["seconds"]
    length = walls["seconds"] / len(chunks_long)
    speeds = Speeds(start=start, start_warm=start)
    items = [Item(max(0.0, seconds - start)) for seconds in long["items"][:first]]
    items += [Item(length * rho)] * len(chunks_long)
    foretold = max(end for _, end in schedule(items, 2, speeds, limits)) + long["plan"] + long["join"]
    still = Speeds(start=0.0, start_warm=0.0)
    handed_out = max(end for _, end in schedule([Item(seconds) for seconds in two["items"]], 2, still, limits))
    return {
        "map of its own items": round(handed_out / two["map"], 3),
        "start": round(start, 3),
        "rho": round(rho, 4),
        "chunks": len(chunks_long),
        "foretold": round(foretold, 2),
        "measured": two["makespan"],
        "ratio": round(foretold / two["makespan"], 3),
        "load": parts["walls"]["machine"]["load"],
    }


# ── telling ───────────────────────────────────────────────────────────────────────────────────


def page(speeds: Speeds, limits: Limits, checked: Mapping[str, float] | None) -> str:
    best = best_chunk(HOUR, LADDER, 1_000, speeds, limits)
    ways = [simulate(HOUR, LADDER, speeds=speeds), simulate(HOUR, LADDER, chunk=best, speeds=speeds)]
    rho = speeds.rho(HOUR, LADDER)
    parts = len(sounds(HOUR, rho * ways[0].chunk_seconds, speeds))
    return TEXT.format(
        verdict=_verdict(*ways, planned=planned_seconds(HOUR, rho, 1_000), best=best, speeds=speeds),
        row=report.table(HEAD, [_cells("as the planner cuts", 1_000, ways[0]), _cells("done first", 1_000, ways[1])]),
        once=ways[0].reachable - ways[0].floor,
        half=2 * ways[0].floor,
        reached=ways[0].reachable / ways[0].makespan,
        sound=max(HOUR.seconds * speeds.sound, HOUR.seconds * HOUR.bitrate / 8 / speeds.network),
        sound_rho=speeds.sound,
        in_one_go=simulate(UNCUT, LADDER, speeds=speeds).makespan,
        parts=parts,
        part=HOUR.seconds / parts,
        lead=LEAD * FRAME / 48_000,
        plan=speeds.plan,
        start=speeds.start,
        manifests=speeds.manifests,
        around=speeds.around,
        tried=_tried(speeds),
        small_memory=SMALL_MEMORY,
        films=report.table(HEAD, _films(speeds)),
        lengths=_lengths(speeds),
        check=_checked(checked),
        inputs=_inputs(speeds, limits),
        memory=f"{5308:,}",
    )


def _verdict(planner: Outcome, first: Outcome, *, planned: float, best: float, speeds: Speeds) -> str:
    most = max((w for w in range(10, 2_001, 10) if _efficiency(w, speeds) >= 0.5), default=0)
    return (
        f"The model gives **{planner.makespan:.1f} s** with the planner's chunks of {planned:.0f} s and "
        f"**{first.makespan:.1f} s** with chunks of {best:.0f} s, the best length at this number of workers (target: "
        f"≤ 30 s). Its efficiency by the floor is {planner.efficiency:.2f} and {first.efficiency:.2f} (target: ≥ 0.5): "
        f"{'met' if first.efficiency >= 0.5 else 'missed'}, since {first.floor:.1f} s of encoding on each worker can't "
        f"hide {first.reachable - first.floor:.1f} s of plan, start and closing. Of what is reachable it takes "
        f"{first.reachable / first.makespan:.2f}. An hour reaches an efficiency of 0.5 with up to {most} workers."
    )


def _efficiency(workers: int, speeds: Speeds) -> float:
    """Of chunks that suit so many workers."""
    return max(simulate(HOUR, LADDER, workers, chunk=chunk, speeds=speeds).efficiency for chunk in LENGTHS[:5])


def _cells(name: str, workers: int, found: Outcome) -> Sequence[object]:
    return (name, f"{workers:,}", f"{found.chunks:,}", f"{found.chunk_seconds:.1f}", f"{found.makespan:.1f}",
            f"{found.floor:.1f}", f"{found.efficiency:.2f}", f"{found.reachable / found.makespan:.2f}",
            f"{found.usd:.3f}")  # fmt: skip


def _fits(film: Film, rungs: Sequence[Rung], workers: int, speeds: Speeds) -> bool:
    """Whether no worker comes near Lambda's limit, the one that joins among them."""
    try:
        simulate(film, rungs, workers, speeds=speeds)
    except ValueError:
        return False
    return True


def _films(speeds: Speeds) -> list[Sequence[object]]:
    return [
        _cells(name, workers, simulate(film, rungs, workers, speeds=speeds))
        for name, (film, rungs) in SOURCES.items()
        for workers in (10, 200, 1_000)
        if _fits(film, rungs, workers, speeds)
    ]


def _tried(speeds: Speeds) -> str:
    """Other workers, and other ways of the sound, for the hour."""
    small, thrice = replace(speeds, processors=1.0, memory=SMALL_MEMORY), replace(speeds, sound=speeds.sound / 3)
    found = {
        "1,000 workers of three processors": simulate(HOUR, LADDER, speeds=speeds),
        "these, chunks of 2 s": simulate(HOUR, LADDER, chunk=2, speeds=speeds),
        "these, sound by one worker": simulate(UNCUT, LADDER, speeds=speeds),
        "these, sound by three processes of one worker": simulate(UNCUT, LADDER, speeds=thrice),
        "1,000 workers of one processor": simulate(HOUR, LADDER, speeds=small),
        "1,000 workers of one processor, chunks of 2 s": simulate(HOUR, LADDER, chunk=2, speeds=small),
        "3,000 workers of one processor, chunks of 2 s": simulate(HOUR, LADDER, 3_000, chunk=2, speeds=small),
    }
    head = ("way", "chunks", "makespan (s)", "floor (s)", "floor / makespan", "USD")
    return report.table(head, [
        (name, f"{way.chunks:,}", f"{way.makespan:.1f}", f"{way.floor:.1f}", f"{way.efficiency:.2f}", f"{way.usd:.3f}")
        for name, way in found.items()
    ])  # fmt: skip


def _lengths(speeds: Speeds) -> str:
    rows = []
    for chunk in LENGTHS:
        few, many = (simulate(HOUR, LADDER, workers, chunk=chunk, speeds=speeds) for workers in (200, 1_000))
        rows.append((chunk, few.chunks, f"{few.makespan:.1f}", f"{many.makespan:.1f}", f"{many.usd:.3f}"))
    return report.table(("chunk (s)", "chunks", "200 workers (s)", "1,000 workers (s)", "USD at 1,000"), rows)


def _checked(found: Mapping[str, float] | None) -> str:
    if found is None:
        return "`python -m benchmarks.chunks walls` hasn't been run."
    return (
        f"Two workers here, each on its own processor, took {found['measured']:.1f} s for {found['chunks']} chunks "
        f"(and the sound), plan and join among it. From one worker's runs with short and with long chunks the model "
        f"reads a start of {found['start']:.2f} s and {found['rho']:.3f} s of work for a second of film, and foretells "
        f"{found['foretold']:.1f} s: **{found['ratio']:.2f} of what was measured** (load average then: "
        f"{found['load']:g}; far above two, seconds by the clock say little, and no start can be told from the rest). "
        f"Given the seconds that each chunk took in that very run, the way chunks are handed out gives "
        f"{found['map of its own items']:.2f} of what the map took."
    )


def _inputs(speeds: Speeds, limits: Limits) -> str:
    rows: list[Sequence[object]] = [
        *((f"{codec}, pixels encoded a processor second", f"{rate:,.0f}", "measured")
          for codec, rate in speeds.encoded.items()),
        ("pixels decoded a processor second", f"{speeds.decoded:,.0f}", "measured"),
        ("processor seconds for a second of sound", f"{speeds.sound:g}", "measured"),
        ("a read of sound, eight at once (s)", f"{speeds.request:g}", "assumed"),
        ("spread of chunks (deviation of the logarithm)", speeds.spread, "assumed"),
        ("start of a worker, cold / warm (s)", f"{speeds.start:g} / {speeds.start_warm:g}", "the planner's / assumed"),
        ("plan; states around; manifests (s)", f"{speeds.plan:g}; {speeds.around:g}; {speeds.manifests:g}", "assumed"),
        ("network of a Lambda (bytes/s)", f"{speeds.network:,.0f}", "commonly measured by others: 400 to 700 Mbit/s"),
        ("join (bytes/s)", f"{speeds.join:,.0f}", "measured, at most the network"),
        ("Lambda environments, at once and every 10 s", f"{limits.environments:,}", "AWS's quota for a function"),
        ("Step Functions starts, at once; a second", f"{limits.starts_at_once:,}; {limits.starts:g}",
         "AWS's quota for StartExecution; that of a map's children isn't published"),
        ("children of a map at once", f"{limits.children:,}", "AWS's quota"),
        ("S3 writes; reads a second", f"{limits.puts:g}; {limits.gets:g}", "AWS's, of a prefix"),
        ("DynamoDB writes a second", f"{limits.writes:g}", "AWS's, of a partition"),
    ]  # fmt: skip
    return report.table(("what", "value", "whose word"), rows)


# ── charts ────────────────────────────────────────────────────────────────────────────────────


def charts(speeds: Speeds, folder: Path) -> None:
    """The same bytes for the same figures: no date, and names that don't change."""
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "sluice", "svg.fonttype": "none", "font.size": 10})
    _by_workers(speeds, folder / "simulation-workers.svg")
    _by_length(speeds, folder / "simulation-chunks.svg")


def _by_workers(speeds: Speeds, path: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name, (film, rungs) in SOURCES.items():
        found = [(w, simulate(film, rungs, w, speeds=speeds)) for w in WORKERS if _fits(film, rungs, w, speeds)]
        axes.plot([w for w, _ in found], [way.makespan for _, way in found], marker="o", markersize=3, label=name)
    hour = [(w, simulate(HOUR, LADDER, w, speeds=speeds).floor) for w in WORKERS]
    axes.plot(*zip(*hour, strict=True), color="grey", linestyle=":", label="1 h 1080p, 5 rungs: floor")
    axes.set(xscale="log", yscale="log", xlabel="workers", ylabel="seconds")
    axes.grid(True, alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    pyplot.close(figure)


def _by_length(speeds: Speeds, path: Path) -> None:
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    money = axes.twinx()
    for workers in (200, 1_000):
        found = [simulate(HOUR, LADDER, workers, chunk=chunk, speeds=speeds) for chunk in LENGTHS]
        axes.plot(LENGTHS, [way.makespan for way in found], marker="o", markersize=3, label=f"{workers:,} workers")
        money.plot(LENGTHS, [way.usd for way in found], linestyle=":", label=f"{workers:,} workers, USD")
    axes.set(xlabel="chunk (s)", ylabel="seconds for an hour, 5 rungs", ylim=(0, None))
    money.set(ylabel="USD", ylim=(0, None))
    axes.grid(True, alpha=0.3)
    axes.legend(loc="upper left", fontsize=8)
    money.legend(loc="lower right", fontsize=8)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")
    pyplot.close(figure)


if __name__ == "__main__":
    main()
