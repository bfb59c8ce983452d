"""The encoder of the sound. Pure."""

from sluice.ffmpeg.loudness import Loudness, normalizing
from sluice.kinds.video.codecs import VOICES, AudioCodec, sample_rates
from sluice.kinds.video.options import VideoOptions
from sluice.media import AudioStream

_USUAL_RATE = 48_000
_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}


def sound_codec(options: VideoOptions, audio: AudioStream | None, loudness: Loudness | None = None) -> list[str]:
    """How the sound is made; `loudness` is what was measured where it shall be normalised."""
    if audio is None or options.sound is AudioCodec.NONE:
        return ["-an"]
    if options.sound is AudioCodec.COPY:
        return ["-c:a", "copy"]
    count = channels(options, audio)
    rate = sample_rate(options, audio)
    return [
        *("-c:a", VOICES[options.sound].name, *_bitrate(options, count)),
        *("-ac", str(count), *(("-ar", str(rate)) if rate else ())),
        *_filters(options, audio, loudness, rate),
    ]


def channels(options: VideoOptions, audio: AudioStream) -> int:
    """Players of plain files count on stereo: more channels are folded down, fewer stay as they are."""
    return options.audio_channels or min(audio.channels or 2, 2)


def folded(options: VideoOptions, audio: AudioStream) -> list[str]:
    """The channels as they will be heard: folding changes the loudness, so it is measured after it."""
    return [f"aformat=channel_layouts={_LAYOUTS[channels(options, audio)]}"]


def sample_rate(options: VideoOptions, audio: AudioStream) -> int | None:
    """Hertz, where ffmpeg mustn't take the source's: asked for, or not of the codec's."""
    allowed = sample_rates(options.container, options.sound)
    own = audio.sample_rate or _USUAL_RATE
    if options.audio_sample_rate or not allowed or own in allowed:
        return options.audio_sample_rate
    return min((rate for rate in allowed if rate >= own), default=max(allowed))


def _bitrate(options: VideoOptions, count: int) -> list[str]:
    voice = VOICES[options.sound]
    if voice.bitrate is None or voice.highest is None:
        return []
    bits = options.audio_bitrate or min(voice.highest, voice.bitrate * max(2, count) // 2)
    return ["-b:a", str(bits)]


def _filters(options: VideoOptions, audio: AudioStream, loudness: Loudness | None, rate: int | None) -> list[str]:
    if loudness is None or options.loudness is None:
        return []
    chain = normalizing(loudness, options.loudness, rate or audio.sample_rate or _USUAL_RATE)
    return ["-af", ",".join([*folded(options, audio), *chain])]
