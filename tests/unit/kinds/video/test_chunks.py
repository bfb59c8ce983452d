"""Which films are cut, and what their workers are told."""

from pathlib import Path
from typing import Any

import pytest

from sluice.chunking.spans import Span
from sluice.kinds.video.chunks import address, chunk_seconds, rate_of, rates, recipe, wanted, why_whole
from sluice.kinds.video.command import chunk, timescale
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import Window
from sluice.kinds.video.rate import Bitrate, Crf
from tests.builders import audio_stream, media_info, video_stream


def film(**values: Any) -> Any:
    return media_info(**{"video": (video_stream(base_rate="25/1"),), "duration": 600.0, **values})


def a_span(**values: Any) -> Span:
    usual: dict[str, Any] = {
        "begin": None,
        "end": 2.0,
        "seconds": 2.0,
        "shift": 0.0,
        "frames": 50,
        "bytes": 1000,
        "input": {},
    }
    return Span(**{**usual, **values})


def test_an_ordinary_film_can_be_cut() -> None:
    assert why_whole(VideoOptions(), film()) is None


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ({"copy": True}, {}),
        ({"container": "ts"}, {}),
        ({"container": "flv"}, {}),
        ({"keep_metadata": True}, {}),
        ({}, {"demuxer": "mpegts", "container": "ts"}),
        ({}, {"demuxer": "avi", "container": "avi"}),
        ({}, {"video": (video_stream(codec="vp8", base_rate="25/1"),)}),
        ({}, {"video": (video_stream(),)}),
        ({"container": "mkv", "audio_codec": "copy"}, {"audio": (audio_stream(codec="vorbis"),)}),
    ],
)
def test_what_can_not_be_cut_to_the_frame_is_encoded_whole_and_says_why(options: Any, source: Any) -> None:
    reason = why_whole(VideoOptions(**options), film(**source))

    assert reason and reason.endswith(".")


def test_a_deployment_without_workers_cuts_nothing() -> None:
    assert chunk_seconds(VideoOptions(), film(), asked=5, workers=0) is None
    assert chunk_seconds(VideoOptions(), film(), asked=5, workers=1) == 5


def test_all_chunks_have_one_factor_and_their_share_of_a_rate() -> None:
    spans = [a_span(bytes=1000), a_span(bytes=3000)]

    assert rates(Crf(23), spans) == [Crf(23), Crf(23)]
    first, second = rates(Bitrate(1_000_000, 1), spans)
    assert isinstance(first, Bitrate) and isinstance(second, Bitrate)
    assert first.value < second.value
    assert (first.value + second.value) / 2 == pytest.approx(1_000_000, rel=0.001)
    assert first.bounded_by == second.bounded_by == 1_000_000


@pytest.mark.parametrize("rate", [Crf(23.5), Bitrate(1000, 2, 900)])
def test_a_rate_comes_back_from_its_recipe(rate: Crf | Bitrate) -> None:
    assert rate_of(recipe(a_span(), rate, 30)["rate"]) == rate


def test_an_address_changes_with_all_that_a_chunk_depends_on() -> None:
    one = {"span": 1}
    others = [
        address({"span": 2}, {}, "etag", "engine"),
        address(one, {"crf": 20}, "etag", "engine"),
        address(one, {}, "other", "engine"),
        address(one, {}, "etag", "another"),
    ]

    assert address(one, {}, "etag", "engine") == address(dict(one), {}, "etag", "engine")
    assert len({address(one, {}, "etag", "engine"), *others}) == 5


def test_the_output_s_clock_begins_with_the_source_or_where_it_is_asked_to() -> None:
    late = film(start=-0.5, video=(video_stream(base_rate="25/1", start=0.25),))

    assert float(wanted(VideoOptions(), late).first) == 0.75
    assert float(wanted(VideoOptions(start=2, end=5), late).first) == -1.25
    assert wanted(VideoOptions(start=2, end=5), late).length == 3


@pytest.mark.parametrize(("rate", "ticks"), [("25/1", 12_800), ("24000/1001", 24_000), ("1000/1", 90_000)])
def test_the_clock_is_the_one_that_the_muxer_would_take(rate: str, ticks: int) -> None:
    assert timescale(VideoOptions(), video_stream(base_rate=rate)) == ticks


def test_a_chunk_s_command_keeps_its_own_pictures_and_can_be_joined(tmp_path: Any) -> None:
    window = Window(2.0, 4.0)

    words = chunk(VideoOptions(), film(), Crf(23), window, tmp_path / "chunk.mp4", marks=Marks())

    assert "trim=start=2.000000:end=4.000000" in words[words.index("-filter_complex") + 1]
    assert any(word.startswith("stitchable=1") for word in words) and "-an" in words and "-copyts" in words


@pytest.mark.parametrize(
    ("window", "zones"),
    [
        (Window(None, None, 50), "stitchable=1"),
        (Window(None, 2.0, 50), "stitchable=1:zones=48,49,b=1.6"),
        (Window(2.0, 4.0, 50), "stitchable=1:zones=0,0,b=1.25/48,49,b=1.6"),
        (Window(2.0, 4.0, None), "stitchable=1:zones=0,0,b=1.25"),
        (Window(2.0, 4.0, 2), "stitchable=1:zones=0,0,b=1.25"),
        (Window(2.0, None, 50), "stitchable=1:zones=0,0,b=1.25"),
    ],
)
def test_pictures_at_a_seam_get_what_the_encoder_can_t_weigh(window: Window, zones: str, tmp_path: Path) -> None:
    words = chunk(VideoOptions(), film(), Crf(23), window, tmp_path / "chunk.mp4", marks=Marks())

    assert words[words.index("-x264-params") + 1] == zones


def test_a_bitrate_is_kept_at_seams_as_anywhere(tmp_path: Path) -> None:
    window = Window(2.0, 4.0, 50)

    words = chunk(VideoOptions(), film(), Bitrate(400_000, 1), window, tmp_path / "chunk.mp4", marks=Marks())

    assert words[words.index("-x264-params") + 1] == "stitchable=1"
