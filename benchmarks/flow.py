"""Clips through the whole flow, from the upload to `succeeded`, next to bare ffmpeg making the same outputs.

    python -m benchmarks.flow [--samples ../shared/media] [--runs 5] [--port 4566]

The clips: the repository's own of 8 s, and of a longer film one of 5 s and one of a minute, both of 720 lines. Each
goes through a workflow of which ffmpeg can make every file, and through the default one, which gives a verdict too.

Cold: the local cloud was stopped and started, so every function starts anew. Warm: the runs after it, each followed by
the bare commands, so that the ratio is of the same minute. Writes docs/benchmarks/flow.json and flow.md.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

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
HEAD = ("clip", "flow, warm (s)", "bare ffmpeg (s)", "ratio", "extra (s)")
TEXT = """# From upload to `succeeded`

{made_by}

On the local cloud, {runs} warm runs, each paired with bare ffmpeg: medians (least to most). A run ends when the task's
record says so; the task is looked at once a second, since a look works on the same processors. The very first run after
the cloud's start, cold, took {cold:.2f} s (8 s of film, default workflow).

## The same files
An H.264/AAC MP4 of 720 lines and three stills.

{same}

## The default workflow
A moderation verdict besides, on pictures, text in them and speech. Bare ffmpeg can make no verdict; it takes the frames
that one would look at.

{default}
"""


class Work(NamedTuple):
    """What uploads to `folder` get, by a workflow of this name; `judged` when a verdict is part of it."""

    workflow: str
    folder: str
    judged: bool


SAME = Work("same-files", "uploads/same/", judged=False)
DEFAULT = Work("default", "uploads/bench/", judged=True)
WORKFLOW = {
    "prefixes": [SAME.folder],
    "subtasks": [
        {"kind": "video", "options": {"resolution": 720}},
        {"kind": "screenshot", "options": {"times": ["10%", "50%", "90%"]}},
    ],
}
Pairs = list[tuple[float, float]]
Figures = dict[str, report.Spread]


def main(
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    runs: Annotated[int, typer.Option(min=1, help="Warm runs.")] = 5,
    port: Annotated[int, typer.Option(help="Of the local cloud.")] = 4566,
) -> None:
    cloud.up(port)
    cloud.down(port)
    env = cloud.up(port)
    with tempfile.TemporaryDirectory() as name, api(env) as http:
        clips = [ROOT / "samples" / "bbb_clip.mp4", *cut(samples / FILM, Path(name))]
        cold = through_the_flow(env, clips[0], DEFAULT, "cold")
        http.put(f"/workflows/{SAME.workflow}", json=WORKFLOW).raise_for_status()
        measured = {work: {clip.name: pairs_of(env, clip, work, runs) for clip in clips} for work in (SAME, DEFAULT)}
        http.delete(f"/workflows/{SAME.workflow}").raise_for_status()
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


def pairs_of(env: StackEnv, clip: Path, work: Work, runs: int) -> Pairs:
    through_the_flow(env, clip, work, "warming")
    return [(through_the_flow(env, clip, work, f"warm-{run}"), bare(clip, work)) for run in range(runs)]


def api(env: StackEnv) -> httpx.Client:
    return httpx.Client(
        base_url=env.sluice_url, headers={"Authorization": f"Bearer {env.sluice_key_secret}"}, timeout=60
    )


def through_the_flow(env: StackEnv, video: Path, work: Work, name: str) -> float:
    """Seconds from the end of the upload to the status `succeeded`, by the task's own record.

    It is looked at once a second, since whoever asks has the functions work on the same processors.
    """
    key = f"{work.folder}{time.time_ns()}-{name}{video.suffix}"
    client("s3", env.aws_endpoint_url).upload_file(str(video), env.sluice_bucket, key)
    uploaded = time.time()
    with api(env) as http:
        ended = next(_ending(http, key))
    if (ended["status"], ended["workflow"]) != ("succeeded", work.workflow):
        raise SystemExit(f"the task of {key} ended {ended['status']}, by the workflow {ended['workflow']}")
    return datetime.fromisoformat(ended["finished_at"]).timestamp() - uploaded


def _ending(http: httpx.Client, key: str) -> Iterator[dict[str, Any]]:
    while True:
        time.sleep(1)
        tasks: list[dict[str, Any]] = http.get("/tasks", params={"limit": 5}).raise_for_status().json()
        yield from (task for task in tasks if task["input"]["key"] == key and task["status"] in FINAL)


def bare(video: Path, work: Work) -> float:
    """Seconds of ffmpeg alone, on the local file, one command after another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        link_media_programs(folder)
        duration = seconds_of(folder / "ffprobe", video)
        begun = time.monotonic()
        for command in commands(folder / "ffmpeg", video, work, duration, folder):
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        return time.monotonic() - begun


def seconds_of(ffprobe: Path, video: Path) -> float:
    command = [str(ffprobe), "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(video)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def commands(ffmpeg: Path, video: Path, work: Work, duration: float, folder: Path) -> Iterator[list[str]]:
    """The encode, three stills and, for a verdict, the sampled frames, as one would type it."""
    begin = [str(ffmpeg), "-v", "error", "-y"]
    yield [
        *(*begin, "-i", str(video), "-vf", "scale=1280:720,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast"),
        *("-crf", "23", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(folder / "video.mp4")),
    ]
    for number, share in enumerate((0.1, 0.5, 0.9)):
        still, at = str(folder / f"still-{number}.jpg"), str(share * duration)
        yield [*begin, "-ss", at, "-i", str(video), "-frames:v", "1", "-update", "1", "-q:v", "2", still]
    if not work.judged:
        return
    looks = len(sample_times(duration, ModerationOptions()))
    shrunk = f"fps={looks / duration:.4f},scale=-2:360"
    yield [*begin, "-i", str(video), "-vf", shrunk, "-q:v", "3", str(folder / "frame-%03d.jpg")]


def write(cold: float, measured: dict[Work, dict[str, Pairs]], runs: int) -> None:
    figures = {work: {clip: _figures(pairs) for clip, pairs in of.items()} for work, of in measured.items()}
    same, default = figures[SAME], figures[DEFAULT]
    told = {"machine": report.machine(), "runs": runs, "cold": round(cold, 2)}
    plain = {"figures": _plain(same), "default": _plain(default)}
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    (report.FOLDER / "flow.json").write_text(json.dumps({**told, **plain}, indent=2) + "\n")
    told_by = report.made_by("python -m benchmarks.flow")
    tables = {"same": _table(same), "default": _table(default)}
    report.write("flow.md", TEXT.format(made_by=told_by, runs=runs, cold=cold, **tables))


def _figures(pairs: Pairs) -> Figures:
    """Medians and spreads; the ratio is taken pair by pair."""
    flow, ffmpeg = zip(*pairs, strict=True)
    columns = (flow, ffmpeg, [a / b for a, b in pairs], [a - b for a, b in pairs])
    return dict(zip(HEAD[1:], map(report.spread, columns), strict=True))


def _plain(of: Mapping[str, Figures]) -> dict[str, Any]:
    return {clip: {name: found._asdict() for name, found in figures.items()} for clip, figures in of.items()}


def _table(of: Mapping[str, Figures]) -> str:
    return report.table(HEAD, [(clip, *figures.values()) for clip, figures in of.items()])


if __name__ == "__main__":
    typer.run(main)
