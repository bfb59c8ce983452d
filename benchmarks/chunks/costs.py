"""What films in chunks cost: processor time, size, bytes read, one decode for a ladder, and the speeds of it all."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.chunks.ground import (
    CHUNK_SECONDS,
    Asked,
    chunks_film,
    equipped,
    processor_seconds,
    seams_of,
    set_chunks,
    spent,
    whole_film,
)
from sluice.aws import clients
from sluice.ffmpeg.probe import probe
from sluice.kinds.adaptive import AdaptiveOptions, command
from sluice.kinds.adaptive.run import plan_for
from sluice.kinds.video.codecs import ENCODERS, Quality
from tests.conftest import MEDIA

LADDER = {"ladder": [{"short_side": side} for side in (240, 360, 480, 540, 720)], "iframes": False}
_SPEED_SECONDS = 4


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
