from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sluice.ffmpeg.loudness import Loudness
from sluice.kinds.video import Quality, VideoOptions
from sluice.kinds.video.codecs import ENCODERS, VideoCodec
from sluice.kinds.video.command import began, copy, encode, first_pass, seconds
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.rate import Crf, Pass, asked_rate
from sluice.kinds.video.run import parts
from sluice.media import MediaInfo
from tests.builders import audio_stream, media_info, video_stream

TARGET = Path("/scratch/video.mp4")
QUIET = Loudness(integrated=-30, peak=-20, range=5, threshold=-40)


def options(**given: Any) -> VideoOptions:
    return VideoOptions.model_validate(given)


def command(media: MediaInfo | None = None, **given: Any) -> list[str]:
    asked = options(**given)
    return encode(asked, media or media_info(), asked_rate(asked) or Crf(20), TARGET)


def value_of(option: str, arguments: list[str]) -> str:
    return arguments[arguments.index(option) + 1]


# ── the whole ─────────────────────────────────────────────────────────────────────────────────


def test_without_options_it_is_the_mp4_that_plays_everywhere() -> None:
    arguments = command(media_info(video=(video_stream(width=1920, height=1080),)))

    assert arguments == [
        *("-filter_complex", "[0:0]scale=1280:720:flags=bicubic,setsar=1,format=yuv420p:color_ranges=tv[picture]"),
        *("-map", "[picture]", "-map", "0:1", "-sn", "-dn"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high"),
        *("-c:a", "aac", "-b:a", "128000", "-ac", "2"),
        *("-map_metadata", "-1", "-map_chapters", "-1"),
        *("-movflags", "+faststart", "-f", "mp4", str(TARGET)),
    ]


def test_the_first_picture_and_the_marked_sound_are_taken() -> None:
    sounds = audio_stream(index=4), audio_stream(index=5, default=True)

    arguments = command(media_info(video=(video_stream(index=2),), audio=sounds))

    assert value_of("-filter_complex", arguments).startswith("[0:2]")
    assert arguments[arguments.index("-map") :][:4] == ["-map", "[picture]", "-map", "0:5"]


def test_a_silent_film_stays_silent() -> None:
    arguments = command(media_info(audio=()))

    assert "-an" in arguments and "-c:a" not in arguments


def test_metadata_is_kept_on_demand() -> None:
    arguments = command(keep_metadata=True)

    assert value_of("-map_metadata", arguments) == value_of("-map_chapters", arguments) == "0"


def test_a_copy_encodes_nothing_and_takes_every_sound() -> None:
    media = media_info(video=(video_stream(codec="hevc"),), audio=(audio_stream(index=1), audio_stream(index=2)))

    arguments = copy(options(copy=True), media, TARGET)

    assert arguments[:6] == ["-map", "0:0", "-map", "0:1", "-map", "0:2"]
    assert (value_of("-c", arguments), value_of("-tag:v", arguments)) == ("copy", "hvc1")
    assert "-filter_complex" not in arguments and "-crf" not in arguments


# ── stretches ─────────────────────────────────────────────────────────────────────────────────


def test_a_stretch_is_sought_and_bounded() -> None:
    asked = options(start=2, end=5)

    assert began(asked, media_info()) == 2
    assert value_of("-t", command(start=2, end=5)) == "3.000000"
    assert seconds(asked, media_info()) == 3


def test_a_stream_without_index_is_entered_earlier_and_cut_exactly() -> None:
    media = media_info(container="ts", demuxer="mpegts", duration=60.0)

    assert began(options(start=20), media) == 5
    assert value_of("-ss", command(media, start=20)) == "15.000000"


@pytest.mark.parametrize(
    ("given", "length"), [({}, 10.0), ({"start": 4}, 6.0), ({"end": 4}, 4.0), ({"start": 9, "end": 10.05}, 1.0)]
)
def test_how_long_it_will_be(given: dict[str, Any], length: float) -> None:
    assert seconds(options(**given), media_info(duration=10.0)) == length


def test_nobody_knows_how_long_a_film_of_unknown_length_will_be() -> None:
    assert seconds(options(), media_info(duration=None)) is None


# ── rate ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("codec", VideoCodec)
@pytest.mark.parametrize("quality", Quality)
def test_each_word_of_quality_is_a_factor_of_the_codec(codec: VideoCodec, quality: Quality) -> None:
    arguments = command(codec=codec, quality=quality)

    assert value_of("-crf", arguments) == str(ENCODERS[codec].words[quality])


def test_vp9_is_told_that_there_is_no_rate() -> None:
    assert value_of("-b:v", command(container="webm", crf=30)) == "0"


def test_a_rate_is_bounded_where_the_encoder_knows_how() -> None:
    x264, av1 = command(video_bitrate=1_000_000), command(codec="av1", video_bitrate=1_000_000)

    assert (value_of("-b:v", x264), value_of("-maxrate", x264), value_of("-bufsize", x264)) == (
        "1000000", "1500000", "2000000",
    )  # fmt: skip
    assert value_of("-b:v", av1) == "1000000" and "-maxrate" not in av1


def test_the_first_pass_hears_nothing_and_writes_nothing() -> None:
    asked = options(video_bitrate=1_000_000, passes=2)
    rate = asked_rate(asked)
    assert rate

    arguments = first_pass(asked, media_info(), rate, Marks(), Path("/scratch/log"))

    assert (value_of("-pass", arguments), value_of("-passlogfile", arguments)) == ("1", "/scratch/log")
    assert "-an" in arguments and arguments[-3:] == ["-f", "null", "-"]


def test_x265_is_told_of_passes_by_its_own_parameters() -> None:
    asked = options(codec="h265", video_bitrate=1_000_000, passes=2)
    rate = asked_rate(asked)
    assert rate

    arguments = encode(asked, media_info(), rate, TARGET, which=Pass(2, Path("/scratch/a:b")))

    assert value_of("-x265-params", arguments) == r"log-level=error:pass=2:stats=/scratch/a\:b"
    assert "-pass" not in arguments


def test_a_target_names_no_rate_of_its_own() -> None:
    assert asked_rate(options(target_vmaf=93)) is None


def test_keyframes_are_counted_by_the_rate_that_comes_out() -> None:
    film = media_info(video=(video_stream(frame_rate="30000/1001"),))

    assert value_of("-g", command(film, gop_seconds=2)) == "60"
    assert value_of("-g", command(film, gop_seconds=2, fps=10)) == "20"


def test_apple_is_told_that_it_is_h265() -> None:
    assert value_of("-tag:v", command(codec="h265")) == "hvc1"
    assert "-tag:v" not in command(codec="h265", container="mkv")


# ── colour ────────────────────────────────────────────────────────────────────────────────────


def test_hdr_that_is_kept_is_tagged_even_where_the_source_is_not() -> None:
    film = media_info(video=(video_stream(hdr="hlg", bit_depth=10, color_transfer="arib-std-b67"),))

    kept, mapped = command(film, codec="h265", bit_depth=10), command(film, codec="h265")

    tags = [value_of(name, kept) for name in ("-color_primaries", "-color_trc", "-colorspace")]
    assert tags == ["bt2020", "arib-std-b67", "bt2020nc"]
    assert "-color_trc" not in mapped


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("channels", "made"), [(1, "1"), (2, "2"), (6, "2"), (None, "2")])
def test_more_than_two_channels_are_folded_down(channels: int | None, made: str) -> None:
    assert value_of("-ac", command(media_info(audio=(audio_stream(channels=channels),)))) == made


@pytest.mark.parametrize(
    ("given", "bits"),
    [
        ({}, "128000"),
        ({"container": "webm"}, "96000"),
        ({"audio_channels": 6}, "384000"),
        ({"audio_codec": "ac3", "audio_channels": 6}, "576000"),
        ({"audio_channels": 1}, "128000"),
        ({"audio_bitrate": 64_000, "audio_channels": 6}, "64000"),
    ],
)
def test_more_channels_get_more_bits(given: dict[str, Any], bits: str) -> None:
    assert value_of("-b:a", command(**given)) == bits


def test_flac_has_no_rate() -> None:
    assert "-b:a" not in command(audio_codec="flac")


@pytest.mark.parametrize(
    ("given", "source", "rate"),
    [
        ({}, 96_000, None),
        ({"container": "flv", "audio_codec": "mp3"}, 48_000, "44100"),
        ({"container": "webm"}, 44_100, "48000"),
        ({"audio_codec": "ac3"}, 22_050, "32000"),
        ({"audio_sample_rate": 22_050}, 48_000, "22050"),
    ],
)
def test_a_sample_rate_is_one_that_the_codec_has(given: dict[str, Any], source: int, rate: str | None) -> None:
    arguments = command(media_info(audio=(audio_stream(sample_rate=source),)), **given)

    assert (value_of("-ar", arguments) if "-ar" in arguments else None) == rate


def test_loudness_is_changed_once_the_channels_are_folded() -> None:
    asked = options(normalize_loudness=True)

    arguments = encode(asked, media_info(), Crf(23), TARGET, loudness=QUIET)

    assert value_of("-af", arguments) == "aformat=channel_layouts=stereo,volume=14.00dB"


# ── progress ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "given",
    [{}, {"normalize_loudness": True, "target_vmaf": 93}, {"video_bitrate": 1_000_000, "passes": 2}],
)
def test_the_parts_of_the_work_follow_on_one_another(given: dict[str, Any]) -> None:
    found = list(parts(options(**given)).values())

    assert found[0][0] == 0 and found[-1][1] == pytest.approx(1)
    assert all(before[1] == after[0] for before, after in pairwise(found))
