"""Which renditions a film gets: sizes, bitrates, frame rate, segment length. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log

from sluice.kinds.adaptive import AdaptiveOptions, Rung, VideoCodec
from sluice.media import Size, VideoStream, fit_short_side

# Short side → bits per second of H.264 for 16:9 at up to 30 frames a second. Near Apple's HLS authoring
# specification (0.73 M at 432, 2 M at 540, 4.5 M at 720, 7.8 M at 1080), a little below it since they are ceilings of
# constant quality, which a common film seldom reaches.
BITRATES = {
    240: 350_000,
    360: 800_000,
    480: 1_400_000,
    720: 3_500_000,
    1080: 6_500_000,
    1440: 12_000_000,
    2160: 22_000_000,
}

# What a codec needs of H.264's rate for about the same picture.
SHARE = {VideoCodec.H264: 1.0, VideoCodec.H265: 0.65, VideoCodec.AV1: 0.55}
# More than 30 frames a second are twice the pictures, but likelier ones.
_FAST, _FAST_SHARE = 31, 1.5
# A source this much above the highest rung gets a rung of its own size (800 lines of a cinema picture).
_WORTH_A_RUNG = 1.15

_STANDARD_RATES = tuple(
    Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)
MOST_FRAMES_PER_SECOND = Fraction(60)
_LONGEST_GOP_SECONDS = 2.0


@dataclass(frozen=True)
class Rendition:
    """One rung as it will be encoded; `bitrate` in bits per second."""

    name: str
    codec: VideoCodec
    size: Size
    bitrate: int


@dataclass(frozen=True)
class Timing:
    """What all rungs share, so that players can switch at every segment. `gop` in frames."""

    frame_rate: Fraction
    gop: int
    gops_per_segment: int

    @property
    def gop_seconds(self) -> Fraction:
        return self.gop / self.frame_rate

    @property
    def segment_seconds(self) -> Fraction:
        return self.gop_seconds * self.gops_per_segment


def renditions(options: AdaptiveOptions, video: VideoStream, rate: Fraction) -> tuple[Rendition, ...]:
    """The ladder, best first."""
    source = video.display_size
    rungs = _automatic(min(source)) if options.ladder is None else _fitting(options.ladder, min(source))
    planned = [_planned(rung, options, source, rate) for rung in rungs]
    planned.sort(key=lambda p: (p[1].height * p[1].width, p[2]), reverse=True)
    return tuple(
        Rendition(f"video-{number}-{min(size)}p", codec, size, bitrate)
        for number, (codec, size, bitrate) in enumerate(planned, start=1)
    )


def _automatic(short_side: int) -> tuple[Rung, ...]:
    """No rung above the source; the source's own size on top where the next rung below is far."""
    sides = [side for side in BITRATES if side <= short_side]
    if not sides or short_side > _WORTH_A_RUNG * max(sides):
        sides.append(short_side)
    return tuple(Rung.model_construct(short_side=side) for side in sides)


def _fitting(rungs: tuple[Rung, ...], short_side: int) -> tuple[Rung, ...]:
    """The rungs that aren't above the source, or the lowest of all at the source's size."""
    return tuple(r for r in rungs if r.short_side <= short_side) or (min(rungs, key=lambda r: r.short_side),)


def _planned(rung: Rung, options: AdaptiveOptions, source: Size, rate: Fraction) -> tuple[VideoCodec, Size, int]:
    codec = rung.codec or options.codec
    size = fit_short_side(source, rung.short_side)
    return codec, size, rung.video_bitrate or round(bitrate_for(size, rate) * SHARE[codec])


def bitrate_for(size: Size, rate: Fraction) -> int:
    """H.264's bits per second for a picture size, between and beyond the table's steps by the number of pixels."""
    pixels = size.width * size.height
    steps = [(side * side * 16 / 9, rate) for side, rate in BITRATES.items()]
    low, high = next((pair for pair in pairwise(steps) if pixels <= pair[1][0]), (steps[-2], steps[-1]))
    exponent = log(high[1] / low[1]) / log(high[0] / low[0])
    bits: float = low[1] * (pixels / low[0]) ** exponent * (_FAST_SHARE if rate > _FAST else 1)
    return max(50_000, round(bits / 10_000) * 10_000)


def timing(options: AdaptiveOptions, video: VideoStream) -> Timing:
    """Keyframes at most two seconds apart, a whole number of such groups in a segment."""
    rate = constant_rate(video.frames_per_second)
    groups = ceil(options.segment_seconds / _LONGEST_GOP_SECONDS)
    return Timing(rate, max(1, floor(options.segment_seconds / groups * rate + Fraction(1, 2))), groups)


def constant_rate(average: Fraction | None) -> Fraction:
    """A phone's 29.87 frames a second on average become 30, so that all segments are equally long."""
    if average is None:
        return Fraction(25)
    nearest = min(_STANDARD_RATES, key=lambda rate: abs(rate - average))
    if abs(nearest - average) <= average / 100:
        return nearest
    return min(MOST_FRAMES_PER_SECOND, average.limit_denominator(1001))
