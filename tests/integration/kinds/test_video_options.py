"""What the options of a video make of real clips, judged by probing and decoding."""

import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import boto3
import pytest

from sluice.kinds.video.run import run
from tests.bench import Bench
from tests.clips import Clips, Look, atoms
from tests.conftest import MEDIA

FRAME = 1 / 25
TEXT = "1\n00:00:00,000 --> 00:00:09,000\nMMMMMMMM\n"


def encoded(bench: Bench, clip: Path, **options: Any) -> tuple[Path, dict[str, Any] | None]:
    """The one file that was made, and what the record tells of it."""
    result = bench.perform(bench.validated(clip, **options), run)
    assert result.failure is None, result.failure
    (output,) = result.outputs
    return bench.made(output), result.result


def brightest(clips: Clips, path: Path, crop: str, at: float = 0.5) -> int:
    return max(luma(clips, path, crop, at))


def seen(bench: Bench, clips: Clips, clip: Path, **options: Any) -> Look:
    return clips.look(encoded(bench, clip, **options)[0])


def stored(key: str, content: bytes) -> dict[str, str]:
    """A file beside the source, as options name it."""
    boto3.client("s3").put_object(Bucket=MEDIA, Key=key, Body=content)
    return {"key": key}


def brightness(clips: Clips, path: Path, crop: str, at: float = 0.5) -> float:
    """The mean of a part of the picture."""
    pixels = luma(clips, path, crop, at)
    return sum(pixels) / len(pixels)


def told(clips: Clips, program: str, *arguments: str | Path) -> bytes:
    """What ffmpeg or ffprobe writes to its standard output."""
    return subprocess.run([clips.programs / program, "-v", "error", *arguments], check=True, capture_output=True).stdout


def luma(clips: Clips, path: Path, crop: str, at: float) -> bytes:
    """The luma, 0 to 255, of a part of the picture (`w:h:x:y`) at a time."""
    frame = ("-ss", str(at), "-i", path, "-frames:v", "1")
    return told(clips, "ffmpeg", *frame, "-vf", f"crop={crop},format=gray", "-f", "rawvideo", "-")


# ── containers and codecs ─────────────────────────────────────────────────────────────────────

COMBINATIONS: Mapping[str, tuple[dict[str, object], str, str, str]] = {
    "mp4 h265": ({"codec": "h265"}, "hevc", "aac", "video.mp4"),
    "mp4 av1 flac": ({"codec": "av1", "audio_codec": "flac"}, "av1", "flac", "video.mp4"),
    "webm": ({"container": "webm"}, "vp9", "opus", "video.webm"),
    "mkv ac3": ({"container": "mkv", "audio_codec": "ac3"}, "h264", "ac3", "video.mkv"),
    "mov": ({"container": "mov"}, "h264", "aac", "video.mov"),
    "flv mp3": ({"container": "flv", "audio_codec": "mp3"}, "h264", "mp3", "video.flv"),
    "ts h265 opus": ({"container": "ts", "codec": "h265", "audio_codec": "opus"}, "hevc", "opus", "video.ts"),
}


@pytest.mark.parametrize(("options", "picture", "sound", "name"), COMBINATIONS.values(), ids=COMBINATIONS)
def test_each_container_holds_what_was_asked_for(
    options: dict[str, object], picture: str, sound: str, name: str, clips: Clips, bench: Bench
) -> None:
    path, _ = encoded(bench, clips.film(), **options)

    made = clips.look(path)
    audio = made.stream("audio")
    assert (made.video["codec_name"], audio and audio["codec_name"]) == (picture, sound)
    assert path.name.endswith(f"-{name}")
    assert packets(clips, path) == 25
    # two of a codec's own frames of sound may lie around it
    assert made.duration == pytest.approx(1.0, abs=0.1)


def packets(clips: Clips, path: Path) -> int:
    """How many frames the picture has; counted undecoded, since this ffprobe has no decoder for AV1."""
    counting = ("-select_streams", "v", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0")
    return int(told(clips, "ffprobe", *counting, path).decode().strip().strip(",").split()[0])


def test_a_gif_becomes_a_film(clips: Clips, bench: Bench) -> None:
    gif = clips.make("moving.gif", "-f", "lavfi", "-i", "testsrc2=s=161x91:r=10:d=1")

    made = seen(bench, clips, gif)

    assert (made.video["codec_name"], made.size, made.video["nb_read_frames"]) == ("h264", (160, 90), "10")


# ── size and rhythm ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({"width": 100, "height": 100, "fit": "cover"}, (100, 100)),
        ({"width": 100, "height": 100, "fit": "pad"}, (100, 100)),
        ({"resolution": 360, "upscale": True}, (640, 360)),
    ],
)
def test_a_film_gets_into_the_size_that_was_asked_for(
    options: dict[str, object], size: tuple[int, int], clips: Clips, bench: Bench
) -> None:
    made = seen(bench, clips, clips.film(), **options)

    assert made.size == size
    assert made.video.get("sample_aspect_ratio", "1:1") == "1:1"


def test_a_film_gets_another_rate_and_stays_as_long(clips: Clips, bench: Bench) -> None:
    made = seen(bench, clips, clips.film(), fps="30000/1001")

    assert Fraction(made.video["avg_frame_rate"]) == pytest.approx(30000 / 1001, rel=0.01)
    assert int(made.video["nb_read_frames"]) == pytest.approx(30, abs=1)


def test_a_stretch_is_cut_to_the_frame(clips: Clips, bench: Bench) -> None:
    path, _ = encoded(bench, clips.greys(), start=0.4, end=0.8, crf=10)

    made = clips.look(path)
    assert made.video["nb_read_frames"] == "10"
    # frame number n has the grey 16 + 8n; see tests/clips.py
    first = brightness(clips, path, "16:16:0:0", at=0)
    assert first == pytest.approx((16 + 8 * 10 - 16) * 255 / 219, abs=3)


def test_keyframes_are_no_farther_apart_than_asked_for(clips: Clips, bench: Bench) -> None:
    path, _ = encoded(bench, clips.film(), gop_seconds=0.2)

    assert len(keyframes(clips, path)) == 5


def keyframes(clips: Clips, path: Path) -> list[str]:
    shown = ("-select_streams", "v", "-skip_frame", "nokey", "-show_entries", "frame=pts_time", "-of", "csv=p=0")
    return told(clips, "ffprobe", *shown, path).decode().split()


# ── rate ──────────────────────────────────────────────────────────────────────────────────────


def longer(clips: Clips) -> Path:
    return clips.make("long.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4", "-c:v", "libx264", "-crf", "10")


@pytest.mark.parametrize("codec", ["h264", "h265", "vp9"])
def test_two_passes_come_near_the_rate(codec: str, clips: Clips, bench: Bench) -> None:
    made = seen(bench, clips, longer(clips), codec=codec, video_bitrate=150_000, passes=2)

    assert made.path.stat().st_size * 8 / made.duration == pytest.approx(150_000, rel=0.25)


def test_av1_follows_the_rate_in_one_pass(clips: Clips, bench: Bench) -> None:
    """On a second of film it can't do more than follow: its encoder learns the rate as it goes."""
    low, high = (encoded(bench, clips.film(), codec="av1", video_bitrate=rate)[0] for rate in (100_000, 2_000_000))

    assert low.stat().st_size * 2 < high.stat().st_size


# ── depth and colour ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("codec", ["h265", "av1"])
def test_hdr_is_kept_with_its_tags_in_10_bit(codec: str, clips: Clips, bench: Bench) -> None:
    made = seen(bench, clips, clips.hdr(), codec=codec, bit_depth=10).video

    assert made["pix_fmt"] == "yuv420p10le"
    tags = made["color_primaries"], made["color_transfer"], made["color_space"]
    assert tags == ("bt2020", "smpte2084", "bt2020nc")


def test_hdr_comes_into_the_colours_of_ordinary_screens_in_8_bit(clips: Clips, bench: Bench) -> None:
    made = seen(bench, clips, clips.hdr(), codec="h265").video

    assert (made["pix_fmt"], made["color_transfer"]) == ("yuv420p", "bt709")


def test_hdr_whose_tags_are_incomplete_is_tone_mapped_as_well(clips: Clips, bench: Bench) -> None:
    bare = clips.make(
        "bare.mp4",
        *("-i", str(clips.hdr()), "-c:v", "libx264", "-x264-params", "transfer=smpte2084"),
        *("-vf", "setparams=color_primaries=unknown:colorspace=unknown"),
    )

    made = seen(bench, clips, bare).video

    assert (made["pix_fmt"], made["color_transfer"]) == ("yuv420p", "bt709")


def test_a_film_in_full_range_comes_out_in_the_range_of_television(clips: Clips, bench: Bench) -> None:
    full = clips.make(
        "full.mkv", "-f", "lavfi", "-i", "color=white:s=64x64:r=5:d=1", "-c:v", "mjpeg", "-pix_fmt", "yuvj420p"
    )

    path, _ = encoded(bench, full)

    assert clips.look(path).video.get("color_range", "tv") == "tv"
    assert brightness(clips, path, "16:16:0:0") > 250


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def test_sound_has_the_channels_and_the_rate_that_were_asked_for(clips: Clips, bench: Bench) -> None:
    asked = {"audio_codec": "opus", "audio_channels": 6, "audio_sample_rate": 24000}

    sound = seen(bench, clips, clips.with_channels(6), **asked).stream("audio")

    assert sound and sound["channels"] == 6


def test_sound_can_be_handed_on_or_left_out(clips: Clips, bench: Bench) -> None:
    handed_on = seen(bench, clips, clips.webm(), container="mkv", audio_codec="copy").stream("audio")
    left_out = seen(bench, clips, clips.film(), audio_codec="none").stream("audio")

    assert handed_on and handed_on["codec_name"] == "opus"
    assert left_out is None


def test_sound_is_brought_to_a_loudness(clips: Clips, bench: Bench) -> None:
    noise = "anoisesrc=a=0.5:d=2:c=pink:seed=1,volume=-20dB,aformat=channel_layouts=stereo"
    clip = clips.make(
        "noise.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=2", "-f", "lavfi", "-i", noise, "-c:a", "aac"
    )

    path, told = encoded(bench, clip, normalize_loudness=True)

    assert told and told["loudness"]["linear"] is True
    assert loudness(clips, path) == pytest.approx(-16, abs=0.7)


def test_loudness_that_would_clip_is_held_down(clips: Clips, bench: Bench) -> None:
    peaky = "aevalsrc='0.05*sin(880*t)+0.9*lt(mod(t,0.5),0.002)':d=3,aformat=channel_layouts=stereo"
    clip = clips.make(
        "peaky.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=3", "-f", "lavfi", "-i", peaky, "-c:a", "aac"
    )

    path, told = encoded(bench, clip, loudness_lufs=-14)

    assert told and told["loudness"]["linear"] is False
    sound = clips.look(path).stream("audio")
    assert sound and sound["sample_rate"] == "44100"


def test_silence_is_left_as_it_is(clips: Clips, bench: Bench) -> None:
    quiet = clips.make(
        "quiet.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=1", "-f", "lavfi", "-i", "anullsrc=d=1", "-shortest"
    )

    _, told = encoded(bench, quiet, normalize_loudness=True)

    assert told and "skipped" in told["loudness"]


def loudness(clips: Clips, path: Path) -> float:
    """Integrated, in LUFS, by ffmpeg's other meter."""
    listening = ("-hide_banner", "-i", path, "-af", "ebur128=framelog=quiet", "-f", "null", "-")
    log = subprocess.run([clips.programs / "ffmpeg", *listening], check=True, capture_output=True).stderr.decode()
    return float(log.rpartition("I:")[2].split()[0])


def test_the_sound_that_the_file_marks_is_taken(clips: Clips, bench: Bench) -> None:
    two = clips.make(
        "two.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=64x64:r=5:d=1", "-f", "lavfi", "-i", "sine=440:d=1"),
        *("-f", "lavfi", "-i", "anullsrc=d=1:cl=stereo", "-map", "0", "-map", "1", "-map", "2", "-c:a", "flac"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default"),
    )

    sound = seen(bench, clips, two).stream("audio")

    assert sound and sound["channels"] == 2


# ── on top of the picture ─────────────────────────────────────────────────────────────────────


@pytest.fixture
def grey(clips: Clips) -> Path:
    return clips.make("grey.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:r=10:d=2", "-c:v", "libx264", "-crf", "10")


def test_a_watermark_lies_where_it_was_put_and_can_be_seen_through(grey: Path, clips: Clips, bench: Bench) -> None:
    white = clips.make("white.png", "-f", "lavfi", "-i", "color=white:s=50x50", "-frames:v", "1", "-update", "1")
    sign = {"file": stored("marks/sign", white.read_bytes()), "width_percent": 10, "margin_percent": 10, "opacity": 0.5}

    path, _ = encoded(bench, grey, watermark={**sign, "position": "top_left"}, crf=5)

    assert brightness(clips, path, "24:24:22:22", at=1.5) == pytest.approx(191, abs=6)
    assert brightness(clips, path, "16:180:0:0") == pytest.approx(128, abs=4)
    assert brightness(clips, path, "160:90:160:90") == pytest.approx(128, abs=4)


def test_a_watermark_may_be_placed_and_sized_by_the_pixel(grey: Path, clips: Clips, bench: Bench) -> None:
    white = clips.make("wide.png", "-f", "lavfi", "-i", "color=white:s=50x50", "-frames:v", "1", "-update", "1")
    sign = {"file": stored("marks/wide", white.read_bytes()), "width": "40px", "height": "50%", "opacity": 1}

    path, _ = encoded(bench, grey, watermark={**sign, "position": "bottom_right", "x": "25%", "y": "20px"}, crf=5)

    # 40 by 90, its right edge at 240, its lower one at 160
    assert brightness(clips, path, "32:82:204:74") == pytest.approx(255, abs=6)
    for beside in ("320:60:0:0", "190:180:0:0", "70:180:250:0", "320:10:0:168"):
        assert brightness(clips, path, beside) == pytest.approx(128, abs=4)


def test_a_text_is_written_as_it_stands(grey: Path, clips: Clips, bench: Bench) -> None:
    text = "100% %{pts} it's: [x]; \\n, Grüße Привет مرحبا"

    path, _ = encoded(bench, grey, watermark_text={"text": text, "position": "bottom", "height_percent": 20}, crf=5)

    assert brightest(clips, path, "320:60:0:120") > 200
    assert brightness(clips, path, "320:100:0:0") == pytest.approx(128, abs=2)


def test_letters_that_the_font_lacks_are_a_failure_and_no_boxes(grey: Path, bench: Bench) -> None:
    result = bench.perform(bench.validated(grey, watermark_text={"text": "你好"}), run)

    assert result.failure and result.failure.code == "text_unsupported"


SUBTITLES = {
    "srt": TEXT.encode(),
    "ass": (
        b"[Script Info]\nPlayResX: 320\nPlayResY: 180\n"
        b"[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, Alignment\n"
        b"Style: Default,Nowhere,30,&H00FFFFFF,2\n[Events]\n"
        b"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
        b"Dialogue: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,{\\fnElse}MMMMMMMM\n"
    ),
    "vtt in utf-16": ("WEBVTT\n\n" + TEXT.replace(",", ".")).encode("utf-16"),
}


@pytest.mark.parametrize("content", SUBTITLES.values(), ids=SUBTITLES)
def test_subtitles_are_drawn_into_the_picture(content: bytes, grey: Path, clips: Clips, bench: Bench) -> None:
    path, _ = encoded(bench, grey, subtitles={"file": stored("texts/one", content)}, crf=5)

    assert brightest(clips, path, "120:40:100:138") > 220
    assert brightness(clips, path, "320:100:0:0") == pytest.approx(128, abs=2)


def test_subtitles_keep_the_time_of_the_source(grey: Path, clips: Clips, bench: Bench) -> None:
    late = stored("texts/late", b"1\n00:00:01,500 --> 00:00:09,000\nMMMMMMMM\n")

    path, _ = encoded(bench, grey, subtitles={"file": late}, start=1, crf=5)

    assert brightness(clips, path, "120:40:100:138", at=0.2) == pytest.approx(128, abs=3)
    assert brightest(clips, path, "120:40:100:138", at=0.8) > 220


def test_subtitles_of_the_source_are_drawn_into_the_picture(grey: Path, clips: Clips, bench: Bench) -> None:
    text = clips.folder / "inside.srt"
    text.write_text(TEXT)
    film = clips.make("inside.mkv", "-i", str(grey), "-i", str(text), "-c:v", "copy", "-c:s", "srt")

    path, _ = encoded(bench, film, subtitles={"stream": 0}, crf=5)

    assert brightest(clips, path, "120:40:100:138") > 220
    assert clips.look(path).stream("subtitle") is None


@pytest.mark.parametrize(
    "content",
    [b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/other.ts\n", b"ffconcat version 1.0\nfile /etc/passwd\n"],
)
def test_what_is_no_subtitles_is_never_opened(content: bytes, grey: Path, bench: Bench) -> None:
    file = stored("texts/wrong", content)

    result = bench.perform(bench.validated(grey, subtitles={"file": file}), run)

    assert result.failure and result.failure.code == "subtitles_unreadable"


# ── copies, metadata, rough files ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("container", ["mkv", "ts"])
def test_a_copy_has_the_very_packets_of_its_source(container: str, clips: Clips, bench: Bench) -> None:
    path, _ = encoded(bench, clips.film(), copy=True, container=container)

    assert digests(clips, path) == digests(clips, clips.film())


def digests(clips: Clips, path: Path) -> str:
    """Of all decoded frames: a re-encode would change them."""
    return told(clips, "ffmpeg", "-i", path, "-map", "0:v", "-f", "hash", "-").decode()


def test_a_copy_has_its_index_in_front_and_stays_turned(clips: Clips, bench: Bench) -> None:
    path, _ = encoded(bench, clips.phone(), copy=True)

    names = atoms(path)
    assert names.index("moov") < names.index("mdat")
    assert clips.look(path).rotation == -90


def test_metadata_is_stripped_unless_it_shall_be_kept(clips: Clips, bench: Bench) -> None:
    named = clips.make("named.mp4", "-i", str(clips.film()), "-c", "copy", "-metadata", "title=Secret")

    stripped, _ = encoded(bench, named)
    kept, _ = encoded(bench, named, keep_metadata=True)

    assert (b"Secret" in stripped.read_bytes(), b"Secret" in kept.read_bytes()) == (False, True)


def made_by(clips: Clips, name: str, *arguments: str) -> Path:
    return clips.make(name, "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2", *arguments)


def rough(clips: Clips) -> Mapping[str, tuple[Path, int]]:
    """Files as they come from cameras and recorders, and how many frames they have."""
    film = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    jitter = "settb=1/90000,setpts='N*3600+mod(N*1234\\,900)'"
    open_gop = ("-c:v", "libx264", "-x264-params", "open-gop=1:keyint=12:bframes=3:scenecut=0")
    return {
        "variable rate": (made_by(clips, "vfr.mov", "-vf", jitter, "-fps_mode", "passthrough", *film), 50),
        "open GOP": (made_by(clips, "open.mkv", *open_gop), 50),
        "an hour late": (made_by(clips, "late.ts", *film, "-output_ts_offset", "3600"), 50),
        "interlaced MPEG-2": (
            made_by(clips, "fields.mpg", "-vf", "interlace", "-c:v", "mpeg2video", "-flags", "+ilme+ildct"), 25,
        ),
    }  # fmt: skip


@pytest.mark.parametrize("name", ["variable rate", "open GOP", "an hour late", "interlaced MPEG-2"])
def test_rough_files_come_out_whole(name: str, clips: Clips, bench: Bench) -> None:
    clip, frames = rough(clips)[name]

    made = seen(bench, clips, clip)

    assert int(made.video["nb_read_frames"]) == pytest.approx(frames, abs=1)
    assert made.duration == pytest.approx(2.0, abs=0.1)
    assert float(made.video["start_time"]) < 0.1


def test_a_stretch_of_a_file_that_starts_late_is_the_right_one(clips: Clips, bench: Bench) -> None:
    late = clips.make("greys.ts", "-i", str(clips.greys()), "-c:v", "libx264", "-crf", "4", "-output_ts_offset", "3600")

    path, _ = encoded(bench, late, start=0.4, crf=10)

    assert brightness(clips, path, "16:16:0:0", at=0) == pytest.approx(80 * 255 / 219, abs=3)
