"""What each output of Qencode's is to our kinds. Pure tables and functions; what isn't in them is refused by name.

Qencode's rates are in kbit/s and its `time` runs from 0 to 1; ours are in bits per second, seconds and percent.
"""

from collections.abc import Callable, Mapping

from sluice.dialects.qencode import films, pictures, sets
from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.wishes import SOUND, Asked, Wish, check_members

# ── which members go with which output ────────────────────────────────────────────────────────

_EVERY = frozenset({"output", "destination", "tag"})
_SPAN = frozenset({"start_time", "duration"})
_BOX = frozenset({"size", "width", "height"})
_PICTURE = _BOX | {
    "resolution", "resize_mode", "resize_mod", "aspect_ratio", "framerate", "keyframe", "quality", "bitrate",
    "two_pass", "pix_format", "video_codec", "profile",
}  # fmt: skip
_FILM = _EVERY | _SPAN | _PICTURE | SOUND | {"audio_mute", "file_extension"}
_SET = _EVERY | {"stream", "segment_duration", "separate_audio", "fmp4", "playlist_name", "subtitles"}
_ONLY_SOUND = _EVERY | _SPAN | SOUND | {"file_extension"}
_STILL = _EVERY | _BOX | {"image_format"}

CARRIED: Mapping[str, frozenset[str]] = {
    "mp4": _FILM,
    "webm": _FILM,
    "advanced_hls": _SET,
    "advanced_dash": _SET,
    "repack": _EVERY | {"file_extension"},
    "mp3": _ONLY_SOUND,
    "flac": _ONLY_SOUND,
    "hls_audio": _EVERY | _SPAN | SOUND | {"segment_duration", "playlist_name", "fmp4", "stream"},
    "gif": _EVERY | _SPAN | _BOX | {"framerate"},
    "thumbnail": _STILL | {"time", "resize_mode", "resize_mod"},
    "thumbnails": _STILL | {"interval", "sprite", "columns"},
    "metadata": _EVERY | {"metadata_version"},
    "speech_to_text": _EVERY | {"language", "json", "srt", "vtt"},
    "vmaf": _EVERY,
}

# Outputs that are folders; the others are one file at the name that was given.
FOLDERS = frozenset({"advanced_hls", "advanced_dash", "hls_audio", "thumbnails", "speech_to_text", "vmaf"})

REFUSED_OUTPUTS: Mapping[str, str] = {
    "webm_dash": "there is no DASH of WebM files; ask for advanced_dash",
}


def translated(asked: Asked) -> Wish:
    """The work behind one format.

    Raises: InvalidRequest that names the member which isn't carried out.
    """
    output, where = asked.format.output, asked.field
    if output not in CARRIED:
        reason = REFUSED_OUTPUTS.get(output, f"there are {', '.join(CARRIED)}")
        raise refused(f"{where}.output", f"{output!r} isn't made here: {reason}")
    check_members(asked.format, CARRIED[output], where, f"{output} doesn't carry it out")
    if asked.upscale and output not in {"mp4", "webm"}:
        raise refused("upscale", f"{output} is never made larger than its source")
    return _TRANSLATORS[output](asked)


_TRANSLATORS: Mapping[str, Callable[[Asked], Wish]] = {
    "mp4": films.film,
    "webm": films.film,
    "advanced_hls": sets.adaptive,
    "advanced_dash": sets.adaptive,
    "repack": films.repack,
    "mp3": films.audio,
    "flac": films.audio,
    "hls_audio": sets.audio_only,
    "gif": pictures.gif,
    "thumbnail": pictures.thumbnail,
    "thumbnails": pictures.thumbnails,
    "metadata": pictures.metadata,
    "speech_to_text": pictures.speech,
    "vmaf": pictures.vmaf,
}
