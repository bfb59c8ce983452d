"""What is drawn on top of the film: a picture, a line of text, subtitles. Pure."""

from pathlib import Path
from typing import NamedTuple

from sluice.ffmpeg.escaping import escaped
from sluice.kinds.video.options import ImageMark, TextMark, VideoOptions
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
    """The picture as large as asked for, and as opaque. In its own shape it stays as a whole within the film."""
    return [_scaled(mark, size), "format=rgba", f"colorchannelmixer=aa={mark.opacity:g}"]


def _scaled(mark: ImageMark, size: Size) -> str:
    if mark.width or mark.height:
        # nought would be the mark's own size
        width = max(2, _pixels(mark.width, size.width)) if mark.width else size.width
        height = max(2, _pixels(mark.height, size.height)) if mark.height else size.height
        if mark.width and mark.height:
            return f"scale={width}:{height}:flags=bicubic"
    else:
        across, down = _margins(mark, size)
        width = min(even(size.width * mark.width_percent / 100), max(2, size.width - 2 * across))
        height = max(2, size.height - 2 * down)
    return f"scale={width}:{height}:force_original_aspect_ratio=decrease:flags=bicubic"


def image_place(mark: ImageMark, size: Size) -> str:
    x, y = _place(mark, size, ("W", "w"), ("H", "h"))
    return f"overlay=x={x}:y={y}"


def text(options: VideoOptions, size: Size, marks: Marks) -> list[str]:
    """The line of text, read from a file as it stands: nothing in it means anything to the filter."""
    mark = options.watermark_text
    if not mark or not marks.text:
        return []
    x, y = _place(mark, size, ("w", "text_w"), ("h", "text_h"))
    height = letters(mark, size)
    return [
        f"drawtext=fontfile={escaped(marks.font)}:textfile={escaped(marks.text)}:expansion=none:fontsize={height}"
        f":fontcolor=white@{mark.opacity:g}:bordercolor=black@{mark.opacity * 0.6:g}:borderw={max(1, height // 16)}"
        f":x={x}:y={y}"
    ]


def letters(mark: TextMark, size: Size) -> int:
    """The height of the letters in pixels: as asked for, or as small as the line needs to stay in the picture."""
    room = max(1, size.width - 2 * _margins(mark, size)[0])
    return max(4, round(min(size.height * mark.height_percent / 100, room / (len(mark.text) * _WIDTH_OF_A_LETTER))))


def burned_in(marks: Marks, began: float) -> list[str]:
    """Subtitles tell the source's time, of which the second `began` is nought for the filters."""
    if not marks.subtitles:
        return []
    drawn = f"ass=filename={escaped(marks.subtitles)}:fontsdir={escaped(marks.font.parent)}"
    return [f"setpts=PTS+{began:.6f}/TB", drawn, f"setpts=PTS-{began:.6f}/TB"] if began else [drawn]


def _margins(mark: ImageMark | TextMark, size: Size) -> tuple[int, int]:
    """The distances from the edges in pixels, across and down."""
    usual = round(min(size) * mark.margin_percent / 100)
    across = _pixels(mark.x, size.width) if mark.x else usual
    return across, _pixels(mark.y, size.height) if mark.y else usual


def _pixels(length: str, side: int) -> int:
    """`12.5%` of a side, or `40px`."""
    if length.endswith("px"):
        return int(length.removesuffix("px"))
    return round(float(length.removesuffix("%")) * side / 100)


def _place(mark: ImageMark | TextMark, size: Size, across: tuple[str, str], down: tuple[str, str]) -> tuple[str, str]:
    words, (x, y) = mark.position.value.split("_"), _margins(mark, size)
    return _along(words, "left", "right", x, *across), _along(words, "top", "bottom", y, *down)


def _along(words: list[str], near: str, far: str, margin: int, whole: str, part: str) -> str:
    if near in words:
        return str(margin)
    return f"{whole}-{part}-{margin}" if far in words else f"({whole}-{part})/2"
