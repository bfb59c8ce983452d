"""Films in chunks against the same films in one go: frames, sound, seams, size, cost, and the memory of the join.

    PYTHONPATH=layers/core:. python -m benchmarks.chunks [PART …] [--samples ../shared/media] [--runs 5] [--seconds 60]

Parts: frames, same, cost, seams, sound, ladder, memory, speed, walls; all of them when none is named. Writes
chunks.json in docs/benchmarks, where every part keeps its figures until it is measured again, and chunks.md. No cloud:
the steps run on moto's S3 and DynamoDB behind a socket, and ways that are compared take turns.
"""

import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from benchmarks import report, standin
from benchmarks.standin import NOBODY, desk
from sluice.aws import clients
from sluice.chunking.sound_parts import FRAME
from sluice.clock import now
from sluice.ffmpeg.probe import probe
from sluice.kinds.adaptive import AdaptiveOptions, command
from sluice.kinds.adaptive.run import plan_for
from sluice.kinds.video.codecs import ENCODERS, Quality
from sluice.kinds.video.run import run
from sluice.tasks import Task
from tests.bench import Bench
from tests.chunks import AWKWARD, farthest, film, joined, planned, times, worked
from tests.clips import Clips
from tests.conftest import MEDIA, OUTPUTS, forget
from tests.server import serving

Samples = NDArray[np.float32]
FILM, SECONDS, CHUNK_SECONDS, NEAR = "bbb_trailer_720p.mp4", 60, 10, 12
LADDER = {"ladder": [{"short_side": side} for side in (240, 360, 480, 540, 720)], "iframes": False}
_SPEED_SECONDS = 4
# The parts whose figures depend on how long the real film is.
_OF_THE_FILM = {"cost", "seams", "walls"}
# Whose chunks are encoded twice, and by which codecs.
TWICE: Sequence[dict[str, str]] = ({}, {"codec": "h265"}, {"codec": "vp9", "container": "webm"}, {"codec": "av1"})
TEXT = """# Films in chunks

{made_by}

The awkward films are {awkward}, four seconds each, cut about every second. The real film is {film}, repeated to
the length in the table, in chunks of about {chunk} s. Times and ratios are medians of paired runs (least to most); a
ratio of processor time is of all that a way takes, Python and ffmpeg, the join among it. Quality is VMAF against the
source. Sound in parts is 52 s of the film's music in parts of 6 to 9 s: what differs from the source is its noise, and
an error that jumps has large second differences, its steps. A load far above the CPUs slows all alike: it touches no
count, no size and hardly a ratio.

{table}
"""


@dataclass(frozen=True)
class Asked:
    samples: Path
    runs: int
    seconds: int
    join_bytes: int


def main(
    parts: Annotated[list[str] | None, typer.Argument(help="What is measured; all when none is named.")] = None,
    samples: Annotated[Path, typer.Option(help="The folder of the samples.")] = report.SAMPLES,
    runs: Annotated[int, typer.Option(min=1, help="Paired runs of what is a ratio or a time.")] = 5,
    seconds: Annotated[int, typer.Option(help="Length of the real film.")] = SECONDS,
    join_bytes: Annotated[int, typer.Option(help="Size of the film whose join is measured.")] = 2_000_000_000,
) -> None:
    if unknown := set(parts or ()) - set(PARTS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    for name in parts or PARTS:
        begun = time.monotonic()
        figures = PARTS[name](Asked(samples, runs, seconds, join_bytes))
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
        write(name, figures, runs, seconds)


@contextmanager
def equipped(asked: Asked) -> Iterator[tuple[Bench, Path, Path]]:
    """The steps' world, its programs, and the real film."""
    with tempfile.TemporaryDirectory(prefix="sluice-chunks-") as name, desk(Path(name)) as (bench, programs):
        yield bench, programs, looped(programs, asked.samples / FILM, asked.seconds, Path(name) / "film.mp4")


def set_chunks(seconds: float, sound: float = 0.0) -> None:
    """`sound` is the length of its parts, nought for the planner's."""
    os.environ["SLUICE_CHUNK_SECONDS"] = str(seconds)
    os.environ["SLUICE_SOUND_SECONDS"] = str(sound)
    forget()


# ── what is compared ──────────────────────────────────────────────────────────────────────────


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
                _checked(task, worked(bench, task, item, seconds=3600))
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


def cost(asked: Asked) -> dict[str, Any]:
    ratios, sizes, read = [], [], []
    with equipped(asked) as (bench, _, source):
        set_chunks(CHUNK_SECONDS)
        for _run in range(asked.runs):
            task = bench.validated(source)
            with counted_reads() as count:
                one, cpu_chunked = spent(partial(chunks_film, bench, task))
            read.append(sum(count) / source.stat().st_size)
            other, cpu_whole = spent(partial(whole_film, bench, task))
            ratios.append(cpu_chunked / cpu_whole)
            sizes.append(one.stat().st_size / other.stat().st_size)
            print(f"{cpu_chunked:.1f} s of {cpu_whole:.1f} s, {sizes[-1]:.4f} of the size", file=sys.stderr)
        chunks = len(seams_of(task)) + 1
    return {
        "chunks": chunks,
        "processor time, chunks and join / one go": report.spread(ratios, 3)._asdict(),
        "size, chunks / one go": report.spread(sizes, 4)._asdict(),
        "bytes read by the chunks' workers / size of the source": report.spread(read, 3)._asdict(),
    }


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


def chunked(bench: Bench, task: Task) -> Any:
    for item in planned(bench, task):
        _checked(task, worked(bench, task, item, seconds=3600))
    return joined(bench, task)


def _checked(task: Task, result: Any) -> None:
    if result.failure:
        raise SystemExit(f"{task.source.key}: {result.failure}")


def chunks_film(bench: Bench, task: Task) -> Path:
    return film(bench, chunked(bench, task), "chunked")


def whole_film(bench: Bench, task: Task) -> Path:
    return film(bench, bench.perform(task, run, seconds=3600), "whole")


def looped(programs: Path, source: Path, seconds: int, target: Path) -> Path:
    """As long as asked for, by copying."""
    loop = ("-stream_loop", "3", "-i", source, "-t", str(seconds), "-c", "copy", target)
    subprocess.run([programs / "ffmpeg", "-v", "error", *loop], check=True)
    return target


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def seams_of(task: Task) -> list[int]:
    """The numbers of the frames that later chunks begin with."""
    prefix = f"work/{task.id}/chunks/1"
    counts = _stored(f"{prefix}/plan.json")["frames"]
    return [sum(counts[:n]) for n in range(1, len(counts))]


def processor_seconds() -> float:
    """Of this process and of the programs that it has started and that have ended."""
    return sum(used.ru_utime + used.ru_stime for used in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def spent(work: Callable[[], Path]) -> tuple[Path, float]:
    """What it gives, and its processor time."""
    before = processor_seconds()
    return work(), processor_seconds() - before


@contextmanager
def counted_reads() -> Iterator[list[int]]:
    """Bytes of the source that workers asked for; the sound's own reading, by ffmpeg, isn't among them."""
    seen: list[int] = []

    def note(params: Mapping[str, Any], **_: Any) -> None:
        if params["Bucket"] == MEDIA and (asked := re.fullmatch(r"bytes=(\d+)-(\d+)", params.get("Range", ""))):
            seen.append(int(asked[2]) - int(asked[1]) + 1)

    events = clients.s3().meta.events
    events.register("provide-client-params.s3.GetObject", note)
    yield seen
    events.unregister("provide-client-params.s3.GetObject", note)


# ── sound in parts ────────────────────────────────────────────────────────────────────────────

# Shorter parts than the planner would make, so that there are many seams in a minute of music.
_PART_SECONDS = (6.0, 7.0, 8.0, 9.0)
_NEAR_SAMPLES = 2048


def sound(asked: Asked) -> dict[str, Any]:
    """Music in parts against the same in one go: how far either is from the source, at seams and between them."""
    seams_of_all: list[int] = []
    at_seams: list[float] = []
    between: list[float] = []
    steps, late, signal = [], [], 0.0
    with equipped(asked) as (bench, programs, _):
        set_chunks(20)
        source = _music(programs, asked.samples / FILM, bench.folder / "music.mp4")
        whole = whole_film(bench, bench.validated(source))
        true, other = (_decoded(programs, path) for path in (source, whole))
        usual = np.abs(np.diff(_error(other, true), 2, axis=0)).max()
        signal = _decibels(true, _error(other, true))
        for seconds in _PART_SECONDS:
            set_chunks(20, sound=seconds)
            task = bench.validated(source)
            path = chunks_film(bench, task)
            one, (found, middles) = _decoded(programs, path), _sound_seams(task)
            late.append(farthest(_packets(programs, path), _packets(programs, whole)))
            seams_of_all += found
            at_seams += [_nearer(other, one, true, at) for at in found]
            between += [_nearer(other, one, true, at) for at in middles]
            steps += [np.abs(np.diff(_error(one, true)[_about(at)], 2, axis=0)).max() / usual for at in found]
    return {
        "seams of the sound": len(seams_of_all),
        "farthest packet of sound in parts (ms)": round(1000 * max(late), 3),
        "sound in one go, signal / noise (dB)": round(signal, 2),
        "sound in parts / in one go, signal / noise within 2,048 samples of a seam, mean (dB)": _mean(at_seams),
        "the worst seam (dB)": round(min(at_seams), 2),
        "the same in the middle of parts, mean (dB)": _mean(between),
        "the worst middle (dB)": round(min(between), 2),
        "greatest step of the error at a seam / anywhere in one go": round(float(max(steps)), 2),
    }


def _music(programs: Path, source: Path, target: Path) -> Path:
    """The film's sound without a gap, by a codec that decodes the same each time, under small pictures."""
    pictures = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=64x48:r=5:d=52",
        "-i",
        source,
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-t",
        "52",
    )
    how = ("-c:v", "libx264", "-g", "5", "-af", "aresample=48000", "-c:a", "libmp3lame", "-b:a", "320k")
    subprocess.run([programs / "ffmpeg", "-v", "error", *pictures, *how, target], check=True)
    return target


def _decoded(programs: Path, path: Path) -> Samples:
    raw = ("-map", "0:a:0", "-c:a", "pcm_f32le", "-f", "f32le", "-")
    made = subprocess.run([programs / "ffmpeg", "-v", "error", "-i", path, *raw], check=True, stdout=subprocess.PIPE)
    return np.frombuffer(made.stdout, "<f4").reshape(-1, 2)


def _packets(programs: Path, path: Path) -> list[float]:
    asked = ("-select_streams", "a", "-show_entries", "packet=pts_time", "-of", "csv=p=0", path)
    made = subprocess.run([programs / "ffprobe", "-v", "error", *asked], check=True, stdout=subprocess.PIPE, text=True)
    return [float(line.strip(",")) for line in made.stdout.split()]


def _sound_seams(task: Task) -> tuple[list[int], list[int]]:
    """The samples at which parts begin, all but the first; and the middles of these parts, all but the last's."""
    prefix, ends = f"work/{task.id}/chunks/1", [0]
    for name in _stored(f"{prefix}/plan.json")["parts"][:-1]:
        first, last = _stored(f"{prefix}/{name}.json")["own"]
        ends.append(ends[-1] + last - first)
    begins = [(end - 1) * FRAME for end in ends[1:]]
    return begins, [(one + other) // 2 for one, other in pairwise(begins)]


def _stored(key: str) -> Any:
    return json.loads(clients.s3().get_object(Bucket=OUTPUTS, Key=key)["Body"].read())


def _about(at: int) -> slice:
    return slice(at - _NEAR_SAMPLES, at + _NEAR_SAMPLES)


def _error(made: Samples, true: Samples) -> Samples:
    count = min(len(made), len(true))
    return made[:count] - true[:count]


def _nearer(other: Samples, one: Samples, true: Samples, at: int) -> float:
    """By how many decibels the error of `one` is less than that of `other`."""
    return _decibels(_error(other, true)[_about(at)], _error(one, true)[_about(at)])


def _decibels(one: Samples, other: Samples) -> float:
    return float(10 * np.log10(np.square(one).sum() / np.square(other).sum()))


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 2)


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


def ladder(asked: Asked) -> dict[str, Any]:
    """Processor time of one decode for five rungs, against five encodes."""
    with equipped(asked) as (bench, programs, source):
        media = probe(str(source), timeout=60, max_pixels=10**8, whitelist=False)
        options = AdaptiveOptions.model_validate(LADDER)
        whole = replace(plan_for(options, media), audio=(), subtitles=())
        plans = [replace(whole, renditions=(rendition,)) for rendition in whole.renditions]

        def encoded(plan: command.Plan) -> float:
            for rendition in plan.renditions:
                (bench.folder / rendition.name).mkdir(exist_ok=True)
            arguments: list[str | Path] = ["-y", "-t", "10", "-i", source, *command.encode(options, plan, bench.folder)]
            before = processor_seconds()
            subprocess.run([programs / "ffmpeg", "-v", "error", *arguments], check=True)
            return processor_seconds() - before

        ratios = [encoded(whole) / sum(map(encoded, plans)) for _ in range(asked.runs)]
    return {"five rungs from one decode / five encodes, processor time": report.spread(ratios, 3)._asdict()}


def speed(asked: Asked) -> dict[str, Any]:
    """Megapixels for a second of one processor, of decoding and of each encoder; and what a second of sound takes."""
    with equipped(asked) as (bench, programs, source):
        media = probe(str(source), timeout=60, max_pixels=10**8, whitelist=False)
        video = media.main_video
        assert video and video.frames_per_second
        pixels = video.width * video.height * float(video.frames_per_second) * _SPEED_SECONDS / 1e6

        def taken(*arguments: str, seconds: float = _SPEED_SECONDS) -> float:
            begin = ("-y", "-ss", "12", "-t", str(seconds), "-i", source)
            command: list[str | Path] = [
                programs / "ffmpeg",
                "-v",
                "error",
                *begin,
                *arguments,
                bench.folder / "speed.mkv",
            ]
            return spent(partial(_finished, command))[1]

        found: dict[str, list[float]] = {"decoding": [], "sound": [], **{codec.value: [] for codec in ENCODERS}}
        for _run in range(asked.runs):
            decoded = taken("-an", "-f", "null")
            found["decoding"].append(pixels / decoded)
            found["sound"].append(taken("-vn", "-c:a", "aac", "-b:a", "128k", seconds=40) / 40)
            for codec, encoder in ENCODERS.items():
                how = (*encoder.settings, "-crf", str(encoder.words[Quality.MEDIUM]), "-b:v", "0")
                encoded = taken("-an", "-c:v", encoder.name, *how, "-pix_fmt", "yuv420p")
                found[codec.value].append(pixels / max(1e-3, encoded - decoded))
    names = {
        "decoding": "megapixels decoded a processor second, h264",
        "sound": "processor seconds for a second of sound",
    }
    return {
        names.get(name, f"megapixels encoded a processor second, {name}"): report.spread(
            values, 4 if name == "sound" else 1
        )._asdict()
        for name, values in found.items()
    }


def _finished(command: Sequence[str | Path]) -> Path:
    subprocess.run(command, check=True)
    return Path(command[-1])


# ── seconds by the clock, for the simulation to be checked against ────────────────────────────


def walls(asked: Asked) -> dict[str, Any]:
    """One worker with short chunks, one with long ones, then two at once; each worker has one processor of its own."""
    with equipped(asked) as (bench, _, source):
        runs = {
            "one worker, short chunks": (2.5, 1),
            "one worker": (CHUNK_SECONDS, 1),
            "two workers": (CHUNK_SECONDS, 2),
        }
        told = {name: _timed(bench, bench.validated(source), *how) for name, how in runs.items()}
    return {"walls": {"seconds": asked.seconds, **told}}


def _timed(bench: Bench, task: Task, chunk: float, workers: int) -> dict[str, Any]:
    set_chunks(chunk)
    begun = time.monotonic()
    items = planned(bench, task)
    mapped = time.monotonic()
    cpus = sorted(os.sched_getaffinity(0))
    context = multiprocessing.get_context("spawn")
    pools = [context.Pool(1, _settle, (cpus[n % len(cpus)],)) for n in range(workers)]
    for pool in pools:
        pool.apply(os.getpid)
    ready = time.monotonic()
    spent_seconds = _shared_out(pools, [(bench.folder, task.id, item) for item in items])
    made = time.monotonic()
    _checked(task, joined(bench, task))
    done = time.monotonic()
    for pool in pools:
        pool.close()
    return {"plan": round(mapped - begun, 3), "map": round(made - ready, 3), "join": round(done - made, 3),
            "makespan": round(done - begun - (ready - mapped), 3), "items": spent_seconds,
            "sound": items[0]["step"] == "soundtrack"}  # fmt: skip


def _settle(cpu: int) -> None:
    """A worker has a processor to itself."""
    os.sched_setaffinity(0, {cpu})
    standin.use(os.environ["AWS_ENDPOINT_URL"])


def _shared_out(pools: Sequence[Any], works: Sequence[tuple[Path, str, dict[str, Any]]]) -> list[float]:
    """Seconds of each; whoever is free takes the next."""
    free: SimpleQueue[Any] = SimpleQueue()
    for pool in pools:
        free.put(pool)

    def serve(work: tuple[Path, str, dict[str, Any]]) -> float:
        pool = free.get()
        try:
            return float(pool.apply(_seconds_of, work))
        finally:
            free.put(pool)

    with ThreadPoolExecutor(len(pools)) as threads:
        return [round(seconds, 3) for seconds in threads.map(serve, works)]


def _seconds_of(folder: Path, task_id: str, item: dict[str, Any]) -> float:
    bench = Bench(folder)
    task = bench.store.get(task_id, at=now())
    begun = time.monotonic()
    _checked(task, worked(bench, task, item, seconds=3600))
    return time.monotonic() - begun


# ── the memory of a join ──────────────────────────────────────────────────────────────────────

# A process of its own joins chunks that were never encoded: what it reads are noughts, and what it writes goes nowhere.
_JOIN = """
import re, sys, time
from pathlib import Path
from sluice.chunking import joined, mp4_out
from sluice.chunking.boxes import box, full_box
from sluice.kinds.chunked.joining import upload
total = int(sys.argv[1])
rate, chunk, size = 25, 250, 25_000
count = max(2, total // (chunk * size))
stsd = full_box("stsd", (1).to_bytes(4), box("avc1", bytes(78)))
media = box("mdia", full_box("mdhd", bytes(8), (12800).to_bytes(4), bytes(8)),
            full_box("hdlr", bytes(4), b"vide", bytes(13)),
            box("minf", full_box("vmhd", bytes(8)), box("dinf"), box("stbl", stsd)))
trak = full_box("tkhd", bytes(80)) + media
chunks = [joined.Made(f"chunk-{n}", 12800, [(n * chunk + k) * 512 for k in range(chunk)], [size] * chunk, [0], 48,
                      512, "e", chunk * size + 48, "etag") for n in range(count)]
film = joined.picture(chunks)
pieces = list(mp4_out.pieces(bytes(8), trak, film, None))
begun = time.process_time()
upload(pieces, lambda stretch: bytes(stretch.length), "outputs", "film.mp4", "video/mp4")
peak = int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
print(sum(piece.length for piece in pieces), peak, time.process_time() - begun)
"""


def memory(asked: Asked) -> dict[str, Any]:
    """The most that a process has had at once that joins a film of this size; it has no disk to write to."""

    def swallow(request: BaseHTTPRequestHandler) -> None:
        left = int(request.headers.get("Content-Length", 0))
        while left:
            left -= len(request.rfile.read(min(left, 65_536)))
        body = b"<r><UploadId>one</UploadId><ETag>e</ETag></r>" if request.command == "POST" else b""
        request.send_response(200)
        request.send_header("ETag", '"e"')
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    with serving(swallow) as server:
        env = {**os.environ, **NOBODY, "AWS_ENDPOINT_URL": server.url("")}
        done = subprocess.run(
            [sys.executable, "-c", _JOIN, str(asked.join_bytes)], check=True, env=env, stdout=subprocess.PIPE
        )
    joined_bytes, peak, seconds = map(float, done.stdout.split())
    return {
        "joined (bytes)": round(joined_bytes),
        "memory of the join (MB)": round(peak / 1e6, 1),
        "bytes joined a processor second": round(joined_bytes / seconds),
    }


PARTS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "frames": awkward,
    "same": same,
    "cost": cost,
    "seams": seams,
    "sound": sound,
    "ladder": ladder,
    "memory": memory,
    "speed": speed,
    "walls": walls,
}


# ── telling ───────────────────────────────────────────────────────────────────────────────────


def write(part: str, figures: Mapping[str, Any], runs: int, seconds: int) -> None:
    """Put the part's figures to those of the others."""
    report.FOLDER.mkdir(parents=True, exist_ok=True)
    path = report.FOLDER / "chunks.json"
    told: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"film": FILM, "parts": {}}
    told["parts"][part] = {"machine": report.machine(), "runs": runs, "seconds": seconds, "figures": figures}
    told["parts"] = {name: told["parts"][name] for name in PARTS if name in told["parts"]}
    path.write_text(json.dumps(told, indent=2) + "\n")
    rows = [
        (
            found,
            _cell(value),
            kept["runs"] if isinstance(value, dict) else 1,
            kept["seconds"] if name in _OF_THE_FILM else "",
            kept["machine"]["load"],
        )
        for name, kept in told["parts"].items()
        for found, value in kept["figures"].items()
        if found != "walls"
    ]
    text = TEXT.format(
        made_by=report.made_by("python -m benchmarks.chunks"),
        awkward=", ".join(AWKWARD),
        film=FILM,
        chunk=CHUNK_SECONDS,
        table=report.table(("what", "figure", "runs", "film (s)", "load then"), rows),
    )
    report.write("chunks.md", text)


def _cell(value: Any) -> object:
    if isinstance(value, dict):
        return report.Spread(**value)
    return ", ".join(value) or "none" if isinstance(value, list) else value


if __name__ == "__main__":
    typer.run(main)
