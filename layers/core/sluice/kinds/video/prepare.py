"""The files that an encode needs beside the source, brought into the scratch folder and made harmless there."""

from pathlib import Path

from sluice.errors import BadSource, LimitExceeded
from sluice.ffmpeg.binaries import FONT_FAMILY, font
from sluice.ffmpeg.fonts import missing
from sluice.ffmpeg.loudness import Loudness, measured, measuring
from sluice.kinds.base import FileRef
from sluice.kinds.video.audio import folded
from sluice.kinds.video.codecs import AudioCodec
from sluice.kinds.video.command import began, main_video, seconds, span
from sluice.kinds.video.marks import Marks
from sluice.kinds.video.options import BurnIn, VideoOptions
from sluice.kinds.video.picture import geometry
from sluice.kinds.video.subtitles import MOST_BYTES, burnable, decoded, demuxer_of, sized, spoken
from sluice.media import Size
from sluice.workspace import Workspace

_PICTURE_DEMUXERS = {b"\x89PNG": "png_pipe", b"\xff\xd8\xff": "jpeg_pipe", b"RIFF": "webp_pipe"}
# A film in one script may name a person in another.
_MOST_MISSING = 0.05


def prepared_marks(workspace: Workspace, options: VideoOptions) -> Marks:
    """The files behind watermark, text and subtitles.

    Raises: BadSource, LimitExceeded.
    """
    return Marks(
        image=workspace.file(options.watermark.file, "watermark") if options.watermark else None,
        text=_text(workspace, options.watermark_text.text) if options.watermark_text else None,
        subtitles=_subtitles(workspace, options, options.subtitles) if options.subtitles else None,
        font=font(),
    )


def image_input(workspace: Workspace, marks: Marks) -> list[str]:
    """The watermark as the second input, read as the picture that its first bytes say it is."""
    if not marks.image:
        return []
    head = marks.image.read_bytes()[:16]
    demuxer = next((name for start, name in _PICTURE_DEMUXERS.items() if head.startswith(start)), None)
    if not demuxer:
        raise BadSource("The watermark is neither PNG nor JPEG nor WebP.", code="watermark_unreadable")
    return workspace.local_input(marks.image, demuxer)


def listened(workspace: Workspace, options: VideoOptions, part: tuple[float, float]) -> Loudness | None:
    """How loud the stretch is that will be encoded; None when nothing shall be, or can be, normalised."""
    media, stats = workspace.job.media, workspace.folder / "loudness.json"
    audio = media.main_audio
    if options.loudness is None or audio is None or options.sound is AudioCodec.NONE:
        return None
    length = seconds(options, media)
    listening = measuring(audio.index, stats, folded(options, audio))
    arguments = [*workspace.input(start=began(options, media)), *span(options, media), *listening]
    workspace.ffmpeg(arguments, seconds=length, part=part)
    return measured(stats.read_text()) if stats.exists() else None


def _text(workspace: Workspace, text: str) -> Path:
    if lacking := missing(text, font()):
        message = f"The font, {FONT_FAMILY}, has no letters for {lacking[:20]!r}."
        raise BadSource(message, code="text_unsupported")
    path = workspace.folder / "watermark.txt"
    path.write_text(text, encoding="utf-8")
    return path


def _subtitles(workspace: Workspace, options: VideoOptions, subtitles: BurnIn) -> Path:
    size = geometry(options, main_video(workspace.job.media)).size
    if subtitles.file:
        script = _script_of_file(workspace, subtitles.file, size)
    else:
        script = _script_of_stream(workspace, subtitles, size)
    words = spoken(script)
    lacking = [letter for letter in words if letter in missing(words, font())]
    if len(lacking) > _MOST_MISSING * len(words):
        message = (
            f"The font, {FONT_FAMILY}, has no letters for the subtitles' {''.join(dict.fromkeys(lacking))[:20]!r}."
        )
        raise BadSource(message, code="text_unsupported")
    path = workspace.folder / "burned.ass"
    path.write_text(burnable(script, FONT_FAMILY), encoding="utf-8")
    return path


def _script_of_file(workspace: Workspace, file: FileRef, size: Size) -> str:
    """The file as an ASS script; ffmpeg gets it as UTF-8, and reads it as what it is and nothing else."""
    raw = workspace.file(file, "subtitles")
    if raw.stat().st_size > MOST_BYTES:
        raise LimitExceeded(f"The subtitles are larger than {MOST_BYTES} bytes.", code="file_too_large")
    text = decoded(raw.read_bytes())
    demuxer = demuxer_of(text)
    if demuxer == "ass":
        return text
    raw.write_text(text, encoding="utf-8")
    return sized(_converted(workspace, [*workspace.local_input(raw, demuxer), "-map", "0:s:0"]), size)


def _script_of_stream(workspace: Workspace, subtitles: BurnIn, size: Size) -> str:
    assert subtitles.stream is not None, "either a file or a stream"
    stream = workspace.job.media.subtitles[subtitles.stream]
    script = _converted(workspace, [*workspace.input(), "-map", f"0:{stream.index}"])
    return script if stream.codec in {"ass", "ssa"} else sized(script, size)


def _converted(workspace: Workspace, source: list[str]) -> str:
    target = workspace.folder / "subtitles.ass"
    workspace.ffmpeg([*source, "-f", "ass", str(target)])
    return target.read_text(encoding="utf-8", errors="replace")
