"""Films in chunks against the same films in one go: frames, sound, seams, size, cost, and the memory of the join.

    PYTHONPATH=layers/core:. python -m benchmarks.chunks [PART …] [--samples ../shared/media] [--runs 5] [--seconds 60]

Parts: frames, same, cost, seams, sound, ladder, memory, speed, walls; all of them when none is named. Writes
chunks.json in docs/benchmarks, where every part keeps its figures until it is measured again, and chunks.md. No cloud:
the steps run on moto's S3 and DynamoDB behind a socket, and ways that are compared take turns.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import report
from benchmarks.chunks.alike import awkward, same, seams
from benchmarks.chunks.costs import cost, ladder, speed
from benchmarks.chunks.ground import CHUNK_SECONDS, FILM, Asked
from benchmarks.chunks.joins import memory
from benchmarks.chunks.sounds import sound
from benchmarks.chunks.walls import walls
from tests.chunks import AWKWARD

SECONDS = 60
# The parts whose figures depend on how long the real film is.
_OF_THE_FILM = {"cost", "seams", "walls"}
TEXT = """# Films in chunks

{made_by}

The awkward films are {awkward}, four seconds each, cut about every second. The real film is {film}, repeated to
the length in the table, in chunks of about {chunk} s. Times and ratios are medians of paired runs (least to most); a
ratio of processor time is of all that a way takes, Python and ffmpeg, the join among it. Quality is VMAF against the
source. Sound in parts is 52 s of the film's music in parts of 6 to 9 s: what differs from the source is its noise, and
an error that jumps has large second differences, its steps. A load far above the CPUs slows all alike: it touches no
count, no size and hardly a ratio.

{table}
"""

PARTS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "frames": awkward,
    "same": same,
    "cost": cost,
    "seams": seams,
    "sound": sound,
    "ladder": ladder,
    "memory": memory,
    "speed": speed,
    "walls": walls,
}


def main(
    parts: Annotated[list[str] | None, typer.Argument(help="What is measured; all when none is named.")] = None,
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    runs: Annotated[int, typer.Option(min=1, help="Paired runs of what is a ratio or a time.")] = 5,
    seconds: Annotated[int, typer.Option(help="Length of the real film.")] = SECONDS,
    join_bytes: Annotated[int, typer.Option(help="Size of the film whose join is measured.")] = 2_000_000_000,
) -> None:
    if unknown := set(parts or ()) - set(PARTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    for name in parts or PARTS:
        begun = time.monotonic()
        figures = PARTS[name](Asked(samples, runs, seconds, join_bytes))
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
        write(name, figures, runs, seconds)


def write(part: str, figures: Mapping[str, Any], runs: int, seconds: int) -> None:
    """Put the part's figures to those of the others."""
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    path = report.FOLDER / "chunks.json"
    told: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"film": FILM, "parts": {}}
    told["parts"][part] = {"machine": report.machine(), "runs": runs, "seconds": seconds, "figures": figures}
    told["parts"] = {name: told["parts"][name] for name in PARTS if name in told["parts"]}
    path.write_text(json.dumps(told, indent=2) + "\n")
    rows = [
        (
            found,
            _cell(value),
            kept["runs"] if isinstance(value, dict) else 1,
            kept["seconds"] if name in _OF_THE_FILM else "",
            kept["machine"]["load"],
        )
        for name, kept in told["parts"].items()
        for found, value in kept["figures"].items()
        if found != "walls"
    ]
    text = TEXT.format(
        made_by=report.made_by("python -m benchmarks.chunks"),
        awkward=", ".join(AWKWARD),
        film=FILM,
        chunk=CHUNK_SECONDS,
        table=report.table(("what", "figure", "runs", "film (s)", "load then"), rows),
    )
    report.write("chunks.md", text)


def _cell(value: Any) -> object:
    if isinstance(value, dict):
        return report.Spread(**value)
    return ", ".join(value) or "none" if isinstance(value, list) else value


if __name__ == "__main__":
    typer.run(main)
