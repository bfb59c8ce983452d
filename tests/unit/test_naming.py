import pytest

from sluice.naming import output_key, path_mistake


def placed(name: str, path: str | None) -> str:
    return output_key(name, folder="task/1-video", tenant="acme", path=path)


def test_outputs_lie_in_the_folder_of_their_subtask_unless_told_otherwise() -> None:
    assert placed("video.mp4", None) == "outputs/task/1-video/video.mp4"


@pytest.mark.parametrize(
    ("name", "path", "key"),
    [
        ("video.mp4", "films/", "films/video.mp4"),
        ("video.mp4", "films/a.mp4", "films/a.mp4"),
        ("video.mp4", "films/a.MP4", "films/a.MP4"),
        ("video.mp4", "films/a.{format}", "films/a.mp4"),
        ("video.mp4", "films/a", "films/a.mp4"),
        ("video.mp4", "a_{number}.mp4", "a_0.mp4"),
        ("still-007.jpg", "stills/a_{number}.{format}", "stills/a_007.jpg"),
        ("still-007.jpg", "stills/a_{number:0,1,1,0}.{format}", "stills/a_6.jpg"),
        ("still-001.jpg", "stills/a_{number:10,5,4,x}.jpg", "stills/a_xx10.jpg"),
        ("still-007.jpg", "stills/a_{number:10,5,4,x}.jpg", "stills/a_xx40.jpg"),
        ("stills.zip", "stills/a_{number:1,1,1,0}.{format}", "stills/a_0.zip"),
        ("still-007.jpg", "stills/a.jpg", "stills/a_007.jpg"),
        ("still-007.jpg", "stills/a", "stills/a_007.jpg"),
        ("stills.zip", "stills/a.jpg", "stills/a-stills.zip"),
        ("hls/segment-1.m4s", "films/a.m3u8", "films/hls/segment-1.m4s"),
        ("hls/segment-1.m4s", "films/", "films/hls/segment-1.m4s"),
    ],
)
def test_a_path_says_where_an_output_lies(name: str, path: str, key: str) -> None:
    assert placed(name, path) == f"outputs/at/acme/{key}"


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a//b", "a/.", "a\\b", "a\nb", "x" * 501])
def test_a_path_that_leads_elsewhere_is_a_mistake(path: str) -> None:
    assert path_mistake(path)


@pytest.mark.parametrize("path", ["a", "a/", "a/b.mp4", "a..b/c", "Käse {number}.{format}"])
def test_an_ordinary_path_is_none(path: str) -> None:
    assert path_mistake(path) is None
