"""Every kind on a real sample, through the deployed local stack: options, seconds, and what was made.

    PYTHONPATH=layers/core python -m benchmarks.kinds [--samples ../shared/media] [--port 4566]

Writes docs/benchmarks/kinds.md. Seconds are from a subtask's start to its end, while the others of the sample run.
"""

import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from benchmarks import report
from local import cloud
from local.aws import client
from local.stack_env import StackEnv

FINAL = {"succeeded", "failed", "cancelled"}
Task = dict[str, Any]

HEAD = """# Every kind on real samples

{made_by}

On the local cloud, all subtasks of a sample at once.

"""

FILM = "forensics_movie_hello_720p.mp4"
ASKED: dict[str, list[dict[str, Any]]] = {
    FILM: [
        {"kind": "video", "options": {"resolution": 480}},
        {"kind": "quality", "after": [1], "options": {"distorted": {"subtask": 1, "name": "video.mp4"}}},
        {"kind": "adaptive"},
        {"kind": "audio", "options": {"waveform": True, "loudness": -16}},
        {"kind": "enhancement", "options": {"picture": {"denoise": "low"}, "sound": {"loudness": -16}}},
        {"kind": "screenshot", "options": {"count": 4}},
        {"kind": "sprite"},
        {"kind": "animation", "options": {"duration_seconds": 2}},
        {"kind": "image", "options": {"time": 3, "format": "webp"}},
        {"kind": "metadata"},
        {"kind": "moderation", "options": {"parts": ["frames", "text", "speech"]}},
        {"kind": "discovery"},
        {"kind": "subtitles"},
        {"kind": "chapters"},
    ],
    "astronaut.png": [
        {"kind": "image", "options": {"format": "avif", "width": 256}},
        {"kind": "moderation"},
        {"kind": "discovery"},
    ],
    "sense_and_sensibility_01_austen_64kb-0870.wav": [
        {"kind": "audio", "options": {"format": "opus"}},
        {"kind": "subtitles"},
    ],
}


def main(
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    port: Annotated[int, typer.Option(help="Of the local cloud.")] = 4566,
) -> None:
    env = cloud.up(port)
    rows: list[Sequence[object]] = []
    for name, subtasks in ASKED.items():
        task = done(env, samples / name, subtasks)
        rows += [row(name, asked, subtask) for asked, subtask in zip(subtasks, task["subtasks"], strict=True)]
    table = report.table(("sample", "kind", "options", "s", "result"), rows)
    report.write("kinds.md", HEAD.format(made_by=report.made_by("python -m benchmarks.kinds")) + table + "\n")


def done(env: StackEnv, sample: Path, subtasks: list[dict[str, Any]]) -> Task:
    """The task of these subtasks on this sample, once it has ended."""
    key = f"bench/{sample.name}"
    client("s3", env.aws_endpoint_url).upload_file(str(sample), env.sluice_bucket, key)
    headers = {"Authorization": f"Bearer {env.sluice_key_secret}"}
    with httpx.Client(base_url=env.sluice_url, headers=headers, timeout=60) as http:
        body = {"input": {"bucket": env.sluice_bucket, "key": key}, "subtasks": subtasks}
        task: Task = http.post("/tasks", json=body).raise_for_status().json()
        while task["status"] not in FINAL:
            time.sleep(0.5)
            task = http.get(f"/tasks/{task['id']}").raise_for_status().json()
    return task


def row(sample: str, asked: dict[str, Any], subtask: dict[str, Any]) -> Sequence[object]:
    options = json.dumps(asked.get("options", {}))
    return sample, f"`{asked['kind']}`", f"`{options}`", f"{_seconds(subtask):.1f}", "; ".join(told(subtask))


def told(subtask: dict[str, Any]) -> Iterator[str]:
    """What its outputs are as a probe sees them, and the gist of its result."""
    if subtask["error"]:
        yield f"**{subtask['error']['code']}**"
    for output in subtask["outputs"][:3]:
        size = f" {output['width']}x{output['height']}" if output["width"] else ""
        length = f" {output['duration']:.2f} s" if output["duration"] else ""
        yield f"{output['name']}: {output['codec'] or output['type']}{size}{length}, {output['size']} bytes"
    if len(subtask["outputs"]) > 3:
        yield f"and {len(subtask['outputs']) - 3} more"
    yield from _gist(subtask["kind"], subtask["result"] or {})


def _gist(kind: str, result: dict[str, Any]) -> Iterator[str]:
    if kind == "quality":
        yield f"VMAF {result['metrics']['vmaf']['mean']:.1f}"
    for name in ("verdict", "language", "cues", "chapter_count", "tiles"):
        if name in result:
            yield f"{name} {result[name]}"


def _seconds(subtask: dict[str, Any]) -> float:
    begun, ended = (datetime.fromisoformat(subtask[name]) for name in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()


if __name__ == "__main__":
    typer.run(main)
