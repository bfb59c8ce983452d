"""Where a film cuts, where it is silent, where it is black: on its way from the function that has ffmpeg."""

from pathlib import Path

from sluice.media import Value

NAME = "shots.json"


class Span(Value):
    """A stretch [start, end) in seconds of the source."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Shots(Value):
    """All of them in order of time.

    `shots` cover [0, duration) without a gap; a sound without picture has none. `silences` are empty without sound,
    `black` without picture.
    """

    duration: float
    shots: tuple[Span, ...] = ()
    silences: tuple[Span, ...] = ()
    black: tuple[Span, ...] = ()

    @property
    def cuts(self) -> tuple[float, ...]:
        """The times at which one shot follows another."""
        return tuple(shot.start for shot in self.shots[1:])


def write_shots(path: Path, shots: Shots) -> None:
    path.write_text(shots.model_dump_json())


def read_shots(path: Path) -> Shots:
    return Shots.model_validate_json(path.read_bytes())
