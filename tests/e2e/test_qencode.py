"""The unmodified Qencode client against the deployed stack: from a key to files on the disk."""

import gc
import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from qencode3 import tus_uploader  # type: ignore[import-untyped]
from qencode3.client import Client  # type: ignore[import-untyped]

from local.media import link_media_programs
from tests.e2e.stack import PATIENCE_SECONDS, Stack


@pytest.fixture
def client(stack: Stack) -> Any:
    client = Client(stack.env.sluice_key_secret, stack.env.sluice_url.rstrip("/") + "/")
    assert client.error is None, client.message
    return client


def ended(task: Any) -> dict[str, Any]:
    """The status once the task has ended, asked for as the client does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        status: dict[str, Any] = task.status()
        if status["error"] or status["status"] == "completed":
            return status
        assert time.monotonic() < deadline, f"still {status['status']}"
        time.sleep(0.3)


def probed(path: Path, folder: Path) -> dict[str, Any]:
    link_media_programs(folder)
    command: list[str | Path] = [
        folder / "ffprobe",
        "-v",
        "error",
        "-of",
        "json",
        "-show_streams",
        "-show_format",
        path,
    ]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def test_a_film_is_made_and_fetched(stack: Stack, client: Any, second: bytes, tmp_path: Path) -> None:
    source = f"s3://{stack.env.sluice_bucket}/{stack.upload(second, 'kept/qencode.mp4')}"
    formats = [
        {"output": "mp4", "height": 90, "tag": "small"},
        {"output": "thumbnail", "time": 0.5, "image_format": "jpg"},
    ]
    task = client.create_task()

    task.custom_start(json.dumps({"query": {"source": source, "format": formats}}), payload="mine")
    status = ended(task)

    assert (status["error"], status["percent"], status["payload"]) == (0, 100, "mine"), status
    (video,), (image,) = status["videos"], status["images"]
    film = tmp_path / "film.mp4"
    film.write_bytes(stack.fetch(video["url"]))
    shown = next(stream for stream in probed(film, tmp_path / "bin")["streams"] if stream["codec_type"] == "video")
    assert (video["user_tag"], shown["codec_name"], shown["height"]) == ("small", "h264", 90)
    assert json.loads(video["meta"])["height"] == 90
    assert stack.fetch(image["url"])[:2] == b"\xff\xd8"


# the client leaves the file open; collecting here keeps the warning from the tests that follow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_an_upload_in_pieces_is_a_source(stack: Stack, client: Any, second: bytes, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(second)
    task = client.create_task()

    uploaded = tus_uploader.upload(
        str(tmp_path / "film.mp4"),
        url=f"{task.upload_url}/{task.task_token}",
        chunk_size=len(second) // 3,
        log_func=lambda text: None,
    )
    gc.collect()
    task.custom_start(json.dumps({"query": {"source": uploaded.url, "format": [{"output": "mp3"}]}}))
    status = ended(task)

    assert status["error"] == 0, status
    sound = tmp_path / "sound.mp3"
    sound.write_bytes(stack.fetch(status["audios"][0]["url"]))
    assert probed(sound, tmp_path / "bin")["streams"][0]["codec_name"] == "mp3"


def test_metadata_is_read_by_one_call(stack: Stack, client: Any, second: bytes) -> None:
    source = f"s3://{stack.env.sluice_bucket}/{stack.upload(second, 'kept/qencode-metadata.mp4')}"

    found = json.loads(client.get_metadata(source))

    assert {stream["codec_type"] for stream in found["streams"]} == {"video", "audio"}
    assert float(found["format"]["duration"]) == pytest.approx(1, abs=0.1)


def test_a_file_that_is_no_film_fails_with_a_reason(stack: Stack, client: Any) -> None:
    source = f"s3://{stack.env.sluice_bucket}/{stack.upload(b'no film at all', 'kept/qencode-none.mp4')}"
    task = client.create_task()

    task.custom_start(json.dumps({"query": {"source": source, "format": [{"output": "mp4"}]}}))
    status = ended(task)

    assert (status["status"], status["error"]) == ("error", 1)
    assert status["error_description"]


def test_one_token_started_by_many_at_once_is_one_task(stack: Stack, client: Any, second: bytes) -> None:
    key = stack.upload(second, "kept/qencode-once.mp4")
    query = json.dumps(
        {"query": {"source": f"s3://{stack.env.sluice_bucket}/{key}", "format": [{"output": "metadata"}]}}
    )
    task = client.create_task()
    fields = {"task_token": task.task_token, "query": query}

    def start(_: int) -> int:
        answer = httpx.post(f"{stack.env.sluice_url.rstrip('/')}/v1/start_encode2", data=fields, timeout=60)
        return int(answer.json()["error"])

    with ThreadPoolExecutor(5) as pool:
        errors = list(pool.map(start, range(5)))

    # one that comes between another's check and its write is told to come again
    assert 0 in errors and set(errors) <= {0, 1}
    assert len(stack.tasks_of(key)) == 1
