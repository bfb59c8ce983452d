from pathlib import Path
from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.video import VideoOptions
from sluice.kinds.video.marks import Marks, letters
from sluice.kinds.video.picture import geometry, graph
from sluice.media import Size, VideoStream
from tests.builders import video_stream

MARKS = Marks(Path("/s/sign"), Path("/s/it's.txt"), Path("/s/burned.ass"), Path("/l/fonts/Sans.ttf"))
SIGN = {"file": {"key": "sign.png"}}


def options(**given: Any) -> VideoOptions:
    return VideoOptions.model_validate(given)


def steps(video: VideoStream, marks: Marks | None = None, began: float = 0.0, **given: Any) -> list[str]:
    """The names of the filters, in their order, through all chains."""
    chains = graph(options(**given), video, marks or Marks(), began).split(";")
    bare = [chain.rpartition("[")[0].rpartition("]")[2] for chain in chains]
    return [step.partition("=")[0] for chain in bare for step in chain.split(",")]


HD, PHONE = video_stream(width=1920, height=1080), video_stream(width=1920, height=1080, rotation=90)


@pytest.mark.parametrize(
    ("video", "given", "size"),
    [
        (HD, {}, (1280, 720)),
        (PHONE, {}, (720, 1280)),
        (HD, {"resolution": 2160}, (1920, 1080)),
        (HD, {"resolution": 2160, "upscale": True}, (3840, 2160)),
        (HD, {"width": 640}, (640, 360)),
        (HD, {"width": 641}, (640, 360)),
        (PHONE, {"height": 640}, (360, 640)),
        (HD, {"width": 500, "height": 500}, (500, 282)),
        (HD, {"width": 500, "height": 500, "fit": "cover"}, (500, 500)),
        (HD, {"width": 500, "height": 500, "fit": "pad"}, (500, 500)),
        (HD, {"width": 500, "height": 500, "fit": "fill"}, (500, 500)),
        (HD, {"width": 2160, "height": 2160, "fit": "cover"}, (1080, 1080)),
        (video_stream(width=2, height=2), {}, (2, 2)),
    ],
)
def test_the_size_that_comes_out(video: VideoStream, given: dict[str, Any], size: tuple[int, int]) -> None:
    assert geometry(options(**given), video).size == size


def test_fields_and_range_are_put_right_before_anything_is_scaled() -> None:
    video = video_stream(interlaced=True, hdr="hdr10", color_primaries="bt2020", color_transfer="smpte2084")

    found = steps(video, fps=25)

    assert found == [
        "bwdif", "setparams", "zscale", "format", "zscale", "tonemap", "zscale", "fps", "scale", "setsar", "format",
    ]  # fmt: skip


def test_hdr_is_left_as_it_is_where_the_target_can_show_it() -> None:
    video = video_stream(hdr="hdr10", bit_depth=10)

    assert steps(video, codec="h265", bit_depth=10) == ["scale", "setsar", "format"]


def test_marks_are_drawn_at_the_size_that_comes_out() -> None:
    found = steps(HD, MARKS, watermark=SIGN, watermark_text={"text": "it's"}, subtitles={"stream": 0})

    assert found == [
        "scale", "setsar", "ass", "scale", "format", "colorchannelmixer", "overlay", "drawtext", "format",
    ]  # fmt: skip


def test_a_watermark_is_a_share_of_the_width_within_its_margin() -> None:
    found = graph(options(watermark={**SIGN, "width_percent": 25, "margin_percent": 5, "opacity": 0.5}), HD, MARKS)

    assert "[1:v]scale=320:648:force_original_aspect_ratio=decrease" in found
    assert "colorchannelmixer=aa=0.5[mark]" in found
    assert "[film][mark]overlay=x=W-w-36:y=H-h-36," in found


@pytest.mark.parametrize(
    ("position", "place"),
    [
        ("top_left", "x=36:y=36"),
        ("top", "x=(W-w)/2:y=36"),
        ("right", "x=W-w-36:y=(H-h)/2"),
        ("center", "x=(W-w)/2:y=(H-h)/2"),
        ("bottom_left", "x=36:y=H-h-36"),
    ],
)
def test_nine_places(position: str, place: str) -> None:
    found = graph(options(watermark={**SIGN, "position": position, "margin_percent": 5}), HD, MARKS)

    assert f"overlay={place}" in found


def test_a_text_is_read_from_its_file_and_means_nothing() -> None:
    found = graph(options(watermark_text={"text": "%{localtime}:\\'"}), HD, MARKS)

    assert r"textfile=/s/it\\\'s.txt:expansion=none" in found
    assert "localtime" not in found


def test_a_long_line_is_written_smaller() -> None:
    mark = options(watermark_text={"text": "x" * 100, "height_percent": 50}).watermark_text
    assert mark

    assert letters(mark, Size(1280, 720)) * 100 * 0.6 < 1280


def test_subtitles_are_drawn_by_the_time_of_the_source() -> None:
    found = graph(options(subtitles={"stream": 0}, start=2.5), HD, MARKS, began=2.5)

    assert "setpts=PTS+2.500000/TB,ass=filename=/s/burned.ass:fontsdir=/l/fonts,setpts=PTS-2.500000/TB" in found


@pytest.mark.parametrize(
    ("given", "size"),
    [
        ({"width": 640, "height": 360, "fit": "pad"}, (360, 640)),
        ({"width": 640}, (360, 640)),
        ({"height": 360}, (360, 640)),
    ],
)
def test_a_box_that_turns_is_the_same_for_both_ways_of_holding_a_camera(given: dict[str, Any], size: Size) -> None:
    lying, upright = video_stream(width=1280, height=720), video_stream(width=720, height=1280)

    assert geometry(options(**given, turn_box=True), upright).size == size
    assert geometry(options(**given, turn_box=True), lying).size == size[::-1]


@pytest.mark.parametrize(
    ("given", "scale", "place"),
    [
        ({"x": "10%", "y": "40px"}, "scale=192:640:force_original_aspect_ratio=decrease", "x=W-w-128:y=H-h-40"),
        ({"position": "top_left", "x": "0px", "y": "5%", "width": "10%"},
         "scale=128:720:force_original_aspect_ratio=decrease", "x=0:y=36"),
        ({"height": "100px"}, "scale=1280:100:force_original_aspect_ratio=decrease", "x=W-w-22:y=H-h-22"),
        ({"width": "12.5%", "height": "0%"}, "scale=160:2:flags", "x=W-w-22:y=H-h-22"),
    ],
)  # fmt: skip
def test_a_watermark_may_be_told_in_shares_and_pixels(given: dict[str, Any], scale: str, place: str) -> None:
    found = graph(options(watermark={**SIGN, **given}), HD, MARKS)

    assert scale in found and f"overlay={place}" in found


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"position": "top", "x": "5%"}, "x"),
        ({"position": "left", "y": "5%"}, "y"),
        ({"x": "5"}, "x"),
        ({"y": "101%"}, "y"),
        ({"width": "4097px"}, "width"),
        ({"height": "-1px"}, "height"),
    ],
)
def test_a_watermark_has_no_other_places(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options("video", {"watermark": {**SIGN, **given}})

    assert refused.value.field == f"options.watermark.{field}"
