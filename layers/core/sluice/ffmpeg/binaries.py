"""Where ffmpeg, ffprobe and their font lie: in the media layer (on Lambda's PATH), or in a folder of the settings."""

import shutil
from functools import cache
from pathlib import Path

from sluice.settings import settings

FONT_FAMILY = "DejaVu Sans"


@cache
def binary(name: str) -> str:
    """The path of `ffmpeg` or `ffprobe`.

    Raises: FileNotFoundError when this function was deployed without the media layer.
    """
    folder = settings().media_bin
    found = str(Path(folder) / name) if folder else shutil.which(name)
    if not found or not Path(found).exists():
        raise FileNotFoundError(f"{name} is not on the PATH: does this function have the media layer?")
    return found


def font() -> Path:
    """The one font there is: Lambda has none, so that text looks alike everywhere.

    Raises: as `binary`.
    """
    return Path(binary("ffmpeg")).parent / "fonts" / "DejaVuSans.ttf"
