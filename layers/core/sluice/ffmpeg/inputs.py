"""How a source is opened: by whitelisted protocols, and never by a demuxer that could open another file. Pure.

Playlists (hls, dash, concat), image sequences, SVG, subtitles and devices are left out on purpose: each of them can
make ffmpeg open a file or an address that the caller didn't name.
"""

from pathlib import Path

PROTOCOLS = "https,tls,tcp,http"

VIDEO_DEMUXERS = (
    "mov", "matroska", "avi", "flv", "mpegts", "mpeg", "mpegvideo", "asf", "mxf", "ogg", "wav", "aiff", "flac", "mp3",
    "aac", "ac3", "eac3", "amr", "h264", "hevc", "obu", "ivf", "dv", "gxf", "nut", "rm", "caf", "w64", "ape", "wv",
    "tta", "dts", "gif", "m4v", "vc1", "yuv4mpegpipe", "av1",
)  # fmt: skip
PICTURE_DEMUXERS = (
    "jpeg_pipe", "png_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "jpegxl_pipe", "psd_pipe", "qoi_pipe",
)  # fmt: skip
DEMUXERS = VIDEO_DEMUXERS + PICTURE_DEMUXERS

# Thirty seconds without a byte is a dead connection. S3 answers a repeated range at once, so eleven seconds in four
# tries are enough; ffmpeg's own two minutes would only hide a fault.
_HTTP = (
    *("-rw_timeout", "30000000", "-reconnect", "1", "-reconnect_on_network_error", "1"),
    *("-reconnect_on_http_error", "5xx", "-reconnect_delay_max", "8"),
)


def guards(max_pixels: int, etag: str | None = None) -> list[str]:
    """Options that go before every input, for ffprobe and ffmpeg alike.

    With an `etag` each range is asked for on condition that the object is still that one: S3 answers 412 otherwise.
    """
    return [
        *("-protocol_whitelist", PROTOCOLS),
        *("-format_whitelist", ",".join(DEMUXERS)),
        *("-max_pixels", str(max_pixels)),
        *_HTTP,
        *(("-headers", f'If-Match: "{etag}"\r\n') if etag else ()),
    ]


def source_input(
    url: str, demuxer: str, *, max_pixels: int, etag: str | None = None, start: float | None = None
) -> list[str]:
    """The input arguments for a probed source; `start` seconds are sought exactly (ffmpeg decodes up to them)."""
    seek = ["-ss", f"{start:.6f}"] if start else []
    return [*guards(max_pixels, etag), "-f", demuxer, *seek, "-i", url]


# Streams without an index are sought by guess, and may be entered behind the last keyframe before the wanted time;
# the plain ones can't be sought at all.
_UNINDEXED = {"mpegts", "mpeg"}
_PLAIN = {"mpegvideo", "h264", "hevc", "m4v", "vc1", "obu"}
_RUN_UP = 15.0


def can_be_sought(demuxer: str) -> bool:
    """Whether a film of this demuxer can be entered anywhere but at its beginning."""
    return demuxer not in _PLAIN


def sought(demuxer: str, start: float | None) -> tuple[float, float]:
    """Where to seek to so that a film begins at `start` to the frame, and how many seconds to leave out from there."""
    start = start or 0.0
    if not can_be_sought(demuxer):
        return 0.0, start
    reached = max(0.0, start - _RUN_UP) if demuxer in _UNINDEXED else start
    return reached, start - reached


def local_input(path: Path, demuxer: str, *, max_pixels: int) -> list[str]:
    """The input arguments for a file in the scratch folder; from within it no demuxer but this one is called."""
    return [
        *("-protocol_whitelist", "file", "-format_whitelist", demuxer, "-max_pixels", str(max_pixels)),
        *("-f", demuxer, "-i", f"file:{path}"),
    ]
