"""ffmpeg's arguments for one encode. Pure."""

from fractions import Fraction
from pathlib import Path

from sluice.ffmpeg.inputs import sought
from sluice.ffmpeg.loudness import Loudness
from sluice.kinds.video.audio import sound_codec
from sluice.kinds.video.codecs import HOLDERS, AudioCodec
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import VideoOptions
from sluice.kinds.video.picture import RESULT, Window, graph, keeps_hdr
from sluice.kinds.video.rate import Pass, Rate, Seams, picture_codec
from sluice.media import AudioStream, MediaInfo, VideoStream

_HDR_TRANSFERS = {"hdr10": "smpte2084", "hlg": "arib-std-b67"}


def encode(
    options: VideoOptions,
    media: MediaInfo,
    rate: Rate,
    target: Path,
    *,
    marks: Marks | None = None,
    loudness: Loudness | None = None,
    which: Pass | None = None,
) -> list[str]:
    """Everything after the inputs: graph, streams, codecs, target."""
    video, audio = main_video(media), media.main_audio
    with_sound = audio is not None and options.sound is not AudioCodec.NONE
    return [
        *("-filter_complex", graph(options, video, marks or Marks(), began(options, media)), "-map", f"[{RESULT}]"),
        *(("-map", f"0:{audio.index}") if audio and with_sound else ()),
        *("-sn", "-dn", *span(options, media)),
        *picture_codec(options, video, rate, which),
        *_clock(options, video),
        *_colours(options, video),
        *sound_codec(options, audio, loudness),
        *_metadata(options),
        *_muxer(options, target),
    ]


def first_pass(options: VideoOptions, media: MediaInfo, rate: Rate, marks: Marks, log: Path) -> list[str]:
    """Look at the film and leave what was learnt beside `log`."""
    video = main_video(media)
    return [
        *("-filter_complex", graph(options, video, marks, began(options, media)), "-map", f"[{RESULT}]"),
        *("-an", "-sn", "-dn", *span(options, media)),
        *picture_codec(options, video, rate, Pass(1, log)),
        *("-f", "null", "-"),
    ]


def chunk(
    options: VideoOptions,
    media: MediaInfo,
    rate: Rate,
    window: Window,
    target: Path,
    *,
    marks: Marks,
    which: Pass | None = None,
) -> list[str]:
    """The picture of one chunk, from a small film with the frames that it needs; without a target, its first pass.

    The muxer counts as exactly as the encoder, so that the first picture's time can be read from the file.
    """
    video = main_video(media)
    drawn = graph(options, video, marks, options.start or 0.0, window)
    ticks = str(timescale(options, video))
    seams = Seams(window.begin is not None, window.end is not None, window.frames)
    muxer = "mov" if HOLDERS[options.container].muxer == "mov" else "mp4"
    return [
        *("-copyts", "-filter_complex", drawn, "-map", f"[{RESULT}]", "-an", "-sn", "-dn"),
        *picture_codec(options, video, rate, which, seams=seams),
        *_clock(options, video),
        *_colours(options, video),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-video_track_timescale", ticks, "-movie_timescale", ticks, "-write_btrt", "0"),
        *(("-f", "null", "-") if which and which.number == 1 else ("-f", muxer, str(target))),
    ]


def sound(options: VideoOptions, media: MediaInfo, target: Path, loudness: Loudness | None) -> list[str]:
    """The sound of the film by itself, in an MP4 or MOV that is read for its samples."""
    audio = media.main_audio
    assert audio, "there is sound to encode"
    which = ("-map", f"0:{audio.index}", "-vn", "-sn", "-dn", *span(options, media))
    return [*which, *sound_codec(options, audio, loudness), *_sound_file(options, target)]


def sound_part(options: VideoOptions, audio: AudioStream, samples: str, target: Path) -> list[str]:
    """Sound of which a worker has some packets only, through the filters `samples`, in a file as that of all."""
    return ["-map", "0:a:0", "-af", samples, *sound_codec(options, audio), *_sound_file(options, target)]


def _sound_file(options: VideoOptions, target: Path) -> list[str]:
    muxer = "mov" if HOLDERS[options.container].muxer == "mov" else "mp4"
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-movie_timescale", str(_FINE), "-write_btrt", "0", "-f", muxer, str(target)),
    ]


# The unit of films without a rhythm: that of MPEG, a multiple of all the usual rates.
_FINE = 90_000
_MOST_BASE_RATE = 210
_LEAST_TIMESCALE = 10_000


def tick(options: VideoOptions, video: VideoStream) -> Fraction:
    """The seconds that the output's times are multiples of: a frame of the source's rhythm, where it has one."""
    if options.rate:
        return 1 / options.rate
    base = Fraction(video.base_rate or video.frame_rate or 25)
    return Fraction(1, _FINE) if base > _MOST_BASE_RATE else 1 / base


def timescale(options: VideoOptions, video: VideoStream) -> int:
    """Ticks a second in an MP4: as many as the muxer itself would take."""
    ticks = tick(options, video).denominator
    while ticks < _LEAST_TIMESCALE:
        ticks *= 2
    return ticks


def _clock(options: VideoOptions, video: VideoStream) -> list[str]:
    """Frames keep the times they have, to the grid that the source lies on.

    ffmpeg's own choice is the same but for films without a rhythm, which it would put on the grid of their average.
    """
    unit = tick(options, video)
    return [] if options.rate or not video.base_rate else ["-enc_time_base:v", f"{unit.numerator}/{unit.denominator}"]


def copy(options: VideoOptions, media: MediaInfo, target: Path) -> list[str]:
    """The picture and every sound as they are, in another container."""
    video = main_video(media)
    sounds = [] if options.audio_codec is AudioCodec.NONE else media.audio
    apple = video.codec == "hevc" and target.suffix in {".mp4", ".mov"}
    return [
        *("-map", f"0:{video.index}", *(word for audio in sounds for word in ("-map", f"0:{audio.index}"))),
        *("-sn", "-dn", "-c", "copy", *(("-tag:v", "hvc1") if apple else ())),
        *_metadata(options),
        *_muxer(options, target),
    ]


def seconds(options: VideoOptions, media: MediaInfo) -> float | None:
    """How long the output will be."""
    end = options.end if options.end is not None else media.duration
    if end is None:
        return None
    return max(0.0, min(end, media.duration or end) - (options.start or 0))


def began(options: VideoOptions, media: MediaInfo) -> float:
    """The second of the source that is nought for the filters."""
    return sought(media.demuxer, options.start)[0]


def main_video(media: MediaInfo) -> VideoStream:
    video = media.main_video
    assert video, "a source without picture is refused before"
    return video


def span(options: VideoOptions, media: MediaInfo) -> list[str]:
    """What of the input, which was sought to about the start, goes into the output."""
    _, left_out = sought(media.demuxer, options.start)
    length = ["-t", f"{options.end - (options.start or 0):.6f}"] if options.end is not None else []
    return [*(("-ss", f"{left_out:.6f}") if left_out else ()), *length]


def _colours(options: VideoOptions, video: VideoStream) -> list[str]:
    """What players need to be told of HDR, where the source has left it out."""
    if not keeps_hdr(options, video):
        return []
    return [
        *("-color_primaries", video.color_primaries or "bt2020"),
        *("-color_trc", video.color_transfer or _HDR_TRANSFERS.get(video.hdr or "", "smpte2084")),
        *("-colorspace", video.color_space or "bt2020nc"),
    ]


def _metadata(options: VideoOptions) -> list[str]:
    of_input = "0" if options.keep_metadata else "-1"
    return ["-map_metadata", of_input, "-map_chapters", of_input]


def _muxer(options: VideoOptions, target: Path) -> list[str]:
    holder = HOLDERS[options.container]
    return [*holder.flags, "-f", holder.muxer, str(target)]
