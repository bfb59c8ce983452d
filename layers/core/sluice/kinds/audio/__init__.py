"""audio: the sound of a file, as a file of its own."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sluice.kinds.audio.formats import WRITERS, AudioFormat
from sluice.kinds.base import Kind, Options, needs_sound, refused_option
from sluice.kinds.spans import EARLIEST, LENGTH_UNKNOWN, is_backward, is_open
from sluice.media import MediaInfo
from sluice.tasks import Failure


class AudioOptions(Options):
    """Without any option: the first sound track as MP3 of 192 kbit/s, its tags stripped."""

    format: AudioFormat = Field(AudioFormat.MP3, description="mp3, m4a (AAC), ogg (Vorbis), opus, wav, flac or hls.")
    track: int = Field(1, ge=1, le=32, description="Which of the source's sound tracks, counted from 1.")
    bitrate: int | None = Field(
        None,
        ge=8_000,
        le=512_000,
        description="Bits per second; for stereo 192000 (mp3), 160000 (m4a, ogg), 96000 (opus) when absent.",
    )
    sample_rate: int | None = Field(None, ge=8_000, le=192_000, description="Hertz; the source's when absent.")
    channels: Literal[1, 2, 6, 8] | None = Field(
        None, description="The source's when absent, as far as the format holds them; more are folded down."
    )
    bit_depth: Literal[16, 24] = Field(16, description="Of wav and flac.")
    loudness: float | None = Field(None, ge=-40, le=-8, description="LUFS to reach (EBU R 128), in two passes.")
    start: float | None = Field(
        None, ge=EARLIEST, description="Seconds; negative ones from the end. The beginning when absent."
    )
    end: float | None = Field(
        None, ge=EARLIEST, description="Seconds; negative ones from the end. The end when absent."
    )
    keep_metadata: bool = Field(False, description="Tags, chapters, and the cover where the format holds one.")
    waveform: bool = Field(False, description="Also peaks as JSON (the format of audiowaveform) and as a PNG.")
    waveform_pixels_per_second: int = Field(10, ge=1, le=100, description="Pairs of lowest and highest sample.")

    segment_seconds: float | None = Field(None, ge=1, le=12, description="Of hls; 6 seconds when absent.")

    @model_validator(mode="after")
    def together(self) -> Self:
        writer, name = WRITERS[self.format], self.format.value
        if is_backward(self.start, self.end):
            raise refused_option("end", "the end must lie after the start")
        if self.bitrate and writer.highest is None:
            raise refused_option("bitrate", f"{name} is lossless and has no bitrate to set")
        if self.bitrate and writer.highest and self.bitrate > writer.highest:
            raise refused_option("bitrate", f"{name} takes at most {writer.highest}")
        if self.sample_rate and writer.sample_rates and self.sample_rate not in writer.sample_rates:
            raise refused_option("sample_rate", f"{name} takes {', '.join(map(str, writer.sample_rates))}")
        if (self.sample_rate or 0) > writer.highest_rate:
            raise refused_option("sample_rate", f"{name} takes at most {writer.highest_rate}")
        if (self.channels or 0) > writer.most_channels:
            raise refused_option("channels", f"{name} has at most {writer.most_channels} channels")
        if self.bit_depth != 16 and not writer.lossless:
            raise refused_option("bit_depth", f"{name} has none; it is for wav and flac")
        if self.segment_seconds and self.format is not AudioFormat.HLS:
            raise refused_option("segment_seconds", f"{name} has no segments; hls has")
        if self.format is AudioFormat.HLS and self.waveform:
            raise refused_option("waveform", "a waveform is drawn of a file; ask for it with another format")
        if self.format is AudioFormat.HLS and self.keep_metadata:
            raise refused_option("keep_metadata", "hls holds none")
        return self


def refuse(options: AudioOptions, media: MediaInfo) -> Failure | None:
    """Refuses a source without sound, a track that isn't there, and a start past the end."""
    if refusal := needs_sound(options, media):
        return refusal
    if options.track > len(media.audio):
        message = f"The file has {len(media.audio)} sound tracks, so there is no track {options.track}."
        return Failure(code="source_has_no_track", message=message)
    if is_open(options.start, options.end):
        return LENGTH_UNKNOWN
    if options.start and media.duration and options.start >= media.duration:
        message = f"The sound ends at {media.duration:.2f} s, so there is nothing after {options.start:g} s."
        return Failure(code="time_past_end", message=message)
    return None


KIND = Kind(
    name="audio",
    state="Audio",
    function="transcode",
    summary="The sound as MP3, M4A, Ogg Vorbis, Opus, WAV, FLAC or HLS; loudness, waveform.",
    options=AudioOptions,
    refuse=refuse,
)
