"""What is drawn on top of the film: a picture, a line of text, subtitles. Pure."""

from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped
from sluice.kinds.video.options import ImageMark, Position, TextMark, VideoOptions
from sluice.media import Size, even

# of its height; on the wide side for DejaVu Sans
_WIDTH_OF_A_LETTER = 0.65


class Marks(NamedTuple):
    """The files behind the options, in the scratch folder."""

    image: Path | None = None
    text: Path | None = None
    subtitles: Path | None = None
    font: Path = Path("DejaVuSans.ttf")


def image_scale(mark: ImageMark, size: Size) -> list[str]:
    """The picture in its share of the width, as a whole within the film, and as opaque as asked for."""
    margin = _margin(mark.margin_percent, size)
    width = min(even(size.width * mark.width_percent / 100), max(2, size.width - 2 * margin))
    height = max(2, size.height - 2 * margin)
    fitting = f"scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bicubic"
    return [fitting, "format=rgba", f"colorchannelmixer=aa={mark.opacity:g}"]


def image_place(mark: ImageMark, size: Size) -> str:
    x, y = _place(mark.position, _margin(mark.margin_percent, size), ("W", "w"), ("H", "h"))
    return f"overlay=x={x}:y={y}"


def text(options: VideoOptions, size: Size, marks: Marks) -> list[str]:
    """The line of text, read from a file as it stands: nothing in it means anything to the filter."""
    mark = options.watermark_text
    if not mark or not marks.text:
        return []
    x, y = _place(mark.position, _margin(mark.margin_percent, size), ("w", "text_w"), ("h", "text_h"))
    height = letters(mark, size)
    return [
        f"drawtext=fontfile={escaped(marks.font)}:textfile={escaped(marks.text)}:expansion=none:fontsize={height}"
        f":fontcolor=white@{mark.opacity:g}:bordercolor=black@{mark.opacity * 0.6:g}:borderw={max(1, height // 16)}"
        f":x={x}:y={y}"
    ]


def letters(mark: TextMark, size: Size) -> int:
    """The height of the letters in pixels: as asked for, or as small as the line needs to stay in the picture."""
    room = size.width - 2 * _margin(mark.margin_percent, size)
    return max(4, round(min(size.height * mark.height_percent / 100, room / (len(mark.text) * _WIDTH_OF_A_LETTER))))


def burned_in(marks: Marks, began: float) -> list[str]:
    """Subtitles tell the source's time, of which the second `began` is nought for the filters."""
    if not marks.subtitles:
        return []
    drawn = f"ass=filename={escaped(marks.subtitles)}:fontsdir={escaped(marks.font.parent)}"
    return [f"setpts=PTS+{began:.6f}/TB", drawn, f"setpts=PTS-{began:.6f}/TB"] if began else [drawn]


def _margin(percent: float, size: Size) -> int:
    return round(min(size) * percent / 100)


def _place(position: Position, margin: int, across: tuple[str, str], down: tuple[str, str]) -> tuple[str, str]:
    words = position.value.split("_")
    return _along(words, "left", "right", margin, *across), _along(words, "top", "bottom", margin, *down)


def _along(words: list[str], near: str, far: str, margin: int, whole: str, part: str) -> str:
    if near in words:
        return str(margin)
    return f"{whole}-{part}-{margin}" if far in words else f"({whole}-{part})/2"
