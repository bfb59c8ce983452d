"""gif, thumbnail, thumbnails, metadata, speech_to_text and vmaf: pictures, texts and measurements. Pure."""

from sluice.dialects.qencode.errors import refused
from sluice.dialects.qencode.films import fit
from sluice.dialects.qencode.wishes import EXTENSIONS, FILMS, IMAGE_FORMATS, Asked, Options, Wish, named
from sluice.errors import InvalidRequest

DEFAULT_INTERVAL = 10.0
_BLACK = "#000000"


def gif(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    given = {
        "start": wanted.start_time,
        "duration_seconds": wanted.duration,
        "fps": wanted.framerate,
        "width": width,
        "height": height,
    }
    options = {"format": "gif", **{name: value for name, value in given.items() if value}}
    if wanted.duration:
        return Wish("animation", options)
    return Wish("animation", options, (f"{asked.field}.duration: without one the GIF shows three seconds.",))


def thumbnail(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    options: Options = {"format": _image_format(asked, "png"), "time": _percent(asked)}
    options |= {"width": width} if width else {}
    options |= {"height": height} if height else {}
    if width and height:
        options |= {"fit": fit(asked), "background": _BLACK}
    return Wish("image", options)


def _percent(asked: Asked) -> str:
    time = asked.format.time or 0.0
    if not 0 <= time <= 1:
        where = f"{asked.field}.time"
        raise InvalidRequest(f"{where}: a time lies between 0 and 1, the end.", field=where)
    return f"{time * 100:.6f}".rstrip("0").rstrip(".") + "%"


def thumbnails(asked: Asked) -> Wish:
    wanted = asked.format
    if wanted.sprite:
        return _sprite(asked)
    if wanted.columns:
        raise refused(f"{asked.field}.columns", "columns are for sprite")
    width, height = wanted.box
    size = {name: side for name, side in (("width", width), ("height", height)) if side}
    options = {"interval_seconds": wanted.interval or DEFAULT_INTERVAL, "format": _image_format(asked, "png"), **size}
    return Wish("screenshot", options)


def _sprite(asked: Asked) -> Wish:
    wanted = asked.format
    width, height = wanted.box
    given = {"columns": wanted.columns, "tile_width": width}
    options = {"interval_seconds": wanted.interval or DEFAULT_INTERVAL, **{k: v for k, v in given.items() if v}}
    if _image_format(asked, "jpg") != "jpeg":
        raise refused(f"{asked.field}.image_format", "a sprite's sheets are jpg")
    if height and not width:
        raise refused(f"{asked.field}.height", "a sprite's tiles are measured by their width")
    if not height:
        return Wish("sprite", options)
    return Wish("sprite", options, (f"{asked.field}.height: tiles keep the film's shape; their width counts.",))


def _image_format(asked: Asked, default: str) -> str:
    return named(IMAGE_FORMATS, asked.format.image_format or default, f"{asked.field}.image_format")


# ── texts and measurements ────────────────────────────────────────────────────────────────────


def metadata(asked: Asked) -> Wish:
    if not asked.format.metadata_version:
        return Wish("metadata", {})
    message = f"{asked.field}.metadata_version: the JSON is of the ffprobe that runs here, whatever the version."
    return Wish("metadata", {}, (message,))


def speech(asked: Asked) -> Wish:
    """All files unless some are named; Qencode's fourth, a plain transcript, isn't made."""
    wanted = asked.format
    flags = {"vtt": wanted.vtt, "srt": wanted.srt, "json": wanted.as_json}
    formats = [name for name, flag in flags.items() if flag is not False]
    if not formats:
        raise refused(f"{asked.field}.vtt", "ask for one of vtt, srt and json at least")
    options: Options = {"formats": formats}
    return Wish("subtitles", options | ({"language": wanted.language} if wanted.language else {}))


def vmaf(asked: Asked) -> Wish:
    """Of the first film that the same query makes."""
    number = next((n for n, other in enumerate(asked.query_formats) if other.output in FILMS), None)
    if number is None:
        raise refused(
            f"{asked.field}.output", "vmaf measures an mp4, webm or repack of the same query, and there is none"
        )
    container = EXTENSIONS[asked.query_formats[number].output]
    return Wish("quality", {"metrics": ["vmaf"], "distorted": {"name": f"video.{container}"}}, measures=number)
