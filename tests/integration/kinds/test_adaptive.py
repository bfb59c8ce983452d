"""A set as players meet it: over HTTP, by manifests, every rendition decoded to its end."""

import json
import subprocess
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import m3u8
import pytest

from sluice.jobs import JobResult
from sluice.kinds.adaptive.run import run
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS
from tests.server import Server

Play = Callable[..., "Player"]

_SUBRIP = "1\n00:00:00,500 --> 00:00:01,500\nHello\n"


@pytest.fixture
def film(clips: Clips) -> Path:
    """Five seconds and a bit of 480 lines, two sound tracks in two languages, subtitles."""
    text = clips.folder / "film.srt"
    text.write_text(_SUBRIP)
    return clips.make(
        "two_tracks.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=854x480:r=25:d=5.4"),
        *("-f", "lavfi", "-i", "sine=440:d=5.4", "-f", "lavfi", "-i", "sine=880:d=5.4", "-i", str(text)),
        *("-map", "0", "-map", "1", "-map", "2", "-map", "3", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-pix_fmt", "yuv420p", "-g", "250", "-c:a", "aac", "-c:s", "srt"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger", "-metadata:s:s:0", "language=eng"),
    )


class Player:
    """The whole output folder behind a web server, and ffmpeg as a client of it."""

    def __init__(self, server: Server, programs: Path, result: JobResult):
        assert result.failure is None, result.failure
        self.server, self.programs, self.result = server, programs, result
        self.folder = result.outputs[0].key.rsplit("/", 1)[0] + "/"
        for key, content, media_type in stored(self.folder):
            self.types[key.removeprefix(self.folder)] = media_type
            server.put("/" + key.removeprefix(self.folder), content)

    @cached_property
    def types(self) -> dict[str, str]:
        return {}

    def text(self, name: str) -> str:
        return self.server.files[f"/{name}"].decode()

    def playlist(self, name: str) -> Any:
        return m3u8.loads(self.text(name))

    def packets(self, name: str) -> list[dict[str, Any]]:
        """The packets of a playlist's pictures, as ffprobe fetches them."""
        command = [self.programs / "ffprobe", "-v", "error", "-print_format", "json", "-select_streams", "v"]
        shown = self._output_of([*command, "-show_entries", "packet=pts_time,flags", self.server.url(f"/{name}")])
        packets: list[dict[str, Any]] = json.loads(shown)["packets"]
        return packets

    def keyframes(self, name: str) -> list[float]:
        return [float(p["pts_time"]) for p in self.packets(name) if "K" in p["flags"]]

    def played(self, name: str, stream: str = "0:v:0") -> "Played":
        """A stream decoded from a manifest's first byte to its last."""
        url = self.server.url(f"/{name}")
        command = [self.programs / "ffmpeg", "-v", "error", "-nostdin", "-i", url, "-map", stream]
        return Played(self._output_of([*command, "-fps_mode", "passthrough", "-f", "framecrc", "-"]))

    def _output_of(self, command: list[Any]) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


class Played:
    """What the muxer `framecrc` tells of decoded frames: size, and start and end in seconds."""

    def __init__(self, log: str):
        head = dict(line[1:].split(" 0: ") for line in log.splitlines() if line.startswith("#") and " 0: " in line)
        rows = [[field.strip() for field in line.split(",")] for line in log.splitlines() if not line.startswith("#")]
        tick = Fraction(head["tb"])
        self.size = head.get("dimensions")
        self.count = len(rows)
        self.start = float(int(rows[0][2]) * tick)
        self.end = float((int(rows[-1][2]) + int(rows[-1][3])) * tick)
        self.content = [row[5] for row in rows]


def stored(prefix: str) -> Iterator[tuple[str, bytes, str]]:
    s3 = boto3.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=OUTPUTS, Prefix=prefix):
        for found in page["Contents"]:
            content = s3.get_object(Bucket=OUTPUTS, Key=found["Key"])
            yield found["Key"], content["Body"].read(), content["ContentType"]


@pytest.fixture
def play(bench: Bench, server: Server, media_bin: Path) -> Play:
    def play(source: Path, **options: Any) -> Player:
        task = bench.validated(source, kind="adaptive", **options)
        return Player(server, media_bin, bench.perform(task, run))

    return play


def test_a_set_plays_as_hls_and_as_dash(play: Play, film: Path) -> None:
    boto3.client("s3").put_object(Bucket=MEDIA, Key="side/de.vtt", Body=b"WEBVTT\n\n00:01.000 --> 00:02.000\nHallo\n")
    added = {"file": {"key": "side/de.vtt"}, "language": "de"}

    player = play(film, segment_seconds=2, subtitles=[added])

    master = player.playlist("master.m3u8")
    lowest, middle, best = master.playlists
    assert [variant.stream_info.resolution for variant in master.playlists] == [(426, 240), (640, 360), (854, 480)]
    assert best.stream_info.codecs == "avc1.64001e,mp4a.40.2" and best.stream_info.frame_rate == 25
    assert lowest.stream_info.bandwidth >= lowest.stream_info.average_bandwidth > 0
    assert best.stream_info.bandwidth > middle.stream_info.bandwidth > lowest.stream_info.bandwidth
    assert [(m.type, m.name, m.language) for m in master.media] == [
        ("AUDIO", "English", "en"),
        ("AUDIO", "German", "de"),
        ("SUBTITLES", "English", "en"),
        ("SUBTITLES", "German", "de"),
    ]

    for number, (variant, size) in enumerate(zip(master.playlists, ("426x240", "640x360", "854x480"), strict=True)):
        by_hls = player.played(variant.uri)
        assert (by_hls.size, by_hls.count, by_hls.start) == (size, 135, 0)
        assert by_hls.end == pytest.approx(5.4)
        by_dash = player.played("manifest.mpd", f"0:v:{2 - number}")
        assert by_dash.content == by_hls.content
        assert player.keyframes(variant.uri) == [0, 2, 4]
    for number in (0, 1):
        sound = player.played("master.m3u8", f"0:a:{number}")
        assert sound.start == 0 and sound.end == pytest.approx(5.4, abs=0.05)
        assert player.played("manifest.mpd", f"0:a:{number}").content == sound.content
    assert "Hello" in player.text("subtitles-1.vtt") and "Hallo" in player.text("subtitles-added-1.vtt")

    pictures = player.played("iframes.m3u8")
    assert (pictures.count, player.keyframes("iframes.m3u8")) == (3, [0, 2, 4])
    assert master.iframe_playlists[0].iframe_stream_info.codecs.startswith("avc1.")
    assert player.playlist("iframes.m3u8").is_i_frames_only


def test_every_file_is_stored_under_its_type_and_only_what_one_opens_is_listed(play: Play, film: Path) -> None:
    player = play(film, segment_seconds=2, ladder=[{"short_side": 240}], iframes=False)

    listed = {output.name for output in player.result.outputs}
    assert listed == {name for name in player.types if not name.endswith((".m4s", "init.mp4"))}
    assert player.types["video-1-240p/00001.m4s"] == "video/iso.segment"
    assert player.types["master.m3u8"] == "application/vnd.apple.mpegurl"
    assert player.types["manifest.mpd"] == "application/dash+xml"
    result = player.result.result or {}
    assert result["segments"]["files"] == len(player.types) - len(listed)
    assert player.result.outputs[0].name == "manifest.mpd"


def test_an_encrypted_set_plays_with_its_key_only(play: Play, clips: Clips) -> None:
    player = play(clips.film(), encryption="aes-128", segment_seconds=1)

    assert player.played("master.m3u8").count == player.played("iframes.m3u8").count * 25 == 25
    assert player.played("master.m3u8", "0:a:0").end == pytest.approx(1, abs=0.05)
    assert len(player.server.files["/encryption.key"]) == 16
    assert b"moof" not in player.server.files["/video-1-180p/00001.m4s"]
    assert "manifest.mpd" not in player.types

    player.server.put("/encryption.key", bytes(16))
    with pytest.raises(subprocess.CalledProcessError):
        player.played("video-1-180p.m3u8")


def test_a_turned_phone_film_comes_upright_in_several_codecs_aligned(play: Play, clips: Clips) -> None:
    ladder = [{"short_side": 180, "codec": codec} for codec in ("h264", "h265", "av1")]

    player = play(clips.phone(), ladder=[*ladder, {"short_side": 720}], segment_seconds=1)

    variants = player.playlist("master.m3u8").playlists
    assert sorted(v.stream_info.codecs[:4] for v in variants) == ["av01", "avc1", "hvc1"]
    for variant in variants:
        shown = player.played(variant.uri)
        assert (shown.size, shown.count, player.keyframes(variant.uri)) == ("180x320", 25, [0])


def test_stamps_that_begin_at_an_hour_begin_at_nought_in_the_set(play: Play, clips: Clips) -> None:
    late = clips.make("late.ts", "-i", str(clips.film()), "-c", "copy", "-output_ts_offset", "3600")

    player = play(late, segment_seconds=1)

    assert (player.played("master.m3u8").start, player.played("master.m3u8", "0:a:0").start) == (0, 0)


def test_a_film_without_sound_is_a_set_without_sound(play: Play, clips: Clips) -> None:
    player = play(clips.silent(), segment_seconds=1)

    assert player.playlist("master.m3u8").media == []
    assert player.played("manifest.mpd").count == 25
