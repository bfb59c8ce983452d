"""The source's picture as it is seen, turned upright and without the camera's notes: a PNG on the way to the format.

Its header tells what no probe of the source knows for sure: the upright size, and whether there is alpha.
"""

from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.filters import tone_mapped
from sluice.media import Size, VideoStream
from sluice.pictures import WITHOUT_EXIF, Drawing, in_matrix

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Colour types with an alpha channel: grey and RGB. A palette may have it as well. https://www.w3.org/TR/png/#11IHDR
_ALPHA_TYPES = {3, 4, 6}


class Upright(NamedTuple):
    path: Path
    size: Size
    has_alpha: bool


def plain(video: VideoStream) -> Drawing:
    """The whole picture, stored: it is read once more and thrown away. A colour profile stays with it."""
    filters = [*tone_mapped(video), *in_matrix(video), "format=rgb24|rgba", WITHOUT_EXIF]
    return Drawing(tuple(filters), ("-c:v", "png", "-compression_level", "0", "-pred", "none"), ".png")


def looked_at(path: Path) -> Upright:
    """A PNG of our own, by its first chunk."""
    with path.open("rb") as file:
        head = file.read(26)
    assert head.startswith(_SIGNATURE), "ffmpeg wrote a PNG"
    size = Size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    return Upright(path, size, head[25] in _ALPHA_TYPES)
