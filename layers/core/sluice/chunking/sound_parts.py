"""Sound that is encoded by several workers: which packets each makes, and what of the source it reads for them. Pure.

The packets of an AAC encode in one go are numbered. A packet carries the passage from one 1,024 samples of the output
to the next, so each part's encoder stands on the same grid of samples; what it makes before its own packets, to come
into the state of an encoder that has been at work for a while, is dropped. See «Sound» in docs/decisions.md.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from sluice.chunking import mp4
from sluice.chunking.boxes import Malformed, Track
from sluice.chunking.mp4 import shown_stretch
from sluice.chunking.spans import coded

# Samples of a packet of AAC, the output's only codec here.
FRAME = 1024
# Packets that are encoded before a part's own: after so many, one that began cold is as good as one that didn't.
LEAD = 256
# Grid's frames behind them: the encoder looks one ahead, the resampler's last samples are made of silence.
_BEHIND = 4
# Packets of the source before the first that is needed: MP3 and AC-3 take bits and halves from those before.
_DECODED_BEFORE = 32
# Output samples before the first that is needed: what the resampler's filter reaches back.
_RESAMPLED_BEFORE = 256
# Samples of a packet, of the codecs that have always the same number and need nothing from farther before.
_FRAMES = {"aac": 1024, "mp3": 1152, "ac3": 1536, "eac3": 1536}
_MOST_SKIPPED = 4
_MOST_PART_BYTES = 250_000_000


class Heard(NamedTuple):
    """What is made of which sound: the source's `codec` and samples a second, the output's, and how many samples of the
    output an encode in one go leaves out at its beginning.
    """

    codec: str
    rate: int
    made: int
    skipped: int = 0


class Part(NamedTuple):
    """The packets of an encode in one go from `first` on, so many `packets`, or None for all to the end.

    The worker's encoder makes `lead` packets before them. Of what it decodes it drops `before` samples, takes `decoded`
    ones, resamples, and drops `after`; then it encodes about `samples`, fewer only when some couldn't be decoded.
    `input` is what it needs to read the source's packets, `bytes` of them, as JSON.
    """

    first: int
    packets: int | None
    lead: int
    before: int
    decoded: int
    after: int
    samples: int
    seconds: float
    bytes: int
    input: Mapping[str, Any]


class Source:
    """A sound track whose every sample has its place: packets of one length without gaps.

    Raises: Malformed when it isn't one.
    """

    def __init__(self, track: Track, timescale: int, heard: Heard):
        self.track, self.heard, self.ratio = track, heard, Fraction(heard.made, heard.rate)
        self.frame = _FRAMES.get(heard.codec, 0)
        if track.timescale != heard.rate or track.entries[4:8] != (1).to_bytes(4) or track.entries[12:16] == b"enca":
            raise Malformed("its sound is on another clock, encrypted, or changes its kind")
        durations = track.samples.durations
        if not durations or any(d != self.frame for d in durations[:-1]) or not 0 < durations[-1] <= self.frame:
            raise Malformed("its sound isn't in packets of one length")
        if track.samples.pts != track.samples.dts:
            raise Malformed("its sound isn't in its order")
        begin, end = shown_stretch(track, timescale)
        # ffmpeg hears no sample before or after the edit list's stretch, and no more of the last packet than it lasts
        self.skipped, self.end = int(max(0.0, begin)), int(min(sum(durations), end))
        if self.skipped > _MOST_SKIPPED * self.frame or self.end <= self.skipped:
            raise Malformed("its edit list leaves sound out")

    @property
    def samples(self) -> int:
        """Of the output."""
        return ceil((self.end - self.skipped) * self.ratio) - self.heard.skipped

    @property
    def packets(self) -> int:
        """Of the output; the first is what the encoder begins with."""
        return ceil(self.samples / FRAME) + 1

    def parts(self, begins: Sequence[int], size: int) -> list[Part]:
        """The parts that begin with these packets, in rising order, the first with packet nought, of a file of so many
        bytes.

        Raises: Malformed when a packet lies beyond the file, or a worker would read more than it can hold.
        """
        found = self.track.samples
        if sum(found.sizes) > size or any(
            at + length > size for at, length in zip(found.offsets, found.sizes, strict=True)
        ):
            raise Malformed("its sound doesn't lie in the file")
        parts = self._parts(begins)
        if any(part.bytes > _MOST_PART_BYTES for part in parts):
            raise Malformed("its packets of sound are too large")
        return parts

    def _parts(self, begins: Sequence[int]) -> list[Part]:
        return [self._part(first, end) for first, end in pairwise([*begins, None]) if first is not None]

    def _part(self, first: int, end: int | None) -> Part:
        lead = min(LEAD, first)
        begun = (first - lead) * FRAME + self.heard.skipped
        # resampling begins where a sample of the source and one of the output are at the same time
        step = max(0, begun - _RESAMPLED_BEFORE if self.ratio != 1 else begun) // self.ratio.numerator
        place = self.skipped + step * self.ratio.denominator
        read, until = max(0, place // self.frame - _DECODED_BEFORE), self._until(end)
        stop = ceil(until / self.frame)
        return Part(
            first=first,
            packets=None if end is None else end - first,
            lead=lead,
            before=place - read * self.frame,
            decoded=until - place,
            after=begun - step * self.ratio.numerator,
            samples=ceil((until - place) * self.ratio) - (begun - step * self.ratio.numerator),
            seconds=((self.packets if end is None else end) - first) * FRAME / self.heard.made,
            bytes=sum(self.track.samples.sizes[read:stop]),
            input=self._input(read, stop),
        )

    def _until(self, end: int | None) -> int:
        """The source's sample that ends what is needed: that of a packet, so that a lost one can't go unseen."""
        if end is None:
            return self.end
        needed = self.skipped + ceil(((end + _BEHIND) * FRAME + self.heard.skipped) / self.ratio)
        return min(self.end, ceil(needed / self.frame) * self.frame)

    def _input(self, first: int, last: int) -> dict[str, Any]:
        head, mdat = mp4.small_film(self.track, first, last)
        found = self.track.samples
        places = [[found.offsets[n], found.sizes[n]] for n in range(first, last)]
        return {"form": "mp4", "head": coded(head), "mdat": coded(mdat), "samples": places}


def evenly(count: int, each: float) -> list[int]:
    """The numbers with which stretches of about `each` begin, of so many in all; the first is nought."""
    parts = max(1, round(count / max(1.0, each)))
    return sorted({round(count * number / parts) for number in range(parts)})


def own(part: Part, durations: Sequence[int]) -> slice | None:
    """Which of the packets that a worker's encoder made are the part's own; None when sound was lost on the way.

    Then what comes behind would be early, as it isn't in an encode in one go, which goes by the packets' times.
    """
    # what the encoder begins with is no sample of ours
    if abs(sum(durations) - FRAME - part.samples) >= FRAME // 2:
        return None
    return slice(part.lead, None if part.packets is None else part.lead + part.packets)
