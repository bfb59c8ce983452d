from pathlib import Path

from sluice.frames import Frame, read_frames, write_frames


def test_frames_come_back_as_they_were_packed(tmp_path: Path) -> None:
    pictures = [tmp_path / "b.jpg", tmp_path / "a.jpg"]
    for picture in pictures:
        picture.write_bytes(picture.name.encode())

    write_frames(tmp_path / "frames.zip", zip([0.5, 1.5], pictures, strict=True), interval=1.0, duration=2.0)
    found = read_frames(tmp_path / "frames.zip")

    assert found == ([Frame(0.5, b"b.jpg"), Frame(1.5, b"a.jpg")], 1.0, 2.0)


def test_no_frames_are_a_set_too(tmp_path: Path) -> None:
    write_frames(tmp_path / "frames.zip", [], interval=1.0, duration=0.0)

    assert read_frames(tmp_path / "frames.zip").frames == []
