"""One clip through the whole flow, from its upload to `succeeded`, next to bare ffmpeg making the same outputs.

    python -m benchmarks.flow [--video samples/bbb_clip.mp4] [--runs 5] [--port 4566]

Cold: the local cloud was stopped and started, so every function starts anew. Warm: the runs after it, each followed by
the bare commands, so that the ratio is of the same minute. Writes docs/benchmarks/flow.json and flow.md.
"""

import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from local import cloud
from local.aws import client
from local.media import link_media_programs
from local.places import ROOT
from local.stack_env import StackEnv

FOLDER = ROOT / "docs" / "benchmarks"
FINAL = {"succeeded", "failed", "cancelled"}
TEXT = """# From upload to `succeeded`

By `make bench`: `{clip}` through the default workflow on the local cloud, {cpus} CPUs, {runs} warm runs, each paired
with bare ffmpeg.

| | median | spread |
|---|---|---|
| flow, cold (s) | {cold:.2f} | one run |
{table}

Bare ffmpeg makes no moderation verdict, which is part of the flow's time.
"""


def main(
    video: Annotated[Path, typer.Option(help="The clip.")] = ROOT / "samples" / "bbb_clip.mp4",
    runs: Annotated[int, typer.Option(min=1, help="Warm runs.")] = 5,
    port: Annotated[int, typer.Option(help="Of the local cloud.")] = 4566,
) -> None:
    cloud.up(port)
    cloud.down(port)
    env = cloud.up(port)
    cold = through_the_flow(env, video, "cold")
    pairs = [(through_the_flow(env, video, f"warm-{run}"), bare(video)) for run in range(runs)]
    write(video, cold, pairs)


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
        begun = time.monotonic()
        for command in commands(folder / "ffmpeg", video, folder):
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return time.monotonic() - begun


def commands(ffmpeg: Path, video: Path, folder: Path) -> Iterator[list[str]]:
    """What the default workflow does of an 8 s clip, as one would type it."""
    begin = [str(ffmpeg), "-v", "error", "-y"]
    yield [
        *(*begin, "-i", str(video), "-vf", "scale=1280:720,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast"),
        *("-crf", "23", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(folder / "video.mp4")),
    ]
    for number, seconds in enumerate((0.8, 4.0, 7.2)):
        still = str(folder / f"still-{number}.jpg")
        yield [*begin, "-ss", str(seconds), "-i", str(video), "-frames:v", "1", "-update", "1", "-q:v", "2", still]
    yield [*begin, "-i", str(video), "-vf", "fps=0.5,scale=-2:360", "-q:v", "3", str(folder / "frame-%03d.jpg")]


def write(video: Path, cold: float, pairs: list[tuple[float, float]]) -> None:
    """Medians and spreads; the ratio is taken pair by pair."""
    flow, ffmpeg = zip(*pairs, strict=True)
    ratios = [a / b for a, b in pairs]
    extra = [a - b for a, b in pairs]
    rows = {"flow, warm (s)": flow, "bare ffmpeg (s)": ffmpeg, "ratio": ratios, "extra (s)": extra}
    figures = {name: _spread(values) for name, values in rows.items()}
    machine = {"cpus": _cpus(), "python": platform.python_version(), "system": platform.platform()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = {"clip": video.name, "machine": machine, "runs": len(pairs), "cold": round(cold, 2), "figures": figures}
    (FOLDER / "flow.json").write_text(json.dumps(report, indent=2) + "\n")
    table = "\n".join(f"| {name} | {f['median']} | {f['min']} to {f['max']} |" for name, f in figures.items())
    text = TEXT.format(clip=video.name, cpus=_cpus(), runs=len(pairs), cold=cold, table=table)
    (FOLDER / "flow.md").write_text(text)
    print(text)


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 2),
        "min": round(min(values), 2),
        "max": round(max(values), 2),
    }


def _cpus() -> int:
    return os.cpu_count() or 1


if __name__ == "__main__":
    typer.run(main)
