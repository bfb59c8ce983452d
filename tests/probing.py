"""Looking at media that was made, with nothing of ours in between."""

import json
import subprocess
from pathlib import Path
from typing import Any


def ffprobe(programs: Path, path: Path) -> dict[str, Any]:
    """ffprobe's JSON of a file."""
    command: list[str | Path] = [
        programs / "ffprobe",
        "-v",
        "error",
        "-print_format",
        "json",
        "-show_format",
        "-show_streams",
        path,
    ]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def moov_is_before_mdat(path: Path) -> bool:
    """Whether a player can start before the whole MP4 has come: its index is in front."""
    content = path.read_bytes()
    return content.index(b"moov") < content.index(b"mdat")
