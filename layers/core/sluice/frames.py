"""Frames on their way from a function that has ffmpeg to one that has the models: one stored zip.

`index.json` holds {"interval": seconds, "duration": seconds, "frames": [{"name", "time"}]}, beside it the JPEGs.
"""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

NAME = "frames.zip"


class Frame(NamedTuple):
    """A JPEG and its place in the source, in seconds."""

    time: float
    data: bytes


class FrameSet(NamedTuple):
    frames: list[Frame]
    interval: float
    duration: float


def write_frames(path: Path, frames: Iterable[tuple[float, Path]], *, interval: float, duration: float) -> None:
    """Pack the pictures; JPEG doesn't shrink, so they are stored as they are."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        index = []
        for number, (time, picture) in enumerate(frames, start=1):
            name = f"{number:06}.jpg"
            archive.write(picture, name)
            index.append({"name": name, "time": time})
        archive.writestr("index.json", json.dumps({"interval": interval, "duration": duration, "frames": index}))


def read_frames(path: Path) -> FrameSet:
    with zipfile.ZipFile(path) as archive:
        index = json.loads(archive.read("index.json"))
        frames = [Frame(entry["time"], archive.read(entry["name"])) for entry in index["frames"]]
    return FrameSet(frames, index["interval"], index["duration"])
