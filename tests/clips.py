"""One-second films made with lavfi, once a session, and what to look at in files that were made."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FRAMES_PER_SECOND = 25
# The film of greys: each frame is brighter than the one before it, so a picture tells its place.
STEP = 8
_GREYS = f"color=black:s=192x108:r={FRAMES_PER_SECOND}:d=1,format=yuv420p,geq=lum='16+{STEP}*N':cb=128:cr=128"
_MOVING = "testsrc2=s={size}:r=25:d=1"
_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
_TONE = ("-f", "lavfi", "-i", "sine=440:d=1")


def moving(size: str = "320x180") -> list[str]:
    return ["-f", "lavfi", "-i", _MOVING.format(size=size)]


class Clips:
    """Makes a clip when it is first asked for."""

    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder

    def make(self, name: str, *arguments: str) -> Path:
        """A clip, made once: two of one name that are made in other ways are two."""
        path = self.folder / hashlib.sha256("\0".join(arguments).encode()).hexdigest()[:12] / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            command: list[str | Path] = [
                self.programs / "ffmpeg",
                "-v",
                "error",
                "-nostdin",
                "-threads",
                "2",
                *arguments,
                path,
            ]
            subprocess.run(command, check=True)
        return path

    # ── films ─────────────────────────────────────────────────────────────────────────────────

    def film(self) -> Path:
        """320 by 180, 25 frames a second, with sound."""
        return self.make("film.mp4", *moving(), *_TONE, *_X264, "-c:a", "aac", "-shortest")

    def greys(self) -> Path:
        """One keyframe, then B-frames: an exact seek has to decode."""
        return self.make(
            "greys.mp4", "-f", "lavfi", "-i", _GREYS, "-c:v", "libx264", "-crf", "4", "-g", "250", "-pix_fmt", "yuv420p"
        )

    def slides(self) -> Path:
        """Eight seconds in four frames of rising grey."""
        slide = "color=black:s=192x108:r=1/2:d=8,format=yuv420p,geq=lum='16+40*N':cb=128:cr=128"
        return self.make(
            "slides.mp4", "-f", "lavfi", "-i", slide, "-c:v", "libx264", "-crf", "4", "-pix_fmt", "yuv420p"
        )

    def phone(self) -> Path:
        """Stored 320 by 180, to be turned a quarter to the right: 180 by 320."""
        return self.make("phone.mov", "-display_rotation", "-90", "-i", str(self.film()), "-c", "copy")

    def anamorphic(self) -> Path:
        """180 by 144 stored, 262 by 144 shown."""
        return self.make("anamorphic.mp4", *moving("180x144"), "-vf", "setsar=16/11", *_X264)

    def odd(self) -> Path:
        return self.make(
            "odd.mkv", *moving("640x360"), "-vf", "scale=641:361,setsar=1",
            "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv444p",
        )  # fmt: skip

    def hdr(self) -> Path:
        """10 bit, tagged as HDR10."""
        tags = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
        return self.make(
            "hdr.mp4", *moving(), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le",
            "-x264-params", tags,
        )  # fmt: skip

    def interlaced(self) -> Path:
        fields = ("-vf", "interlace", "-flags", "+ilme+ildct", "-x264-params", "tff=1")
        return self.make("interlaced.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=50:d=1", *fields, *_X264)

    def silent(self) -> Path:
        return self.make("silent.mp4", *moving(), *_X264)

    def with_channels(self, count: int) -> Path:
        return self.make(f"channels{count}.mp4", *moving(), *_TONE, *_X264, "-c:a", "aac", "-ac", str(count))

    def tiny(self) -> Path:
        return self.make("tiny.mkv", *moving("2x2"), "-c:v", "ffv1")

    def one_frame(self) -> Path:
        return self.make("one.mp4", *moving(), "-frames:v", "1", *_X264)

    def upright_hd(self) -> Path:
        """Stored 1280 by 720, shown 720 by 1280."""
        wide = self.make("wide.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=0.2", *_X264)
        return self.make("upright.mp4", "-display_rotation", "90", "-i", str(wide), "-c", "copy")

    def slow_slides(self) -> Path:
        """A minute in six frames."""
        return self.make("slow.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=1/10:d=60", *_X264)

    # ── other files ───────────────────────────────────────────────────────────────────────────

    def webm(self) -> Path:
        return self.make("film.webm", *moving(), *_TONE, "-c:v", "libvpx", "-c:a", "libopus", "-shortest")

    def transport_stream(self) -> Path:
        return self.make("film.ts", "-i", str(self.film()), "-c", "copy")

    def sound(self) -> Path:
        return self.make("sound.mp3", *_TONE)

    def song(self) -> Path:
        """Sound with a cover."""
        cover = ("-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic")
        return self.make("song.mp3", "-i", str(self.sound()), "-i", str(self.photo()), *cover)

    def picture(self) -> Path:
        return self.make("picture.png", *moving(), "-frames:v", "1", "-update", "1")

    def photo(self) -> Path:
        return self.make("photo.jpg", *moving(), "-frames:v", "1", "-update", "1")

    # ── judging ───────────────────────────────────────────────────────────────────────────────

    def look(self, path: Path) -> "Look":
        """What ffprobe says, read without any code of ours."""
        program = str(self.programs / "ffprobe")
        options = ("-v", "error", "-count_frames", "-print_format", "json", "-show_format", "-show_streams")
        found = subprocess.run([program, *options, str(path)], check=True, stdout=subprocess.PIPE).stdout
        return Look(path, json.loads(found))


class Look:
    """A file as ffprobe sees it."""

    def __init__(self, path: Path, found: dict[str, Any]):
        self.path, self.streams = path, found["streams"]
        self.duration = float(found["format"].get("duration", 0))

    def stream(self, kind: str) -> dict[str, Any] | None:
        return next((s for s in self.streams if s["codec_type"] == kind), None)

    @property
    def video(self) -> dict[str, Any]:
        found = self.stream("video")
        assert found, f"{self.path} has no picture"
        return found

    @property
    def size(self) -> tuple[int, int]:
        return self.video["width"], self.video["height"]

    @property
    def rotation(self) -> int:
        return next((int(d["rotation"]) for d in self.video.get("side_data_list", ()) if "rotation" in d), 0)


def grey_frame(brightness: float) -> int:
    """The frame of the film of greys that is as bright as this."""
    return round(brightness * 219 / 255 / STEP)


def slide_number(brightness: float) -> int:
    return round(brightness * 219 / 255 / 40)


def atoms(path: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in their order."""
    return [name for name, _, _ in boxes(path.read_bytes())]


def boxes(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and size of each box at the top level."""
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big") or len(content) - at
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16], "big")
        yield content[at + 4 : at + 8].decode("latin-1"), at, size
        at += max(8, size)
