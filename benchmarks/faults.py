"""Never lost, never doubled: the fault benchmark.

    PYTHONPATH=layers/core:. python -m benchmarks.faults [events] [queue] [calls] [ends] [--uploads 10000] …

events  10,000 uploads' events, each delivered one to five times, shuffled, by several senders at once
queue   1,000 tasks of which 8 may run: order, fairness, and finishers that are killed at their writes
calls   the deployed stack while 5 % of its calls of AWS are throttled or break, before the work or after it
ends    tasks that are ended in each phase

Writes docs/benchmarks/faults.json and faults.md. A part that isn't asked for keeps the figures it has there.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from benchmarks import bare, report
from benchmarks.crowd import crowd
from benchmarks.ends import ends
from benchmarks.failing import failing
from benchmarks.flood import flood
from local.places import HOME

Part = dict[str, Any]


class Asked(NamedTuple):
    uploads: int
    senders: int
    tasks: int
    finishers: int
    called: int
    rate: float
    seed: int
    port: int


def events(asked: Asked) -> Part:
    with bare.bare_cloud(asked.port):
        return flood(asked.uploads, senders=asked.senders, most=8, seed=asked.seed)


def queue(asked: Asked) -> Part:
    with bare.bare_cloud(asked.port):
        return crowd(asked.tasks, most=8, finishers=asked.finishers, seed=asked.seed)


def calls(asked: Asked) -> Part:
    return failing(asked.called, rate=asked.rate, seed=asked.seed, port=asked.port)


def ended(asked: Asked) -> Part:
    return ends(asked.port)


PARTS: Mapping[str, Callable[[Asked], Part]] = {"events": events, "queue": queue, "calls": calls, "ends": ended}
TITLES = {
    "events": "Events: repeated, shuffled, from many senders",
    "queue": "Waiting: more tasks than may run",
    "calls": "Calls of AWS that fail",
    "ends": "Ended in each phase",
}


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(PARTS)}; all without one.")] = None,
    uploads: Annotated[int, typer.Option(min=1, help="Of `events`.")] = 10_000,
    senders: Annotated[int, typer.Option(min=1, help="Processes that deliver them.")] = 8,
    tasks: Annotated[int, typer.Option(min=12, help="Of `queue`.")] = 1_000,
    finishers: Annotated[int, typer.Option(min=1, help="That end tasks at once.")] = 4,
    called: Annotated[int, typer.Option(min=1, help="Tasks of `calls`.")] = 200,
    rate: Annotated[float, typer.Option(min=0, max=1, help="Part of the calls that fail.")] = 0.05,
    seed: Annotated[int, typer.Option(help="Of all that is left to chance.")] = 1,
    port: Annotated[int, typer.Option(help="Of the local cloud that is started for it.")] = 4650,
    folder: Annotated[Path, typer.Option(help="Where the figures are written.")] = report.FOLDER,
) -> None:
    HOME.mkdir(exist_ok=True)
    asked = Asked(uploads, senders, tasks, finishers, called, rate, seed, port)
    path = folder / "faults.json"
    told = json.loads(path.read_text()) if path.exists() else {}
    for name in parts or PARTS:
        begun = report.machine()
        figures = PARTS[name](asked)
        told[name] = {"machine": begun, "load_after": report.machine()["load"], "seed": seed, **figures}
        path.write_text(json.dumps(told, indent=2) + "\n")
    (folder / "faults.md").write_text(page({name: told[name] for name in PARTS if name in told}))


def page(told: Mapping[str, Part]) -> str:
    text = f"# Never lost, never doubled\n\n{report.made_by('make faults')}\n"
    for name, part in told.items():
        load = f"load average {part['machine']['load']:g} before it"
        load += f", {part['load_after']:g} after it" if "load_after" in part else ""
        text += f"\n## {TITLES[name]}\n\nSeed {part['seed']}; {load}.\n\n"
        text += _tables({key: value for key, value in part.items() if key not in {"machine", "load_after", "seed"}})
    return text


def _tables(part: Mapping[str, Any]) -> str:
    """One table of two columns; or, of a part that consists of runs, one with a column each."""
    if not all(isinstance(value, dict) for value in part.values()):
        rows = [(name, _said(value)) for name, value in part.items()]
        return report.table(("what", "figure"), rows) + "\n"
    names = dict.fromkeys(name for run in part.values() for name in run)
    runs = [(name, *(run.get(name, "") for run in part.values())) for name in names]
    return report.table(("what", *part), runs) + "\n"


def _said(value: object) -> object:
    return ", ".join(f"{name} {count}" for name, count in value.items()) if isinstance(value, dict) else value


if __name__ == "__main__":
    typer.run(main)
