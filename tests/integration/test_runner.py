"""The runner, with the real ffmpeg."""

import resource
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest

from sluice.errors import Cancelled, LimitExceeded
from sluice.ffmpeg.limits import limits
from sluice.ffmpeg.run import FfmpegFailed, ffmpeg, output_of
from tests.conftest import Change

pytestmark = pytest.mark.usefixtures("programs")

ENDLESS = ("-re", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25")


def a_mark() -> str:
    """A word by which a process can be found."""
    return f"mark-{uuid4().hex}"


def running(mark: str) -> list[str]:
    """The processes that have this word among their arguments."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if mark.encode() in words:
            found.append(words.decode(errors="replace"))
    return found


def test_progress_is_told_in_seconds_of_the_output() -> None:
    told: list[float] = []

    ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=2", "-f", "null", "-"], timeout=60, on_progress=told.append)

    assert told[-1] == pytest.approx(2.0, abs=0.05)
    assert all(before <= after for before, after in pairwise(told))


def test_the_last_useful_lines_are_handed_back(tmp_path: Path) -> None:
    lines = ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.2", str(tmp_path / "a.mp4")], timeout=60)

    assert all(isinstance(line, str) for line in lines)
    assert (tmp_path / "a.mp4").stat().st_size


def test_a_failure_is_said_with_the_last_line_of_the_log(tmp_path: Path) -> None:
    with pytest.raises(FfmpegFailed) as failed:
        ffmpeg(["-i", str(tmp_path / "missing.mp4"), "-f", "null", "-"], timeout=60)

    assert failed.value.code == "source_undecodable"
    assert failed.value.message.startswith("The file could not be processed: ")
    assert "No such file" in "\n".join(failed.value.detail)


def test_an_address_in_the_log_is_cut_out() -> None:
    with pytest.raises(FfmpegFailed) as failed:
        ffmpeg(["-i", "http://127.0.0.1:1/a.mp4?X-Amz-Signature=secret", "-f", "null", "-"], timeout=60)

    assert "secret" not in failed.value.message + "".join(failed.value.detail)


def test_past_its_time_ffmpeg_is_killed() -> None:
    mark = a_mark()

    with pytest.raises(LimitExceeded) as late:
        ffmpeg([*ENDLESS, "-metadata", f"comment={mark}", "-f", "null", "-"], timeout=0.5)

    assert late.value.code == "time_limit_exceeded"
    assert running(mark) == []


def test_a_deadline_in_the_past_stops_at_once() -> None:
    with pytest.raises(LimitExceeded):
        ffmpeg([*ENDLESS, "-f", "null", "-"], timeout=-1)


def test_past_its_time_all_that_ffmpeg_started_is_killed(
    tmp_path: Path, media_bin: Path, change_settings: Change
) -> None:
    mark = a_mark()
    script = tmp_path / "ffmpeg"
    script.write_text(f'#!/bin/sh\n"{media_bin}/ffmpeg" "$@" &\nwait\n')
    script.chmod(0o755)
    change_settings(media_bin=tmp_path)

    with pytest.raises(LimitExceeded):
        ffmpeg([*ENDLESS, "-metadata", f"comment={mark}", "-f", "null", "-"], timeout=1)

    assert running(mark) == []


def test_an_exception_of_the_listener_stops_ffmpeg() -> None:
    mark = a_mark()

    def ended(seconds: float) -> None:
        assert running(mark)
        raise Cancelled

    with pytest.raises(Cancelled):
        ffmpeg([*ENDLESS, "-metadata", f"comment={mark}", "-f", "null", "-"], timeout=60, on_progress=ended)

    assert running(mark) == []


def test_a_flood_of_messages_does_not_block() -> None:
    # every frame is a line of the log, far more than a pipe holds
    flood = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=1000:d=5", "-vf", "showinfo", "-f", "null", "-"]

    lines = ffmpeg(["-loglevel", "info", *flood], timeout=60)

    assert len(lines) == 10


# ── limits ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def a_program(tmp_path: Path, change_settings: Change) -> Callable[[str], None]:
    """Puts a shell script in ffmpeg's place."""

    def put(script: str) -> None:
        (tmp_path / "ffmpeg").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "ffmpeg").chmod(0o755)
        change_settings(media_bin=tmp_path)

    return put


def test_a_child_and_what_it_starts_have_limits(a_program: Callable[[str], None]) -> None:
    a_program('sleep 0.2; for of in c n f t v; do echo "$of $(ulimit -H -$of)" >&2; done')

    told = dict(line.split(" ") for line in ffmpeg([], timeout=60))

    assert told["c"] == "0" and int(told["n"]) <= 256
    assert "unlimited" not in told.values()


def test_what_the_function_itself_may_take_stays(a_program: Callable[[str], None]) -> None:
    a_program("exit 0")
    before = [resource.getrlimit(name) for name in limits(60)]

    ffmpeg([], timeout=60)

    assert [resource.getrlimit(name) for name in limits(60)] == before


def test_a_larger_function_gives_its_programs_more_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")
    small = limits(60)[resource.RLIMIT_AS][0]
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "5308")

    assert 2**30 < small < limits(60)[resource.RLIMIT_AS][0]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("kill -XFSZ $$", "limit_exceeded"),
        ("kill -XCPU $$", "time_limit_exceeded"),
        ("kill -KILL $$", "limit_exceeded"),
        ("echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1", "limit_exceeded"),
        ("echo 'Error while decoding: Cannot allocate memory' >&2; exit 1", "limit_exceeded"),
    ],
)
def test_a_limit_that_is_hit_is_said_so(script: str, code: str, a_program: Callable[[str], None]) -> None:
    a_program(script)

    with pytest.raises(LimitExceeded) as hit:
        ffmpeg([], timeout=60)

    assert hit.value.code == code and hit.value.message.endswith(".")


def test_a_crash_is_the_files_fault(a_program: Callable[[str], None]) -> None:
    a_program("kill -SEGV $$")

    with pytest.raises(FfmpegFailed) as failed:
        ffmpeg([], timeout=60)

    assert failed.value.code == "source_undecodable"


def test_a_program_that_tells_without_end_is_stopped(a_program: Callable[[str], None], tmp_path: Path) -> None:
    a_program("yes")

    with pytest.raises(LimitExceeded) as hit:
        output_of([str(tmp_path / "ffmpeg")], timeout=60)

    assert hit.value.code == "limit_exceeded"


def test_a_function_without_the_layer_says_so(tmp_path: Path, change_settings: Change) -> None:
    change_settings(media_bin=tmp_path / "nothing")

    with pytest.raises(FileNotFoundError, match="media layer"):
        ffmpeg(["-version"], timeout=60)
