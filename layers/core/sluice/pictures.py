"""How one picture is written: pixels for a format, and its encoder. Pure.

All goes through RGB, so that an odd size can be cut to the pixel and each format gets the matrix that its readers
expect: JPEG and WebP are BT.601 whatever the film was.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal, NamedTuple

from sluice.ffmpeg.filters import resized, tone_mapped
from sluice.geometry import Geometry
from sluice.media import Size, VideoStream

StillFormat = Literal["jpeg", "png", "webp"]

SUFFIXES = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "avif": ".avif", "gif": ".gif"}
DEFAULT_QUALITY = 85
WHITE = "#ffffff"

# Untagged film of this height or more is BT.709, as players take it; swscale would say BT.601.
_HD_LINES = 720
# sidedata's number for AV_FRAME_DATA_EXIF, which has no name on the command line. Left in, a PNG would carry it on,
# and readers would turn the upright picture once more.
WITHOUT_EXIF = "sidedata=mode=delete:type=31"


class Color(StrEnum):
    """The pixel formats between the filters."""

    OPAQUE = "rgb24"
    ALPHA = "rgba"


class Drawing(NamedTuple):
    """Filters for a frame that has been chosen, the encoder's arguments, and the ending of the file's name."""

    filters: tuple[str, ...]
    encoder: tuple[str, ...]
    suffix: str


class Pictures(NamedTuple):
    """What is wanted of a film: a picture of this size at each of the rising times."""

    times: Sequence[float]
    size: Size
    drawn: Drawing

    @property
    def pixels(self) -> int:
        return len(self.times) * self.size.width * self.size.height


def drawing(video: VideoStream, geometry: Geometry, form: str, quality: int = DEFAULT_QUALITY) -> Drawing:
    """An opaque picture of a film's frame at its size, without the camera's notes (its turn is carried out by then)."""
    filters = [
        *tone_mapped(video),
        *in_matrix(video),
        f"format={Color.OPAQUE}",
        *resized(geometry),
        WITHOUT_EXIF,
        *pixels(form, Color.OPAQUE),
    ]
    return Drawing(tuple(filters), tuple(encoder(form, quality)), SUFFIXES[form])


def in_matrix(video: VideoStream) -> list[str]:
    """Says how an untagged film is meant, before it becomes RGB."""
    untagged = (video.pixel_format or "").startswith("yuv") and video.color_space in {None, "unknown"}
    return ["scale=in_color_matrix=bt709"] if untagged and video.height >= _HD_LINES else []


def pixels(form: str, color: Color) -> list[str]:
    """From RGB to what the encoder of the format takes."""
    if form == "jpeg":
        return ["scale=out_color_matrix=bt601:out_range=pc", "format=yuvj420p"]
    if form == "webp":
        return ["format=bgra"]
    return [f"format={color}"]


def encoder(form: str, quality: int) -> list[str]:
    """The encoder at a quality of 1 to 100; PNG loses nothing and has none."""
    if form == "jpeg":
        return ["-c:v", "mjpeg", "-qmin", "1", "-q:v", str(jpeg_scale(quality))]
    if form == "webp":
        return ["-c:v", "libwebp", "-quality", str(quality)]
    assert form == "png", f"no encoder of a single picture for {form}"
    return ["-c:v", "png", "-pred", "mixed"]


def jpeg_scale(quality: int) -> int:
    """ffmpeg's quantiser (1 best, 31 worst) for libjpeg's scale of qualities.

    libjpeg multiplies its tables by 5000/q % below 50 and (200 - 2q) % above; at a twelfth of that percentage ffmpeg's
    files come to about the same size.
    """
    percent = 5000 / quality if quality < 50 else 200 - 2 * quality
    return max(1, min(31, round(percent / 12)))


def avif_quantiser(quality: int) -> int:
    """libaom's crf (0 best, 63 worst) as libavif maps it."""
    return ((100 - quality) * 63 + 50) // 100
