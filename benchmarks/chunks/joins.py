"""The memory of a join."""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from typing import Any

from benchmarks.chunks.ground import Asked
from benchmarks.standin import NOBODY
from tests.server import serving

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
