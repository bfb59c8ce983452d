"""What it saves to prepare subtasks together, and what one pass for all pictures of a film would.

    PYTHONPATH=layers/core:. python -m benchmarks.sharing [--samples ../shared/media] [--runs 3]

Writes docs/benchmarks/sharing.md. Costs are processor time; ways that are compared take turns.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks import desk, report
from benchmarks.desk import Cost, Work
from local.media import media_programs
from sluice.clock import now
from sluice.ffmpeg.inputs import source_input
from sluice.ffmpeg.probe import probe
from sluice.grouping import Group, groups
from sluice.kinds import KINDS, validated_options
from sluice.kinds.animation import AnimationOptions, geometry
from sluice.kinds.animation.command import Stretch, animation
from sluice.media import MediaInfo
from sluice.planning import plan
from sluice.settings import settings
from sluice.steps.frames import frames_of, wanted_by
from sluice.stills import grid, output
from sluice.tasks import Source, SubtaskRequest, new_task

Asked = Sequence[tuple[str, Mapping[str, Any]]]

FILM, TRAILER = "forensics_movie_hello_720p.mp4", "bbb_trailer_720p.mp4"
ALL_PARTS = {"parts": ["frames", "text", "speech"]}
ALL_KINDS = [
    ("moderation", ALL_PARTS),
    ("discovery", {}),
    ("subtitles", {}),
    ("chapters", {}),
]
PICTURES: Asked = [("moderation", {}), ("screenshot", {}), ("sprite", {}), ("animation", {})]
# The trailer again and again, as a film of some minutes.
LOOPS = 4
TEXT = """# Prepared once, and one pass for all pictures

{made_by}

Seconds of processor time as medians of {runs} runs (least to most); the ways take turns. What prepares the kinds, and
the kinds themselves where they are made of pictures; not the looking of the models.

## Frames, cuts, sound, speech
Each kind by itself, and prepared once for all as `grouping.py` puts them together.

{prepared}

## One pass for pictures
`moderation` (its frames), `screenshot`, `sprite` and `animation` with their defaults: each by itself; as `grouping.py`
puts them together, the animation apart; and one bare ffmpeg that makes the animation in the same pass as well.

{pictures}
"""


def main(
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    runs: Annotated[int, typer.Option(min=1, help="Pairs.")] = 3,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk.equip(folder / "bin")
        longer = looped(samples / TRAILER, folder / "looped.mp4")
        prepared = [_prepared(samples / film, runs) for film in (FILM, TRAILER)]
        pictures = [_pictures(film, folder, runs) for film in (samples / TRAILER, longer)]
    kinds = ", ".join(kind for kind, _ in ALL_KINDS)
    text = TEXT.format(
        made_by=report.made_by("python -m benchmarks.sharing"),
        runs=runs,
        prepared=report.table((f"film ({kinds})", "by themselves", "together", "saved"), prepared),
        pictures=report.table(("film", "by themselves", "together", "saved", "with the animation", "saved"), pictures),
    )
    report.write("sharing.md", text)


def looped(film: Path, target: Path) -> Path:
    command: list[str | Path] = [media_programs()["ffmpeg"], "-v", "error", "-stream_loop", str(LOOPS - 1), "-i", film]
    subprocess.run([*command, "-c", "copy", target], check=True)
    return target


# ── as they are put together ──────────────────────────────────────────────────────────────────


def _prepared(film: Path, runs: int) -> Sequence[object]:
    with desk.served(film) as url:
        alone, together = works(url, ALL_KINDS)
        return _compared(film.name, [(_cpu(url, alone), _cpu(url, together)) for _ in range(runs)])


def _pictures(film: Path, folder: Path, runs: int) -> Sequence[object]:
    with desk.served(film) as url:
        media = _media(url)
        alone, together = works(url, PICTURES)
        ways = [(_cpu(url, alone), _cpu(url, together), one_pass(url, media, folder)) for _ in range(runs)]
    return _compared(f"{film.name}, {media.duration:.0f} s", ways)


def _compared(name: str, ways: Sequence[tuple[float, ...]]) -> Sequence[object]:
    """The costs of each way, and what every other one saves against the first."""
    first, *others = zip(*ways, strict=True)
    cells: list[object] = [name, report.spread(first)]
    for other in others:
        saved = report.spread([100 * (1 - b / a) for a, b in zip(first, other, strict=True)], digits=0)
        cells += [report.spread(other), f"{saved.median:g} %"]
    return cells


def works(url: str, asked: Asked) -> tuple[list[Work], list[Work]]:
    """What there is to do when each kind is a group of its own, and as they are grouped."""
    media = _media(url)
    requests = [SubtaskRequest(kind=kind, options=validated_options(kind, options)) for kind, options in asked]
    source = Source(bucket="none", key="none", media=media)
    task = new_task("none", source, requests, trigger="api", created_at=now(), retention=settings().retention)
    planned = plan(task, media).steps
    alone = [work for each in planned for group in groups(task, [each]) for work in _works(group, asked)]
    return alone, [work for group in groups(task, planned) for work in _works(group, asked)]


def _works(group: Group, asked: Asked) -> Iterator[Work]:
    companions = tuple((number, *asked[number - 1]) for number in group["companions"])
    for need in group["needs"]:
        kind, options = asked[group["number"] - 1]
        yield Work(need, kind, options, group["number"], companions if need == "frames" else ())
    for member in group["members"]:
        kind, options = asked[member["number"] - 1]
        if KINDS[kind].function == "screenshot":
            yield Work(kind, kind, options, member["number"], prepared="prepared_by" in member)


# ── the animation in the same pass ────────────────────────────────────────────────────────────


def one_pass(url: str, media: MediaInfo, folder: Path) -> float:
    """Processor seconds of one ffmpeg that writes the frames, the stills, the tiles and the animation."""
    target = Path(tempfile.mkdtemp(dir=folder))
    source = source_input(url, media.demuxer, max_pixels=settings().max_pixels)
    command = ["-v", "error", "-nostdin", "-y", *source, *all_pictures(media, target)]

    def work() -> tuple[str, list[dict[str, Any] | None]]:
        subprocess.run([media_programs()["ffmpeg"], *command], check=True)
        return "made", []

    return desk.measured(work).cpu


def all_pictures(media: MediaInfo, target: Path) -> Iterator[str]:
    """The outputs of the four, each chosen from the one decode."""
    video = media.main_video
    assert video
    kinds = [desk.job_of(Work("", kind, options), media) for kind, options in PICTURES[:3]]
    for job, wanted in zip(kinds, [frames_of(kinds[0]), *map(wanted_by, kinds[1:])], strict=True):
        assert wanted
        pattern = target / f"{job.kind}-%03d{wanted.drawn.suffix}"
        yield from output(video, grid(wanted.times), wanted.drawn, pattern, len(wanted.times))
    options = AnimationOptions()
    shown = [Stretch(0.0, 0.0, options.duration_seconds)]
    _, graph, *rest = animation(options, video, shown, geometry(options, media), target / "animation.gif")
    # as a simple graph: a complex one would take the decoder's frames for itself
    yield from ("-map", "0:0", "-vf", graph.removeprefix("[0:0]").replace("[s0];[s0]concat=n=1,", ","), *rest)


def _media(url: str) -> MediaInfo:
    return probe(url, timeout=100, max_pixels=settings().max_pixels)


def _cpu(url: str, works: Sequence[Work]) -> float:
    found: Cost = desk.cost(url, works)
    if found.ending != "made":
        raise SystemExit(f"{works}: {found.ending}")
    return found.cpu


if __name__ == "__main__":
    typer.run(main)
