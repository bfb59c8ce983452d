"""Hostile files: the whole corpus through validation and a few kinds, its endings counted.

    python -m benchmarks.hostile            (writes docs/benchmarks/hostile.md)

The corpus is made here, from a seed: tests/hostile. What each file is put through is in tests/hostile/trial.py.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.hostile.trials import PROCESSES, Trial, faults, tried
from tests.template import ROOT

_EACH = 9
_WRITTEN = ROOT / "docs" / "benchmarks" / "hostile.md"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="sluice-hostile-") as folder:
        trials = tried(Path(folder), each=_EACH)
    found = faults(trials)
    for fault, names in found.items():
        print(f"{fault}: {len(names)}", *names, sep="\n  ")
    _WRITTEN.write_text(page(trials))
    print(f"{len(trials)} files; written to {_WRITTEN.relative_to(ROOT)}")


def page(trials: Sequence[Trial]) -> str:
    """The whole page, as Markdown."""
    counts = [(fault, str(len(names))) for fault, names in faults(trials).items()]
    families = Counter(trial["family"] for trial in trials)
    steps = Counter((ending["step"], ending["code"]) for trial in trials for ending in trial["endings"])
    slowest = max((e["seconds"], t["name"], e["step"]) for t in trials for e in t["endings"])
    largest = max((t["child_bytes"], t["name"]) for t in trials)
    return "\n".join([
        "# Hostile files", "",
        f"Measured by `make hostile` ([benchmarks/hostile.py](../../benchmarks/hostile.py)): {len(trials)} files",
        "made by [tests/hostile](../../tests/hostile) from a seed, each through validation and, where it is taken,",
        "through metadata, screenshots, a short video, sound, the plan of chunks, a first chunk and its sound.", "",
        *_table(("what no file may bring about", "files"), counts), "",
        f"The slowest step took {slowest[0]:.1f} s ({slowest[1]}, {slowest[2]}), with {PROCESSES} processes at once;",
        f"the largest program of ours that read a file held {largest[0] / 1e6:.0f} MB ({largest[1]}).", "",
        *_table(("files", "number"), [(name, str(count)) for name, count in sorted(families.items())]), "",
        *_table(("step", "ending", "number"), [(*key, str(count)) for key, count in sorted(steps.items())]), "",
    ])  # fmt: skip


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


if __name__ == "__main__":
    main()
