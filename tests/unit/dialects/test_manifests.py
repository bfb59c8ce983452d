from xml.etree import ElementTree

import m3u8

from sluice.dialects.native.manifests import dash, hls, hls_addresses

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="English, loud",URI="audio-1.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=500000,AUDIO="sound"
video-240.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9000,URI="iframes.m3u8"
"""
MEDIA = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MAP:URI="video-240/init.mp4",BYTERANGE="700@0"
#EXT-X-KEY:METHOD=AES-128,URI="encryption.key"
#EXTINF:6.000000,
#EXT-X-BYTERANGE:100@700
video-240/00001.m4s
# a remark
#EXTINF:2.000000,
https://elsewhere.example/00002.m4s
#EXT-X-ENDLIST
"""
MPD = """<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet>
<Representation id="video-240"><SegmentTemplate initialization="$RepresentationID$/init.mp4"
 media="$RepresentationID$/$Number%05d$.m4s"/></Representation>
<Representation id="en"><BaseURL>subtitles-1.vtt</BaseURL></Representation>
</AdaptationSet></Period></MPD>
"""


def signed(uri: str) -> str:
    return f"https://bucket.example/{uri}?signature=a&b"


def test_every_address_of_a_master_playlist_is_put_through() -> None:
    parsed = m3u8.loads(hls(MASTER, signed))

    assert parsed.playlists[0].uri == signed("video-240.m3u8")
    assert parsed.media[0].uri == signed("audio-1.m3u8") and parsed.media[0].name == "English, loud"
    assert parsed.iframe_playlists[0].uri == signed("iframes.m3u8")


def test_segments_maps_and_keys_are_put_through_and_all_else_stays() -> None:
    parsed = m3u8.loads(hls(MEDIA, signed))

    assert [segment.uri for segment in parsed.segments] == [
        signed("video-240/00001.m4s"),
        "https://elsewhere.example/00002.m4s",
    ]
    assert parsed.segments[0].byterange == "100@700" and parsed.segments[0].init_section.uri == signed(
        "video-240/init.mp4"
    )
    assert parsed.keys[-1].uri == signed("encryption.key")
    assert hls(MEDIA, lambda uri: uri) == MEDIA
    assert hls_addresses(MEDIA) == ["video-240/init.mp4", "encryption.key", "video-240/00001.m4s"]


def test_templates_of_dash_keep_their_place_holders() -> None:
    root = ElementTree.fromstring(dash(MPD, lambda uri: f"{uri}?ticket=1.a"))
    name = "{urn:mpeg:dash:schema:mpd:2011}"

    template = next(root.iter(f"{name}SegmentTemplate"))
    assert template.attrib == {
        "initialization": "$RepresentationID$/init.mp4?ticket=1.a",
        "media": "$RepresentationID$/$Number%05d$.m4s?ticket=1.a",
    }
    assert next(root.iter(f"{name}BaseURL")).text == "subtitles-1.vtt?ticket=1.a"
    assert root.tag == f"{name}MPD"
