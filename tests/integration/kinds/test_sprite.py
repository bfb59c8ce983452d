"""Sheets and their map, as a player uses them: the cue at a time names a place, and there is the frame of that time."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image

from sluice.jobs import JobResult
from sluice.kinds.sprite.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.numbered import Numbered, number_of

_CUE = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


class Tile(NamedTuple):
    start: float
    end: float
    sheet: str
    box: tuple[int, int, int, int]


class Sprite:
    """The outputs of one job, looked up as a player does."""

    def __init__(self, result: JobResult, bench: Bench):
        assert result.failure is None, result.failure
        self.files = {output.name: bench.made(output) for output in result.outputs}
        self.result = result.result or {}
        text = self.files["sprite.vtt"].read_text()
        assert text.startswith("WEBVTT\n\n")
        self.tiles = [_tile(found) for found in _CUE.finditer(text)]

    def sheet(self, name: str) -> Image.Image:
        with Image.open(self.files[name]) as image:
            return image.convert("RGB")

    def picture(self, tile: Tile) -> Image.Image:
        left, top, width, height = tile.box
        return self.sheet(tile.sheet).crop((left, top, left + width, top + height))


def _tile(found: re.Match[str]) -> Tile:
    start, end = (int(found[n]) * 3600 + int(found[n + 1]) * 60 + float(found[n + 2]) for n in (1, 4))
    return Tile(start, end, found[7], (int(found[8]), int(found[9]), int(found[10]), int(found[11])))


Made = Callable[..., Sprite]


@pytest.fixture
def made(bench: Bench) -> Made:
    def made(source: Path, **options: Any) -> Sprite:
        return Sprite(bench.perform(bench.validated(source, kind="sprite", **options), run), bench)

    return made


@pytest.mark.parametrize("form", ["jpeg", "webp"])
def test_the_cue_of_a_time_leads_to_the_frame_of_that_time(form: str, clips: Clips, made: Made) -> None:
    sprite = made(Numbered(clips).open_gop(), interval_seconds=0.2, columns=3, rows=2, tile_width=64, format=form)

    suffix = {"jpeg": "jpg", "webp": "webp"}[form]
    assert [tile.sheet for tile in sprite.tiles] == [f"sprite-00{n // 6 + 1}.{suffix}" for n in range(10)]
    assert [number_of(sprite.picture(tile)) for tile in sprite.tiles] == [2, 7, 12, 17, 22, 27, 32, 37, 42, 47]
    assert [tile.start for tile in sprite.tiles] == pytest.approx([number / 5 for number in range(10)])
    assert sprite.tiles[-1].end == 2.0
    assert sprite.sheet(f"sprite-001.{suffix}").size == (192, 72)
    assert sprite.sheet(f"sprite-002.{suffix}").size == (192, 72)
    assert (sprite.result["tiles"], sprite.result["sheets"]) == (10, 2)


def test_a_tile_has_the_shape_that_viewers_see(clips: Clips, made: Made) -> None:
    upright = made(clips.phone(), count=2, tile_width=90)
    wide = made(clips.anamorphic(), count=2, tile_width=100)

    assert {tile.box[2:] for tile in upright.tiles} == {(90, 160)}
    assert {tile.box[2:] for tile in wide.tiles} == {(100, 54)}


def test_where_only_sound_goes_on_the_last_picture_fills_the_sheet(clips: Clips, made: Made) -> None:
    sprite = made(Numbered(clips).long_sound(".mkv"), interval_seconds=1)

    numbers = [number_of(sprite.picture(tile)) for tile in sprite.tiles]
    assert (numbers[:2], set(numbers[2:])) == ([12, 37], {49})
    assert sprite.tiles[-1].end >= 5


def test_a_film_of_one_frame_has_one_tile(clips: Clips, made: Made) -> None:
    one = clips.make("one2x2.mp4", "-f", "lavfi", "-i", "color=red:s=2x2:r=25:d=0.04", "-pix_fmt", "yuv420p")

    sprite = made(one)

    assert [(tile.start, tile.end, tile.box) for tile in sprite.tiles] == [(0.0, 0.04, (0, 0, 2, 2))]
    assert sprite.sheet("sprite-001.jpg").size == (2, 2)
