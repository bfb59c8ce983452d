"""Which tile lies where, and the WebVTT map that tells it to players. Pure."""

from collections.abc import Iterator, Sequence
from math import ceil
from typing import NamedTuple

from sluice.media import Size

_AUTOMATIC_TILES = 100
# About a frame: a film has no more different pictures than that.
_SHORTEST_STRETCH = 0.04


class Layout(NamedTuple):
    """`tiles` in rows from the top left, sheet after sheet. The last sheet is only as high as its rows."""

    tiles: int
    columns: int
    rows: int
    tile: Size

    @property
    def on_a_sheet(self) -> int:
        return self.columns * self.rows

    @property
    def sheets(self) -> int:
        return ceil(self.tiles / self.on_a_sheet)

    @property
    def sheet_size(self) -> Size:
        """The first sheet's, which no other exceeds."""
        return self.size_of(0)

    def tiles_on(self, sheet: int) -> range:
        first = sheet * self.on_a_sheet
        return range(first, min(self.tiles, first + self.on_a_sheet))

    def size_of(self, sheet: int) -> Size:
        tiles = len(self.tiles_on(sheet))
        return Size(self.columns_of(sheet) * self.tile.width, ceil(tiles / self.columns) * self.tile.height)

    def columns_of(self, sheet: int) -> int:
        """Fewer where a single row isn't full."""
        return min(self.columns, len(self.tiles_on(sheet)))

    def place(self, tile: int) -> tuple[int, int, int]:
        """The sheet, counted from 0, and the pixels from its left and top."""
        sheet, on_it = divmod(tile, self.on_a_sheet)
        row, column = divmod(on_it, self.columns)
        return sheet, column * self.tile.width, row * self.tile.height


def tile_count(duration: float, interval: float | None, count: int | None) -> int:
    """How many stretches the film is cut into."""
    wanted = count or ceil(round(duration / (interval or max(1.0, duration / _AUTOMATIC_TILES)), 6))
    return max(1, min(wanted, int(duration / _SHORTEST_STRETCH)))


def stretches(duration: float, count: int, interval: float | None) -> list[tuple[float, float]]:
    """[start, end) of each tile, to the millisecond: they cover [0, duration) without gap or overlap."""
    step = interval or duration / count
    starts = [round(number * step, 3) for number in range(count)]
    return list(zip(starts, [*starts[1:], max(round(duration, 3), starts[-1] + 0.001)], strict=True))


def web_vtt(layout: Layout, spans: Sequence[tuple[float, float]], sheet_names: Sequence[str]) -> str:
    """The map: a cue for each stretch, whose text is the sheet and the tile's place on it."""
    return "\n".join(["WEBVTT", "", *_cues(layout, spans, sheet_names)])


def _cues(layout: Layout, spans: Sequence[tuple[float, float]], sheet_names: Sequence[str]) -> Iterator[str]:
    for tile, (start, end) in enumerate(spans):
        sheet, left, top = layout.place(tile)
        yield f"{clock(start)} --> {clock(end)}"
        yield f"{sheet_names[sheet]}#xywh={left},{top},{layout.tile.width},{layout.tile.height}"
        yield ""


def clock(seconds: float) -> str:
    """WebVTT's hh:mm:ss.ttt. https://www.w3.org/TR/webvtt1/#webvtt-timestamp"""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
