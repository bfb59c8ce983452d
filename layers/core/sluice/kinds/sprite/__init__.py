"""sprite: sheets of small stills and a WebVTT map, for the preview over a player's time bar."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sluice.geometry import Geometry, fitted
from sluice.kinds.base import Kind, Options, needs_film
from sluice.kinds.sprite.sheet import Layout, tile_count
from sluice.media import MediaInfo, Size
from sluice.pictures import Pictures, drawing
from sluice.sampling import middles
from sluice.tasks import Failure

MOST_TILES = 2000
MOST_SHEETS = 199
# JPEG could have 65,535, WebP 16,383; what phones decode as one texture is less than either.
MOST_SHEET_SIDE = 8192


class SpriteOptions(Options):
    """A tile for each stretch of the film; every stretch is as long as the others."""

    interval_seconds: float | None = Field(
        None,
        ge=0.1,
        le=3600,
        description="The length of a stretch. Without it and `count`: a second, or a hundredth of a longer film.",
    )
    count: int | None = Field(None, ge=1, le=MOST_TILES, description="So many tiles, whatever the length.")
    columns: int = Field(10, ge=1, le=100, description="Tiles in a row.")
    rows: int = Field(10, ge=1, le=100, description="Rows on a sheet; a longer film gets more sheets.")
    tile_width: int = Field(160, ge=16, le=640, description="Pixels at most. The film's shape decides the height.")
    format: Literal["jpeg", "webp"] = Field("jpeg", description="jpeg or webp.")
    quality: int = Field(75, ge=1, le=100, description="Of the sheets.")

    @model_validator(mode="after")
    def one_way_of_saying_how_many(self) -> Self:
        if self.interval_seconds is not None and self.count is not None:
            raise ValueError("interval_seconds and count each say how many tiles: give one of them")
        if self.columns * self.tile_width > MOST_SHEET_SIDE:
            raise ValueError(f"columns * tile_width is more than the {MOST_SHEET_SIDE} pixels that a sheet may have")
        return self


def tile_size(options: SpriteOptions, media: MediaInfo) -> Size:
    """The film's shape as it is shown, even sides."""
    assert media.main_video, "a source without picture is refused before"
    return fitted(media.main_video.display_size, options.tile_width).size


def layout(options: SpriteOptions, media: MediaInfo) -> Layout:
    count = tile_count(media.duration or 0.0, options.interval_seconds, options.count)
    return Layout(count, options.columns, options.rows, tile_size(options, media))


def pictures(options: SpriteOptions, media: MediaInfo) -> Pictures:
    """The tiles, before they are laid out: what stands for each stretch is its middle.

    A last stretch that is cut off is taken as whole; where its middle lies past the end, the film's last picture stands
    for it.
    """
    assert media.main_video, "a source without picture is refused before"
    wanted = layout(options, media)
    times = middles(media.duration or 0.0, wanted.tiles, options.interval_seconds)
    return Pictures(times, wanted.tile, drawing(media.main_video, Geometry(wanted.tile, wanted.tile), "png"))


def refuse(options: SpriteOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no moving picture, and more tiles or larger sheets than are made."""
    if refusal := needs_film(options, media):
        return refusal
    wanted = layout(options, media)
    if wanted.tiles > MOST_TILES or wanted.sheets > MOST_SHEETS:
        message = f"That makes {wanted.tiles} tiles on {wanted.sheets} sheets; {MOST_TILES} on {MOST_SHEETS} can be."
        return Failure(code="limit_exceeded", message=message)
    if wanted.sheet_size.height > MOST_SHEET_SIDE:
        message = f"A sheet would be {wanted.sheet_size.height} pixels high; give it fewer rows."
        return Failure(code="limit_exceeded", message=message)
    return None


KIND = Kind(
    name="sprite",
    state="Sprite",
    function="screenshot",
    summary="Sheets of thumbnails and a WebVTT map for the preview over a time bar.",
    options=SpriteOptions,
    refuse=refuse,
    pictures=pictures,
)
