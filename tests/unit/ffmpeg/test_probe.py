"""Snippets of what ffprobe 8.1 says of real files."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.errors import BadSource
from sluice.ffmpeg.probe import parse
from sluice.media import VideoStream

PHONE: dict[str, Any] = {
    "index": 0,
    "codec_name": "h264",
    "profile": "High",
    "codec_type": "video",
    "width": 1920,
    "height": 1080,
    "sample_aspect_ratio": "1:1",
    "display_aspect_ratio": "16:9",
    "pix_fmt": "yuv420p",
    "color_range": "tv",
    "color_space": "bt709",
    "color_transfer": "bt709",
    "color_primaries": "bt709",
    "field_order": "progressive",
    "r_frame_rate": "30/1",
    "avg_frame_rate": "30000/1001",
    "start_time": "0.000000",
    "duration": "4.004000",
    "bit_rate": "14300125",
    "bits_per_raw_sample": "8",
    "nb_frames": "120",
    "disposition": {"default": 1, "attached_pic": 0},
    "tags": {"creation_time": "2026-05-01T10:00:00.000000Z", "language": "und"},
    "side_data_list": [
        {
            "side_data_type": "Display Matrix",
            "displaymatrix": "\n00000000:            0       65536           0\n00000001:       -65536           0 "
            "          0\n00000002:            0           0  1073741824\n",
            "rotation": -90,
        }
    ],
}
SOUND: dict[str, Any] = {
    "index": 1,
    "codec_name": "aac",
    "codec_type": "audio",
    "sample_rate": "48000",
    "channels": 2,
    "channel_layout": "stereo",
    "duration": "4.010667",
    "bit_rate": "128000",
    "disposition": {"default": 1, "attached_pic": 0},
    "tags": {"language": "eng"},
}
COVER: dict[str, Any] = {
    "index": 1,
    "codec_name": "mjpeg",
    "codec_type": "video",
    "width": 600,
    "height": 600,
    "sample_aspect_ratio": "1:1",
    "r_frame_rate": "90000/1",
    "avg_frame_rate": "0/0",
    "disposition": {"default": 0, "attached_pic": 1},
    "tags": {"comment": "Cover (front)"},
}
HDR10 = {
    "pix_fmt": "yuv420p10le",
    "color_space": "bt2020nc",
    "color_transfer": "smpte2084",
    "color_primaries": "bt2020",
    "bits_per_raw_sample": "10",
}
MP4 = {
    "format_name": "mov,mp4,m4a,3gp,3g2,mj2",
    "start_time": "0.000000",
    "duration": "4.010667",
    "size": "7350014",
    "bit_rate": "14660931",
    "probe_score": 100,
    "tags": {"major_brand": "mp42"},
}


def found(*streams: dict[str, Any], **form: Any) -> dict[str, Any]:
    return {"streams": list(streams), "format": {**MP4, **form}}


def video(**members: Any) -> VideoStream:
    """How the phone's stream is seen when some members are others; None takes one away."""
    changed = {**PHONE, "side_data_list": [], **members}
    stream = parse(found({k: v for k, v in changed.items() if v is not None})).main_video
    assert stream
    return stream


def test_a_phone_film_is_described() -> None:
    info = parse(found(PHONE, SOUND))

    assert (info.container, info.demuxer, info.duration, info.size) == ("mp4", "mov", 4.010667, 7_350_014)
    assert (info.bitrate, info.stream_count, info.is_picture, info.has_cover) == (14_660_931, 2, False, False)
    picture, sound = info.main_video, info.main_audio
    assert picture and (picture.codec, picture.profile, picture.width, picture.height) == ("h264", "High", 1920, 1080)
    assert (picture.frame_rate, picture.frames, picture.bit_depth, picture.hdr) == ("30000/1001", 120, 8, None)
    assert sound and (sound.codec, sound.sample_rate, sound.channels, sound.language) == ("aac", 48_000, 2, "eng")


@pytest.mark.parametrize(
    ("matrix", "rotation"),
    [(-90, 90), (90, 270), (180, 180), (-180, 180), (0, 0), (-270, 270), (270, 90), (-89, 90)],
)
def test_rotation_is_clockwise(matrix: int, rotation: int) -> None:
    side_data = [{"side_data_type": "Display Matrix", "rotation": matrix}]

    assert video(side_data_list=side_data).rotation == rotation


def test_a_phone_film_is_upright_when_shown() -> None:
    picture = parse(found(PHONE)).main_video

    assert picture and picture.display_size == (1080, 1920)


def test_a_film_without_a_matrix_is_not_turned() -> None:
    assert video(side_data_list=None).rotation == 0
    assert video(side_data_list=[{"side_data_type": "CPB properties"}]).rotation == 0


def test_hdr10_is_told_by_its_transfer() -> None:
    picture = video(**HDR10)

    assert (picture.hdr, picture.bit_depth, picture.pixel_format) == ("hdr10", 10, "yuv420p10le")
    assert (picture.color_primaries, picture.color_space) == ("bt2020", "bt2020nc")


@pytest.mark.parametrize(
    ("members", "hdr"),
    [
        ({"color_transfer": "arib-std-b67"}, "hlg"),
        ({"color_transfer": "bt2020-10"}, None),
        ({"color_transfer": None}, None),
        (
            {"color_transfer": None, "side_data_list": [{"side_data_type": "DOVI configuration record"}]},
            "dolby_vision",
        ),
    ],
)
def test_hdr_is_said_by_its_name(members: dict[str, Any], hdr: str | None) -> None:
    assert video(**members).hdr == hdr


@pytest.mark.parametrize(
    ("pixel_format", "depth"),
    [("yuv420p", 8), ("yuv420p10le", 10), ("yuv444p12be", 12), ("gbrp16le", 16), ("rgb24", 8), (None, 8)],
)
def test_a_depth_that_is_not_said_is_read_from_the_pixel_format(pixel_format: str | None, depth: int) -> None:
    assert video(bits_per_raw_sample=None, pix_fmt=pixel_format).bit_depth == depth


@pytest.mark.parametrize(
    ("average", "base", "rate"),
    [
        ("30000/1001", "60/1", "30000/1001"),
        ("0/0", "25/1", "25/1"),
        ("0/0", "0/0", None),
        ("60/2", None, "30/1"),
        (None, None, None),
        ("-25/1", None, None),
    ],
)
def test_a_frame_rate_stays_a_fraction(average: str | None, base: str | None, rate: str | None) -> None:
    assert video(avg_frame_rate=average, r_frame_rate=base).frame_rate == rate


@pytest.mark.parametrize(
    ("said", "ratio", "width"),
    [("16:11", "16/11", 1047), ("1:1", "1/1", 720), ("0:1", "1/1", 720), ("N/A", "1/1", 720), (None, "1/1", 720)],
)
def test_the_shape_of_a_pixel_is_kept(said: str | None, ratio: str, width: int) -> None:
    picture = video(width=720, height=576, sample_aspect_ratio=said)

    assert picture.sample_aspect_ratio == ratio
    assert picture.display_size == (width, 576)


@pytest.mark.parametrize(
    ("order", "interlaced"), [("tt", True), ("bb", True), ("tb", True), ("bt", True), ("progressive", False)]
)
def test_interlaced_is_told_by_the_field_order(order: str, interlaced: bool) -> None:
    assert video(field_order=order).interlaced is interlaced


def test_an_unknown_field_order_is_progressive() -> None:
    assert not video(field_order=None).interlaced


def test_an_album_cover_is_no_film() -> None:
    info = parse(found({**SOUND, "index": 0}, COVER, format_name="mp3"))

    assert info.main_video is None and info.has_cover
    assert info.main_audio and info.container == "mp3"


def test_a_film_with_a_cover_is_the_film() -> None:
    info = parse(found({**COVER, "index": 0}, {**PHONE, "index": 1}))

    assert info.main_video and info.main_video.index == 1
    assert info.has_cover


def test_a_video_stream_without_a_size_is_passed_over() -> None:
    info = parse(found({**PHONE, "width": 0, "height": 0}, SOUND))

    assert info.main_video is None


@pytest.mark.parametrize("score", [0, 1, 24, "12"])
def test_a_format_that_is_only_guessed_is_refused(score: object) -> None:
    with pytest.raises(BadSource, match="nothing in it is recognised") as refused:
        parse(found(PHONE, probe_score=score))

    assert refused.value.code == "source_unreadable"


@pytest.mark.parametrize("streams", [[], [{"index": 0, "codec_type": "data"}], [{"index": 0}]])
def test_a_file_without_picture_and_sound_is_refused(streams: list[dict[str, Any]]) -> None:
    with pytest.raises(BadSource) as refused:
        parse(found(*streams))

    assert refused.value.code == "source_unsupported"


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(BadSource):
        parse({})


@pytest.mark.parametrize(
    ("names", "brand", "container"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", "qt  ", "mov"),
        ("mov,mp4,m4a,3gp,3g2,mj2", "isom", "mp4"),
        ("matroska,webm", None, "mkv"),
        ("mpegts", None, "ts"),
        ("png_pipe", None, "png"),
        ("avi", None, "avi"),
    ],
)
def test_a_container_is_one_word(names: str, brand: str | None, container: str) -> None:
    info = parse(found(PHONE, format_name=names, tags={"major_brand": brand} if brand else {}))

    assert info.container == container
    assert info.demuxer == names.split(",")[0]


def test_more_samples_than_bytes_are_a_lie() -> None:
    assert parse(found({**PHONE, "nb_frames": "500"}, {**SOUND, "nb_frames": "500"}, size="1000")).video
    with pytest.raises(BadSource, match="more samples"):
        parse(found({**PHONE, "nb_frames": "501"}, {**SOUND, "nb_frames": "500"}, size="1000"))


def test_a_picture_is_told_from_a_film() -> None:
    info = parse(found({**COVER, "disposition": {}}, format_name="jpeg_pipe", duration=None))

    assert info.is_picture


def test_the_duration_is_the_longest_that_is_known() -> None:
    assert parse(found(PHONE, SOUND, duration="N/A")).duration == 4.010667
    assert parse(found({**PHONE, "duration": "9.5"}, SOUND)).duration == 9.5
    assert parse(found({**PHONE, "duration": "-1"}, duration="N/A")).duration is None


def test_only_so_many_streams_are_described_but_all_are_counted() -> None:
    info = parse(found(PHONE, *({**SOUND, "index": n} for n in range(1, 1000))))

    assert info.stream_count == 1000
    assert len(info.audio) == 32


def test_a_file_is_told_with_the_languages_of_its_subtitles() -> None:
    subtitle = {"index": 2, "codec_type": "subtitle", "codec_name": "mov_text", "tags": {"language": "fra"}}

    assert [s.language for s in parse(found(PHONE, subtitle)).subtitles] == ["fra"]


TEXTS = st.text(max_size=8) | st.sampled_from(["N/A", "0/0", "0", "-1", "1e999", "nan", "inf", "1/0", "9:0"])


@given(st.fixed_dictionaries({}, optional={name: TEXTS for name in PHONE if isinstance(PHONE[name], str)}))
def test_whatever_a_stream_says_of_itself_it_is_described_or_refused(members: dict[str, Any]) -> None:
    stream = {**PHONE, **members, "codec_type": "video"}

    info = parse(found(stream))

    assert info.main_video and info.main_video.display_size
