"""How well and how fast speech is heard and cuts are seen: prints the tables of the README from real samples.

PYTHONPATH=layers/core:. .venv/bin/python -m benchmarks.hearing [FOLDER OF SAMPLES]
"""

import resource
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from sluice.ffmpeg.shots import detection, notes, shots_of
from sluice.sound import RATE
from sluice.transcript import Transcript
from tests.accuracy import Recording, hits, recordings, word_errors, words_of
from tests.models import speech_models
from tests.template import ROOT

TRAILER, TRAILER_SECONDS = "bbb_trailer_720p.mp4", 55.125
HARD_CUTS, FADES = [24.71, 36.00, 37.50, 41.17, 43.71], [10.02, 14.02, 32.02]
# The recordings again and again: a talk of about two minutes.
TIMES = 4


def main(samples: Path) -> None:
    sys.path.insert(0, str(speech_models()))
    with tempfile.TemporaryDirectory() as folder:
        speech(samples, Path(folder))
        shots(samples, Path(folder))


def speech(samples: Path, folder: Path) -> None:
    from sluice.speech.embedded import Embedded

    listener, known = Embedded(), recordings(samples)
    print("| sound | seconds | language | wrong words | share of real time | the same in CPU time |")
    print("|---|---|---|---|---|---|")
    for recording in known:
        told(recording.path.stem[-4:], listener, recording)
    talk = Recording(folder / "talk.wav", [word for _ in range(TIMES) for r in known for word in r.words])
    join([recording.path for recording in known] * TIMES, talk.path)
    told("all, four times over", listener, talk)
    print(f"\nAt most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB resident.\n")


def told(name: str, listener: Any, recording: Recording) -> None:
    with wave.open(str(recording.path)) as wav:
        seconds = wav.getnframes() / RATE
    began, worked = time.monotonic(), time.process_time()
    heard: Transcript = listener.hear(recording.path, "auto", lambda percent: None)
    took, worked = time.monotonic() - began, time.process_time() - worked
    errors = f"{word_errors(recording.words, words_of(heard.text))} of {len(recording.words)}"
    print(f"| {name} | {seconds:.1f} | {heard.language} | {errors} | {took / seconds:.2f} | {worked / seconds:.2f} |")


def join(paths: Sequence[Path], target: Path) -> None:
    """One after the other, a second of silence before each."""
    with wave.open(str(target), "wb") as joined:
        joined.setparams((1, 2, RATE, 0, "NONE", ""))
        for path in paths:
            joined.writeframes(bytes(2 * RATE))
            with wave.open(str(path)) as wav:
                joined.writeframes(wav.readframes(wav.getnframes()))


def shots(samples: Path, folder: Path) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(samples / TRAILER)]
    began = time.monotonic()
    subprocess.run([*command, *detection(0, 1, folder)], check=True)
    took = time.monotonic() - began
    cuts = shots_of(notes(folder), TRAILER_SECONDS, has_picture=True).cuts
    found = hits([*HARD_CUTS, *FADES], cuts, within=0.05)
    print(f"Cuts of {TRAILER}: {', '.join(f'{cut:.2f}' for cut in cuts)} s.")
    print(f"Precision {found.precision:.2f}, recall {found.recall:.2f} (five hard cuts, three fades through black).")
    print(f"{1000 * took / TRAILER_SECONDS:.0f} ms for each second.")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT.parent / "shared" / "media")
