"""What can't go together in the options of a video: each rule tells the field that is wrong, and why. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sluice.geometry import Fit
from sluice.kinds.spans import is_backward
from sluice.kinds.video.codecs import ENCODERS, HOLDERS, VOICES, AudioCodec, sample_rates

if TYPE_CHECKING:
    from sluice.kinds.video.options import VideoOptions

Problem = tuple[str, str]

RATE_MODES = ("quality", "crf", "video_bitrate", "target_vmaf")
# What a copy leaves open: the container, the metadata, and whether there is sound.
_OPEN_TO_A_COPY = {"container", "copy_streams", "keep_metadata", "audio_codec"}
_SOUND = ("audio_bitrate", "audio_channels", "audio_sample_rate", "loudness_lufs", "normalize_loudness")


def problems(options: "VideoOptions") -> Iterator[Problem]:
    """Every problem, the first one first."""
    yield from _container(options)
    yield from _copy(options)
    yield from _span(options)
    yield from _size(options)
    yield from _rate(options)
    yield from _pixels(options)
    yield from _sound(options)


def given(options: "VideoOptions", *fields: str) -> list[str]:
    """Those of the fields that were asked for; one at its default counts as not asked for."""
    defaults = type(options).model_fields
    return [name for name in fields if getattr(options, name) != defaults[name].get_default()]


def _container(options: "VideoOptions") -> Iterator[Problem]:
    holder, name = HOLDERS[options.container], options.container.value
    if options.video_codec not in holder.video:
        yield "codec", f"{name} holds {_either(holder.video)}, not {options.video_codec.value}"
    if options.sound not in {*holder.audio, AudioCodec.COPY, AudioCodec.NONE}:
        yield "audio_codec", f"{name} holds {_either(holder.audio)}, not {options.sound.value}"


def _copy(options: "VideoOptions") -> Iterator[Problem]:
    if not options.copy_streams:
        return
    changing = (name for name in type(options).model_fields if name not in _OPEN_TO_A_COPY)
    for field in given(options, *changing):
        yield field, "a copy changes nothing but the container; leave this out, or copy"
    if options.audio_codec not in {None, AudioCodec.COPY, AudioCodec.NONE}:
        yield "audio_codec", "a copy takes the sound as it is, or none"


def _span(options: "VideoOptions") -> Iterator[Problem]:
    if is_backward(options.start, options.end):
        yield "end", "the end must lie after the start"


def _size(options: "VideoOptions") -> Iterator[Problem]:
    sides = given(options, "width", "height")
    if options.resolution and sides:
        yield "resolution", "give either the short side, or width and height"
    if options.fit is not Fit.CONTAIN and len(sides) < 2:
        yield "fit", f"{options.fit.value} needs both width and height"


def _rate(options: "VideoOptions") -> Iterator[Problem]:
    encoder, codec = ENCODERS[options.video_codec], options.video_codec.value
    modes = given(options, *RATE_MODES)
    if len(modes) > 1:
        yield modes[1], f"give one of {_either(RATE_MODES)}, not {' and '.join(modes)}"
    best, worst = encoder.crf
    if options.crf is not None and not best <= options.crf <= worst:
        yield "crf", f"the crf of {codec} lies between {best} and {worst}"
    if options.crf is not None and not encoder.fractional and options.crf % 1:
        yield "crf", f"the crf of {codec} is a whole number"
    if options.passes and options.video_bitrate is None:
        yield "passes", "passes are for video_bitrate; the other modes have one of their own"
    if options.passes == 2 and encoder.two_pass is None:
        yield "passes", f"{codec} is encoded in one pass"


def _pixels(options: "VideoOptions") -> Iterator[Problem]:
    formats, codec = ENCODERS[options.video_codec].formats, options.video_codec.value
    if options.bit_depth and options.pixels.bit_depth != options.bit_depth:
        yield "pixel_format", f"{options.pixels.value} has {options.pixels.bit_depth} bits, not {options.bit_depth}"
    if options.pixels not in formats:
        field = "pixel_format" if options.pixel_format else "bit_depth"
        yield field, f"{codec} is made as {_either(formats)}"


def _sound(options: "VideoOptions") -> Iterator[Problem]:
    voice = VOICES.get(options.sound)
    for field in given(options, *_SOUND) if voice is None else ():
        yield field, f"there is nothing to set when audio_codec is {options.sound.value}"
    if voice is None:
        return
    name = options.sound.value
    if options.audio_bitrate and (voice.highest is None or options.audio_bitrate > voice.highest):
        yield "audio_bitrate", f"{name} takes at most {voice.highest}" if voice.highest else f"{name} is lossless"
    if (options.audio_channels or 0) > voice.most_channels:
        yield "audio_channels", f"{name} has at most {voice.most_channels} channels"
    rates = sample_rates(options.container, options.sound)
    if rates and options.audio_sample_rate and options.audio_sample_rate not in rates:
        yield "audio_sample_rate", f"{name} in {options.container.value} takes {_either(rates)}"


def _either(values: tuple[object, ...]) -> str:
    return ", ".join(str(value) for value in values)
