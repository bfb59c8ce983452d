"""From the chance of a voice, moment by moment, to stretches that are worth listening to. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# As Silero's own get_speech_timestamps has them, but longer silences: words of one sentence stay together.
SURE, UNSURE = 0.5, 0.35
LEAST_SILENCE_SECONDS = 0.5
LEAST_SPEECH_SECONDS = 0.2
PADDING_SECONDS = 0.2


class Span(NamedTuple):
    """[start, end) in seconds."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Stretch(NamedTuple):
    """Spans of speech that are heard in one go, one right after the other, the silence between them left out."""

    spans: tuple[Span, ...]

    @property
    def seconds(self) -> float:
        return sum(span.seconds for span in self.spans)

    def place(self, start: float, end: float) -> Span:
        """Where in the source lies what is heard from `start` to `end`, in seconds after the stretch's beginning.

        All of it in one span. What begins in the silence around the end of one begins in truth with the next: models
        are not that exact, and between the two may lie minutes.
        """
        begin = 0.0
        for span in self.spans:
            if start < begin + span.seconds - PADDING_SECONDS:
                break
            begin += span.seconds
        else:
            begin -= span.seconds
        return Span(*(min(span.end, max(span.start, span.start + time - begin)) for time in (start, end)))


def voices(chances: Iterable[float], step: float, *, longest: float) -> list[Span]:
    """The spans in which somebody speaks: one chance of 0 to 1 for each `step` seconds.

    In order, without overlap, none above `longest` seconds; a longer one is parted where a voice is least likely.
    """
    values = list(chances)
    raw = [span for span in _raw(values, step) if span.seconds >= LEAST_SPEECH_SECONDS]
    padded = _padded(raw, len(values) * step)
    return [part for span in padded for part in _parted(span, values, step, longest)]


def _raw(values: Sequence[float], step: float) -> Iterator[Span]:
    """A span begins where a voice is sure, and ends before a silence that is long enough."""
    start: int | None = None
    silent = 0
    for number, value in enumerate(values):
        if start is None:
            if value >= SURE:
                start, silent = number, 0
            continue
        silent = silent + 1 if value < UNSURE else 0
        if silent * step >= LEAST_SILENCE_SECONDS:
            yield Span(start * step, (number + 1 - silent) * step)
            start = None
    if start is not None:
        yield Span(start * step, (len(values) - silent) * step)


def _padded(spans: Sequence[Span], duration: float) -> list[Span]:
    """A little of the silence around each, at most half of what lies between two."""
    ends = [0.0, *(span.end for span in spans)]
    starts = [*(span.start for span in spans), duration]
    room = [
        min(PADDING_SECONDS, (start - end) / (1 if edge in (0, len(spans)) else 2))
        for edge, (end, start) in enumerate(zip(ends, starts, strict=True))
    ]
    return [Span(span.start - room[n], span.end + room[n + 1]) for n, span in enumerate(spans)]


def _parted(span: Span, values: Sequence[float], step: float, longest: float) -> Iterator[Span]:
    while span.seconds > longest:
        # not too early, so that no sliver is left
        first, last = round((span.start + longest / 2) / step), int((span.start + longest) / step)
        cut = min(range(first, last), key=values.__getitem__) * step
        yield Span(span.start, cut)
        span = Span(cut, span.end)
    yield span


def stretches(spans: Iterable[Span], *, longest: float) -> list[Stretch]:
    """As many spans together as fit into `longest` seconds: hearing a stretch costs the same, however short it is."""
    found: list[Stretch] = []
    for span in spans:
        if found and found[-1].seconds + span.seconds <= longest:
            found[-1] = Stretch((*found[-1].spans, span))
        else:
            found.append(Stretch((span,)))
    return found
