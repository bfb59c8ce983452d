"""What an output of Qencode's asks for, and its words for it: what all translations of outputs share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.places import Buckets
from sluice.dialects.qencode.query import Encoding, Format

Options = dict[str, Any]

MASTER, MANIFEST = "master.m3u8", "manifest.mpd"
SOUND = frozenset({"audio_codec", "audio_bitrate", "audio_sample_rate", "audio_channels_number"})
FILMS = frozenset({"mp4", "webm", "repack"})

# Asking for what is so anyway is no request.
_NO_REQUEST: Mapping[str, object] = {
    "rotate": 0, "is_watermark": False, "allow_soft_fail": False, "two_pass": False, "audio_mute": False,
    "sprite": False, "transcript": False, "separate_audio": True, "fmp4": True, "playlist_name": MASTER,
    "resize_mode": "scale", "optimize_bitrate": False,
}  # fmt: skip


VIDEO_CODECS = {"libx264": "h264", "libx265": "h265", "libvpx-vp9": "vp9", "libsvtav1": "av1"}
AUDIO_CODECS = {"libfdk_aac": "aac", "aac": "aac", "mp3": "mp3", "libmp3lame": "mp3", "libopus": "opus", "flac": "flac"}
IMAGE_FORMATS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg"}
RESIZE_MODES = {"scale": "pad", "crop": "cover"}
EXTENSIONS = {"mp4": "mp4", "webm": "webm", "repack": "mp4", "mp3": "mp3", "flac": "flac"}

# Ours → Qencode's, for errors that a kind says of its own options.
THEIR_NAMES = {
    "crf": "quality", "video_bitrate": "bitrate", "passes": "two_pass", "gop_seconds": "keyframe", "fps": "framerate",
    "pixel_format": "pix_format", "codec": "video_codec", "audio_channels": "audio_channels_number",
    "start": "start_time", "end": "duration", "duration_seconds": "duration", "channels": "audio_channels_number",
    "fit": "resize_mode", "sample_rate": "audio_sample_rate", "interval_seconds": "interval", "tile_width": "width",
    "ladder": "stream", "segment_seconds": "segment_duration", "short_side": "resolution", "times": "time",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One output, translated: what a SubtaskRequest needs, and what its asker should know."""

    kind: str
    options: Options
    warnings: tuple[str, ...] = ()
    # the format (by its place) whose output this one works on
    measures: int | None = None


class Asked(NamedTuple):
    """One format of a query at its place in it; `field` is its path."""

    format: Format
    number: int
    query_formats: tuple[Format, ...]
    buckets: Buckets
    upscale: bool = False

    @property
    def field(self) -> str:
        return f"format.{self.number}"


def check_members(encoding: Encoding, carried: frozenset[str], where: str, reason: str) -> None:
    for name in sorted(encoding.given - carried):
        if name not in _NO_REQUEST or getattr(encoding, name) != _NO_REQUEST[name]:
            raise refused(f"{where}.{name}", reason)


def bits(kilobits: float) -> int:
    return round(kilobits * 1000)


def named(table: Mapping[str, str], value: str, where: str) -> str:
    if value not in table:
        raise refused(where, f"{value!r} isn't carried out; there are {', '.join(table)}")
    return table[value]
