"""Outputs as the kinds make them, made once with plain ffmpeg: a page is tested on what it shows of them."""

import json
import subprocess
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from tests.template import ROOT

FILM = ROOT / "samples" / "bbb_clip.mp4"
SECONDS = 8
_TILE = (160, 90)

MASTER = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-STREAM-INF:BANDWIDTH=700000,RESOLUTION=640x360,CODECS="avc1.64001e"
360p/media.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=250000,RESOLUTION=320x180,CODECS="avc1.64000d"
180p/media.m3u8
"""
CHAPTERS = [(0, 3, "Burrow"), (3, 5.5, "Meadow"), (5.5, SECONDS, "Butterflies")]
CAPTIONS = [(0.5, 2.5, "A fine morning."), (3.5, 6, "<b>Who</b> is there?")]


class Films:
    """`folder` holds everything by the name of its output."""

    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder

    def read(self, name: str) -> bytes:
        return (self._all / name).read_bytes()

    def size(self, name: str) -> int:
        return (self._all / name).stat().st_size

    def names_below(self, name: str) -> list[str]:
        """The files of a folder among them."""
        return sorted(str(path.relative_to(self._all)) for path in (self._all / name).rglob("*") if path.is_file())

    @cached_property
    def _all(self) -> Path:
        self._films()
        self._pictures()
        for name, text in _texts().items():
            (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder

    def _films(self) -> None:
        x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25"]
        self._ffmpeg("-vf", "scale=640:-2", *x264, "-c:a", "aac", "video.mp4")
        for name, width in (("360p", 640), ("180p", 320)):
            (self.folder / name).mkdir()
            hls = ["-f", "hls", "-hls_time", "2", "-hls_segment_type", "fmp4", "-hls_playlist_type", "vod"]
            names = ["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", f"{name}/%d.m4s"]
            self._ffmpeg("-an", "-vf", f"scale={width}:-2", *x264, *hls, *names, f"{name}/media.m3u8")

    def _pictures(self) -> None:
        for number, second in enumerate((1, 4, 7), start=1):
            self._ffmpeg("-vf", "scale=640:-2", "-frames:v", "1", f"screenshot-00{number}.jpg", seek=second)
        tiles = f"fps=1,scale={_TILE[0]}:{_TILE[1]},tile={SECONDS}x1"
        self._ffmpeg("-vf", tiles, "-frames:v", "1", "sprite-001.jpg")

    def _ffmpeg(self, *arguments: str, seek: float = 0) -> None:
        command: list[str | Path] = [self.programs / "ffmpeg", "-v", "error", "-nostdin", "-y", "-ss", str(seek)]
        subprocess.run([*command, "-i", FILM, *arguments], check=True, cwd=self.folder)


def _texts() -> dict[str, str]:
    tiles = [
        (second, second + 1, f"sprite-001.jpg#xywh={second * _TILE[0]},0,{_TILE[0]},{_TILE[1]}")
        for second in range(SECONDS)
    ]
    return {
        "master.m3u8": MASTER,
        "sprite.vtt": _vtt(tiles),
        "chapters.vtt": _vtt(CHAPTERS),
        "subtitles.vtt": _vtt(CAPTIONS),
        "quality.csv": _quality(),
        "moderation.json": json.dumps(_moderation()),
        "discovery.json": json.dumps(_discovery()),
        "screenshots.zip": "PK",
    }


def _vtt(cues: Sequence[tuple[float, float, str]]) -> str:
    return "WEBVTT\n\n" + "".join(f"{_clock(start)} --> {_clock(end)}\n{text}\n\n" for start, end, text in cues)


def _clock(seconds: float) -> str:
    return f"00:00:{seconds:06.3f}"


def _quality() -> str:
    rows = (
        f"{n},{n / 25:.3f},{94 - abs(100 - n) / 9:.2f},{0.98 - abs(100 - n) / 5000:.4f},{42 - abs(100 - n) / 20:.2f}"
        for n in range(200)
    )
    return "frame,time,vmaf,ssim,psnr\n" + "\n".join(rows) + "\n"


def _segment(
    start: float, end: float, category: str, label: str, confidence: float, suggestion: str
) -> dict[str, object]:
    words = {"category": category, "label": label, "confidence": confidence, "suggestion": suggestion}
    return {"start": start, "end": end, "part": "frames", **words}


def _moderation() -> dict[str, object]:
    segments = [
        _segment(2, 4, "nudity", "Sepia close-up", 74.2, "review"),
        _segment(6, 8, "violence", "Weapons", 61.0, "review"),
    ]
    return {
        "verdict": {"verdict": "review", "confidence": 74.2, "labels": [], "segments": segments},
        "duration": SECONDS,
    }


def _discovery() -> dict[str, object]:
    return {
        "duration": SECONDS,
        "shots": [{"start": s, "end": e, "confidence": 100} for s, e in ((0, 2.4), (2.4, 5.5), (5.5, 8))],
        "faces": [{"start": 1, "end": 3.5, "confidence": 88, "most": 1}],
        "labels": [{"name": "hare", "confidence": 91, "segments": [{"start": 0, "end": 5, "confidence": 91}]}],
        "text": [],
        "speech": {"language": "en", "segments": [{"start": s, "end": e, "text": t} for s, e, t in CAPTIONS]},
        "highlights": [{"start": 3, "end": 5, "score": 80, "reasons": ["sharp", "moving"]}],
        "tags": [
            {"name": "hare", "score": 91, "sources": ["labels"]},
            {"name": "meadow", "score": 60, "sources": ["labels"]},
        ],
    }
