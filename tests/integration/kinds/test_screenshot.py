"""Stills, judged by the number that each frame of a film carries in its brightness."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sluice.jobs import JobResult
from sluice.kinds.screenshot.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.numbered import FRAMES, Numbered, number_in

Shoot = Callable[..., JobResult]


@pytest.fixture
def shoot(bench: Bench) -> Shoot:
    def shoot(source: Path, **options: Any) -> JobResult:
        return bench.perform(bench.validated(source, kind="screenshot", **options), run)

    return shoot


@pytest.fixture
def numbered(clips: Clips) -> Numbered:
    return Numbered(clips)


def stills(result: JobResult, bench: Bench) -> list[Path]:
    assert result.failure is None, result.failure
    return [bench.made(output) for output in result.outputs if output.type.startswith("image/")]


@pytest.mark.parametrize(
    "film",
    [Numbered.one_keyframe, Numbered.open_gop, Numbered.open_gop_hevc, Numbered.at_an_hour, Numbered.mpeg2],
    ids=lambda film: film.__name__,
)
def test_a_still_is_the_frame_on_screen_at_its_time(
    film: Callable[[Numbered], Path], numbered: Numbered, bench: Bench, shoot: Shoot
) -> None:
    result = shoot(film(numbered), times=[0, 0.44, 0.859, 1.979, "100%"])

    assert [number_in(path) for path in stills(result, bench)] == [0, 11, 21, 49, 49]
    assert [output.time for output in result.outputs[:3]] == [0, 0.44, 0.859]


def test_stills_at_an_interval_are_the_frames_of_their_times_and_lie_in_the_zip_too(
    numbered: Numbered, bench: Bench, shoot: Shoot
) -> None:
    result = shoot(numbered.open_gop(), interval_seconds=0.3)

    made = stills(result, bench)
    assert [output.time for output in result.outputs[:-1]] == [0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8]
    assert [number_in(path) for path in made] == [0, 7, 15, 22, 30, 37, 45]
    assert (result.outputs[-1].name, result.outputs[-1].type) == ("screenshots.zip", "application/zip")
    with zipfile.ZipFile(bench.made(result.outputs[-1])) as archive:
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        packed = {entry: archive.read(entry) for entry in archive.namelist()}
    assert packed == {f"screenshot-{number:03}.jpg": path.read_bytes() for number, path in enumerate(made, start=1)}


@pytest.mark.parametrize(
    ("suffix", "asked"),
    [
        (".mp4", {"times": [4.5]}),
        (".mkv", {"times": [4.5]}),
        (".ts", {"times": [4.5]}),
        (".ts", {"interval_seconds": 2.5}),
    ],
)
def test_where_only_sound_goes_on_the_last_picture_stands(
    suffix: str, asked: dict[str, Any], numbered: Numbered, bench: Bench, shoot: Shoot
) -> None:
    made = stills(shoot(numbered.long_sound(suffix), **asked), bench)

    assert number_in(made[-1]) == FRAMES - 1


def test_before_the_picture_begins_its_first_frame_stands(numbered: Numbered, bench: Bench, shoot: Shoot) -> None:
    made = stills(shoot(numbered.late_picture(), times=[0, 1.5, 2.4]), bench)

    assert [number_in(path) for path in made] == [0, 0, 10]


def test_between_two_slides_the_one_on_screen_is_taken(clips: Clips, bench: Bench, shoot: Shoot) -> None:
    """A frame each two seconds, rising by 40."""
    by_seeks = stills(shoot(clips.slides(), times=[1.9, 2.1, 7.5], format="png"), bench)
    greys = []
    for path in by_seeks:
        with Image.open(path) as image:
            greys.append(image.convert("L").getpixel((9, 9)))

    assert greys == pytest.approx([0, 47, 140], abs=3)


@pytest.mark.parametrize(
    ("clip", "options", "size"),
    [
        (Clips.film, {"width": 160}, (160, 90)),
        (Clips.film, {"width": 4000, "height": 100}, (178, 100)),
        (Clips.film, {"width": 4000}, (320, 180)),
        (Clips.phone, {}, (180, 320)),
        (Clips.anamorphic, {}, (262, 144)),
        (Clips.odd, {}, (641, 361)),
        (Clips.hdr, {"width": 64}, (64, 36)),
        (Clips.interlaced, {}, (320, 180)),
    ],
)
def test_a_still_has_the_shape_that_viewers_see(
    clip: Callable[[Clips], Path],
    options: dict[str, Any],
    size: tuple[int, int],
    clips: Clips,
    bench: Bench,
    shoot: Shoot,
) -> None:
    result = shoot(clip(clips), times=["50%"], **options)

    assert clips.look(stills(result, bench)[0]).size == size
    assert (result.outputs[0].width, result.outputs[0].height) == size


def test_the_smallest_of_films_has_stills(clips: Clips, bench: Bench, shoot: Shoot) -> None:
    tiny = clips.make("one2x2.mp4", "-f", "lavfi", "-i", "color=red:s=2x2:r=25:d=0.04", "-pix_fmt", "yuv420p")

    result = shoot(tiny, count=3)

    assert [clips.look(path).size for path in stills(result, bench)] == [(2, 2)] * 3


@pytest.mark.parametrize(
    ("form", "kind", "tagged"),
    [("jpeg", "JPEG", True), ("jpeg", "JPEG", False), ("png", "PNG", True), ("webp", "WEBP", True)],
)
def test_colours_are_those_of_the_film(
    form: str, kind: str, tagged: bool, clips: Clips, bench: Bench, shoot: Shoot
) -> None:
    """HD film is BT.709, pictures are BT.601 or RGB: taken over as they are, red and green would shift."""
    matrix = "bt709" if tagged else "unknown"
    film = clips.make(
        f"green_{matrix}.mp4",
        *("-f", "lavfi", "-i", "color=0x40c040:s=1280x720:r=25:d=0.2,format=gbrp"),
        *("-vf", f"scale=out_color_matrix=bt709,format=yuv420p,setparams=colorspace={matrix}", "-c:v", "libx264"),
    )
    assert clips.look(film).video.get("color_space", "unknown") == matrix

    made = stills(shoot(film, times=[0.1], format=form, width=64), bench)[0]

    with Image.open(made) as image:
        assert image.format == kind
        assert image.convert("RGB").getpixel((30, 20)) == pytest.approx((0x40, 0xC0, 0x40), abs=6)
