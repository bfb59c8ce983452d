"""The text of playlists and manifests."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import m3u8
import pytest

from sluice.kinds.adaptive.cmaf import Fragment, Segment, Track
from sluice.kinds.adaptive.dash import manifest, runs
from sluice.kinds.adaptive.encryption import batches, encrypt, encrypted_size
from sluice.kinds.adaptive.hls import playlists
from sluice.kinds.adaptive.members import (
    AudioMember,
    IframesMember,
    Members,
    Picture,
    SubtitleMember,
    VideoMember,
    pictures,
)
from sluice.media import Size

_MPD = "{urn:mpeg:dash:schema:mpd:2011}"


def a_track(codec: str = "avc1.64001f", sizes: tuple[int, ...] = (100_000, 200_000), last: int = 1000) -> Track:
    """Segments of two seconds in ticks of a millisecond, the last one shorter."""
    durations = [2000] * (len(sizes) - 1) + [last]
    segments = (Segment(2000 * n, d, size) for n, (d, size) in enumerate(zip(durations, sizes, strict=True)))
    return Track(codec, 1000, tuple(segments))


def members() -> Members:
    video = VideoMember("video-1-720p", a_track(), Size(1280, 720), Fraction(30000, 1001))
    low = VideoMember("video-2-240p", a_track("avc1.640015", (30_000, 30_000)), Size(426, 240), Fraction(30000, 1001))
    sound = AudioMember("audio-1", a_track("mp4a.40.2", (32_000, 16_000)), "pt-BR", "Portuguese (BR)", 2)
    shown = (Picture(700, 9000, Fraction(2)), Picture(9708, 8000, Fraction(1)))
    iframes = IframesMember("iframes/iframes.mp4", "avc1.64001e", Size(640, 360), 700, shown)
    return Members((video, low), (sound,), (SubtitleMember("subtitles-1", "en", "English"),), iframes)


def test_a_master_lists_every_rendition_with_what_it_costs_together_with_its_sound() -> None:
    master = m3u8.loads(playlists(members())["master.m3u8"])

    low, high = (playlist.stream_info for playlist in master.playlists)
    assert [p.uri for p in master.playlists] == ["video-2-240p.m3u8", "video-1-720p.m3u8"]
    assert (high.codecs, high.resolution, high.frame_rate) == ("avc1.64001f,mp4a.40.2", (1280, 720), 29.97)
    # the last second: 200,000 bytes of picture and 16,000 of sound
    assert high.bandwidth == (200_000 + 16_000) * 8
    assert high.average_bandwidth == (300_000 + 48_000) * 8 / 3
    assert low.bandwidth < high.bandwidth
    assert [(m.type, m.language, m.uri) for m in master.media] == [
        ("AUDIO", "pt-BR", "audio-1.m3u8"),
        ("SUBTITLES", "en", "subtitles-1.m3u8"),
    ]
    assert master.iframe_playlists[0].uri == "iframes.m3u8"


def test_a_media_playlist_lists_segments_up_to_the_end() -> None:
    playlist = m3u8.loads(playlists(members())["video-1-720p.m3u8"])

    assert [s.uri for s in playlist.segments] == ["video-1-720p/00001.m4s", "video-1-720p/00002.m4s"]
    assert [s.duration for s in playlist.segments] == [2, 1]
    assert (playlist.target_duration, playlist.is_endlist, playlist.playlist_type) == (2, True, "vod")
    assert playlist.segments[0].init_section.uri == "video-1-720p/init.mp4"


def test_single_pictures_are_byte_ranges() -> None:
    playlist = m3u8.loads(playlists(members())["iframes.m3u8"])

    assert playlist.is_i_frames_only
    assert [s.byterange for s in playlist.segments] == ["9000@700", "8000@9708"]
    assert playlist.segments[0].init_section.byterange == "700@0"


def test_an_encrypted_set_names_its_key_after_the_map_which_stays_clear() -> None:
    lines = playlists(replace(members(), key_uri="encryption.key"))["audio-1.m3u8"].splitlines()

    key = lines.index('#EXT-X-KEY:METHOD=AES-128,URI="encryption.key"')
    assert lines[key - 1].startswith("#EXT-X-MAP")


def test_a_manifest_has_an_adaptation_set_a_codec_a_sound_and_a_text() -> None:
    mixed = replace(
        members(),
        video=(*members().video, VideoMember("video-3", a_track("hvc1.1.6.L93"), Size(426, 240), Fraction(25))),
    )

    period = ElementTree.fromstring(manifest(mixed)).find(f"{_MPD}Period")

    assert period is not None
    sets = period.findall(f"{_MPD}AdaptationSet")
    assert [len(found.findall(f"{_MPD}Representation")) for found in sets] == [2, 1, 1, 1]
    assert [found.get("contentType") for found in sets] == ["video", "video", "audio", "text"]
    assert sets[2].get("lang") == "pt-BR"


def test_segments_of_one_length_are_one_line() -> None:
    assert list(runs(a_track(sizes=(1, 1, 1), last=500))) == [(0, 2000, 1), (4000, 500, 0)]


def test_the_peak_is_that_of_runs_near_the_target_and_not_of_a_sliver_at_the_end() -> None:
    sliver = a_track(sizes=(100_000, 100_000, 50_000), last=40)

    assert sliver.peak_bitrate(Fraction(2)) == pytest.approx((150_000) * 8 / 2.04, rel=0.01)


def test_a_picture_is_shown_until_the_next_one() -> None:
    shown = pictures([Fragment(700, 10, 0, 1), Fragment(718, 20, 2000, 1)], 1000, Fraction(5))

    assert shown == (Picture(700, 10, Fraction(2)), Picture(718, 20, Fraction(3)))


def test_the_vector_of_a_segment_is_its_number() -> None:
    command = encrypt(bytes(range(16)), [(7, Path("00007.m4s"), Path("00007.aes"))])

    assert command[command.index("-encryption_iv") + 1] == "00000000000000000000000000000007"
    assert command[-1] == "crypto:00007.aes"
    assert [len(batch) for batch in batches([(n, Path("a"), Path("b")) for n in range(250)])] == [100, 100, 50]


@pytest.mark.parametrize(("clear", "encrypted"), [(0, 16), (15, 16), (16, 32), (17, 32)])
def test_padding_always_adds_something(clear: int, encrypted: int) -> None:
    assert encrypted_size(clear) == encrypted
