"""Sound files, judged by what ffprobe and ffmpeg find in them."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sluice.aws.clients import s3
from sluice.errors import InvalidRequest
from sluice.jobs import JobResult
from sluice.kinds import validated_options
from sluice.kinds.audio.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import OUTPUTS

Extract = Callable[..., JobResult]


@pytest.fixture
def extract(bench: Bench) -> Extract:
    def extract(source: Path, **options: Any) -> JobResult:
        result = bench.perform(bench.validated(source, kind="audio", **options), run)
        assert result.failure is None, result.failure
        return result

    return extract


@pytest.fixture
def surround(clips: Clips) -> Path:
    """Two seconds: a quiet stereo track and one of 5.1 with its rear channels at the sides, in German; tags."""
    return clips.make(
        "surround.mkv",
        *("-f", "lavfi", "-i", "sine=440:d=2,volume=-30dB"),
        *("-f", "lavfi", "-i", "sine=880:d=2,aformat=channel_layouts=5.1(side)"),
        *("-map", "0", "-map", "1", "-c:a", "flac", "-ar", "44100", "-metadata", "title=Tune"),
        *("-metadata:s:a:1", "language=ger"),
    )


def ebur128(clips: Clips, path: Path) -> float:
    """Integrated loudness in LUFS."""
    command: list[str | Path] = [clips.programs / "ffmpeg", "-nostats", "-i", path, "-af", "ebur128", "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", log)[-1])


@pytest.mark.parametrize(
    ("form", "codec", "rate", "channels", "media_type"),
    [
        ("mp3", "mp3", "44100", 2, "audio/mpeg"),
        ("m4a", "aac", "44100", 6, "audio/mp4"),
        ("ogg", "vorbis", "44100", 6, "audio/ogg"),
        ("opus", "opus", "48000", 6, "audio/ogg"),
        ("wav", "pcm_s16le", "44100", 6, "audio/wav"),
        ("flac", "flac", "44100", 6, "audio/flac"),
    ],
)
def test_a_surround_track_fits_every_format(
    form: str, codec: str, rate: str, channels: int, media_type: str, extract: Extract, surround: Path, clips: Clips,
    bench: Bench,
) -> None:  # fmt: skip
    (output,) = extract(surround, format=form, track=2).outputs

    look = clips.look(bench.made(output))
    sound = look.stream("audio")
    assert sound and (sound["codec_name"], sound["sample_rate"], sound["channels"]) == (codec, rate, channels)
    assert look.duration == pytest.approx(2, abs=0.06)
    assert (output.name, output.type, output.codec) == (f"audio.{form}", media_type, codec)


def test_a_loudness_is_reached_whatever_the_source_has(
    extract: Extract, surround: Path, clips: Clips, bench: Bench
) -> None:
    result = extract(surround, format="wav", loudness=-18)

    assert ebur128(clips, bench.made(result.outputs[0])) == pytest.approx(-18, abs=0.5)
    assert result.result and result.result["loudness"]["measured"] < -40


def test_silence_has_no_loudness_to_change(extract: Extract, clips: Clips) -> None:
    silent = clips.make("silence.wav", "-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=2")

    result = extract(silent, format="opus", loudness=-16, waveform=True)

    assert result.result and "skipped" in result.result["loudness"]
    assert len(result.outputs) == 3


def test_a_stretch_is_cut_out(extract: Extract, surround: Path, clips: Clips, bench: Bench) -> None:
    options = {"format": "flac", "start": 0.5, "end": 1.25, "bit_depth": 24, "channels": 1, "sample_rate": 22_050}

    (output,) = extract(surround, **options).outputs

    look = clips.look(bench.made(output))
    sound = look.stream("audio")
    assert look.duration == pytest.approx(0.75, abs=0.001)
    assert sound and (sound["sample_rate"], sound["channels"], sound["bits_per_raw_sample"]) == ("22050", 1, "24")


def test_flac_of_sixteen_bits_stays_what_it_was(extract: Extract, clips: Clips, bench: Bench) -> None:
    source = clips.make("noise.wav", "-f", "lavfi", "-i", "anoisesrc=r=44100:d=1:seed=7", "-ac", "2")

    (output,) = extract(source, format="flac").outputs

    def samples(path: Path) -> bytes:
        command: list[str | Path] = [clips.programs / "ffmpeg", "-v", "error", "-i", path, "-f", "s16le", "-"]
        return subprocess.run(command, check=True, capture_output=True).stdout

    assert samples(bench.made(output)) == samples(source)


@pytest.mark.parametrize(("keep", "streams", "title"), [(True, ["mp3", "mjpeg"], "Tune"), (False, ["mp3"], None)])
def test_tags_and_cover_are_kept_or_stripped(
    keep: bool, streams: list[str], title: str | None, extract: Extract, clips: Clips, bench: Bench
) -> None:
    cover = ("-i", str(clips.photo()), "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic")
    song = clips.make("song.mp3", "-f", "lavfi", "-i", "sine=440:d=1", *cover, "-metadata", "title=Tune")

    (output,) = extract(song, keep_metadata=keep).outputs

    path = bench.made(output)
    command: list[str | Path] = [
        clips.programs / "ffprobe",
        "-v",
        "error",
        "-print_format",
        "json",
        "-show_format",
        path,
    ]
    tags = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["format"].get("tags", {})
    assert [stream["codec_name"] for stream in clips.look(path).streams] == streams
    assert tags.get("title") == title


def test_a_waveform_shows_where_the_sound_is(extract: Extract, clips: Clips, bench: Bench) -> None:
    beep = "aevalsrc='if(between(t,1,2),0.5*sin(2*PI*440*t),0)':s=48000:d=3"
    source = clips.make("beep.wav", "-f", "lavfi", "-i", beep)

    _, peaks, drawing = extract(source, format="opus", waveform=True, waveform_pixels_per_second=20).outputs

    data = json.loads(bench.made(peaks).read_text())
    lows, highs = data["data"][::2], data["data"][1::2]
    assert (data["version"], data["sample_rate"], data["samples_per_pixel"]) == (2, 48_000, 2400)
    assert data["length"] == len(lows) == len(highs) == pytest.approx(60, abs=1)
    assert max(highs[:18]) <= 1 and min(lows[:18]) >= -1
    assert min(highs[22:38]) == pytest.approx(64, abs=4) and max(lows[22:38]) == pytest.approx(-64, abs=4)
    assert (drawing.type, drawing.width, drawing.height) == ("image/png", 1800, 280)
    command: list[str | Path] = [
        clips.programs / "ffmpeg",
        "-v",
        "error",
        "-i",
        bench.made(drawing),
        "-f",
        "rawvideo",
        "-pix_fmt",
        "ya8",
        "-",
    ]
    pixels = subprocess.run(command, check=True, capture_output=True).stdout
    inked = [sum(pixels[2 * (1800 * row + column) + 1] > 0 for row in range(280)) for column in (300, 900, 1500)]
    assert inked == [2, pytest.approx(140, abs=8), 2]


def laid_out(folder: Path, manifest: str) -> Path:
    """The set that a manifest belongs to, as a server would have it."""
    below = manifest.rpartition("/")[0] + "/"
    for item in s3().list_objects_v2(Bucket=OUTPUTS, Prefix=below)["Contents"]:
        path = folder / item["Key"].removeprefix(below)
        path.parent.mkdir(parents=True, exist_ok=True)
        s3().download_file(OUTPUTS, item["Key"], str(path))
    return folder


def test_hls_is_a_set_of_segments_that_plays_as_long_as_the_sound(
    clips: Clips, extract: Extract, surround: Path, tmp_path: Path
) -> None:
    result = extract(surround, format="hls", segment_seconds=1, bitrate=96_000)

    names = [output.name for output in result.outputs]
    assert names == ["master.m3u8", "audio.m3u8"]
    folder = laid_out(tmp_path / "set", result.outputs[0].key)
    master = (folder / "master.m3u8").read_text()
    assert 'CODECS="mp4a.40.2"' in master and master.rstrip().endswith("audio.m3u8")
    playlist = (folder / "audio.m3u8").read_text()
    assert result.result and playlist.count("#EXTINF") == result.result["segments"]["files"] - 1 == 2
    assert result.outputs[0].duration == pytest.approx(2, abs=0.03)
    shown: list[str | Path] = ["-i", folder / "master.m3u8", "-f", "s16le", "-ac", "1", "-"]
    command: list[str | Path] = [clips.programs / "ffmpeg", "-v", "error", *shown]
    heard = subprocess.run(command, check=True, capture_output=True).stdout
    assert len(heard) / 2 / 44_100 == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"format": "hls", "waveform": True}, "waveform"),
        ({"format": "hls", "keep_metadata": True}, "keep_metadata"),
        ({"format": "mp3", "segment_seconds": 4}, "segment_seconds"),
    ],
)
def test_what_a_set_of_segments_can_not_have_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        validated_options("audio", options)

    assert refused.value.field == f"options.{field}"
