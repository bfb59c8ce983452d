"""What of Qencode's API is carried out: rows of docs/dialects.md. An example is a query, to which a source is added."""

from typing import Any

from sluice.dialects.features import Feature
from sluice.dialects.qencode.wishes import MASTER


def _made(name: str, note: str, output: str = "mp4", **members: Any) -> Feature:
    return Feature(name, True, note, {"format": [{"output": output, **members}]})


def _refused(name: str, note: str, output: str = "mp4", **members: Any) -> Feature:
    return Feature(name, False, note, {"format": [{"output": output, **members}]})


def _query(name: str, note: str, *, supported: bool = True, **members: Any) -> Feature:
    return Feature(name, supported, note, {"format": [{"output": "mp4"}], **members})


_OUTPUTS = (
    _made("mp4", "kind `video`; the source's size unless one is asked for"),
    _made("webm", "kind `video`; VP9 and Opus", "webm"),
    _made(
        "advanced_hls",
        f"kind `adaptive`, CMAF; `url` leads to `{MASTER}` and plays from the private bucket",
        "advanced_hls",
    ),
    _made("advanced_dash", "kind `adaptive`, CMAF; `url` leads to `manifest.mpd`", "advanced_dash"),
    _refused("webm_dash", "advanced_dash instead", "webm_dash"),
    _made("repack", "kind `video` with its streams copied into an MP4", "repack"),
    _made("mp3", "kind `audio`", "mp3"),
    _made("hls_audio", f"kind `audio`, AAC in CMAF, one rendition; `url` leads to `{MASTER}`", "hls_audio"),
    _made("flac", "kind `audio`", "flac"),
    _made("gif", "kind `animation`; three seconds unless `duration` (up to 30) says so", "gif", duration=2),
    _made("thumbnail", "kind `image`", "thumbnail", time=0.5),
    _made("thumbnails", "kind `screenshot`, every 10 s unless `interval` says so", "thumbnails", interval=2),
    _made("sprite", "kind `sprite`: sheets and a WebVTT map", "thumbnails", sprite=1, columns=5, width=128),
    _made("metadata", "kind `metadata`: ffprobe's JSON, told under `videos`", "metadata"),
    _made("speech_to_text", "kind `subtitles`: vtt, srt and json", "speech_to_text", language="en"),
    Feature(
        "vmaf",
        True,
        "kind `quality` on the first mp4, webm or repack of the query",
        {"format": [{"output": "vmaf"}, {"output": "mp4"}]},
    ),
)

_QUERY = (
    _query("source http(s)", "fetched", source="https://example.org/a.mp4"),
    _query("source s3", "of the media bucket, with or without KEY:SECRET@", source="s3://K:S@media/uploads/a.mp4"),
    _query("source tus", "uploaded through /v1/upload_file", source="tus:0123456789abcdef0123456789abcdef"),
    _query(
        "stitch",
        "of one address; several aren't joined",
        supported=False,
        stitch=["https://a.example/1", "https://a.example/2"],
    ),
    _query("callback_url", "form-encoded: queued, saved, error", callback_url="https://example.org/hook"),
    _query("use_subtask_callback", "callbacks are about tasks", supported=False, use_subtask_callback=1),
    _query("retry_on_error", "what may pass is tried again in any case", retry_on_error=1),
    _query("refresh_playlist", "a set is published when it is done", supported=False, refresh_playlist=1),
    _query("upscale", "of mp4 and webm; off unless asked for", upscale=1),
    _query("encoder_version", "taken with a warning: there is one", encoder_version=2),
)

_PICTURE = (
    _made("size", "exactly so; bars where the shape differs", size="640x360"),
    _made("width", "the shape is kept", width=640),
    _made("height", "the shape is kept", height=360),
    _made("resolution", "the shorter side", resolution=360),
    _made("resize_mode", "scale (with bars) or crop", size="640x360", resize_mode="crop"),
    _refused("rotate", "films are turned upright by themselves", rotate=90),
    _made("aspect_ratio", "beside a width or a height; the picture is stretched", width=640, aspect_ratio="4:3"),
    _made("framerate", "number or fraction", framerate="30000/1001"),
    _made("keyframe", "in frames, beside a framerate", framerate=25, keyframe=50),
    _made("quality", "the codec's CRF", quality=23),
    _made("bitrate", "kbit/s on average", bitrate=800),
    _made("two_pass", "beside a bitrate", bitrate=800, two_pass=1),
    _made("pix_format", "of 8 and 10 bits", video_codec="libx265", pix_format="yuv420p10le"),
    _made("video_codec", "libx264, libx265, libvpx-vp9, libsvtav1", video_codec="libx265"),
    _refused("video_codec libvpx", "VP8 isn't made", "webm", video_codec="libvpx"),
    _made("profile", "the one that the encoder takes by itself", profile="high"),
    _refused("video_codec_parameters", "encoders have our settings", video_codec_parameters={"vprofile": "main"}),
    _refused(
        "logo", "watermarks of the kind `video` have places, no pixels", logo={"source": "https://example.org/a.png"}
    ),
)

_SOUND = (
    _made("audio_codec", "aac and libfdk_aac (both AAC), mp3, libopus, flac", audio_codec="libfdk_aac"),
    _refused("audio_codec libvorbis", "Opus instead", "webm", audio_codec="libvorbis"),
    _made("audio_bitrate", "kbit/s", audio_bitrate=96),
    _made("audio_sample_rate", "hertz", audio_sample_rate=44100),
    _made("audio_channels_number", "1, 2, 6 or 8", audio_channels_number=1),
    _made("audio_mute", "", audio_mute=1),
    _refused("downmix_mode", "more channels are folded down in the usual way", downmix_mode="x"),
)

_SET = (
    _made(
        "stream",
        "size, height or resolution, bitrate, video_codec; renditions keep the source's shape",
        "advanced_hls",
        stream=[{"size": "640x360", "bitrate": 800, "audio_bitrate": 96}],
    ),
    _refused(
        "stream quality",
        "a set has constant quality below its rates",
        "advanced_hls",
        stream=[{"height": 360, "quality": 20}],
    ),
    _refused(
        "streams of hls_audio", "one rendition", "hls_audio", stream=[{"audio_bitrate": 64}, {"audio_bitrate": 128}]
    ),
    _refused("stream framerate", "the source's", "advanced_hls", stream=[{"height": 360, "framerate": 25}]),
    _made("segment_duration", "1 to 12 s, 9 when absent", "advanced_hls", segment_duration=4),
    _made("separate_audio", "always so", "advanced_hls", separate_audio=1),
    _refused("separate_audio 0", "the sound is apart", "advanced_hls", separate_audio=0),
    _made("fmp4", "always so", "advanced_hls", fmp4=1),
    _refused("fmp4 0", "segments are fMP4", "advanced_hls", fmp4=0),
    _refused("playlist_name", f"it is {MASTER}", "advanced_hls", playlist_name="index.m3u8"),
    _made(
        "subtitles",
        "of sets, from the media bucket, as WebVTT",
        "advanced_hls",
        subtitles={"sources": [{"source": "s3://media/a.srt", "language": "en"}]},
    ),
    _refused(
        "subtitles of mp4", "sets have them", subtitles={"sources": [{"source": "s3://media/a.srt", "language": "en"}]}
    ),
    _refused("encryption", "", "advanced_hls", encryption={"key": "x"}),
    _refused("cenc_drm", "", "advanced_dash", cenc_drm={"key": "x"}),
    _refused("fps_drm", "", "advanced_hls", fps_drm={"key": "x"}),
)

_OTHERS = (
    _made("start_time", "of films, sounds and GIFs", start_time=1),
    _made("duration", "of films, sounds and GIFs", duration=2),
    _refused("start_time of sets", "a set is of the whole source", "advanced_hls", start_time=1),
    _made("time", "0 to 1", "thumbnail", time=0.25),
    _refused("frame_number", "time instead", "thumbnail", frame_number=7),
    _made("interval", "seconds", "thumbnails", interval=5),
    _made("image_format", "png or jpg; sprites are jpg", "thumbnail", image_format="jpg"),
    _made("tag", "told again as user_tag", tag="mine"),
    _made("file_extension", "the output's own", file_extension="mp4"),
    _refused("file_extension avi", "", file_extension="avi"),
    _refused("is_watermark", "", is_watermark=1),
    _refused("path", "destination instead", path="a/b.mp4"),
    _refused("allow_soft_fail", "a task fails with any of its outputs", allow_soft_fail=1),
    _made("metadata_version", "taken with a warning", "metadata", metadata_version="4.1.5"),
    _refused("transcript", "vtt, srt, json", "speech_to_text", transcript=1),
    _refused("translate_languages", "", "speech_to_text", translate_languages=["de"]),
    _made(
        "destination",
        "in the outputs bucket, below the tenant's part of it",
        destination={"url": "s3://outputs/a/b.mp4"},
    ),
    _refused(
        "destination elsewhere", "outputs stay in this deployment", destination={"url": "s3://nyc3.example.com/b/c.mp4"}
    ),
    _refused(
        "destination permissions",
        "outputs stay private",
        destination={"url": "s3://outputs/a.mp4", "permissions": "public-read"},
    ),
    _refused(
        "destination storage_class", "STANDARD", destination={"url": "s3://outputs/a.mp4", "storage_class": "GLACIER"}
    ),
    _refused("destination cache_control", "", destination={"url": "s3://outputs/a.mp4", "cache_control": "no-cache"}),
)

FEATURES: tuple[Feature, ...] = (*_OUTPUTS, *_QUERY, *_PICTURE, *_SOUND, *_SET, *_OTHERS)
