"""Clips through the whole flow, from the upload to `succeeded`, next to bare ffmpeg making the same outputs.

    python -m benchmarks.flow [--samples ../shared/media] [--runs 5] [--port 4566]

The clips: the repository's own of 8 s, and of a longer film one of 5 s and one of a minute, both of 720 lines.

Cold: the local cloud was stopped and started, so every function starts anew. Warm: the runs after it, each followed by
the bare commands, so that the ratio is of the same minute. Writes docs/benchmarks/flow.json and flow.md.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from benchmarks import report
from local import cloud
from local.aws import client
from local.media import link_media_programs
from local.places import ROOT
from local.stack_env import StackEnv
from sluice.kinds.moderation import ModerationOptions, sample_times

FILM = "bbb_trailer_720p.mp4"
FINAL = {"succeeded", "failed", "cancelled"}
HEAD = ("clip", "flow, cold (s)", "flow, warm (s)", "bare ffmpeg (s)", "ratio", "extra (s)")
TEXT = """# From upload to `succeeded`

{made_by}

Through the default workflow on the local cloud, {runs} warm runs, each paired with bare ffmpeg: medians (least to
most). The cold run is one, the first thing that the cloud does.

{table}

Bare ffmpeg makes no moderation verdict, which is part of the flow's time.
"""


def main(
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    runs: Annotated[int, typer.Option(min=1, help="Warm runs.")] = 5,
    port: Annotated[int, typer.Option(help="Of the local cloud.")] = 4566,
) -> None:
    cloud.up(port)
    cloud.down(port)
    env = cloud.up(port)
    with tempfile.TemporaryDirectory() as name:
        clips = [ROOT / "samples" / "bbb_clip.mp4", *cut(samples / FILM, Path(name))]
        cold = through_the_flow(env, clips[0], "cold")
        measured = {clip.name: pairs_of(env, clip, runs) for clip in clips}
    write(cold, measured, runs)


def cut(film: Path, folder: Path) -> Iterator[Path]:
    """As long as asked for, by copying; the film begins anew where it is too short."""
    link_media_programs(folder / "bin")
    for seconds, skipped in ((5, 12), (60, 0)):
        target = folder / f"{film.stem}-{seconds}s.mp4"
        loop = (
            "-stream_loop",
            "1",
            "-ss",
            str(skipped),
            "-i",
            str(film),
            "-t",
            str(seconds),
            "-c",
            "copy",
            str(target),
        )
        subprocess.run([str(folder / "bin" / "ffmpeg"), "-v", "error", *loop], check=True)
        yield target


def pairs_of(env: StackEnv, clip: Path, runs: int) -> list[tuple[float, float]]:
    through_the_flow(env, clip, "warming")
    return [(through_the_flow(env, clip, f"warm-{run}"), bare(clip)) for run in range(runs)]


def through_the_flow(env: StackEnv, video: Path, name: str) -> float:
    """Seconds from the end of the upload to the status `succeeded`, asked for ten times a second."""
    key = f"uploads/bench/{time.time_ns()}-{name}{video.suffix}"
    client("s3", env.aws_endpoint_url).upload_file(str(video), env.sluice_bucket, key)
    begun = time.monotonic()
    with httpx.Client(
        base_url=env.sluice_url, headers={"Authorization": f"Bearer {env.sluice_key_secret}"}, timeout=60
    ) as http:
        status = next(_ending(http, key))
    if status != "succeeded":
        raise SystemExit(f"the task of {key} ended {status}")
    return time.monotonic() - begun


def _ending(http: httpx.Client, key: str) -> Iterator[str]:
    while True:
        tasks: list[dict[str, Any]] = http.get("/tasks", params={"limit": 5}).raise_for_status().json()
        yield from (task["status"] for task in tasks if task["input"]["key"] == key and task["status"] in FINAL)
        time.sleep(0.1)


def bare(video: Path) -> float:
    """Seconds of ffmpeg alone, on the local file: the encode, three stills, the sampled frames, one after another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        link_media_programs(folder)
        duration = seconds_of(folder / "ffprobe", video)
        begun = time.monotonic()
        for command in commands(folder / "ffmpeg", video, duration, folder):
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return time.monotonic() - begun


def seconds_of(ffprobe: Path, video: Path) -> float:
    command = [str(ffprobe), "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(video)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def commands(ffmpeg: Path, video: Path, duration: float, folder: Path) -> Iterator[list[str]]:
    """What the default workflow makes, as one would type it."""
    begin = [str(ffmpeg), "-v", "error", "-y"]
    yield [
        *(*begin, "-i", str(video), "-vf", "scale=1280:720,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast"),
        *("-crf", "23", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(folder / "video.mp4")),
    ]
    for number, share in enumerate((0.1, 0.5, 0.9)):
        still, at = str(folder / f"still-{number}.jpg"), str(share * duration)
        yield [*begin, "-ss", at, "-i", str(video), "-frames:v", "1", "-update", "1", "-q:v", "2", still]
    looks = len(sample_times(duration, ModerationOptions()))
    shrunk = f"fps={looks / duration:.4f},scale=-2:360"
    yield [*begin, "-i", str(video), "-vf", shrunk, "-q:v", "3", str(folder / "frame-%03d.jpg")]


def write(cold: float, measured: dict[str, list[tuple[float, float]]], runs: int) -> None:
    """Medians and spreads; the ratio is taken pair by pair."""
    figures = {}
    rows: list[Sequence[object]] = []
    for clip, pairs in measured.items():
        flow, ffmpeg = zip(*pairs, strict=True)
        columns = (flow, ffmpeg, [a / b for a, b in pairs], [a - b for a, b in pairs])
        figures[clip] = dict(zip(HEAD[2:], map(report.spread, columns), strict=True))
        rows.append((clip, "" if rows else f"{cold:.2f}", *figures[clip].values()))
    told = {"machine": report.machine(), "runs": runs, "cold": round(cold, 2)}
    plain = {clip: {name: found._asdict() for name, found in row.items()} for clip, row in figures.items()}
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    (report.FOLDER / "flow.json").write_text(json.dumps({**told, "figures": plain}, indent=2) + "\n")
    made_by = report.made_by("python -m benchmarks.flow")
    report.write("flow.md", TEXT.format(made_by=made_by, runs=runs, table=report.table(HEAD, rows)))


if __name__ == "__main__":
    typer.run(main)
