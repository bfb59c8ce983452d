"""HLS playlists (RFC 8216 and its successor draft-pantos-hls-rfc8216bis). Pure text."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import floor

from sluice.kinds.adaptive.cmaf import Track
from sluice.kinds.adaptive.command import INIT
from sluice.kinds.adaptive.members import (
    IFRAMES_PLAYLIST,
    AudioMember,
    IframesMember,
    Members,
    SubtitleMember,
    VideoMember,
)

# What fMP4 segments in other than I-frame playlists take is 6; 7 is what the rest of the field writes.
VERSION = 7
MASTER = "master.m3u8"
_AUDIO, _SUBTITLES = "audio", "subtitles"


def playlists(members: Members) -> dict[str, str]:
    """Every playlist of the set by its name, the master last."""
    texts = {f"{name}.m3u8": media_playlist(name, track, members) for name, track in members.tracks.items()}
    texts |= {f"{m.name}.m3u8": subtitle_playlist(m, members) for m in members.subtitles}
    if members.iframes:
        texts[IFRAMES_PLAYLIST] = iframes_playlist(members.iframes, members)
    return {**texts, MASTER: master(members)}


def master(members: Members) -> str:
    """The lowest rendition comes first: a player that has measured nothing yet starts with it."""
    media = [_audio_line(m, default=m is members.audio[0]) for m in members.audio]
    media += [_subtitle_line(m) for m in members.subtitles]
    variants = [line for member in reversed(members.video) for line in _variant(member, members)]
    iframes = [_iframes_line(members.iframes)] if members.iframes else []
    return _text(["#EXT-X-INDEPENDENT-SEGMENTS", *media, *variants, *iframes])


def _audio_line(member: AudioMember, *, default: bool) -> str:
    return _tag(
        "#EXT-X-MEDIA",
        {
            "TYPE": "AUDIO",
            "GROUP-ID": _quoted(_AUDIO),
            "NAME": _quoted(member.label),
            "LANGUAGE": _quoted(member.language),
            "DEFAULT": "YES" if default else "NO",
            "AUTOSELECT": "YES",
            "CHANNELS": _quoted(str(member.channels)),
            "URI": _quoted(f"{member.name}.m3u8"),
        },
    )


def _subtitle_line(member: SubtitleMember) -> str:
    return _tag(
        "#EXT-X-MEDIA",
        {
            "TYPE": "SUBTITLES",
            "GROUP-ID": _quoted(_SUBTITLES),
            "NAME": _quoted(member.label),
            "LANGUAGE": _quoted(member.language),
            "DEFAULT": "NO",
            "AUTOSELECT": "YES",
            "FORCED": "NO",
            "URI": _quoted(f"{member.name}.m3u8"),
        },
    )


def _variant(member: VideoMember, members: Members) -> list[str]:
    """A variant costs what its picture and the dearest sound track of its group cost together."""
    sounds = [m.track for m in members.audio]
    codecs = dict.fromkeys([member.track.codec, *(track.codec for track in sounds)])
    peak = member.track.peak_bitrate(members.target) + max((t.peak_bitrate(members.target) for t in sounds), default=0)
    average = member.track.average_bitrate + max((t.average_bitrate for t in sounds), default=0)
    attributes = {
        "BANDWIDTH": str(peak),
        "AVERAGE-BANDWIDTH": str(average),
        "CODECS": _quoted(",".join(codecs)),
        "RESOLUTION": f"{member.size.width}x{member.size.height}",
        "FRAME-RATE": f"{float(member.frame_rate):.3f}",
        "VIDEO-RANGE": "SDR",
        "AUDIO": _quoted(_AUDIO if members.audio else None),
        "SUBTITLES": _quoted(_SUBTITLES if members.subtitles else None),
        "CLOSED-CAPTIONS": "NONE",
    }
    return [_tag("#EXT-X-STREAM-INF", attributes), f"{member.name}.m3u8"]


def _iframes_line(member: IframesMember) -> str:
    return _tag(
        "#EXT-X-I-FRAME-STREAM-INF",
        {
            "BANDWIDTH": str(member.peak_bitrate),
            "AVERAGE-BANDWIDTH": str(member.average_bitrate),
            "CODECS": _quoted(member.codec),
            "RESOLUTION": f"{member.size.width}x{member.size.height}",
            "VIDEO-RANGE": "SDR",
            "URI": _quoted(IFRAMES_PLAYLIST),
        },
    )


def media_playlist(folder: str, track: Track, members: Members) -> str:
    """One rendition. All of a set name the same target duration, as players may count on."""
    segments = [
        line
        for number, segment in enumerate(track.segments, start=1)
        for line in (f"#EXTINF:{float(track.seconds(segment)):.6f},", f"{folder}/{number:05}.m4s")
    ]
    head = [*_head(members.target), f'#EXT-X-MAP:URI="{folder}/{INIT}"', *_key(members.key_uri)]
    return _text([*head, *segments, "#EXT-X-ENDLIST"])


def iframes_playlist(member: IframesMember, members: Members) -> str:
    pictures = [
        line
        for picture in member.pictures
        for line in (
            f"#EXTINF:{float(picture.seconds):.6f},",
            f"#EXT-X-BYTERANGE:{picture.size}@{picture.offset}",
            member.uri,
        )
    ]
    head = [
        *_head(max(picture.seconds for picture in member.pictures)),
        "#EXT-X-I-FRAMES-ONLY",
        f'#EXT-X-MAP:URI="{member.uri}",BYTERANGE="{member.init_size}@0"',
        *_key(members.key_uri),
    ]
    return _text([*head, *pictures, "#EXT-X-ENDLIST"])


def subtitle_playlist(member: SubtitleMember, members: Members) -> str:
    """One segment as long as the film: text is small, and a cue is never cut in two. It is not encrypted."""
    body = [f"#EXTINF:{float(members.duration):.6f},", f"{member.name}.vtt", "#EXT-X-ENDLIST"]
    return _text([*_head(members.duration), *body])


def _head(longest: Fraction) -> list[str]:
    # players compare with the duration rounded to whole seconds
    target = max(1, floor(float(longest) + 0.5))
    return [f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-MEDIA-SEQUENCE:1", "#EXT-X-PLAYLIST-TYPE:VOD"]


def _key(uri: str | None) -> list[str]:
    """After the map, which therefore is in the clear. Without an IV it is the segment's number."""
    return [f'#EXT-X-KEY:METHOD=AES-128,URI="{uri}"'] if uri else []


def _tag(name: str, attributes: Mapping[str, str | None]) -> str:
    return f"{name}:" + ",".join(f"{key}={value}" for key, value in attributes.items() if value is not None)


def _quoted(value: str | None) -> str | None:
    return None if value is None else f'"{value}"'


def _text(lines: Iterable[str]) -> str:
    return "\n".join(["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", *lines, ""])
