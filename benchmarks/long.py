"""Every kind on ten hours: how long it takes, how much memory it has at once, and how it ends.

    PYTHONPATH=layers/core:. python -m benchmarks.long [--hours 10]

Writes docs/benchmarks/long.md. The files are a minute, repeated by copying its packets; the limit on a source's length
is lifted.
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
from sluice.ffmpeg.probe import probe
from sluice.kinds import KINDS, validated_options
from sluice.media import MediaInfo
from sluice.settings import settings

MINUTE = 60
FILM = ("-f", "lavfi", "-i", f"testsrc2=s=64x36:r=2:d={MINUTE}", "-c:v", "libx264", "-pix_fmt", "yuv420p")
SOUND = ("-f", "lavfi", "-i", f"anullsrc=r=44100:cl=stereo:d={MINUTE}", "-c:a", "aac")
Given = Mapping[str, Any]
# One list of works a row, in the order of a task: the last one names the row.
OF_FILM: Sequence[Sequence[tuple[str, str, Given]]] = (
    (("video", "video", {}),),
    (("video", "video", {}), ("quality", "quality", {"distorted": {"subtask": 1, "name": "video.mp4"}})),
    (("adaptive", "adaptive", {}),),
    (("enhancement", "enhancement", {"picture": {"denoise": "low"}}),),
    (("image", "image", {"time": "90%"}),),
    (("screenshot", "screenshot", {}),),
    (("screenshot", "screenshot", {"count": 199}),),
    (("sprite", "sprite", {}),),
    (("sprite", "sprite", {"interval_seconds": 60}),),
    (("animation", "animation", {"highlights": 20, "duration_seconds": 10}),),
    (("metadata", "metadata", {}),),
    (("chapters", "chapters", {}),),
    (("frames", "moderation", {}),),
    (("frames", "moderation", {}), ("moderation", "moderation", {})),
    (("shots", "discovery", {}),),
)
OF_SOUND: Sequence[Sequence[tuple[str, str, Given]]] = (
    (("audio", "audio", {}),),
    (("audio", "audio", {"format": "opus", "loudness": -16, "waveform": True}),),
    (("metadata", "metadata", {}),),
    (("chapters", "chapters", {}),),
    (("shots", "discovery", {}),),
    (("sound", "moderation", {"parts": ["speech"]}),),
    (("sound", "moderation", {"parts": ["speech"]}), ("speech", "moderation", {"parts": ["speech"]})),
    (("subtitles", "subtitles", {}),),
    (("video", "video", {}),),
)
HEAD = ("source", "work", "options", "s", "CPU s", "MB", "ending")
TEXT = """# Ten hours

{made_by}

A silent film of {hours} h (64x36, 2 frames a second) and {hours} h of silence, with the limit on a source's length
lifted: a deployment refuses what lasts longer than its parameter for that (four hours unless told otherwise) before
anything starts. Each work has the {deadline:.0f} s of a Lambda. `MB` is the most that one process had at once, Python
or ffmpeg; a work in two steps is measured as a whole. `frames`, `shots`, `sound` and `speech` are the steps before the
kinds that look and listen, which see a bounded part: at most 100 frames unless asked for more, and two hours of sound.

{table}
"""


def main(hours: Annotated[int, typer.Option(min=1, help="Length of the files.")] = 10) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        desk.equip(folder / "bin")
        film = repeated(folder / "film.mp4", FILM, 60 * hours)
        sound = repeated(folder / "sound.m4a", SOUND, 60 * hours)
        rows = [row for path, works in ((film, OF_FILM), (sound, OF_SOUND)) for row in measured(path, works)]
    text = TEXT.format(
        made_by=report.made_by("python -m benchmarks.long"),
        hours=hours,
        deadline=desk.DEADLINE_SECONDS,
        table=report.table(HEAD, rows),
    )
    report.write("long.md", text)


def repeated(path: Path, minute: Sequence[str], times: int) -> Path:
    once = path.with_name(f"once-{path.name}")
    ffmpeg: list[str | Path] = [media_programs()["ffmpeg"], "-v", "error"]
    subprocess.run([*ffmpeg, *minute, once], check=True)
    subprocess.run([*ffmpeg, "-stream_loop", str(times - 1), "-i", once, "-c", "copy", path], check=True)
    return path


def measured(path: Path, rows: Sequence[Sequence[tuple[str, str, Given]]]) -> Iterator[Sequence[object]]:
    with desk.served(path) as url:
        media = probe(url, timeout=100, max_pixels=settings().max_pixels)
        for row in rows:
            works = [Work(*work, number=number) for number, work in enumerate(row, start=1)]
            found = refusal(works, media) or desk.cost(url, works)
            options = ", ".join(f"{name}: {value}" for name, value in works[-1].options.items()) or "none"
            figures = (f"{found.seconds:.1f}", f"{found.cpu:.1f}", f"{found.memory / 1e6:.0f}", found.ending)
            name = " and ".join(dict.fromkeys(work.run for work in works))
            print(path.name, name, *figures, flush=True)
            yield path.name, name, options, *figures


def refusal(works: Sequence[Work], media: MediaInfo) -> Cost | None:
    """What the plan says of it before anything starts."""
    kind = KINDS[works[-1].kind]
    options = kind.options.model_validate(validated_options(kind.name, works[-1].options))
    failure = kind.refuse(options, media)
    return Cost(0, 0, 0, f"refused: {failure.code}") if failure else None


if __name__ == "__main__":
    typer.run(main)
