import io
import zipfile
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from sluice.bundling import Member, Stream, archive, bundle_id, members
from sluice.tasks import Output, Subtask, Task
from tests.builders import MOMENT, a_subtask, a_task


def made(number: int, *names: str, kind: str = "video", **values: object) -> Subtask:
    outputs = tuple(Output(name=name, key=f"o/{number}/{name}", type="video/mp4", size=3) for name in names)
    return a_subtask(kind, number=number, outputs=outputs, **values)


def task_of(*subtasks: Subtask) -> Task:
    return a_task(subtasks=subtasks)


def nothing(prefix: str) -> Iterator[tuple[str, int]]:
    return iter(())


@given(st.lists(st.binary(max_size=5000), max_size=5), st.integers(1, 999))
def test_what_goes_in_comes_out(contents: list[bytes], piece: int) -> None:
    files = {f"{n}/file": content for n, content in enumerate(contents)}

    def read(key: str) -> Iterator[bytes]:
        content = files[key]
        return (content[at : at + piece] for at in range(0, len(content), piece))

    pieces = archive([Member(key, key, len(c)) for key, c in files.items()], read, at=MOMENT)
    whole = io.BufferedReader(Stream(pieces)).read()

    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == files


def test_no_more_than_a_piece_is_held_at_a_time() -> None:
    asked: list[int] = []

    def read(key: str) -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield b"x" * 1000

    pieces = archive([Member("a", "a", 100_000)], read, at=MOMENT)

    assert 1000 <= len(next(pieces)) < 2000
    assert len(asked) == 1


def test_outputs_of_one_name_lie_in_folders_of_their_subtasks() -> None:
    found = members(task_of(made(1, "video.mp4"), made(2, "video.mp4")), (), nothing)

    assert [member.name for member in found] == ["1-video/video.mp4", "2-video/video.mp4"]
    assert [m.name for m in members(task_of(made(1, "a"), made(2, "b")), [2], nothing)] == ["2-video/b"]


def test_the_segments_of_an_adaptive_set_come_along() -> None:
    listed = {"o/1/": [("o/1/master.m3u8", 3), ("o/1/video-240/00001.m4s", 7)]}

    found = members(task_of(made(1, "master.m3u8", kind="adaptive")), (), lambda prefix: listed[prefix])

    assert [member.name for member in found] == ["1-adaptive/master.m3u8", "1-adaptive/video-240/00001.m4s"]


def test_of_a_folder_that_others_use_too_only_its_own_segments_come_along() -> None:
    result = {"renditions": [{"name": "video-240"}], "audio": [{"name": "audio-1"}]}
    asked: list[str] = []
    subtask = made(1, "master.m3u8", kind="adaptive", output_path="shows/", result=result)

    def below(prefix: str) -> Iterator[tuple[str, int]]:
        asked.append(prefix)
        return iter(())

    members(task_of(subtask), (), below)

    assert asked == ["o/1/video-240/", "o/1/audio-1/", "o/1/iframes/"]


def test_an_archive_is_another_one_as_soon_as_something_was_done_anew() -> None:
    task = task_of(made(1, "a"), made(2, "b"))
    again = task.model_copy(update={"attempt": 2})

    assert bundle_id(task, ()) == bundle_id(task, ())
    assert len({bundle_id(task, ()), bundle_id(task, [1]), bundle_id(task, [2]), bundle_id(again, ())}) == 4
