import wave
from array import array
from pathlib import Path

import pytest

from sluice.sound import RATE, opened


@pytest.fixture
def two_seconds(tmp_path: Path) -> Path:
    """Each sample is its own number, as far as sixteen bits go."""
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(array("h", range(2 * RATE)).tobytes())
    return path


def samples(data: bytes) -> list[int]:
    return list(array("h", data))


def test_its_length_is_known(two_seconds: Path) -> None:
    with opened(two_seconds) as sound:
        assert sound.seconds == 2.0


def test_pieces_are_all_of_it_and_the_last_is_filled_with_silence(two_seconds: Path) -> None:
    with opened(two_seconds) as sound:
        pieces = [samples(piece) for piece in sound.pieces(3 * RATE // 4)]

    assert [len(piece) for piece in pieces] == [3 * RATE // 4] * 3
    assert [sample for piece in pieces for sample in piece][: 2 * RATE] == list(range(2 * RATE))
    assert set(pieces[-1][RATE // 2 :]) == {0}


@pytest.mark.parametrize(
    ("start", "end", "first", "count"),
    [(0.0, 0.5, 0, 8000), (1.5, 2.0, 24000, 8000), (1.75, 9.0, 28000, 4000), (2.0, 3.0, None, 0), (5.0, 6.0, None, 0)],
)
def test_a_part_is_what_lies_between(
    two_seconds: Path, start: float, end: float, first: int | None, count: int
) -> None:
    with opened(two_seconds) as sound:
        part = samples(sound.between(start, end))

    assert len(part) == count
    assert first is None or part[0] == first
