import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.kinds.sprite import MOST_TILES, SpriteOptions, layout, refuse
from sluice.kinds.sprite.sheet import Layout, clock, stretches, tile_count, web_vtt
from sluice.media import Size
from sluice.sampling import middles
from tests.builders import a_picture, media_info, video_stream

DURATIONS = st.floats(min_value=0.01, max_value=14_400)
INTERVALS = st.none() | st.floats(min_value=0.1, max_value=3600)
COUNTS = st.none() | st.integers(min_value=1, max_value=MOST_TILES)
LAYOUTS = st.builds(
    Layout,
    st.integers(min_value=1, max_value=500),
    st.integers(min_value=1, max_value=12),
    st.integers(min_value=1, max_value=12),
    st.just(Size(160, 90)),
)


def options(**given: object) -> SpriteOptions:
    return SpriteOptions.model_validate(given)


@given(DURATIONS, INTERVALS, COUNTS)
def test_the_cues_cover_the_film_without_gap_or_overlap(
    duration: float, interval: float | None, count: int | None
) -> None:
    if interval and count:
        return
    tiles = tile_count(duration, interval, count)
    spans, length = stretches(duration, tiles, interval), interval or duration / tiles

    assert spans[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert all(start < end for start, end in spans)
    assert spans[-1][1] == pytest.approx(duration, abs=0.002)
    middle = middles(duration, tiles, interval)
    assert all(start <= time <= start + length for (start, _), time in zip(spans, middle, strict=True))


@given(LAYOUTS)
def test_no_two_tiles_share_a_place_and_all_lie_on_their_sheet(wanted: Layout) -> None:
    places = [wanted.place(tile) for tile in range(wanted.tiles)]

    assert len(set(places)) == wanted.tiles
    assert {sheet for sheet, _, _ in places} == set(range(wanted.sheets))
    for sheet, left, top in places:
        size = wanted.size_of(sheet)
        assert 0 <= left <= size.width - 160 and 0 <= top <= size.height - 90
        assert size.width <= wanted.sheet_size.width and size.height <= wanted.sheet_size.height


def test_the_map_names_sheet_and_place() -> None:
    wanted = Layout(3, 2, 1, Size(160, 90))

    text = web_vtt(wanted, stretches(3661.5, 3, None), ["sprite-001.jpg", "sprite-002.jpg"])

    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:20:20.500\nsprite-001.jpg#xywh=0,0,160,90\n\n"
        "00:20:20.500 --> 00:40:41.000\nsprite-001.jpg#xywh=160,0,160,90\n\n"
        "00:40:41.000 --> 01:01:01.500\nsprite-002.jpg#xywh=0,0,160,90\n"
    )


@given(st.floats(min_value=0, max_value=400_000))
def test_a_time_is_written_as_players_read_it(seconds: float) -> None:
    hours, minutes, rest = clock(seconds).split(":")

    assert re.fullmatch(r"\d{2,}:[0-5]\d:[0-5]\d\.\d{3}", clock(seconds))
    assert int(hours) * 3600 + int(minutes) * 60 + float(rest) == pytest.approx(seconds, abs=0.0006)


@pytest.mark.parametrize(("duration", "tiles"), [(0.04, 1), (5, 5), (100, 100), (7200, 100)])
def test_left_to_itself_it_makes_a_tile_a_second_and_a_hundred_at_most(duration: float, tiles: int) -> None:
    assert layout(options(), media_info(duration=duration)).tiles == tiles


def test_a_tile_has_the_shape_of_the_film_as_it_is_shown() -> None:
    turned = video_stream(width=1920, height=1080, rotation=90)
    wide = video_stream(width=720, height=576, sample_aspect_ratio="64/45")

    assert layout(options(), media_info(video=(turned,))).tile == (160, 284)
    assert layout(options(), media_info(video=(wide,))).tile == (160, 90)


@pytest.mark.parametrize(
    ("given", "duration", "code"),
    [
        ({"interval_seconds": 0.1}, 7200.0, "limit_exceeded"),
        ({"count": 200, "columns": 1, "rows": 1}, 7200.0, "limit_exceeded"),
        ({"count": 400, "columns": 4, "rows": 100}, 7200.0, "limit_exceeded"),
    ],
)
def test_what_would_be_too_much_is_refused(given: dict[str, object], duration: float, code: str) -> None:
    failure = refuse(options(**given), media_info(duration=duration))

    assert failure and failure.code == code


def test_a_picture_has_no_time_bar() -> None:
    failure = refuse(options(), a_picture())

    assert failure and failure.code == "source_is_picture"


@pytest.mark.parametrize("given", [{"interval_seconds": 1, "count": 5}, {"columns": 100, "tile_width": 160}])
def test_what_contradicts_itself_is_no_option(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"each say|more than"):
        options(**given)
