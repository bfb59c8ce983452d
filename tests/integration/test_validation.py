"""Is a source taken? By its bytes in the bucket, whatever its name says."""

import random
from collections.abc import Callable

import pytest

from sluice.aws.clients import s3
from sluice.tasks import Status
from sluice.validation import validate
from tests.bench import Bench
from tests.clips import Clips, boxes
from tests.conftest import MEDIA, Change, Handler

PASSWD = "file:///etc/passwd"
METADATA = "http://169.254.169.254/latest/meta-data/"
BAD = {
    "empty": (b"", "source_unreadable"),
    "text": (b"This is no film.\n" * 100, "source_unreadable"),
    "noise": (random.Random(7).randbytes(100_000), "source_unreadable"),
    "playlist of a file": (f"#EXTM3U\n#EXTINF:1,\n{PASSWD}\n".encode(), "source_unsupported"),
    "playlist of the metadata service": (f"#EXTM3U\n#EXTINF:1,\n{METADATA}\n".encode(), "source_unsupported"),
    "playlist after a mark": (f"\ufeff\n#EXTM3U\n#EXTINF:1,\n{PASSWD}\n".encode(), "source_unsupported"),
    "concat script": (f"ffconcat version 1.0\nfile {PASSWD}\n".encode(), "source_unsupported"),
    "manifest": (b'<?xml version="1.0"?><MPD/>', "source_unsupported"),
    "drawing": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "source_unsupported"),
    "document": (b"%PDF-1.7\n", "source_unsupported"),
}


@pytest.mark.parametrize(("content", "code"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_with_a_sentence(content: bytes, code: str, bench: Bench, s3_by_http: list[str]) -> None:
    failure = bench.refusal(content)

    assert failure.code in {code, "source_unsupported"}
    assert failure.message.endswith(".") and "X-Amz" not in failure.message + "".join(failure.detail)
    assert {path for line in s3_by_http for _, path in [line.split(" ")]} == {f"/{MEDIA}/uploads/clip.mp4"}


def test_a_film_that_is_cut_off_is_refused(clips: Clips, bench: Bench) -> None:
    whole = clips.film().read_bytes()
    index = next(start for name, start, _ in boxes(whole) if name == "moov")

    assert "cut off" in bench.refusal(whole[:index]).message


def test_a_refused_upload_is_not_touched(bench: Bench) -> None:
    bench.refusal(b"This is no film.")

    assert s3().get_object(Bucket=MEDIA, Key="uploads/clip.mp4")["Body"].read() == b"This is no film."


@pytest.mark.parametrize("key", ["uploads/holiday film +1 50%20.mp4", "uploads/影片 &=#?.mp4", "uploads/a%2Fb.mp4"])
def test_a_source_under_an_awkward_key_is_read(key: str, clips: Clips, bench: Bench) -> None:
    task = bench.upload(clips.film(), key)

    assert validate(task.id, task.attempt) is None
    source = bench.now(task).source
    assert source.media and source.media.container == "mp4"
    assert source.etag and source.size == clips.film().stat().st_size


def test_a_good_source_is_queued_with_its_description(
    clips: Clips, bench: Bench, function: Callable[[str], Handler]
) -> None:
    task = bench.upload(clips.film())

    answer = function("probe")({"task_id": task.id, "attempt": 1})

    assert answer == {"failure": None}
    validated = bench.now(task)
    assert validated.status is Status.QUEUED and validated.started_at
    assert validated.source.media and validated.source.media.main_audio


def test_looking_twice_is_looking_once(clips: Clips, bench: Bench) -> None:
    task = bench.upload(clips.film())
    validate(task.id, task.attempt)
    first = bench.now(task)

    again = validate(task.id, task.attempt)

    assert again is None
    assert bench.now(task) == first


def test_a_source_that_was_overwritten_is_not_taken_for_the_other(clips: Clips, bench: Bench) -> None:
    task = bench.upload(clips.film())
    validate(task.id, task.attempt)
    bench.store.move(task, Status.FAILED)
    pinned = bench.now(task).source
    s3().put_object(Bucket=MEDIA, Key="uploads/clip", Body=clips.sound().read_bytes())
    other = bench.upload(clips.sound())
    bench.store.move(other, Status.VALIDATING, source=pinned.model_dump(mode="json", exclude_none=True))

    failure = validate(other.id, other.attempt)

    assert failure and failure.code == "source_changed"


def test_a_source_that_has_gone_is_said_so(clips: Clips, bench: Bench) -> None:
    task = bench.upload(clips.film())
    s3().delete_object(Bucket=MEDIA, Key="uploads/clip")

    failure = validate(task.id, task.attempt)

    assert failure and failure.code == "source_missing"


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"max_source_bytes": 1000}, "source_too_large"),
        ({"max_duration_seconds": 0}, "source_too_long"),
        ({"max_streams": 1}, "source_too_many_streams"),
    ],
)
def test_a_source_past_a_limit_is_refused(
    limit: dict[str, int], code: str, clips: Clips, bench: Bench, change_settings: Change
) -> None:
    change_settings(**limit)

    assert bench.refusal(clips.film()).code == code


def test_a_picture_past_the_limit_is_refused(clips: Clips, bench: Bench, change_settings: Change) -> None:
    change_settings(max_pixels=1000)

    assert bench.refusal(clips.picture()).code == "source_too_large"
