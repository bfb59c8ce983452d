"""Films whose every frame tells its number by its brightness, in the ways that make seeking hard."""

from pathlib import Path

from PIL import Image

from tests.clips import FRAMES_PER_SECOND, Clips

FRAMES = 50
SECONDS = FRAMES / FRAMES_PER_SECOND
_STEP = 4
_BLACK = 16
_FILM = (
    f"color=black:s=192x108:r={FRAMES_PER_SECOND}:d={SECONDS:g},format=yuv420p,"
    f"geq=lum='{_BLACK}+{_STEP}*N':cb=128:cr=128"
)
_OPEN_GOP = ("-c:v", "libx264", "-crf", "1", "-bf", "3", "-x264-params", "open-gop=1:keyint=12:scenecut=0")


def number_in(picture: Path) -> int:
    """The number of the frame that a picture shows."""
    with Image.open(picture) as image:
        return number_of(image)


def number_of(image: Image.Image) -> int:
    grey = image.convert("L").getpixel((image.width // 2, image.height // 2))
    assert isinstance(grey, int | float)
    return round(grey * 219 / 255 / _STEP)


class Numbered:
    """Two seconds of 25 frames each, 192x108."""

    def __init__(self, clips: Clips):
        self.make = clips.make

    def one_keyframe(self) -> Path:
        return self._encoded("numbered.mp4", "-c:v", "libx264", "-crf", "1", "-g", "250")

    def open_gop(self) -> Path:
        """Frames right after a keyframe need the group before it."""
        return self._encoded("open_gop.mp4", *_OPEN_GOP)

    def open_gop_hevc(self) -> Path:
        return self._encoded(
            "open_gop_hevc.mkv", "-c:v", "libx265", "-x265-params", "log-level=error:crf=1:keyint=12:open-gop=1"
        )

    def seconds_unindexed(self) -> Path:
        """A transport stream of thirty seconds, each in a grey of its own, with a keyframe every ten."""
        film = f"color=black:s=64x36:r=25:d=30,format=yuv420p,geq=lum='{_BLACK}+{_STEP}*floor(T)':cb=128:cr=128"
        return self.make("seconds.ts", "-f", "lavfi", "-i", film, "-c:v", "libx264", "-crf", "1", "-g", "250")

    def at_an_hour(self) -> Path:
        """A transport stream, which has no index, and whose clock begins at an hour."""
        return self.make("at_an_hour.ts", "-i", str(self.open_gop()), "-c", "copy", "-output_ts_offset", "3600")

    def mpeg2(self) -> Path:
        return self._encoded("mpeg2.ts", "-c:v", "mpeg2video", "-q:v", "1", "-g", "12", "-bf", "2")

    def long_sound(self, suffix: str) -> Path:
        """Sound goes on for three seconds after the picture has ended."""
        sound = ("-f", "lavfi", "-i", f"sine=d={SECONDS + 3:g}", "-c:v", "copy", "-c:a", "aac")
        return self.make(f"long_sound{suffix}", "-i", str(self.one_keyframe()), *sound)

    def late_picture(self) -> Path:
        """Sound alone for two seconds, then the film."""
        sound = ("-f", "lavfi", "-i", "sine=d=4", "-itsoffset", "2", "-i", str(self.one_keyframe()))
        return self.make("late_picture.mkv", *sound, "-map", "1:v", "-map", "0:a", "-c:v", "copy", "-c:a", "aac")

    def _encoded(self, name: str, *codec: str) -> Path:
        return self.make(name, "-f", "lavfi", "-i", _FILM, *codec, "-pix_fmt", "yuv420p")
