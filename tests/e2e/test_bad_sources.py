"""What people upload by mistake or on purpose: the task ends, says why, and nothing else is read."""

import random
from pathlib import Path

import pytest

from tests.e2e.stack import Stack, Task

HTML = b"<!doctype html><title>not found</title>"
PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n"


def _noise() -> bytes:
    return random.Random(7).randbytes(200_000)


BAD = {
    "empty.mp4": (b"", "source_unreadable"),
    "text.mp4": (b"This is a letter, not a film.\n" * 50, "source_unreadable"),
    "noise.mp4": (_noise(), "source_unreadable"),
    "page.mp4": (HTML, "source_unreadable"),
    "passwd.m3u8": (PLAYLIST % b"file:///etc/passwd", "source_unsupported"),
    "passwd.mp4": (PLAYLIST % b"file:///etc/passwd", "source_unsupported"),
    "metadata.m3u8": (PLAYLIST % b"http://169.254.169.254/latest/meta-data/", "source_unsupported"),
    "concat.txt": (b"ffconcat version 1.0\nfile '/etc/passwd'\n", "source_unsupported"),
    "picture.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>', "source_unsupported"),
    "manifest.mpd": (b'<?xml version="1.0"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>', "source_unsupported"),
}


@pytest.fixture(scope="module")
def ended(stack: Stack, second: bytes, silence: bytes) -> dict[str, Task]:
    """All of them at once."""
    contents = {name: content for name, (content, _) in BAD.items()}
    contents |= {"cut off.mp4": second[: len(second) // 2], "only sound.mp4": silence}
    keys = {name: stack.upload(content, f"uploads/bad/{name}") for name, content in contents.items()}
    return {name: stack.ended_upload(key) for name, key in keys.items()}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_no_media_fails_with_its_reason(ended: dict[str, Task], name: str) -> None:
    task = ended[name]

    assert (task["status"], task["error"]["code"]) == ("failed", BAD[name][1]), task
    assert task["error"]["message"].endswith(".")
    assert "root:" not in str(task)


def test_a_film_that_was_cut_off_says_so(ended: dict[str, Task]) -> None:
    task = ended["cut off.mp4"]

    assert task["status"] == "failed"
    assert task["error"]["code"] in {"source_unreadable", "source_undecodable"}


def test_a_file_with_no_picture_says_so(ended: dict[str, Task]) -> None:
    task = ended["only sound.mp4"]

    assert (task["status"], task["error"]["code"]) == ("failed", "source_unsupported")
    assert "no video" in task["error"]["message"]


def test_no_subtask_is_left_open(ended: dict[str, Task]) -> None:
    left = [s for task in ended.values() for s in task["subtasks"] if s["status"] in {"waiting", "processing"}]

    assert left == []


def test_the_uploads_are_as_they_were(stack: Stack, ended: dict[str, Task]) -> None:
    s3 = stack.client("s3")

    for name, (content, _) in BAD.items():
        stored = s3.get_object(Bucket=stack.env.sluice_bucket, Key=f"uploads/bad/{name}")
        assert stored["Body"].read() == content


def test_nothing_was_written_for_them(stack: Stack, ended: dict[str, Task]) -> None:
    s3 = stack.client("s3")

    for task in ended.values():
        found = s3.list_objects_v2(Bucket=stack.env.sluice_output_bucket, Prefix=f"outputs/{task['id']}/")
        assert found["KeyCount"] == 0, task["input"]["key"]


def test_a_source_by_url_is_fetched(stack: Stack, site: tuple[str, Path], second: bytes) -> None:
    address, folder = site
    (folder / "a clip.mp4").write_bytes(second)

    task = stack.ended(stack.create({"url": f"{address}/a%20clip.mp4", "kind": "screenshot"})["id"])

    assert task["status"] == "succeeded", task
    assert task["input"]["size"] == len(second)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/missing.mp4", "url_unreachable"),
        ("/to?http://169.254.169.254/latest/meta-data/", "url_forbidden"),
        ("/to?http://localhost:1/", "url_forbidden"),
        ("/to?file:///etc/passwd", "url_invalid"),
        ("/to?/to?/to?/to?/to?/to?/to?/x", "url_unreachable"),
    ],
)
def test_a_url_that_leads_astray_fails(stack: Stack, site: tuple[str, Path], path: str, code: str) -> None:
    task = stack.ended(stack.create({"url": site[0] + path, "kind": "screenshot"})["id"])

    assert (task["status"], task["error"]["code"]) == ("failed", code), task
