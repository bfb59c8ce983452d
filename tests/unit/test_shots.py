from pathlib import Path

from sluice.shots import Shots, Span, read_shots, write_shots


def test_shots_are_read_as_they_were_written(tmp_path: Path) -> None:
    shots = Shots(
        duration=9.5,
        shots=(Span(start=0, end=4), Span(start=4, end=9.5)),
        silences=(Span(start=1, end=2),),
        black=(Span(start=3.9, end=4.1),),
    )

    write_shots(tmp_path / "shots.json", shots)

    assert read_shots(tmp_path / "shots.json") == shots


def test_cuts_lie_between_shots() -> None:
    one = Shots(duration=3, shots=(Span(start=0, end=3),))
    three = Shots(duration=3, shots=(Span(start=0, end=1), Span(start=1, end=2.5), Span(start=2.5, end=3)))

    assert (one.cuts, three.cuts) == ((), (1, 2.5))
