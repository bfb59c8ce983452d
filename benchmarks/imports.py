"""How long the API's and the dispatcher's handlers take to import, next to a bare one with the same libraries.

    PYTHONPATH=layers/core:. python -m benchmarks.imports [--runs 9]

Every import is made in a fresh interpreter with the template's environment and, as in the layers that are built,
everything compiled; and they take turns. Measured is the interpreter's own start less, so the ratio is of imports
alone. Writes docs/benchmarks/imports.json and imports.md.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import report
from local.places import ROOT
from tests.template import variables

# What such a handler can't do without: the SDK, models, and the router or the logger of Powertools.
BARE = """
import boto3
from pydantic import BaseModel, Field
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.typing import LambdaContext

def lambda_handler(event, context):
    return {}
"""
HANDLERS = {"bare": BARE, "api": "import functions.api.app", "dispatcher": "import functions.dispatcher.app"}
_TIMED = """
import resource, time
def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before, begun = spent(), time.perf_counter()
{code}
print(time.perf_counter() - begun, spent() - before)
"""
TEXT = """# Imports

{made_by}

{runs} rounds of fresh interpreters, the ways taking turns; medians (least to most). *bare* imports boto3,
pydantic's BaseModel and Powertools' router, defines no model and does nothing. All of it is compiled before, as it is
in the layers.

{table}
"""


def main(runs: Annotated[int, typer.Option(min=1, help="Rounds.")] = 9) -> None:
    with tempfile.TemporaryDirectory(prefix="sluice-imports-") as compiled:
        for code in HANDLERS.values():
            imported(code, Path(compiled))
        rounds = [{name: imported(code, Path(compiled)) for name, code in HANDLERS.items()} for _ in range(runs)]
    figures = {}
    for name in HANDLERS:
        seconds, cpu = zip(*(found[name] for found in rounds), strict=True)
        ratios = [found[name][1] / found["bare"][1] for found in rounds]
        clock = [found[name][0] / found["bare"][0] for found in rounds]
        told = {"processor seconds": cpu, "seconds": seconds, "ratio of processor seconds": ratios, "ratio": clock}
        figures[name] = {what: report.spread(values, 3)._asdict() for what, values in told.items()}
    write(figures, runs)


def imported(code: str, compiled: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the processor; bytecode lies in the folder `compiled`."""
    folders = [ROOT / "layers" / "core", ROOT]
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, folders)),
        "PYTHONPYCACHEPREFIX": str(compiled),
        "PYTHONDONTWRITEBYTECODE": "",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYDANTIC_DISABLE_PLUGINS": variables()["PYDANTIC_DISABLE_PLUGINS"],
    }
    command = [sys.executable, "-c", _TIMED.format(code=code)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=env, cwd=Path("/"))
    seconds, cpu = map(float, done.stdout.split())
    return seconds, cpu


def write(figures: dict[str, dict[str, dict[str, float]]], runs: int) -> None:
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    told = {"machine": report.machine(), "runs": runs, "figures": figures}
    (report.FOLDER / "imports.json").write_text(json.dumps(told, indent=2) + "\n")
    head = ("handler", *figures["bare"])
    rows = [(name, *(report.Spread(**found) for found in row.values())) for name, row in figures.items()]
    made_by = report.made_by("python -m benchmarks.imports")
    report.write("imports.md", TEXT.format(made_by=made_by, runs=runs, table=report.table(head, rows)))


if __name__ == "__main__":
    typer.run(main)
