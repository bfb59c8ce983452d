"""A still for each stretch, tiled into sheets, and the map."""

from pathlib import Path
from typing import Any

from sluice.jobs import JobResult
from sluice.kinds.sprite import SpriteOptions, layout, pictures
from sluice.kinds.sprite.command import sheet
from sluice.kinds.sprite.sheet import Layout, stretches, web_vtt
from sluice.pictures import SUFFIXES
from sluice.stills import stills
from sluice.workspace import Workspace

MAP = "sprite.vtt"
_TAKEN = 85.0


def run(workspace: Workspace) -> JobResult:
    options = workspace.options(SpriteOptions)
    media = workspace.job.media
    duration = media.duration or 0.0
    wanted = layout(options, media)
    spans = stretches(duration, wanted.tiles, options.interval_seconds)
    stills(workspace, pictures(options, media), name="tile", share=_TAKEN)
    sheets = [_sheet(workspace, options, wanted, number) for number in range(wanted.sheets)]
    mapped = workspace.folder / MAP
    mapped.write_text(web_vtt(wanted, spans, [path.name for path in sheets]))
    outputs = tuple(workspace.publish(path) for path in [*sheets, mapped])
    return JobResult(outputs=outputs, result=_summary(wanted))


def _sheet(workspace: Workspace, options: SpriteOptions, wanted: Layout, number: int) -> Path:
    target = workspace.folder / f"sprite-{number + 1:03}{SUFFIXES[options.format]}"
    tiles = workspace.folder / "tile-%03d.png"
    workspace.ffmpeg(sheet(wanted, number, tiles, options.format, options.quality, target))
    return target


def _summary(wanted: Layout) -> dict[str, Any]:
    return {
        "tiles": wanted.tiles,
        "sheets": wanted.sheets,
        "columns": wanted.columns,
        "rows": wanted.rows,
        "tile_width": wanted.tile.width,
        "tile_height": wanted.tile.height,
    }
