"""Stills, from a film in which every frame is brighter than the one before it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from sluice.kinds.screenshot.run import run
from sluice.tasks import Output
from tests.bench import Bench
from tests.clips import FRAMES_PER_SECOND, Clips, grey_frame


def taken(bench: Bench, clip: Path, **options: Any) -> list[tuple[Output, Path]]:
    result = bench.perform(bench.validated(clip, "screenshot", **options), run)
    assert result.failure is None, result.failure
    return [(output, bench.made(output)) for output in result.outputs if output.type == "image/jpeg"]


def frame_of(path: Path) -> int:
    """Which frame of the film of greys a still shows."""
    with Image.open(path) as picture:
        return grey_frame(ImageStat.Stat(picture.convert("L")).mean[0])


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


@pytest.mark.parametrize("frame", [0, 1, 5, 12, 13, 23, 24])
def test_a_still_shows_the_very_frame_of_its_time(frame: int, clips: Clips, bench: Bench) -> None:
    ((output, path),) = taken(bench, clips.greys(), times=[frame / FRAMES_PER_SECOND])

    assert frame_of(path) == frame
    assert output.time == frame / FRAMES_PER_SECOND


@pytest.mark.parametrize(("time", "frame"), [("0%", 0), ("20%", 5), ("96%", 24), ("100%", 24), (0.999, 24), (1.0, 24)])
def test_a_still_near_the_end_is_the_last_frame(time: float | str, frame: int, clips: Clips, bench: Bench) -> None:
    ((_, path),) = taken(bench, clips.greys(), times=[time])

    assert frame_of(path) == frame


def test_stills_are_numbered_in_the_order_they_were_asked_for(clips: Clips, bench: Bench) -> None:
    stills = taken(bench, clips.greys(), times=["80%", "0%", "40%"])

    assert [output.name for output, _ in stills] == [f"screenshot-{number:03}.jpg" for number in (1, 2, 3)]
    assert [frame_of(path) for _, path in stills] == [20, 0, 10]


def test_three_stills_are_taken_when_nothing_is_said(clips: Clips, bench: Bench) -> None:
    stills = taken(bench, clips.greys())

    assert [output.time for output, _ in stills] == [0.1, 0.5, 0.9]


def test_a_still_is_described_as_a_picture(clips: Clips, bench: Bench) -> None:
    ((output, path),) = taken(bench, clips.film(), times=[0])

    assert (output.type, output.width, output.height, output.codec) == ("image/jpeg", 320, 180, "mjpeg")
    assert (output.duration, output.bitrate, output.size) == (None, None, path.stat().st_size)


@pytest.mark.parametrize(
    ("clip", "size"),
    [(Clips.phone, (180, 320)), (Clips.anamorphic, (262, 144)), (Clips.odd, (640, 360)), (Clips.hdr, (320, 180))],
)
def test_a_still_is_upright_with_square_pixels(
    clip: Callable[[Clips], Path], size: tuple[int, int], clips: Clips, bench: Bench
) -> None:
    ((_, path),) = taken(bench, clip(clips), times=[0.2])

    # an odd side may stay as it is
    assert size_of(path) == pytest.approx(size, abs=1)


@pytest.mark.parametrize(
    ("clip", "width", "size"),
    [
        (Clips.film, 160, (160, 90)),
        (Clips.film, 4000, (320, 180)),
        (Clips.phone, 90, (90, 160)),
        (Clips.anamorphic, 131, (131, 72)),
    ],
)
def test_a_still_is_as_wide_as_asked_and_never_wider_than_the_film(
    clip: Callable[[Clips], Path], width: int, size: tuple[int, int], clips: Clips, bench: Bench
) -> None:
    ((_, path),) = taken(bench, clip(clips), times=[0.2], width=width)

    assert size_of(path) == pytest.approx(size, abs=1)


def test_a_slide_show_has_a_still_at_every_time(clips: Clips, bench: Bench) -> None:
    stills = taken(bench, clips.slow_slides(), times=["10%", "50%", "90%", "100%"])

    assert len(stills) == 4
