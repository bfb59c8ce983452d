"""The DASH manifest (ISO 23009-1) over the same segments. Pure text."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from sluice.kinds.adaptive.cmaf import Track
from sluice.kinds.adaptive.command import INIT
from sluice.kinds.adaptive.members import AudioMember, Members, SubtitleMember, VideoMember

MANIFEST = "manifest.mpd"
_NAMESPACE = "urn:mpeg:dash:schema:mpd:2011"
_PROFILES = "urn:mpeg:dash:profile:isoff-live:2011,urn:mpeg:dash:profile:cmaf:2019"
_CHANNELS = "urn:mpeg:mpegB:cicp:ChannelConfiguration"
_ROLE = "urn:mpeg:dash:role:2011"
# Bits per second of text, which no player weighs.
_TEXT_BANDWIDTH = 1_000


def manifest(members: Members) -> str:
    """An adaptation set a video codec, a sound track and a subtitle file."""
    root = Element(
        "MPD",
        {
            "xmlns": _NAMESPACE,
            "type": "static",
            "profiles": _PROFILES,
            "mediaPresentationDuration": _period(members.duration),
            "minBufferTime": _period(members.target),
        },
    )
    period = SubElement(root, "Period", {"id": "1", "start": "PT0S"})
    by_codec = sorted(members.video, key=_codec_family)
    for _, alike in groupby(by_codec, key=_codec_family):
        _video_set(period, tuple(alike), members)
    for number, sound in enumerate(members.audio):
        _audio_set(period, sound, members, main=number == 0)
    for text in members.subtitles:
        _subtitle_set(period, text)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _codec_family(member: VideoMember) -> str:
    return member.track.codec.partition(".")[0]


def _video_set(period: Element, alike: tuple[VideoMember, ...], members: Members) -> None:
    """Players may only switch between renditions of one codec."""
    found = SubElement(period, "AdaptationSet", {**_set("video"), "startWithSAP": "1", "segmentAlignment": "true"})
    for member in alike:
        attributes = {
            **_representation(member.name, member.track, members),
            "width": str(member.size.width),
            "height": str(member.size.height),
            "frameRate": str(member.frame_rate),
            "sar": "1:1",
        }
        _segments(SubElement(found, "Representation", attributes), member.track)


def _audio_set(period: Element, member: AudioMember, members: Members, *, main: bool) -> None:
    found = SubElement(period, "AdaptationSet", {**_set("audio", member.language), "startWithSAP": "1"})
    SubElement(found, "Role", {"schemeIdUri": _ROLE, "value": "main" if main else "alternate"})
    SubElement(found, "Label").text = member.label
    representation = SubElement(found, "Representation", _representation(member.name, member.track, members))
    SubElement(
        representation, "AudioChannelConfiguration", {"schemeIdUri": _CHANNELS, "value": str(_layout(member.channels))}
    )
    _segments(representation, member.track)


def _layout(channels: int) -> int:
    """ISO 23091-3 numbers the layouts: up to 5.1 the number is that of the channels, 7.1 is the twelfth."""
    return {7: 11, 8: 12}.get(channels, channels)


def _subtitle_set(period: Element, member: SubtitleMember) -> None:
    attributes = {"contentType": "text", "mimeType": "text/vtt", "lang": member.language or "und"}
    found = SubElement(period, "AdaptationSet", attributes)
    SubElement(found, "Role", {"schemeIdUri": _ROLE, "value": "subtitle"})
    SubElement(found, "Label").text = member.label
    representation = SubElement(found, "Representation", {"id": member.name, "bandwidth": str(_TEXT_BANDWIDTH)})
    SubElement(representation, "BaseURL").text = f"{member.name}.vtt"


def _set(content: str, language: str | None = None) -> dict[str, str]:
    return {"contentType": content, "mimeType": f"{content}/mp4", **({"lang": language} if language else {})}


def _representation(name: str, track: Track, members: Members) -> dict[str, str]:
    return {"id": name, "bandwidth": str(track.peak_bitrate(members.target)), "codecs": track.codec}


def _segments(representation: Element, track: Track) -> None:
    template = SubElement(
        representation,
        "SegmentTemplate",
        {
            "timescale": str(track.timescale),
            "startNumber": "1",
            "initialization": f"$RepresentationID$/{INIT}",
            "media": "$RepresentationID$/$Number%05d$.m4s",
        },
    )
    timeline = SubElement(template, "SegmentTimeline")
    for start, duration, repeats in runs(track):
        repeated = {"r": str(repeats)} if repeats else {}
        SubElement(timeline, "S", {"t": str(start), "d": str(duration), **repeated})


def runs(track: Track) -> Iterable[tuple[int, int, int]]:
    """Start and duration in ticks of segments of one length, and how many more follow the first."""
    for duration, alike in groupby(track.segments, key=lambda segment: segment.duration):
        same = list(alike)
        yield same[0].start, duration, len(same) - 1


def _period(seconds: Fraction) -> str:
    return f"PT{float(seconds):.3f}S"
