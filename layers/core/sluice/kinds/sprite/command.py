"""ffmpeg's arguments for a sheet of tiles that lie in files. Pure."""

from pathlib import Path

from sluice.kinds.sprite.sheet import Layout
from sluice.media import Size
from sluice.pictures import Color, encoder, pixels


def sheet(layout: Layout, number: int, tiles: Path, form: str, quality: int, target: Path) -> list[str]:
    """Sheet `number` (from 0) of the numbered pictures `tiles`, a pattern that counts from 1."""
    on_it = layout.tiles_on(number)
    columns, height = layout.columns_of(number), layout.size_of(number).height
    grid = Size(columns, height // layout.tile.height)
    filters = [f"tile={grid.width}x{grid.height}:nb_frames={len(on_it)}", *pixels(form, Color.OPAQUE)]
    return [
        *("-f", "image2", "-framerate", "1", "-start_number", str(on_it.start + 1), "-i", str(tiles)),
        *("-vf", ",".join(filters), "-frames:v", "1", *encoder(form, quality)),
        *("-f", "image2", "-update", "1", str(target)),
    ]
