"""Queries in, subtasks out."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.dialects.qencode.errors import QencodeError, number_of
from sluice.dialects.qencode.places import Buckets, S3Place, output_path, s3_place, source_at
from sluice.dialects.qencode.query import parsed
from sluice.dialects.qencode.translate import Plan, planned, source_url
from sluice.errors import InvalidRequest
from sluice.tasks import Source

BUCKETS = Buckets("media", "outputs")


def plan(*formats: dict[str, Any], **query: Any) -> Plan:
    text = json.dumps({"query": {"source": "https://example.org/a.mp4", "format": list(formats), **query}})
    return planned(parsed(text), BUCKETS, "default")


def options(output: str, **members: Any) -> dict[str, Any]:
    """What was asked of the kind, without the defaults that nobody asked for."""
    (subtask,) = plan({"output": output, **members}).subtasks
    return {name: value for name, value in subtask.options.items() if value not in (None, False)}


def refusal(*formats: dict[str, Any], **query: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        plan(*formats, **query)
    assert refused.value.field
    return refused.value.field


def test_a_film_is_asked_for_in_our_units() -> None:
    found = options("mp4", size="640x360", bitrate=800.5, two_pass=1, audio_bitrate="96", start_time=1, duration=2)

    wanted = {"width": 640, "height": 360, "fit": "pad", "video_bitrate": 800_500, "passes": 2, "audio_bitrate": 96_000}
    assert found.items() >= {**wanted, "start": 1, "end": 3, "container": "mp4"}.items()


def test_a_resolution_makes_other_sizes_nothing() -> None:
    found = options("mp4", resolution=360, size="640x480", width=3)

    assert found["resolution"] == 360 and "width" not in found


def test_without_a_size_the_picture_stays_as_large_as_it_is() -> None:
    found = options("mp4")

    assert found["resolution"] >= 4320 and "upscale" not in found


def test_growing_is_asked_for_by_name() -> None:
    (subtask,) = plan({"output": "mp4", "width": 4000}, upscale=1).subtasks

    assert subtask.options["upscale"] is True
    assert refusal({"output": "advanced_hls"}, upscale=1) == "upscale"


@pytest.mark.parametrize("ratio", ["4:3", "1.3333", 1.3333])
def test_a_shape_makes_the_other_side(ratio: Any) -> None:
    found = options("mp4", width=400, aspect_ratio=ratio)

    assert (found["width"], found["height"], found["fit"]) == (400, 300, "fill")


@pytest.mark.parametrize("ratio", ["x", "4:0", "0", "16:9"])
def test_a_shape_that_does_not_fit_is_refused(ratio: str) -> None:
    assert refusal({"output": "mp4", "size": "400x300", "aspect_ratio": ratio}) == "format.0.aspect_ratio"


def test_keyframes_are_counted_in_seconds() -> None:
    assert options("mp4", framerate="25", keyframe=50)["gop_seconds"] == 2
    assert refusal({"output": "mp4", "keyframe": 50}) == "format.0.keyframe"


@pytest.mark.parametrize(
    "members",
    [
        {"framerate": "0", "keyframe": 50},
        {"framerate": "25/0", "keyframe": 50},
        {"framerate": "1e999999999"},
        {"bitrate": 1e308},
        {"width": 10**400, "aspect_ratio": "4:3"},
        {"quality": 1e400},
        {"start_time": 1e308, "duration": 1e308},
        {"audio_bitrate": "1e308"},
        {"keyframe": "nan", "framerate": 25},
        {"aspect_ratio": "1e400:1", "width": 640},
        {"aspect_ratio": "nan", "width": 640},
    ],
    ids=str,
)
def test_numbers_beyond_all_bounds_are_refused(members: dict[str, Any]) -> None:
    assert refusal({"output": "mp4", **members}).startswith("format.0.")


def test_a_measurement_comes_after_the_film_it_measures() -> None:
    made = plan({"output": "vmaf"}, {"output": "mp3"}, {"output": "webm"})

    assert [subtask.kind for subtask in made.subtasks] == ["audio", "video", "quality"]
    assert (made.formats, made.subtasks[2].after) == ((1, 2, 0), (2,))
    assert made.subtasks[2].options["distorted"]["name"] == "video.webm"
    assert refusal({"output": "vmaf"}, {"output": "mp3"}) == "format.0.output"


def test_a_ladder_is_made_of_streams() -> None:
    streams = [{"size": "1280x720", "bitrate": 2000, "audio_bitrate": 128}, {"height": 360, "video_codec": "libx265"}]
    found = options("advanced_hls", stream=streams, segment_duration=4)

    assert [(rung["short_side"], rung["video_bitrate"], rung["codec"]) for rung in found["ladder"]] == [
        (720, 2_000_000, None),
        (360, None, "h265"),
    ]
    assert (found["rate_control"], found["segment_seconds"], found["audio_bitrate"]) == ("abr", 4, 128_000)
    assert options("advanced_dash")["segment_seconds"] == 9


@pytest.mark.parametrize(
    ("streams", "field"),
    [
        ([{"height": 360, "audio_bitrate": 96}, {"height": 240, "audio_bitrate": 64}], "format.0.stream.audio_bitrate"),
        ([{"bitrate": 100}], "format.0.stream.0.resolution"),
        ([{"height": 360, "video_codec": "libvpx-vp9"}], "format.0.stream.0.video_codec"),
        ([{"height": 5}], "format.0.stream.0.resolution"),
        ([{"height": 360, "logo": {"source": "x"}}], "format.0.stream.0.logo"),
        ([{"height": 360, "audio_codec": "mp3"}], "format.0.stream.0.audio_codec"),
    ],
)
def test_a_stream_that_can_not_be_is_named(streams: list[dict[str, Any]], field: str) -> None:
    assert refusal({"output": "advanced_hls", "stream": streams}) == field


def test_hls_of_sound_is_a_format_of_the_kind_audio() -> None:
    given = {"stream": [{"audio_bitrate": 64, "segment_duration": 4}], "audio_bitrate": 128, "start_time": 2}

    (subtask,) = plan({"output": "hls_audio", **given}).subtasks

    wanted = {"format": "hls", "bitrate": 64_000, "segment_seconds": 4, "start": 2}
    assert subtask.kind == "audio" and subtask.options.items() >= wanted.items()
    assert options("hls_audio")["segment_seconds"] == 9


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"audio_codec": "mp3"}, "audio_codec"),
        ({"playlist_name": "index.m3u8"}, "playlist_name"),
        ({"stream": [{"height": 360}]}, "stream.0.height"),
        ({"stream": [{"audio_codec": "libopus"}]}, "stream.0.audio_codec"),
        ({"stream": [{"audio_bitrate": 64}, {"audio_bitrate": 96}]}, "stream"),
        ({"audio_sample_rate": 192_000}, "audio_sample_rate"),
    ],
)
def test_what_a_set_of_sound_can_not_be_is_named(members: dict[str, Any], field: str) -> None:
    assert refusal({"output": "hls_audio", **members}) == f"format.0.{field}"


def test_what_a_kind_refuses_is_said_by_qencodes_name_and_place() -> None:
    assert refusal({"output": "mp3"}, {"output": "mp4", "quality": 77}) == "format.1.quality"
    assert refusal({"output": "mp4", "two_pass": 1}) == "format.0.two_pass"
    assert refusal({"output": "gif", "duration": 31}) == "format.0.duration"
    assert refusal({"output": "thumbnail", "time": 2}) == "format.0.time"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_an_empty_member_is_none(empty: Any) -> None:
    plan({"output": "mp4", "logo": empty, "subtitles": empty, "width": empty, "unheard_of": empty})


@pytest.mark.parametrize("name", ["rotate", "is_watermark", "allow_soft_fail", "two_pass", "transcript", "sprite"])
def test_asking_for_what_is_so_anyway_is_no_request(name: str) -> None:
    plan({"output": "mp4", name: 0})


def test_what_is_taken_but_makes_no_difference_is_warned_of() -> None:
    destination = {"url": "s3://outputs/a.mp4", "key": "K", "secret": "S"}
    made = plan({"output": "mp4", "destination": destination}, encoder_version=2)

    assert [warning.partition(":")[0] for warning in made.warnings] == ["encoder_version", "format.0.destination"]


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("s3://bucket/a/b.mp4", S3Place("bucket", "a/b.mp4")),
        ("s3://KEY:SE/CR+ET@bucket/a/b.mp4", S3Place("bucket", "a/b.mp4")),
        ("s3://s3.amazonaws.com/bucket/a.mp4", S3Place("bucket", "a.mp4")),
        ("s3://s3.eu-west-1.amazonaws.com/bucket/a.mp4", S3Place("bucket", "a.mp4")),
        ("s3://s3-eu-west-1.amazonaws.com/bucket/a.mp4", S3Place("bucket", "a.mp4")),
        ("s3://nyc3.digitaloceanspaces.com/bucket/a.mp4", None),
        ("s3://s3.amazonaws.com.evil.example/bucket/a.mp4", None),
        ("s3://localhost:9000/bucket/a.mp4", None),
    ],
)
def test_an_s3_address_is_a_bucket_and_a_key(url: str, place: S3Place | None) -> None:
    assert s3_place(url) == place


def test_an_output_lies_where_it_was_asked_to() -> None:
    def path(url: str, *, folder: bool = False) -> str:
        return output_path(url, BUCKETS, "t", folder=folder, field="url")

    assert path("s3://outputs/a/b.mp4") == "a/b.mp4"
    assert path("s3://outputs/outputs/at/t/a/b.mp4") == "a/b.mp4"
    assert path("s3://outputs/a/hls", folder=True) == "a/hls/"


@pytest.mark.parametrize(
    "url", ["s3://outputs/../a", "s3://outputs/", "s3://media/a", "https://example.org/a", "s3://"]
)
def test_an_output_lies_nowhere_else(url: str) -> None:
    with pytest.raises(InvalidRequest):
        output_path(url, BUCKETS, "t", folder=False, field="url")


def test_a_source_is_an_address_or_a_file_of_the_bucket() -> None:
    assert source_at("s3://media/incoming/t/1", BUCKETS, "t") == Source(bucket="media", key="incoming/t/1")
    assert source_at("https://example.org/a", BUCKETS, "t") == Source(url="https://example.org/a")
    for url in ("s3://media/incoming/other/1", "s3://media/", "s3://outputs/a", "tus:1", "/etc/passwd", "file:///a"):
        with pytest.raises(InvalidRequest):
            source_at(url, BUCKETS, "t")


def test_one_source_may_be_stitched_to_nothing() -> None:
    def source(**query: Any) -> str:
        return source_url(parsed(json.dumps({"query": {"format": [{"output": "mp4"}], **query}})))

    assert source(stitch=["https://a.example/1"]) == source(stitch=[{"url": "https://a.example/1"}])
    for stitch in (["a", "b"], [{"url": "a", "start_time": 1}], [7]):
        with pytest.raises(InvalidRequest, match="stitch"):
            source(stitch=stitch)
    with pytest.raises(InvalidRequest, match="source"):
        source()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    [
        "size", "width", "height", "resolution", "quality", "bitrate", "stream", "destination", "time", "subtitles",
        "framerate", "keyframe", "aspect_ratio", "start_time", "duration", "interval", "columns", "sprite", "tag",
    ]
)  # fmt: skip
OUTPUTS = st.sampled_from(["mp4", "webm", "advanced_hls", "gif", "thumbnail", "thumbnails", "mp3", "vmaf", "nonsense"])


@given(output=OUTPUTS, members=st.dictionaries(MEMBERS, JSON, max_size=4))
def test_whatever_comes_is_planned_or_refused(output: str, members: dict[str, Any]) -> None:
    try:
        made = plan({"output": output, **members})
    except (InvalidRequest, QencodeError) as error:
        assert number_of(error) in {11, 19} and error.message
    else:
        assert len(made.subtasks) == 1


@given(JSON)
def test_whatever_text_comes_is_a_query_or_an_error(plain: Any) -> None:
    for text in (json.dumps(plain), json.dumps({"query": plain})):
        with pytest.raises((InvalidRequest, QencodeError)):
            parsed(text)
