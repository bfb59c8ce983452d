"""advanced_hls, advanced_dash and hls_audio: sets of renditions. Pure."""

from sluice.dialects.qencode import places
from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.films import sound, span
from sluice.dialects.qencode.query import Encoding, Format, Stream
from sluice.dialects.qencode.wishes import (
    AUDIO_CODECS,
    MASTER,
    SOUND,
    VIDEO_CODECS,
    Asked,
    Options,
    Wish,
    bits,
    check_members,
    named,
)

DEFAULT_SEGMENT_SECONDS = 9.0

# What a rendition of an adaptive set may say for itself; the rest is one for the whole set.
RENDITION = frozenset({"size", "height", "resolution", "bitrate", "video_codec"})
_OF_THE_SET = {
    "audio_bitrate": "audio_bitrate",
    "audio_channels_number": "audio_channels",
    "segment_duration": "segment_seconds",
}


def adaptive(asked: Asked) -> Wish:
    wanted, streams = asked.format, asked.format.stream or []
    options: Options = {"segment_seconds": DEFAULT_SEGMENT_SECONDS, "source_subtitles": False}
    if wanted.segment_duration:
        options["segment_seconds"] = wanted.segment_duration
    options |= _of_the_set(streams, asked.field)
    if streams:
        options["ladder"] = [_rung(stream, f"{asked.field}.stream.{n}") for n, stream in enumerate(streams)]
        options["rate_control"] = "abr" if any(stream.bitrate for stream in streams) else "capped_crf"
    _check_set(wanted, asked.field)
    if wanted.subtitles:
        options["subtitles"] = _subtitles(asked)
    return Wish("adaptive", options, warnings=_shape_warning(streams, asked.field))


def _check_set(wanted: Format, where: str) -> None:
    """What is so in every set."""
    if wanted.playlist_name and wanted.playlist_name != MASTER:
        raise refused(f"{where}.playlist_name", f"the playlist is called {MASTER}")
    if wanted.separate_audio is False or wanted.fmp4 is False:
        name = "fmp4" if wanted.fmp4 is False else "separate_audio"
        raise refused(f"{where}.{name}", "the set is CMAF: fMP4 segments, the sound apart from the picture")


def _of_the_set(streams: list[Stream], where: str) -> Options:
    """What renditions may say although there is one for the whole set, as long as they say the same."""
    options: Options = {}
    for theirs, ours in _OF_THE_SET.items():
        found = {getattr(stream, theirs) for stream in streams} - {None}
        if len(found) > 1:
            raise refused(
                f"{where}.stream.{theirs}", "there is one sound, and one length of segments, for all renditions"
            )
        if found:
            value = found.pop()
            options[ours] = bits(value) if theirs == "audio_bitrate" else value
    for number, stream in enumerate(streams):
        if stream.audio_codec and AUDIO_CODECS.get(stream.audio_codec) != "aac":
            raise refused(f"{where}.stream.{number}.audio_codec", "the sound of an adaptive set is AAC")
    return options


def _rung(stream: Stream, where: str) -> Options:
    carried = RENDITION | {*_OF_THE_SET, "audio_codec"}
    check_members(stream, carried, where, "a rendition doesn't carry it out")
    width, height = stream.box
    side = stream.resolution or (min(width, height) if width and height else height)
    if not side:
        raise refused(f"{where}.resolution", "a rendition needs a size, a height or a resolution")
    rung: Options = {"short_side": side}
    if stream.bitrate:
        rung["video_bitrate"] = bits(stream.bitrate)
    if stream.video_codec:
        rung["codec"] = named(VIDEO_CODECS, stream.video_codec, f"{where}.video_codec")
    return rung


def _shape_warning(streams: list[Stream], where: str) -> tuple[str, ...]:
    if not any(stream.size or stream.height for stream in streams):
        return ()
    return (
        f"{where}.stream: renditions keep the source's shape; the shorter side of a size, or the height, is theirs.",
    )


def _subtitles(asked: Asked) -> list[Options]:
    assert asked.format.subtitles, "asked for where there are some"
    where = f"{asked.field}.subtitles"
    if asked.format.subtitles.copy_streams is not None:
        raise refused(f"{where}.copy", "subtitles are given by sources")
    found = []
    for number, subtitle in enumerate(asked.format.subtitles.sources):
        place = places.s3_place(subtitle.source) if subtitle.source.startswith("s3://") else None
        if place is None or place.bucket != asked.buckets.media:
            message = f"subtitles are read from the bucket {asked.buckets.media!r} only"
            raise refused(f"{where}.sources.{number}.source", message)
        named_so = {"name": subtitle.name} if subtitle.name else {}
        found.append({"file": {"key": place.key}, "language": subtitle.language, **named_so})
    return found


# ── sound ─────────────────────────────────────────────────────────────────────────────────────


def audio_only(asked: Asked) -> Wish:
    """One rendition; what its stream says goes before what the output says."""
    wanted, where = asked.format, asked.field
    streams = wanted.stream or []
    if len(streams) > 1:
        raise refused(f"{where}.stream", "there is one rendition of the sound")
    encoding: Encoding = wanted
    if streams:
        where = f"{asked.field}.stream.0"
        check_members(streams[0], SOUND | {"segment_duration"}, where, "a rendition of sound doesn't carry it out")
        encoding = wanted.model_copy(update=streams[0].model_dump(include=streams[0].model_fields_set))
    _check_set(wanted, asked.field)
    options = {"format": "hls", **sound(encoding, where, ("bitrate", "sample_rate", "channels")), **span(wanted)}
    if options.pop("audio_codec", "aac") != "aac":
        raise refused(f"{where}.audio_codec", "the sound of a set is AAC")
    options["segment_seconds"] = encoding.segment_duration or DEFAULT_SEGMENT_SECONDS
    return Wish("audio", options)
