"""What a probe found in a source, in the service's words: MediaMetaData. Pure."""

from typing import Any

from sluice.media import AudioStream, MediaInfo, VideoStream


def metadata(media: MediaInfo, size: int | None) -> dict[str, Any]:
    video, audio = media.main_video, media.main_audio
    return {
        "Size": media.size or size or 0,
        "Container": media.container,
        "Bitrate": media.bitrate or 0,
        "Height": video.height if video else 0,
        "Width": video.width if video else 0,
        "Duration": media.duration or 0.0,
        "Rotate": video.rotation if video else 0,
        "VideoDuration": (video.duration or media.duration or 0.0) if video else 0.0,
        "AudioDuration": (audio.duration or media.duration or 0.0) if audio else 0.0,
        "VideoStreamSet": [_video_stream(stream) for stream in media.video],
        "AudioStreamSet": [_audio_stream(stream) for stream in media.audio],
    }


def _video_stream(stream: VideoStream) -> dict[str, Any]:
    rate = stream.frames_per_second
    return {
        "Bitrate": stream.bitrate or 0,
        "Height": stream.height,
        "Width": stream.width,
        "Codec": stream.codec,
        "Fps": round(rate) if rate else 0,
        "FpsNumerator": rate.numerator if rate else None,
        "FpsDenominator": rate.denominator if rate else None,
        "ColorPrimaries": stream.color_primaries,
        "ColorSpace": stream.color_space,
        "ColorTransfer": stream.color_transfer,
        "HdrType": stream.hdr,
    }


def _audio_stream(stream: AudioStream) -> dict[str, Any]:
    return {
        "Bitrate": stream.bitrate or 0,
        "SamplingRate": stream.sample_rate or 0,
        "Codec": stream.codec,
        "Channel": stream.channels,
    }
