"""video: one playable file from a film (state and function Transcode)."""

from collections.abc import Mapping

from sluice.kinds.base import Kind, Reference, needs_film
from sluice.kinds.spans import LENGTH_UNKNOWN, is_open
from sluice.kinds.video.codecs import ENCODERS, HOLDERS, AudioCodec, Quality, holds
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import geometry
from sluice.media import MediaInfo, VideoStream
from sluice.tasks import Failure

__all__ = ["KIND", "Quality", "VideoOptions", "refuse"]

# What is drawn as text; the others (DVD, Blu-ray, DVB) are pictures.
_TEXT_SUBTITLES = {"subrip", "srt", "ass", "ssa", "webvtt", "mov_text", "text"}
# Durations are rounded in the files themselves.
_TOLERANCE = 0.1


def refuse(options: VideoOptions, media: MediaInfo) -> Failure | None:
    """Refuses what has no moving picture, times past its end, streams that don't fit, and text over HDR."""
    return (
        needs_film(options, media)
        or _times(options, media)
        or _streams(options, media)
        or _subtitles(options, media)
        or _picture(options, media)
    )


def _times(options: VideoOptions, media: MediaInfo) -> Failure | None:
    duration = media.duration
    if is_open(options.start, options.end):
        return LENGTH_UNKNOWN
    late = max(options.start or 0, (options.end or 0) - _TOLERANCE)
    if duration is None or (late <= duration and (options.start or 0) < duration):
        return None
    asked = options.start if (options.start or 0) >= duration else options.end
    return Failure(code="time_past_end", message=f"The film ends at {duration:.2f} s, before {asked:g} s.")


def _streams(options: VideoOptions, media: MediaInfo) -> Failure | None:
    """What is handed on must be something that the container can hold."""
    assert media.main_video, "a source without picture was refused before"
    picture = [media.main_video.codec] if options.copy_streams else []
    for codec in [*picture, *_sounds_handed_on(options, media)]:
        if not holds(options.container, codec):
            held = ", ".join([*HOLDERS[options.container].video, *HOLDERS[options.container].audio])
            message = f"The source's {codec} can't be copied into {options.container.value}, which holds {held}."
            return Failure(code="copy_unfit", message=message)
    return None


def _sounds_handed_on(options: VideoOptions, media: MediaInfo) -> list[str]:
    if options.copy_streams and options.audio_codec is not AudioCodec.NONE:
        return [audio.codec for audio in media.audio]
    return [media.main_audio.codec] if media.main_audio and options.audio_codec is AudioCodec.COPY else []


def _subtitles(options: VideoOptions, media: MediaInfo) -> Failure | None:
    number = options.subtitles.stream if options.subtitles else None
    if number is None:
        return None
    if number >= len(media.subtitles):
        message = f"The file has {len(media.subtitles)} subtitle streams; there is none with the number {number}."
        return Failure(code="subtitles_missing", message=message)
    codec = media.subtitles[number].codec
    if codec not in _TEXT_SUBTITLES:
        message = f"Subtitle stream {number} holds pictures ({codec}), not text; only text can be burned in."
        return Failure(code="subtitles_unsupported", message=message)
    return None


def _picture(options: VideoOptions, media: MediaInfo) -> Failure | None:
    video = media.main_video
    assert video, "a source without picture was refused before"
    if options.copy_streams:
        return None
    return _too_small(options, video) or (_out_of_range(options, video) if video.hdr else None)


def _too_small(options: VideoOptions, video: VideoStream) -> Failure | None:
    size, least = geometry(options, video).size, ENCODERS[options.video_codec].least_side
    if min(size) >= least:
        return None
    message = f"{options.video_codec.value} has no pictures of {size.width}x{size.height}; h264 and vp9 have."
    return Failure(code="picture_too_small", message=message)


def _out_of_range(options: VideoOptions, video: VideoStream) -> Failure | None:
    if video.hdr == "dolby_vision":
        message = "The film is Dolby Vision without an HDR10 or HLG base layer, which can't be shown in right colours."
        return Failure(code="source_unsupported", message=message)
    marks = options.watermark or options.watermark_text or options.subtitles
    if marks and options.pixels.bit_depth == 10:
        message = "White is not the same white in HDR: for a watermark or subtitles ask for a bit_depth of 8."
        return Failure(code="overlay_on_hdr", message=message)
    return None


def references(options: VideoOptions) -> Mapping[str, Reference]:
    found = {}
    if options.watermark:
        found["watermark.file"] = Reference(options.watermark.file, "picture")
    if options.subtitles and options.subtitles.file:
        found["subtitles.file"] = Reference(options.subtitles.file, "subtitles")
    return found


KIND = Kind(
    name="video",
    state="Transcode",
    function="transcode",
    summary="One playable file, an H.264/AAC MP4 at 720p unless told otherwise.",
    options=VideoOptions,
    refuse=refuse,
    references=references,
)
