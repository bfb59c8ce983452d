"""From looks to stretches: what several neighbouring looks show is one thing that goes on. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from sluice.kinds.discovery.report import FaceStretch, FoundLabel, FoundText, Stretch
from sluice.sampling import Span

# A label that one look shows is more often an error than one that two looks show.
SURE_ENOUGH_ALONE = 60.0
# From this likeness on two lines are one line, read once better than the other time.
SAME_LINE = 0.8
MAX_LINES = 500

Places = Mapping[float, Span]


class Sight(NamedTuple):
    """Something that a look showed, `confidence` 0 to 100."""

    time: float
    name: str
    confidence: float


def label_segments(sights: Iterable[Sight], places: Places, *, least: float) -> tuple[FoundLabel, ...]:
    """Each label that reaches `least`, the surest first. In a film one look alone must be surer."""
    found = []
    for name, looks in _by_name(sights).items():
        best = max(looks.values())
        if best >= (max(least, SURE_ENOUGH_ALONE) if len(looks) == 1 and len(places) > 1 else least):
            found.append(FoundLabel(name=name, confidence=best, segments=stretches(looks, places)))
    return tuple(sorted(found, key=lambda label: (-label.confidence, label.name)))


def face_segments(looks: Mapping[float, Sequence[float]], places: Places) -> tuple[FaceStretch, ...]:
    """Where faces are to be seen; `looks` has the confidences of each look's faces."""
    shown = {time: max(faces) for time, faces in looks.items() if faces}
    return tuple(
        FaceStretch(
            **stretch.model_dump(),
            most=max(len(looks[time]) for time in shown if stretch.start <= time < stretch.end),
        )
        for stretch in stretches(shown, places)
    )


def text_segments(sights: Iterable[Sight], places: Places) -> tuple[FoundText, ...]:
    """Each line once, as it was read best, in order of its first look."""
    lines: list[list[Sight]] = []
    for sight in sights:
        same = next((line for line in lines if _alike(line[-1].name, sight.name)), None)
        if same is not None:
            same.append(sight)
        elif len(lines) < MAX_LINES:
            lines.append([sight])
    return tuple(_line(line, places) for line in lines)


def stretches(shown: Mapping[float, float], places: Places) -> tuple[Stretch, ...]:
    """One stretch for each run of neighbouring looks; none where no look stands for any time (a picture)."""
    runs: list[list[float]] = []
    before: float | None = None
    for time in places:
        if time in shown:
            if before in shown and runs:
                runs[-1].append(time)
            else:
                runs.append([time])
        before = time
    return tuple(
        Stretch(start=places[run[0]].start, end=places[run[-1]].end, confidence=max(shown[time] for time in run))
        for run in runs
    )


def _by_name(sights: Iterable[Sight]) -> dict[str, dict[float, float]]:
    found: dict[str, dict[float, float]] = defaultdict(dict)
    for sight in sights:
        found[sight.name][sight.time] = max(sight.confidence, found[sight.name].get(sight.time, 0.0))
    return found


def _line(sights: Sequence[Sight], places: Places) -> FoundText:
    best = max(sights, key=lambda sight: (round(sight.confidence), len(sight.name)))
    (looks,) = _by_name(sight._replace(name="") for sight in sights).values()
    return FoundText(text=best.name, confidence=best.confidence, segments=stretches(looks, places))


def _alike(one: str, other: str) -> bool:
    """The same line but for what reading gets wrong. Whole prefixes count, as of a title that fades in."""
    first, second = _letters(one), _letters(other)
    shorter, longer = sorted((first, second), key=len)
    if not shorter:
        return first == second
    if longer.startswith(shorter) and len(shorter) > len(longer) / 2:
        return True
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return (
        matcher.real_quick_ratio() >= SAME_LINE and matcher.quick_ratio() >= SAME_LINE and matcher.ratio() >= SAME_LINE
    )


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())
