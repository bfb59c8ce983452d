"""S3 and DynamoDB by moto behind a socket, in a process of its own: what they cost isn't the measured one's.

    python -m benchmarks.standin

Says its address and serves until its input ends.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import requests
from moto import mock_aws

from local.media import link_media_programs
from local.places import ROOT
from sluice.aws import clients
from tests.bench import Bench
from tests.conftest import MEDIA, OUTPUTS, TABLE, forget
from tests.server import serving
from tests.template import table_request

NOBODY = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1",
          "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "POWERTOOLS_LOG_LEVEL": "WARNING"}  # fmt: skip
_SETTINGS = {"TABLE": TABLE, "MEDIA_BUCKET": MEDIA, "OUTPUT_BUCKET": OUTPUTS, "STATE_MACHINE_ARN": "none"}
_NOT_PASSED_ON = {"transfer-encoding", "connection", "content-length", "host", "date", "server"}


@contextmanager
def desk(folder: Path) -> Iterator[tuple[Bench, Path]]:
    """The steps' world: the table and the buckets, empty; ffmpeg can read signed URLs."""
    programs = folder / "bin"
    link_media_programs(programs)
    os.environ.update({f"SLUICE_{name}": value for name, value in {**_SETTINGS, "MEDIA_BIN": str(programs)}.items()})
    os.environ.update(NOBODY)
    command = [sys.executable, "-m", "benchmarks.standin"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout
        use(process.stdout.readline().strip())
        clients.dynamodb().create_table(**table_request(TABLE))
        for bucket in (MEDIA, OUTPUTS):
            clients.s3().create_bucket(Bucket=bucket)
        try:
            yield Bench(folder), programs
        finally:
            process.stdin.close()
            process.wait()
            del os.environ["AWS_ENDPOINT_URL"]


def use(address: str) -> None:
    """Clients of this process talk to the stand-in."""
    os.environ["AWS_ENDPOINT_URL"] = address
    clients.s3.cache_clear()
    clients.dynamodb.cache_clear()
    forget()


def _hand_on(request: BaseHTTPRequestHandler) -> None:
    body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
    headers = {k: v for k, v in request.headers.items() if k.lower() not in _NOT_PASSED_ON}
    host = "dynamodb.us-east-1" if "X-Amz-Target" in request.headers else "s3"
    url = f"https://{host}.amazonaws.com{request.path}"
    answer = requests.request(request.command, url, headers=headers, data=body, timeout=60, stream=True)
    request.send_response(answer.status_code)
    for name, value in answer.headers.items():
        if name.lower() not in _NOT_PASSED_ON:
            request.send_header(name, value)
    content = b"" if request.command == "HEAD" else answer.content
    length = str(len(content)) if content else answer.headers.get("Content-Length", "0")
    request.send_header("Content-Length", length)
    request.end_headers()
    request.wfile.write(content)


if __name__ == "__main__":
    os.environ.update(NOBODY)
    with mock_aws(), serving(_hand_on) as server:
        print(server.url(""), flush=True)
        sys.stdin.read()
