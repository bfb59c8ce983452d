"""Which frame is the best cover? A rule of thumb, not a model: sharp, well lit, colourful, a face, no text. Pure."""

from collections.abc import Iterable, Sequence
from math import log1p
from typing import NamedTuple

# Where each quality is as good as it gets, in the units of `vision.pictures.Look`.
SHARP, MIDDLE_GREY, RICH_CONTRAST, COLOURFUL = 1500.0, 115.0, 60.0, 60.0
# The part of the picture that a face on a cover fills, and that text ruins it by.
GOOD_FACE_AREA, TOO_MUCH_TEXT_AREA = 0.05, 0.3
WEIGHTS = {"sharpness": 0.25, "light": 0.2, "contrast": 0.15, "colour": 0.15, "face": 0.25}
TEXT_PENALTY = 0.3
# The first and last part of a film, where logos and credits are.
EDGE, EDGE_FACTOR = 0.03, 0.8
TOO_DARK, TOO_BRIGHT = 25.0, 235.0


class Candidate(NamedTuple):
    """A frame. `faces` and `texts` are areas as parts of the picture's."""

    time: float
    sharpness: float
    brightness: float
    contrast: float
    colourfulness: float
    faces: tuple[float, ...] = ()
    texts: tuple[float, ...] = ()


def score(candidate: Candidate, duration: float | None = None) -> float:
    """0 to 100. What is nearly black or white is 0, whatever else it shows."""
    if not TOO_DARK <= candidate.brightness <= TOO_BRIGHT:
        return 0.0
    qualities = {
        "sharpness": min(1.0, log1p(candidate.sharpness) / log1p(SHARP)),
        "light": max(0.0, 1 - abs(candidate.brightness - MIDDLE_GREY) / MIDDLE_GREY),
        "contrast": min(1.0, candidate.contrast / RICH_CONTRAST),
        "colour": min(1.0, candidate.colourfulness / COLOURFUL),
        "face": min(1.0, max(candidate.faces, default=0.0) / GOOD_FACE_AREA),
    }
    good = sum(WEIGHTS[name] * quality for name, quality in qualities.items())
    bad = TEXT_PENALTY * min(1.0, sum(candidate.texts) / TOO_MUCH_TEXT_AREA)
    return round(100 * max(0.0, good - bad) * _place(candidate.time, duration), 2)


def best(candidates: Sequence[Candidate], duration: float | None = None) -> Candidate:
    """The highest score; of equals the earliest."""
    return max(candidates, key=lambda candidate: (score(candidate, duration), -candidate.time))


def scores(candidates: Iterable[Candidate], duration: float | None = None) -> dict[float, float]:
    return {candidate.time: score(candidate, duration) for candidate in candidates}


def _place(time: float, duration: float | None) -> float:
    if not duration:
        return 1.0
    return EDGE_FACTOR if not EDGE <= time / duration <= 1 - EDGE else 1.0
