"""How near an encode comes to the VMAF that it was to have: `video` by `target_vmaf`, then measured by `quality`.

    PYTHONPATH=layers/core:. python -m benchmarks.vmaf [--samples ../shared/media]

Writes docs/benchmarks/vmaf.md.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import desk, report
from benchmarks.desk import Work

FILMS = ("forensics_movie_hello_720p.mp4", "bbb_trailer_720p.mp4")
TARGETS = {"h264": (80, 90, 95)}
WITHIN = 1.0
HEAD = ("film", "codec", "target", "crf found", "probes", "VMAF foretold", "VMAF of the whole film", "off by", "s")
TEXT = """# An encode to a VMAF

{made_by}

`video` with `target_vmaf`, which looks for the crf on samples of the film; then the kind `quality` measures every frame
of what was made. {near} of {all} lie within ±{within:g} of their target, the farthest is off by {farthest:.2f}. Seconds
are of search, encode and measuring together.

{table}
"""


def main(samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES) -> None:
    with tempfile.TemporaryDirectory() as name:
        desk.equip(Path(name) / "bin")
        rows = [row for film in FILMS for row in encoded(samples / film)]
    off = [abs(float(str(row[HEAD.index("off by")]))) for row in rows]
    text = TEXT.format(
        made_by=report.made_by("python -m benchmarks.vmaf"),
        near=sum(one <= WITHIN for one in off),
        all=len(rows),
        within=WITHIN,
        farthest=max(off),
        table=report.table(HEAD, rows),
    )
    report.write("vmaf.md", text)


def encoded(film: Path) -> Iterator[Sequence[object]]:
    """A row for each target."""
    with desk.served(film) as url:
        for codec, targets in TARGETS.items():
            for target in targets:
                row = film.name, codec, target, *_row(url, codec, target)
                print(*row, flush=True)
                yield row


def _row(url: str, codec: str, target: float) -> Sequence[object]:
    video = Work("video", "video", {"codec": codec, "target_vmaf": target})
    quality = Work("quality", "quality", {"distorted": {"subtask": 1, "name": "video.mp4"}, "metrics": ["vmaf"]})
    made = desk.cost(url, [video, quality])
    if made.ending != "made":
        raise SystemExit(f"{url} {codec} {target}: {made.ending}")
    encode, measured = made.results
    assert encode and measured
    search, reached = encode["vmaf"], measured["metrics"]["vmaf"]["mean"]
    return (
        f"{search['crf']:g}",
        len(search["probes"]),
        f"{search['estimate']:.2f}",
        f"{reached:.2f}",
        f"{reached - target:+.2f}",
        f"{made.seconds:.0f}",
    )


if __name__ == "__main__":
    typer.run(main)
