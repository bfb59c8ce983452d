"""How well and how fast speech is heard and cuts are seen, on real samples.

    PYTHONPATH=layers/core:. python -m benchmarks.hearing [--samples ../shared/media]

Writes docs/benchmarks/hearing.md.
"""

import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import imageio_ffmpeg
import typer

from benchmarks import report
from sluice.ffmpeg.shots import detection, notes, shots_of
from sluice.sound import RATE
from sluice.transcript import Transcript
from tests.accuracy import Recording, hits, recordings, word_errors, words_of
from tests.models import speech_models

TRAILER, TRAILER_SECONDS = "bbb_trailer_720p.mp4", 55.125
HARD_CUTS, FADES = [24.71, 36.00, 37.50, 41.17, 43.71], [10.02, 14.02, 32.02]
# The recordings again and again: a talk of about two minutes.
TIMES = 4
HEAD = ("sound", "seconds", "language", "wrong words", "share of real time", "the same in CPU time")


TEXT = """# How well speech is heard and cuts are seen

{made_by}

## Speech
{speech}

At most {memory} MB resident.

## Cuts
{shots}
"""


def main(samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES) -> None:
    sys.path.insert(0, str(speech_models()))
    with tempfile.TemporaryDirectory() as folder:
        text = TEXT.format(
            made_by=report.made_by("python -m benchmarks.hearing"),
            speech=report.table(HEAD, speech(samples, Path(folder))),
            memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            shots="\n".join(shots(samples, Path(folder))),
        )
    report.write("hearing.md", text)


def speech(samples: Path, folder: Path) -> Iterator[Sequence[object]]:
    from sluice.speech.embedded import Embedded

    listener, known = Embedded(), recordings(samples)
    yield from (told(recording.path.stem[-4:], listener, recording) for recording in known)
    talk = Recording(folder / "talk.wav", [word for _ in range(TIMES) for r in known for word in r.words])
    join([recording.path for recording in known] * TIMES, talk.path)
    yield told("all, four times over", listener, talk)


def told(name: str, listener: Any, recording: Recording) -> Sequence[object]:
    with wave.open(str(recording.path)) as wav:
        seconds = wav.getnframes() / RATE
    began, worked = time.monotonic(), time.process_time()
    heard: Transcript = listener.hear(recording.path, "auto", lambda percent: None)
    took, worked = time.monotonic() - began, time.process_time() - worked
    errors = f"{word_errors(recording.words, words_of(heard.text))} of {len(recording.words)}"
    return name, f"{seconds:.1f}", heard.language, errors, f"{took / seconds:.2f}", f"{worked / seconds:.2f}"


def join(paths: Sequence[Path], target: Path) -> None:
    """One after the other, a second of silence before each."""
    with wave.open(str(target), "wb") as joined:
        joined.setparams((1, 2, RATE, 0, "NONE", ""))
        for path in paths:
            joined.writeframes(bytes(2 * RATE))
            with wave.open(str(path)) as wav:
                joined.writeframes(wav.readframes(wav.getnframes()))


def shots(samples: Path, folder: Path) -> Iterator[str]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(samples / TRAILER)]
    began = time.monotonic()
    subprocess.run([*command, *detection(0, 1, folder)], check=True)
    took = time.monotonic() - began
    cuts = shots_of(notes(folder), TRAILER_SECONDS, has_picture=True).cuts
    found = hits([*HARD_CUTS, *FADES], cuts, within=0.05)
    yield f"Cuts of {TRAILER}: {', '.join(f'{cut:.2f}' for cut in cuts)} s."
    yield f"Precision {found.precision:.2f}, recall {found.recall:.2f} (five hard cuts, three fades through black)."
    yield f"{1000 * took / TRAILER_SECONDS:.0f} ms for each second."


if __name__ == "__main__":
    typer.run(main)
