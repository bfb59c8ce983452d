"""Moving previews, judged frame by frame with a decoder of another make."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageSequence

from sluice.jobs import JobResult
from sluice.kinds.animation.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.numbered import Numbered, number_of

Made = Callable[..., JobResult]


@pytest.fixture
def made(bench: Bench) -> Made:
    def made(source: Path, **options: Any) -> JobResult:
        return bench.perform(bench.validated(source, kind="animation", **options), run)

    return made


def opened(result: JobResult, bench: Bench) -> Image.Image:
    assert result.failure is None, result.failure
    (output,) = result.outputs
    return Image.open(bench.made(output))


def numbers(image: Image.Image) -> list[int]:
    return [number_of(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def milliseconds(image: Image.Image) -> int:
    return sum(int(frame.info["duration"]) for frame in ImageSequence.Iterator(image))


@pytest.mark.parametrize(("form", "kind"), [("gif", "GIF"), ("webp", "WEBP")])
def test_a_stretch_moves_as_the_film_does(form: str, kind: str, clips: Clips, bench: Bench, made: Made) -> None:
    result = made(Numbered(clips).open_gop(), format=form, start=0.48, duration_seconds=1, fps=12.5, width=96)

    with opened(result, bench) as image:
        assert (image.format, image.size) == (kind, (96, 54))
        assert numbers(image) == pytest.approx(range(12, 37, 2), abs=1)
        assert milliseconds(image) == pytest.approx(1000, abs=50)
        assert image.info.get("loop") == 0


@pytest.mark.parametrize("start", [0.2, 9.5, 12.5, 18.5, 27.5])
def test_a_stretch_of_a_transport_stream_is_the_right_one(start: float, clips: Clips, bench: Bench, made: Made) -> None:
    result = made(Numbered(clips).seconds_unindexed(), format="gif", start=start, duration_seconds=2, fps=2, width=64)

    with opened(result, bench) as image:
        assert numbers(image) == [int(start + n / 2) for n in range(4)]


def test_highlights_come_from_all_over_the_film(clips: Clips, bench: Bench, made: Made) -> None:
    result = made(Numbered(clips).one_keyframe(), highlights=4, duration_seconds=0.8, fps=25, width=64)

    assert result.result == {
        "stretches": [
            {"start": 0.15, "end": 0.35},
            {"start": 0.65, "end": 0.85},
            {"start": 1.15, "end": 1.35},
            {"start": 1.65, "end": 1.85},
        ]
    }
    with opened(result, bench) as image:
        shown = numbers(image)
    assert shown == pytest.approx([first + n for first in (4, 17, 29, 42) for n in range(5)], abs=1)


def test_it_plays_once_where_that_is_asked(clips: Clips, bench: Bench, made: Made) -> None:
    with opened(made(clips.film(), format="gif", loop=False, duration_seconds=0.3), bench) as image:
        assert "loop" not in image.info
    with opened(made(clips.film(), format="webp", loop=False, duration_seconds=0.3), bench) as image:
        assert image.info["loop"] == 1


@pytest.mark.parametrize(
    ("clip", "size"), [(Clips.phone, (180, 320)), (Clips.anamorphic, (262, 144)), (Clips.hdr, (320, 180))]
)
def test_it_has_the_shape_that_viewers_see(
    clip: Callable[[Clips], Path], size: tuple[int, int], clips: Clips, bench: Bench, made: Made
) -> None:
    with opened(made(clip(clips), duration_seconds=0.2), bench) as image:
        assert image.size == size


def test_a_film_of_one_frame_and_one_whose_sound_goes_on_can_be_animated(
    clips: Clips, bench: Bench, made: Made
) -> None:
    one = clips.make("one2x2.mp4", "-f", "lavfi", "-i", "color=red:s=2x2:r=25:d=0.04", "-pix_fmt", "yuv420p")

    with opened(made(one), bench) as image:
        assert (image.size, getattr(image, "n_frames", 1)) == ((2, 2), 1)
    for suffix in (".mp4", ".mkv"):
        with opened(made(Numbered(clips).long_sound(suffix), highlights=5, duration_seconds=1, fps=25), bench) as image:
            assert max(numbers(image)) >= 40
