"""Whether films in chunks are the films in one go: frames, times, bytes, and what is seen at seams."""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.chunks.ground import (
    CHUNK_SECONDS,
    Asked,
    checked,
    chunks_film,
    equipped,
    seams_of,
    set_chunks,
    whole_film,
)
from sluice.aws import clients
from sluice.tasks import Task
from tests.chunks import AWKWARD, farthest, planned, times, worked
from tests.clips import Clips
from tests.conftest import OUTPUTS

# Frames from a seam.
NEAR = 12
# Whose chunks are encoded twice, and by which codecs.
TWICE: Sequence[dict[str, str]] = ({}, {"codec": "h265"}, {"codec": "vp9", "container": "webm"}, {"codec": "av1"})


def awkward(asked: Asked) -> dict[str, Any]:
    """The worst of all awkward films."""
    lost: list[str] = []
    late, out_of_time = [], []
    with equipped(asked) as (bench, programs, _):
        set_chunks(1)
        clips = Clips(programs, _folder(bench.folder / "clips"))
        for name, clip in AWKWARD.items():
            task = bench.validated(clip(clips))
            made = [chunks_film(bench, task), whole_film(bench, task)]
            seen = [times(programs, path) for path in made]
            heard = [times(programs, path, "a:0") for path in made]
            print(f"{name}: {len(seen[0])} and {len(seen[1])} frames", file=sys.stderr, flush=True)
            if len(seen[0]) != len(seen[1]):
                lost.append(name)
                continue
            late.append(farthest(*seen))
            out_of_time += [farthest(*heard)] if heard[0] else []
    return {
        "awkward films": len(AWKWARD),
        "films with other frames": lost,
        "farthest presentation time (ms)": round(1000 * max(late), 3),
        "farthest sound (ms)": round(1000 * max(out_of_time), 3),
    }


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def same(asked: Asked) -> dict[str, Any]:
    """Every chunk of a film twice, by each codec; files are named by their content, so that equal ones are one."""
    count, different = 0, 0
    with equipped(asked) as (bench, programs, _):
        set_chunks(1)
        source = AWKWARD["variable rate"](Clips(programs, _folder(bench.folder / "clips")))
        for options in TWICE:
            task = bench.validated(source, **options)
            items = [item for item in planned(bench, task) if item["step"] == "chunk"]
            for item in [*items, *items]:
                _forget_descriptions(task)
                checked(task, worked(bench, task, item, seconds=3600))
            count += len(items)
            different += len(_chunk_files(task)) - len(items)
    return {"chunks encoded twice": count, "chunks that came out in other bytes": different}


def _chunk_files(task: Task) -> list[str]:
    listed = clients.s3().list_objects_v2(Bucket=OUTPUTS, Prefix=f"work/{task.id}/chunks/1/")
    return [found["Key"] for found in listed["Contents"] if found["Key"].endswith(".mp4")]


def _forget_descriptions(task: Task) -> None:
    """Make the workers believe that nothing was made."""
    for key in _chunk_files(task):
        described = re.sub(r"-[0-9a-f]{16}\.mp4$", ".json", key)
        clients.s3().delete_object(Bucket=OUTPUTS, Key=described)


def seams(asked: Asked) -> dict[str, Any]:
    with equipped(asked) as (bench, programs, source):
        set_chunks(CHUNK_SECONDS)
        task = bench.validated(source)
        made = [chunks_film(bench, task), whole_film(bench, task)]
        one, other = (vmaf(programs, path, source) for path in made)
        bounds = seams_of(task)
    near = [n for n in range(len(one)) if any(abs(n - seam) <= NEAR for seam in bounds)]
    worst = min(near, key=lambda n: one[n] - other[n])
    return {
        "VMAF in one go, mean": round(sum(other) / len(other), 2),
        "VMAF, chunks minus one go, mean": round(sum(one) / len(one) - sum(other) / len(other), 3),
        "VMAF, chunks minus one go, worst near a seam": round(one[worst] - other[worst], 2),
        "that frame, from its seam": min((worst - seam for seam in bounds), key=abs),
        "VMAF, chunks minus one go, mean near seams": round(sum(one[n] - other[n] for n in near) / len(near), 2),
        "frames near seams worse by more than 2, %": round(100 * sum(one[n] < other[n] - 2 for n in near) / len(near)),
    }


def vmaf(programs: Path, made: Path, source: Path) -> list[float]:
    """Of every frame."""
    with tempfile.TemporaryDirectory() as name:
        log = Path(name) / "vmaf.json"
        graph = f"[0:v]settb=1/25,setpts=N[a];[1:v]settb=1/25,setpts=N[b];[a][b]libvmaf=log_fmt=json:log_path={log}"
        inputs = ("-i", made, "-i", source, "-filter_complex", f"{graph}:n_threads=2")
        compare: list[str | Path] = [
            programs / "ffmpeg",
            "-v",
            "error",
            *inputs,
            "-enc_time_base:v",
            "1/25",
            "-f",
            "null",
            "-",
        ]
        subprocess.run(compare, check=True)
        return [frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"]]
