"""What all measurements say alike: where they were made, tables in Markdown, medians with their spread."""

import os
import platform
import re
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from local.media import media_programs
from local.places import ROOT

FOLDER = ROOT / "docs" / "benchmarks"
# The real media that lies beside the repository.
SAMPLES = ROOT.parent / "shared" / "media"


class Spread(NamedTuple):
    median: float
    min: float
    max: float

    def __str__(self) -> str:
        return f"{self.median:g} ({self.min:g} to {self.max:g})"


def spread(values: Sequence[float], digits: int = 2) -> Spread:
    return Spread(*(round(found, digits) for found in (statistics.median(values), min(values), max(values))))


def machine() -> dict[str, str | int | float]:
    """Processor, how many of them may be used, how busy, system, and the versions that speed depends on."""
    return {
        "processor": _processor(),
        "cpus": len(os.sched_getaffinity(0)),
        "system": platform.platform(),
        "python": platform.python_version(),
        "ffmpeg": _ffmpeg(),
        "load": round(os.getloadavg()[0], 1),
    }


def made_by(command: str) -> str:
    """The sentence under a title: how to make the figures again, and where these were made."""
    told = machine()
    return (
        f"By `{command}` on {told['cpus']} CPUs ({told['processor']}), {told['system']}, Python {told['python']}, "
        f"ffmpeg {told['ffmpeg']}; load average {told['load']:g} at the end (above the CPUs: not alone)."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def write(name: str, text: str) -> None:
    """Put a page into docs/benchmarks, and show it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / name).write_text(text)
    print(text)


def _processor() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()


def _ffmpeg() -> str:
    program = media_programs()["ffmpeg"]
    said = subprocess.run([program, "-version"], check=True, capture_output=True, text=True).stdout
    return said.split()[2]
