"""How well the embedded models see, on real samples.

    PYTHONPATH=layers/core:. python -m benchmarks.recognition [--samples ../shared/media]

Writes docs/benchmarks/recognition.md.
"""

import io
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import imageio_ffmpeg
import typer
from PIL import Image

from benchmarks import report
from sluice.frames import Frame
from sluice.kinds.moderation import DEFAULTS
from sluice.kinds.moderation.providers import provider
from sluice.kinds.moderation.verdict import judge
from sluice.vision import viewer
from sluice.vision.words import toxicity, weights
from tests.models import vision_models

TRAILER, FORENSICS = "bbb_trailer_720p.mp4", "forensics_movie_hello_720p.mp4"
PHOTOS = ("astronaut.png", "chelsea.png", "coffee.png", "motorcycle_left.png")
WRITTEN = ("page.png", "gen_text_720p.png")
POSITIVE = "abstract_blobs_nsfw_positive.png"

TEXTS = {
    "gen_text_720p.png": "Media Vault 2026 Invoice No. 48213 total $199.50",
    "page.png": "Region-based segmentation Let us first determine markers of the coins and the background. These "
    "markers are pixels that we can label unambiguously as either object or background. Here, the markers are found at "
    "the two extreme parts of the histogram of grey values: >>> markers = np.zeros_like(coins)",
    f"{TRAILER} 6": "The Blender Foundation and Peach Project presents",
    f"{TRAILER} 12": "An unlucky bird",
    f"{TRAILER} 20": "A (slightly overweight) bunny",
    f"{TRAILER} 50": "Revenge is coming...",
}
FACES = {"astronaut.png": 1, **{f"{FORENSICS} {at}": 1 for at in (1, 3, 5, 7)}}
NO_FACES = (*PHOTOS[1:], *WRITTEN, POSITIVE)
ANIMATED = tuple(f"{TRAILER} {at}" for at in range(2, 54, 4))
LABELS = {
    "chelsea.png": "cat",
    "coffee.png": "espresso",
    "motorcycle_left.png": "moped",
    "astronaut.png": "(a person: no such label)",
    "page.png": "(a page)",
    f"{FORENSICS} 3": "web site",
    f"{TRAILER} 26": "(an animated rabbit)",
    f"{TRAILER} 38": "(animated squirrels)",
}
ABUSIVE = (
    *("You are a fucking idiot", "what a shit show", "shut up you moron", "go to hell", "I hate you, you bastard"),
    *("you people are garbage and should die", "your mother would be ashamed of a creep like you"),
)
HARMLESS = (
    *("Hello world", "An unlucky bird", "The Blender Foundation and Peach Project presents", "assess the class"),
    *("I will show a directory", "a gay couple and their Muslim friends", "kill the process and restart it"),
    *("the bloody battle of 1916", "he was not an ill disposed young man", "the black cat sat on the white wall"),
)


class Samples:
    """Pictures by name, frames of films by name and second, as the media step hands them on (short side 360)."""

    def __init__(self, folder: Path):
        self._folder = folder

    def frame(self, name: str, *, short_side: int = 360) -> Frame:
        file, _, at = name.partition(" ")
        data = self._still(file, at) if at else (self._folder / file).read_bytes()
        return Frame(float(at or 0), _reduced(data, short_side))

    def _still(self, file: str, at: str) -> bytes:
        ffmpeg = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", at, "-i", str(self._folder / file)]
        picture = ["-frames:v", "1", "-f", "image2", "-c:v", "png", "-update", "1", "pipe:1"]
        return subprocess.run([*ffmpeg, *picture], check=True, capture_output=True).stdout


def main(samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES) -> None:
    sys.path.insert(0, str(vision_models()))
    found = Samples(samples)
    tables = {
        "Nudity": nudity, "Text": text, "Faces": faces, "Labels": labels, "Words": words, "Time": times
    }  # fmt: skip
    parts = ["\n".join([f"## {title}", *table(found)]) for title, table in tables.items()]
    head = f"# How well the embedded models see\n\n{report.made_by('python -m benchmarks.recognition')}"
    report.write("recognition.md", "\n\n".join([head, *parts]) + "\n")


def nudity(samples: Samples) -> Iterator[str]:
    yield from ("| picture | nudity | verdict |", "|---|---|---|")
    reviewer = provider("embedded")
    for name in (*PHOTOS, *WRITTEN, POSITIVE):
        scores = reviewer.review([samples.frame(name)])
        verdict = judge(scores, DEFAULTS, times=[0.0], duration=None)
        yield f"| {name} | {scores[0].confidence:.1f} % | {verdict.verdict} |"


def text(samples: Samples) -> Iterator[str]:
    yield from ("| picture | wrong letters at 360p | at full size | read at 360p |", "|---|---|---|---|")
    for name, truth in TEXTS.items():
        read, full = (_read(samples.frame(name, short_side=side)) for side in (360, 2160))
        yield f"| {name} | {_wrong(read, truth)} | {_wrong(full, truth)} | {read} |"


def faces(samples: Samples) -> Iterator[str]:
    look = viewer("embedded").faces
    found = {name: len(look(samples.frame(name))) for name in (*FACES, *NO_FACES, *ANIMATED)}
    yield from ("| faces | frames | right |", "|---|---|---|")
    yield f"| people (astronaut, a webcam inset) | {len(FACES)} | {sum(found[n] == k for n, k in FACES.items())} |"
    yield f"| none (photos, pages, blobs) | {len(NO_FACES)} | {sum(found[n] == 0 for n in NO_FACES)} |"
    yield f"| animated animals, none human | {len(ANIMATED)} | {sum(found[n] == 0 for n in ANIMATED)} |"


def labels(samples: Samples) -> Iterator[str]:
    yield from ("| picture | shows | labels |", "|---|---|---|")
    for name, shows in LABELS.items():
        found = viewer("embedded").labels(samples.frame(name))
        yield f"| {name} | {shows} | {', '.join(f'{each.name} {each.confidence:.0f} %' for each in found) or 'none'} |"


def words(samples: Samples) -> Iterator[str]:
    yield from ("| line | abusive | right |", "|---|---|---|")
    threshold = 90
    for lines, expected in ((ABUSIVE, True), (HARMLESS, False)):
        for line in lines:
            percent = 100 * toxicity(line, weights())
            yield f"| {line} | {percent:.0f} % | {'yes' if (percent >= threshold) is expected else 'no'} |"


def times(samples: Samples) -> Iterator[str]:
    yield from ("| look | ms a frame, both cores |", "|---|---|")
    frames = [samples.frame(name) for name in (*PHOTOS, *WRITTEN, f"{FORENSICS} 7")]
    seer, reviewer = viewer("embedded"), provider("embedded")
    looks: dict[str, Callable[[Frame], object]] = {
        "nudity": lambda frame: reviewer.review([frame]),
        "labels": seer.labels,
        "faces": seer.faces,
        "text": seer.text,
    }
    for name, look in looks.items():
        yield f"| {name} | {_milliseconds(look, frames)} |"


def _milliseconds(look: Callable[[Frame], object], frames: list[Frame]) -> int:
    """Of one look, the first one not counted: it loads the model."""
    look(frames[0])
    start = time.perf_counter()
    for frame in frames:
        look(frame)
    return round(1000 * (time.perf_counter() - start) / len(frames))


def _read(frame: Frame) -> str:
    return " ".join(line.text for line in viewer("embedded").text(frame))


def _wrong(read: str, truth: str) -> str:
    """The character error rate."""
    return f"{100 * _distance(read, truth) / len(truth):.1f} %"


def _distance(one: str, other: str) -> int:
    """Letters to insert, delete or change."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row = row, [number]
        for place, wanted in enumerate(other, start=1):
            row.append(min(row[-1] + 1, before[place] + 1, before[place - 1] + (letter != wanted)))
    return row[-1]


def _reduced(data: bytes, short_side: int) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        upright = picture.convert("RGB")
    scale = min(1.0, short_side / min(upright.size))
    packed = io.BytesIO()
    upright.resize((round(upright.width * scale), round(upright.height * scale))).save(packed, "JPEG", quality=92)
    return packed.getvalue()


if __name__ == "__main__":
    typer.run(main)
