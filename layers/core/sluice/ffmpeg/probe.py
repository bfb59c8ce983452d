"""ffprobe → MediaInfo. `parse` is pure; `probe` is the call around it."""

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from sluice.errors import BadSource, LimitExceeded
from sluice.ffmpeg.binaries import binary
from sluice.ffmpeg.inputs import PICTURE_DEMUXERS, guards
from sluice.ffmpeg.run import output_of
from sluice.media import AudioStream, MediaInfo, SubtitleStream, VideoStream

_KEPT_STREAMS = 32
# The index of ten hours takes a quarter of it; one that lies takes all there is, and the probe's function has 1 GiB.
_PROBE_BYTES = 768 * 2**20
_SIZE_SECONDS = 15.0
_LONGEST_LANGUAGE = 35
_DIMENSIONS = re.compile(rb"^#dimensions \d+: ([1-9]\d*)x([1-9]\d*)$", re.MULTILINE)
_REFUSED_SIZE = re.compile(r"[Pp]icture size (\d+)x(\d+) (?:is invalid|exceeds specified max pixel count)")
# ffprobe's own scale is 0 to 100; below this it has guessed from a few bytes, as it does with noise.
_CREDIBLE_SCORE = 25
# What a picture of our own, given by path, is opened with; the guards keep strangers' files from it.
_OWN_PICTURE = "image2"
_STILL_BRANDS = {"avif": "avif", "heic": "heic", "heix": "heic", "mif1": "heic"}
_HDR_TRANSFERS = {"smpte2084": "hdr10", "arib-std-b67": "hlg"}


def probe(url: str, *, timeout: float, max_pixels: int, etag: str | None = None, whitelist: bool = True) -> MediaInfo:
    """What the file at a signed URL is. Files of our own making may be given by path with `whitelist=False`.

    Raises: BadSource when it can't be read as media; LimitExceeded after `timeout` seconds, and for too many pixels.
    """
    return parse(raw_probe(url, timeout=timeout, max_pixels=max_pixels, etag=etag, whitelist=whitelist))


def raw_probe(
    url: str, *, timeout: float, max_pixels: int, etag: str | None = None, whitelist: bool = True
) -> dict[str, Any]:
    """ffprobe's whole JSON: format, streams, chapters.

    Raises: as `probe`.
    """
    options = guards(max_pixels, etag) if whitelist else []
    command = [binary("ffprobe"), "-v", "warning", *options, "-print_format", "json"]
    asked = [*command, "-show_format", "-show_streams", "-show_chapters", "-i", url]
    code, out, lines = output_of(asked, timeout=timeout, reserved=_PROBE_BYTES)
    found: dict[str, Any] = json.loads(out) if code == 0 else {}
    is_picture = _demuxer(found) in PICTURE_DEMUXERS
    films = filter(_is_film, found.get("streams", ()))
    if unsized := next((film for film in films if is_picture or not film.get("width")), None):
        size, more_lines = _decoded_size(url, unsized["index"], options, upright=is_picture)
        unsized |= size
        lines += more_lines
    if (unsized or code != 0) and _is_too_large(lines, max_pixels):
        message = f"The picture has more than the {max_pixels} pixels that this deployment takes."
        raise LimitExceeded(message, code="source_too_large")
    if code != 0:
        raise _unreadable(lines)
    return found


def _is_too_large(lines: Sequence[str], max_pixels: int) -> bool:
    """Whether the decoder has refused a size: as over the limit, or as over what it could ever address."""
    sizes = (_REFUSED_SIZE.search(line) for line in lines)
    return any(found and int(found[1]) * int(found[2]) > max_pixels for found in sizes)


def _demuxer(found: Mapping[str, Any]) -> str:
    return str(found.get("format", {}).get("format_name", "")).partition(",")[0]


def _is_film(stream: Mapping[str, Any]) -> bool:
    return stream.get("codec_type") == "video" and not _is_cover(stream)


def _decoded_size(
    url: str, index: int, options: Sequence[str], *, upright: bool
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The size of a stream's first frame, and the log.

    A photo's turn stands in its EXIF, which only a decoder reads, so it is asked for `upright`. And the layer's ffprobe
    has no zlib: PNG is a riddle to it.
    """
    turn = [] if upright else ["-noautorotate"]
    command = [binary("ffmpeg"), "-v", "error", "-xerror", "-nostdin", *options, *turn, "-i", url]
    _, out, lines = output_of(
        [*command, "-map", f"0:{index}", "-frames:v", "1", "-f", "framecrc", "-"], timeout=_SIZE_SECONDS
    )
    size = _DIMENSIONS.search(out)
    return ({"width": int(size[1]), "height": int(size[2])} if size else {}), lines


def _unreadable(lines: Sequence[str]) -> BadSource:
    text = "\n".join(lines)
    if "moov atom not found" in text:
        message = "The file is cut off: its index (the moov atom) is missing. Upload it again, whole."
    elif "not on whitelist" in text or "whitelist" in text:
        return BadSource(
            "The file is of a kind that refers to other files, which is not allowed.",
            code="source_unsupported",
            detail=lines,
        )
    else:
        message = "The file is not media that can be read: it is damaged, encrypted or something else."
    return BadSource(message, detail=lines)


def parse(found: Mapping[str, Any]) -> MediaInfo:
    """MediaInfo from ffprobe's JSON (https://ffmpeg.org/ffprobe.html#json).

    Raises: BadSource when there is no stream to work on, or the format is only guessed.
    """
    form = found.get("format", {})
    streams: list[dict[str, Any]] = found.get("streams", [])
    if int(form.get("probe_score", 0)) < _CREDIBLE_SCORE:
        raise BadSource("The file is not media that can be read: nothing in it is recognised.")
    if (size := _whole(form.get("size"))) and sum(_whole(s.get("nb_frames")) or 0 for s in streams) > size:
        raise BadSource("The file's index tells of more samples than the file has bytes: it is damaged.")
    of_type = {kind: [s for s in streams if s.get("codec_type") == kind] for kind in ("video", "audio", "subtitle")}
    covers = [s for s in of_type["video"] if _is_cover(s)]
    films = [s for s in of_type["video"] if s not in covers and int(s.get("width") or 0) > 0]
    names = str(form.get("format_name", "")).split(",")
    info = MediaInfo(
        container=_container(names, form),
        demuxer=names[0],
        duration=_duration(form, films + of_type["audio"]),
        start=_number(form.get("start_time")) or 0.0,
        size=_whole(form.get("size")),
        bitrate=_whole(form.get("bit_rate")),
        is_picture=names[0] in PICTURE_DEMUXERS or names[0] == _OWN_PICTURE or _brand(form) in _STILL_BRANDS,
        stream_count=len(streams),
        video=tuple(_video(s) for s in films[:_KEPT_STREAMS]),
        audio=tuple(_audio(s) for s in of_type["audio"][:_KEPT_STREAMS]),
        subtitles=tuple(_subtitle(s) for s in of_type["subtitle"][:_KEPT_STREAMS]),
        has_cover=bool(covers),
    )
    if not info.video and not info.audio:
        raise BadSource("The file holds neither picture nor sound.", code="source_unsupported")
    return info


def _container(names: Sequence[str], form: Mapping[str, Any]) -> str:
    """One word for ffprobe's list: the major brand decides between mov, mp4 and the pictures that are built alike."""
    if names[0] == "mov":
        return {"qt": "mov", **_STILL_BRANDS}.get(_brand(form), "mp4")
    return {"matroska": "mkv", "mpegts": "ts", "mpeg": "mpg"}.get(names[0], names[0].removesuffix("_pipe"))


def _brand(form: Mapping[str, Any]) -> str:
    return str(form.get("tags", {}).get("major_brand", "")).strip()


def _duration(form: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> float | None:
    known = [_number(form.get("duration")), *(_number(s.get("duration")) for s in streams)]
    return max((d for d in known if d and d > 0), default=None)


def _is_cover(stream: Mapping[str, Any]) -> bool:
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _video(stream: Mapping[str, Any]) -> VideoStream:
    transfer = stream.get("color_transfer")
    return VideoStream(
        index=stream["index"],
        codec=stream.get("codec_name", "unknown"),
        profile=stream.get("profile"),
        width=stream["width"],
        height=stream["height"],
        rotation=_rotation(stream),
        sample_aspect_ratio=_fraction(stream.get("sample_aspect_ratio")) or "1/1",
        frame_rate=_fraction(stream.get("avg_frame_rate")) or _fraction(stream.get("r_frame_rate")),
        base_rate=_fraction(stream.get("r_frame_rate")),
        pixel_format=stream.get("pix_fmt"),
        bit_depth=_bit_depth(stream),
        hdr=_HDR_TRANSFERS.get(transfer or "") or ("dolby_vision" if _has_dolby_vision(stream) else None),
        color_primaries=stream.get("color_primaries"),
        color_transfer=transfer,
        color_space=stream.get("color_space"),
        interlaced=stream.get("field_order") in {"tt", "bb", "tb", "bt"},
        duration=_number(stream.get("duration")),
        start=_number(stream.get("start_time")) or 0.0,
        bitrate=_whole(stream.get("bit_rate")),
        frames=_whole(stream.get("nb_frames")),
    )


def _audio(stream: Mapping[str, Any]) -> AudioStream:
    return AudioStream(
        index=stream["index"],
        codec=stream.get("codec_name", "unknown"),
        sample_rate=_whole(stream.get("sample_rate")),
        channels=_whole(stream.get("channels")),
        layout=stream.get("channel_layout"),
        bitrate=_whole(stream.get("bit_rate")),
        language=_language(stream),
        duration=_number(stream.get("duration")),
        start=_number(stream.get("start_time")) or 0.0,
        default=bool(stream.get("disposition", {}).get("default")),
    )


def _subtitle(stream: Mapping[str, Any]) -> SubtitleStream:
    return SubtitleStream(
        index=stream["index"],
        codec=stream.get("codec_name", "unknown"),
        language=_language(stream),
    )


def _language(stream: Mapping[str, Any]) -> str | None:
    """As the file has it, which may be anything of any length; what is longer than any tag of BCP 47 is none."""
    told = stream.get("tags", {}).get("language")
    return told if told and len(told) <= _LONGEST_LANGUAGE else None


def _rotation(stream: Mapping[str, Any]) -> int:
    """Clockwise degrees to turn the stored picture upright. ffprobe's display matrix counts the other way."""
    turns = (d["rotation"] for d in stream.get("side_data_list", ()) if "rotation" in d)
    return round(-int(next(turns, 0)) / 90) * 90 % 360


def _has_dolby_vision(stream: Mapping[str, Any]) -> bool:
    return any("DOVI" in d.get("side_data_type", "") for d in stream.get("side_data_list", ()))


def _bit_depth(stream: Mapping[str, Any]) -> int:
    if depth := _whole(stream.get("bits_per_raw_sample")):
        return depth
    pixel_format = stream.get("pix_fmt") or ""
    return next((depth for depth in (16, 14, 12, 10, 9) if f"p{depth}" in pixel_format), 8)


def _fraction(text: object) -> str | None:
    """`30000:1001` or `30000/1001` → `30000/1001`; None for nought, the unknown and the absurd."""
    try:
        value = Fraction(str(text).replace(":", "/"))
    except (ValueError, ZeroDivisionError):
        return None
    return f"{value.numerator}/{value.denominator}" if value > 0 else None


def _number(text: object) -> float | None:
    try:
        number = float(str(text))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _whole(text: object) -> int | None:
    number = _number(text)
    return None if number is None else int(number)
