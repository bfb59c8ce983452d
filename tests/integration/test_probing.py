"""Real ffprobe on real files, over a real socket whose log tells all that was asked for."""

import random
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from sluice.errors import BadSource, LimitExceeded
from sluice.ffmpeg.probe import probe
from sluice.media import MediaInfo
from tests.clips import Clips, boxes
from tests.hostile.references import with_references
from tests.server import Server

pytestmark = pytest.mark.usefixtures("programs")

PIXELS = 70_000_000


def probed(server: Server, content: Path | bytes, path: str = "/uploads/file") -> MediaInfo:
    body = content if isinstance(content, bytes) else content.read_bytes()
    return probe(server.put(path, body), timeout=30, max_pixels=PIXELS)


def refusal(server: Server, content: Path | bytes, path: str = "/uploads/clip.mp4") -> BadSource:
    with pytest.raises(BadSource) as refused:
        probed(server, content, path)
    return refused.value


@pytest.mark.parametrize(
    ("clip", "container", "video", "audio"),
    [
        (Clips.film, "mp4", "h264", "aac"),
        (Clips.phone, "mov", "h264", "aac"),
        (Clips.webm, "mkv", "vp8", "opus"),
        (Clips.transport_stream, "ts", "h264", "aac"),
        (Clips.sound, "mp3", None, "mp3"),
        (Clips.picture, "png", "png", None),
        (Clips.photo, "jpeg", "mjpeg", None),
    ],
)
def test_a_file_is_described_whatever_its_name(
    clip: Callable[[Clips], Path], container: str, video: str | None, audio: str | None, clips: Clips, server: Server
) -> None:
    info = probed(server, clip(clips))

    assert info.container == container
    assert (info.main_video.codec if info.main_video else None) == video
    assert (info.main_audio.codec if info.main_audio else None) == audio
    assert info.size == clip(clips).stat().st_size


def test_a_film_is_described_with_its_time_and_rate(clips: Clips, server: Server) -> None:
    info = probed(server, clips.film())

    assert info.duration == pytest.approx(1.0, abs=0.05) and not info.is_picture
    assert info.main_video and info.main_video.frame_rate == "25/1"
    assert info.main_video.display_size == (320, 180)


@pytest.mark.parametrize("clip", [Clips.picture, Clips.photo])
def test_a_picture_is_told_from_a_film(clip: Callable[[Clips], Path], clips: Clips, server: Server) -> None:
    info = probed(server, clip(clips))

    assert info.is_picture
    assert info.main_video and info.main_video.display_size == (320, 180)


@pytest.mark.parametrize("clip", [Clips.picture, Clips.photo])
def test_a_picture_of_our_own_making_is_told_too(clip: Callable[[Clips], Path], clips: Clips) -> None:
    assert probe(str(clip(clips)), timeout=30, max_pixels=PIXELS, whitelist=False).is_picture


def test_what_a_camera_does_is_seen(clips: Clips, server: Server) -> None:
    phone, wide, hdr, fields = (
        probed(server, clip).main_video for clip in (clips.phone(), clips.anamorphic(), clips.hdr(), clips.interlaced())
    )

    assert phone and (phone.rotation, phone.display_size) == (90, (180, 320))
    assert wide and (wide.sample_aspect_ratio, wide.display_size) == ("16/11", (262, 144))
    assert hdr and (hdr.hdr, hdr.bit_depth) == ("hdr10", 10)
    assert fields and fields.interlaced


# ── bad files ─────────────────────────────────────────────────────────────────────────────────

NOISE = random.Random(7).randbytes(200_000)


def test_an_empty_file_is_unreadable(server: Server) -> None:
    assert refusal(server, b"").code == "source_unreadable"


@pytest.mark.parametrize("text", [b"This is no film.\n" * 1000, b"{}", b"<html><body>404</body></html>", b"\n" * 500])
def test_text_that_is_named_as_a_film_is_refused(text: bytes, server: Server) -> None:
    assert refusal(server, text).code in {"source_unreadable", "source_unsupported"}


def test_noise_is_refused(server: Server) -> None:
    assert refusal(server, NOISE).code in {"source_unreadable", "source_unsupported"}


def test_a_film_without_its_index_is_said_to_be_cut_off(clips: Clips, server: Server) -> None:
    whole = clips.film().read_bytes()
    index = next(start for name, start, _ in boxes(whole) if name == "moov")

    error = refusal(server, whole[:index])

    assert error.code == "source_unreadable"
    assert "moov" in error.message and "again" in error.message


def test_nothing_of_the_address_is_in_the_refusal(server: Server) -> None:
    server.put("/signed.mp4", NOISE)

    with pytest.raises(BadSource) as refused:
        probe(server.url("/signed.mp4?X-Amz-Signature=secret"), timeout=30, max_pixels=PIXELS)

    assert "secret" not in refused.value.message + "".join(refused.value.detail)


@pytest.mark.parametrize("clip", [Clips.picture, Clips.photo, Clips.film])
def test_a_picture_of_too_many_pixels_is_not_decoded(
    clip: Callable[[Clips], Path], clips: Clips, server: Server
) -> None:
    url = server.put("/bomb", clip(clips).read_bytes())

    with pytest.raises(LimitExceeded) as refused:
        probe(url, timeout=30, max_pixels=1000)

    assert refused.value.code == "source_too_large"


def test_a_song_with_a_large_cover_is_still_a_song(clips: Clips, server: Server) -> None:
    url = server.put("/song.mp3", clips.song().read_bytes())

    info = probe(url, timeout=30, max_pixels=1000)

    assert info.has_cover and info.main_video is None and info.main_audio


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_the_time_limit(server: Server) -> None:
    done = Event()
    server.answers["/silent"] = lambda request: wait_for(done)

    try:
        with pytest.raises(LimitExceeded) as late:
            probe(server.url("/silent"), timeout=0.5, max_pixels=PIXELS)
    finally:
        done.set()

    assert late.value.code == "time_limit_exceeded"


def wait_for(done: Event) -> None:
    done.wait(20)


# ── files that name other files ───────────────────────────────────────────────────────────────

HLS = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n"
HLS_KEY = '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\nx.ts\n#EXT-X-ENDLIST\n'
CONCAT = "ffconcat version 1.0\nfile {url}\nduration 1\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x"><image xlink:href="{url}" width="9" height="9"/></svg>'
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S">'
    '<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>"
)
SDP = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
SMIL = '<?xml version="1.0"?><smil><body><video src="{url}"/></body></smil>'
PLAYLIST = "[playlist]\nFile1={url}\nNumberOfEntries=1\n"
SUBTITLES = "WEBVTT\n\n00:00.000 --> 00:01.000\n{url}\n"
HOSTILE = [HLS, HLS_KEY, CONCAT, SVG, DASH, SDP, SMIL, PLAYLIST, SUBTITLES]
NAMES = ["hls", "hls-key", "concat", "svg", "dash", "sdp", "smil", "pls", "vtt"]
ELSEWHERE = ["file:///etc/passwd", "/etc/passwd", "http://169.254.169.254/latest/meta-data/", "{server}/secret.mp4"]


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("text", HOSTILE, ids=NAMES)
def test_a_file_that_names_another_is_refused_and_the_other_is_never_asked_for(
    text: str, url: str, clips: Clips, server: Server
) -> None:
    server.put("/secret.mp4", clips.film().read_bytes())
    named = url.replace("{server}", server.url(""))

    error = refusal(server, text.replace("{url}", named).encode())

    assert error.code in {"source_unreadable", "source_unsupported"}
    assert set(server.asked) == {"/uploads/clip.mp4"}
    assert "root:" not in error.message + "".join(error.detail)


@pytest.mark.parametrize("name", ["clip.m3u8", "clip.mpd", "clip.ffconcat", "clip.svg", "clip.sdp", "clip%2503d.png"])
def test_the_name_of_a_hostile_file_changes_nothing(name: str, clips: Clips, server: Server) -> None:
    server.put("/secret.mp4", clips.film().read_bytes())

    refusal(server, HLS.replace("{url}", server.url("/secret.mp4")).encode(), f"/uploads/{name}")

    assert set(server.asked) <= {f"/uploads/{name}"}


def test_a_film_whose_pictures_lie_in_another_file_does_not_open_it(clips: Clips, server: Server) -> None:
    server.put("/uploads/other.mp4", clips.film().read_bytes())
    film = with_references(clips.film().read_bytes(), "other.mp4")

    probed(server, film, "/uploads/clip.mp4")

    assert set(server.asked) == {"/uploads/clip.mp4"}
