"""A film through its chunks, step by step as the workflow takes them; and awkward films to put through."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sluice.aws.clients import s3
from sluice.jobs import JobResult
from sluice.kinds.adaptive import chunked as adaptive
from sluice.kinds.adaptive.run import run as adaptive_run
from sluice.kinds.video import chunked as video
from sluice.kinds.video.run import run as video_run
from sluice.tasks import Task
from tests.bench import Bench
from tests.clips import Clips
from tests.conftest import OUTPUTS

Case = TypeVar("Case")

STEPS = {
    "video": {"": video_run, "chunks": video.plan_chunks, "chunk": video.encode_chunk,
              "soundtrack": video.encode_sound, "join": video.join},
    "adaptive": {"": adaptive_run, "chunks": adaptive.plan_chunks, "chunk": adaptive.encode_chunk,
                 "soundtrack": adaptive.encode_sound, "join": adaptive.join},
}  # fmt: skip


def done(bench: Bench, task: Task, step: str, **more: Any) -> JobResult:
    """A step of the task's first subtask."""
    return bench.perform(task, STEPS[task.subtasks[0].kind][step], step=step, **more)


def planned(bench: Bench, task: Task) -> list[dict[str, Any]]:
    """The list of what the map does, from the plan's own file."""
    result = done(bench, task, "chunks").result
    assert result and result["chunked"], result
    items: list[dict[str, Any]] = json.loads(s3().get_object(Bucket=result["bucket"], Key=result["key"])["Body"].read())
    return items


def worked(bench: Bench, task: Task, item: dict[str, Any], **more: Any) -> JobResult:
    return done(bench, task, item["step"], chunk=item["chunk"], **more)


def joined(bench: Bench, task: Task) -> JobResult:
    return done(bench, task, "join")


def in_chunks(bench: Bench, task: Task) -> JobResult:
    """The whole way, one worker after the other."""
    for item in planned(bench, task):
        result = worked(bench, task, item)
        assert result.failure is None, result.failure
    return joined(bench, task)


def in_one_go(bench: Bench, task: Task) -> JobResult:
    return done(bench, task, "")


def film(bench: Bench, result: JobResult, name: str) -> Path:
    """The one output, as a file of this name."""
    assert result.failure is None, result.failure
    (output,) = result.outputs
    path = bench.folder / f"{name}-{output.name}"
    s3().download_file(OUTPUTS, output.key, str(path))
    return path


# ── looking ───────────────────────────────────────────────────────────────────────────────────


def times(programs: Path, path: Path, stream: str = "v:0") -> list[float]:
    """When each frame is shown or heard, in seconds, as a decoder says."""
    command: list[str | Path] = [programs / "ffprobe", "-v", "error", "-select_streams", stream, "-show_entries",
               "frame=pts_time", "-of", "csv=p=0", path]  # fmt: skip
    found = _numbers(command)
    # this ffprobe has no decoder for AV1: its packets tell as well
    return found or sorted(_numbers(["packet=pts_time" if word == "frame=pts_time" else word for word in command]))


def _numbers(command: Sequence[str | Path]) -> list[float]:
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [float(line.strip(",")) for line in out.split() if line.strip(",") not in {"", "N/A"}]


def difference(programs: Path, one: Path, other: Path) -> float:
    """The worst PSNR of a frame against the frame of the same number, in dB; 100 when they are the same."""
    numbered = "settb=1/25,setpts=N"
    graph = f"[0:v]{numbered}[a];[1:v]{numbered}[b];[a][b]psnr=stats_file=-:stats_version=1"
    command: list[str | Path] = [
        programs / "ffmpeg",
        "-v",
        "error",
        "-i",
        one,
        "-i",
        other,
        "-filter_complex",
        graph,
        "-f",
        "null",
        "-",
    ]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = [line.split("psnr_avg:")[1].split()[0] for line in out.splitlines() if "psnr_avg:" in line]
    return min(100.0 if value == "inf" else float(value) for value in found)


# ── awkward films ─────────────────────────────────────────────────────────────────────────────

_SIZE = "160x90"
_TONE = ("-f", "lavfi", "-i", "sine=440:d=4")


def _moving(rate: str = "25", seconds: float = 4, size: str = _SIZE) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def _x264(gop: int = 25, more: str = "", pixels: str = "yuv420p") -> tuple[str, ...]:
    parameters = f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=3:b-adapt=0{more}"
    return ("-c:v", "libx264", "-preset", "ultrafast", "-x264-params", parameters, "-pix_fmt", pixels)


def plain(clips: Clips) -> Path:
    return clips.make("plain.mp4", *_moving(), *_TONE, *_x264(), "-c:a", "aac")


def _open(clips: Clips) -> Path:
    return clips.make("open.mp4", *_moving(), *_TONE, *_x264(25, ":open-gop=1"), "-c:a", "aac")


def _rate(rate: str) -> Callable[[Clips], Path]:
    return lambda clips: clips.make("rate.mp4", *_moving(rate), *_TONE, *_x264(30), "-c:a", "aac")


def _variable(clips: Clips) -> Path:
    """Frames of a phone: 30 a second, of which some are left out at random."""
    drop = ("-vf", "select='gt(random(1)\\,0.3)'", "-fps_mode", "vfr")
    return clips.make("vfr.mp4", *_moving("30"), *_TONE, *drop, *_x264(20), "-c:a", "aac")


def _jittering(clips: Clips) -> Path:
    """No rhythm at all: times in ninety thousandths, each a little off."""
    jitter = ("-vf", "settb=1/90000,setpts='PTS+mod(N*7919\\,1100)'", "-fps_mode", "passthrough")
    clock = ("-enc_time_base", "1/90000", "-video_track_timescale", "90000")
    return clips.make("jitter.mp4", *_moving("24"), *jitter, *clock, *_x264(20))


def _edited(clips: Clips) -> Path:
    """Cut by an edit list within a group of pictures, as phones do."""
    return clips.make("edited.mp4", "-ss", "0.7", "-i", str(plain(clips)), "-c", "copy")


def _late(clips: Clips) -> Path:
    """Its picture begins a third of a second after its sound."""
    return clips.make("late.mp4", *_TONE, "-itsoffset", "0.36", *_moving(), "-map", "1:v", "-map", "0:a", *_x264(),
                      "-c:a", "aac")  # fmt: skip


def _early(clips: Clips) -> Path:
    """Its sound begins a third of a second after its picture."""
    return clips.make("early.mp4", *_moving(), "-itsoffset", "0.36", *_TONE, *_x264(), "-c:a", "aac")


def _upright(clips: Clips) -> Path:
    return clips.make("upright.mov", "-display_rotation", "-90", "-i", str(plain(clips)), "-c", "copy")


def _deep(clips: Clips) -> Path:
    return clips.make("deep.mp4", *_moving(), *_x264(25, "", "yuv420p10le"))


def _interlaced(clips: Clips) -> Path:
    fields = ("-vf", "interlace", "-flags", "+ilme+ildct")
    return clips.make("interlaced.mp4", *_moving("50", size="160x96"), *fields, *_x264(25, ":tff=1"))


def _matroska(of: Callable[[Clips], Path]) -> Callable[[Clips], Path]:
    return lambda clips: clips.make(f"{of(clips).stem}.mkv", "-i", str(of(clips)), "-c", "copy")


def _hour(clips: Clips) -> Path:
    """Its clock begins at an hour."""
    return clips.make("hour.mkv", "-i", str(plain(clips)), "-c", "copy", "-output_ts_offset", "3600")


def _hevc(clips: Clips) -> Path:
    parameters = "log-level=error:keyint=25:min-keyint=25:scenecut=0:open-gop=1:bframes=3"
    return clips.make("hevc.mp4", *_moving(), *_TONE, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                      parameters, "-pix_fmt", "yuv420p", "-c:a", "aac")  # fmt: skip


def _mpeg2(clips: Clips) -> Path:
    return clips.make("mpeg2.mp4", *_moving(), "-c:v", "mpeg2video", "-g", "15", "-bf", "2")


def _vp9(clips: Clips) -> Path:
    return clips.make("vp9.webm", *_moving(), *_TONE, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8",
                      "-g", "25", "-c:a", "libopus")  # fmt: skip


def _wide(clips: Clips) -> Path:
    return clips.make("wide.mp4", *_moving(), "-vf", "setsar=16/11", *_x264())


AWKWARD: dict[str, Callable[[Clips], Path]] = {
    "plain": plain,
    "open groups of pictures": _open,
    "23.976": _rate("24000/1001"),
    "29.97": _rate("30000/1001"),
    "59.94": _rate("60000/1001"),
    "variable rate": _variable,
    "no rhythm": _jittering,
    "edit list": _edited,
    "late picture": _late,
    "late sound": _early,
    "upright": _upright,
    "10 bit": _deep,
    "interlaced": _interlaced,
    "anamorphic": _wide,
    "HEVC, open": _hevc,
    "MPEG-2": _mpeg2,
    "Matroska": _matroska(plain),
    "Matroska, open": _matroska(_open),
    "Matroska at 23.976": _matroska(_rate("24000/1001")),
    "Matroska from an hour on": _hour,
    "WebM": _vp9,
}

# All of a test's cases, not only those of an ordinary run: `make films`.
EVERY = "SLUICE_EVERY_FILM" in os.environ


def but(cases: Mapping[str, Case], *left_out: str) -> dict[str, Case]:
    """The cases of an ordinary run, without those that are much like others."""
    return {name: case for name, case in cases.items() if EVERY or name not in left_out}


def farthest(one: Sequence[float], other: Sequence[float]) -> float:
    """Seconds between the two that are farthest apart."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
