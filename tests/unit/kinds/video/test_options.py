from fractions import Fraction
from typing import Any

import pytest

from sluice.errors import InvalidRequest
from sluice.kinds import validated_options
from sluice.kinds.video import KIND, Quality, VideoOptions, refuse
from sluice.kinds.video.codecs import ENCODERS, HOLDERS, VOICES, AudioCodec, Container, VideoCodec, holds
from sluice.media import MediaInfo, SubtitleStream
from tests.builders import a_picture, a_sound, audio_stream, media_info, video_stream

FILE = {"key": "marks/sign.png"}


def options(**given: Any) -> VideoOptions:
    return VideoOptions.model_validate(given)


def refusal_of(media: MediaInfo, **given: Any) -> str | None:
    failure = refuse(options(**given), media)
    return failure.code if failure else None


# ── what can't go together ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"container": "avi"}, "container"),
        ({"container": "gif"}, "container"),
        ({"codec": "mpeg2"}, "codec"),
        ({"container": "webm", "codec": "h264"}, "codec"),
        ({"container": "flv", "codec": "av1"}, "codec"),
        ({"container": "flv", "audio_codec": "opus"}, "audio_codec"),
        ({"container": "webm", "audio_codec": "aac"}, "audio_codec"),
        ({"crf": 99}, "crf"),
        ({"crf": 0}, "crf"),
        ({"codec": "av1", "crf": 63.5}, "crf"),
        ({"codec": "vp9", "crf": 20.5}, "crf"),
        ({"quality": "low", "crf": 20}, "crf"),
        ({"crf": 20, "video_bitrate": 1_000_000}, "video_bitrate"),
        ({"video_bitrate": 1_000_000, "target_vmaf": 90}, "target_vmaf"),
        ({"target_vmaf": 100}, "target_vmaf"),
        ({"passes": 2}, "passes"),
        ({"passes": 3, "video_bitrate": 1_000_000}, "passes"),
        ({"codec": "av1", "video_bitrate": 1_000_000, "passes": 2}, "passes"),
        ({"start": 5, "end": 5}, "end"),
        ({"end": 0}, "end"),
        ({"start": -1e9}, "start"),
        ({"width": 0}, "width"),
        ({"height": 20_000}, "height"),
        ({"resolution": 720, "height": 720}, "resolution"),
        ({"width": 720, "fit": "cover"}, "fit"),
        ({"fps": 0}, "fps"),
        ({"fps": "25/0"}, "fps"),
        ({"fps": 1000}, "fps"),
        ({"fps": "many"}, "fps"),
        ({"gop_seconds": 0}, "gop_seconds"),
        ({"bit_depth": 10}, "bit_depth"),
        ({"bit_depth": 12, "codec": "h265"}, "bit_depth"),
        ({"bit_depth": 8, "pixel_format": "yuv420p10le", "codec": "h265"}, "pixel_format"),
        ({"pixel_format": "yuv444p", "codec": "av1"}, "pixel_format"),
        ({"audio_codec": "none", "audio_bitrate": 96_000}, "audio_bitrate"),
        ({"audio_codec": "copy", "audio_channels": 1}, "audio_channels"),
        ({"audio_codec": "copy", "normalize_loudness": True}, "normalize_loudness"),
        ({"audio_codec": "flac", "audio_bitrate": 96_000}, "audio_bitrate"),
        ({"audio_codec": "mp3", "audio_bitrate": 400_000}, "audio_bitrate"),
        ({"audio_codec": "mp3", "audio_channels": 6}, "audio_channels"),
        ({"audio_codec": "opus", "audio_sample_rate": 44_100}, "audio_sample_rate"),
        ({"container": "flv", "audio_codec": "mp3", "audio_sample_rate": 48_000}, "audio_sample_rate"),
        ({"loudness_lufs": 0}, "loudness_lufs"),
        ({"copy": True, "width": 640}, "width"),
        ({"copy": True, "start": 1}, "start"),
        ({"copy": True, "quality": "high"}, "quality"),
        ({"copy": True, "audio_codec": "opus"}, "audio_codec"),
        ({"watermark": {}}, "watermark.file"),
        ({"watermark": {"file": {}}}, "watermark.file"),
        ({"watermark": {"file": FILE, "position": "middle"}}, "watermark.position"),
        ({"watermark": {"file": FILE, "opacity": 0}}, "watermark.opacity"),
        ({"watermark": {"file": FILE, "width_percent": 101}}, "watermark.width_percent"),
        ({"watermark_text": {"text": " "}}, "watermark_text.text"),
        ({"watermark_text": {"text": "a\nb"}}, "watermark_text.text"),
        ({"subtitles": {}}, "subtitles"),
        ({"subtitles": {"file": FILE, "stream": 0}}, "subtitles"),
    ],
)
def test_what_cannot_be_is_refused_by_its_path(given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        validated_options("video", given, path="subtasks.0")

    assert raised.value.field == f"subtasks.0.options.{field}"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"copy": True, "container": "mkv", "keep_metadata": True, "audio_codec": "none"},
        {"container": "webm"},
        {"codec": "h265", "bit_depth": 10},
        {"codec": "av1", "pixel_format": "yuv420p10le"},
        {"video_bitrate": 1_000_000, "passes": 2},
        {"fps": "30000/1001", "gop_seconds": 2, "crf": 20.5},
        {"width": 1080, "height": 1920, "fit": "pad"},
        {"watermark": {"file": FILE}, "watermark_text": {"text": "Grüße"}, "subtitles": {"stream": 0}},
        {"loudness_lufs": -23},
    ],
)
def test_what_the_record_keeps_is_read_as_the_same_again(given: dict[str, Any]) -> None:
    filled = validated_options("video", given)

    assert validated_options("video", filled) == filled
    assert given.items() <= {name: filled[name] for name in given}.items() or "watermark" in given
    assert options(**filled) == options(**given)


# ── defaults ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("container", "picture", "sound"),
    [("mp4", "h264", "aac"), ("webm", "vp9", "opus"), ("mkv", "h264", "aac"), ("flv", "h264", "aac")],
)
def test_a_container_brings_its_codecs(container: str, picture: str, sound: str) -> None:
    chosen = options(container=container)

    assert (chosen.video_codec.value, chosen.sound.value) == (picture, sound)


def test_loudness_is_left_alone_unless_asked_for() -> None:
    found = [options(**given).loudness for given in ({}, {"normalize_loudness": True}, {"loudness_lufs": -23})]

    assert found == [None, -16, -23]


@pytest.mark.parametrize(("fps", "rate"), [(25, Fraction(25)), ("30000/1001", Fraction(30000, 1001)), (23.976, None)])
def test_a_rate_is_a_fraction(fps: float | str, rate: Fraction | None) -> None:
    found = options(fps=fps).rate

    assert found and found.denominator <= 1001
    assert rate is None or found == rate


@pytest.mark.parametrize("codec", VideoCodec)
def test_better_words_are_lower_factors_within_the_range(codec: VideoCodec) -> None:
    encoder = ENCODERS[codec]
    factors = [encoder.words[word] for word in Quality]

    assert factors == sorted(factors, reverse=True)
    assert encoder.crf[0] <= encoder.searched[0] < factors[-1] < factors[0] <= encoder.searched[1] <= encoder.crf[1]


def test_every_codec_is_held_by_some_container_and_can_be_made() -> None:
    assert {codec for holder in HOLDERS.values() for codec in holder.video} == set(VideoCodec) == set(ENCODERS)
    made = {codec for holder in HOLDERS.values() for codec in holder.audio}
    assert made == set(VOICES) == set(AudioCodec) - {AudioCodec.COPY, AudioCodec.NONE}


# ── what only the probe knows ─────────────────────────────────────────────────────────────────


def test_pictures_and_sounds_are_no_films() -> None:
    assert refusal_of(a_picture()) == "source_is_picture"
    assert refusal_of(a_sound()) == "source_has_no_video"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"start": 9.9}, None),
        ({"start": 10}, "time_past_end"),
        ({"start": 12, "end": 13}, "time_past_end"),
        ({"end": 10.05}, None),
        ({"end": 11}, "time_past_end"),
    ],
)
def test_times_past_the_end_are_refused(given: dict[str, Any], code: str | None) -> None:
    assert refusal_of(media_info(duration=10.0), **given) == code


def test_times_of_a_film_whose_length_nobody_knows_are_taken() -> None:
    assert refusal_of(media_info(duration=None), start=5, end=10) is None


@pytest.mark.parametrize(
    ("picture", "sound", "container", "fits"),
    [
        ("h264", "aac", "mp4", True),
        ("hevc", "aac", "mkv", True),
        ("hevc", "aac", "flv", False),
        ("h264", "vorbis", "mp4", False),
        ("vp8", "vorbis", "webm", True),
        ("mpeg2video", "mp2", "ts", True),
        ("wmv3", "aac", "mkv", False),
    ],
)
def test_a_copy_needs_a_container_that_holds_its_streams(picture: str, sound: str, container: str, fits: bool) -> None:
    media = media_info(video=(video_stream(codec=picture),), audio=(audio_stream(codec=sound),))

    assert refusal_of(media, copy=True, container=container) == (None if fits else "copy_unfit")


def test_sound_that_is_handed_on_has_to_fit_as_well() -> None:
    media = media_info(audio=(audio_stream(codec="vorbis"),))

    assert refusal_of(media, audio_codec="copy") == "copy_unfit"
    assert refusal_of(media, copy=True, audio_codec="none") is None


def test_what_is_made_may_be_handed_on() -> None:
    for container, holder in HOLDERS.items():
        assert all(holds(container, codec.value) for codec in [*holder.video, *holder.audio])
    assert holds(Container.MP4, "hevc")


def test_only_subtitles_that_are_there_and_are_text_can_be_burned_in() -> None:
    streams = (SubtitleStream(index=2, codec="subrip"), SubtitleStream(index=3, codec="hdmv_pgs_subtitle"))
    media = media_info(subtitles=streams)

    found = [refusal_of(media, subtitles={"stream": number}) for number in range(3)]

    assert found == [None, "subtitles_unsupported", "subtitles_missing"]


def test_marks_are_for_screens_that_are_not_hdr() -> None:
    media = media_info(video=(video_stream(hdr="hdr10", bit_depth=10),))
    mark = {"watermark_text": {"text": "sluice"}, "codec": "h265"}

    assert refusal_of(media, **mark) is None
    assert refusal_of(media, **mark, bit_depth=10) == "overlay_on_hdr"


def test_dolby_vision_alone_is_refused_and_may_be_copied() -> None:
    media = media_info(video=(video_stream(codec="hevc", hdr="dolby_vision", bit_depth=10),))

    assert refusal_of(media) == "source_unsupported"
    assert refusal_of(media, copy=True) is None


@pytest.mark.parametrize(("codec", "code"), [("h264", None), ("vp9", None), ("h265", "picture_too_small")])
def test_a_picture_may_be_too_small_for_a_codec(codec: str, code: str | None) -> None:
    assert refusal_of(media_info(video=(video_stream(width=2, height=2),)), codec=codec) == code


def test_files_beside_the_source_are_told_by_their_place() -> None:
    asked = options(watermark={"file": FILE}, subtitles={"file": {"subtask": 1, "name": "subtitles.srt"}})

    found = {path: reference.expected for path, reference in KIND.references(asked).items()}

    assert found == {"watermark.file": "picture", "subtitles.file": "subtitles"}
