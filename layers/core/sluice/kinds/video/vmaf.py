"""The search for the crf at which a film scores a wanted VMAF: which samples, which factors. Pure."""

from collections.abc import Mapping
from fractions import Fraction
from math import copysign, exp, log
from typing import NamedTuple

from sluice.kinds.video.codecs import Encoder, Quality

MOST_PROBES = 4
CLOSE = 0.4
# Forty half seconds stand for a film within ±0.5 where twenty whole ones are off by 1.3: what differs is between
# shots, not within them. Measured on the Big Buck Bunny trailer; see «Sampling for VMAF» in docs/decisions.md.
SAMPLES, SAMPLE_SECONDS = 40, 0.5
_SLOW = 6
# Below that the whole film is no more than its samples.
WHOLE_SECONDS = SAMPLES * SAMPLE_SECONDS
# From here on forty seeks are cheaper than to decode all of it, which for hours is more than a Lambda's time.
SOUGHT_SECONDS = 600.0

Scores = Mapping[float, float]


class Found(NamedTuple):
    """The factor to encode with, and what the film will score by it."""

    crf: float
    vmaf: float


def is_sampled(duration: float | None, frame_rate: Fraction | None) -> bool:
    """Whether samples stand for it: not for a film that is short, or so slow that half a second may hold no frame."""
    return duration is not None and duration > WHOLE_SECONDS and (frame_rate or Fraction(25)) >= _SLOW


def moments(duration: float) -> list[float]:
    """Where the samples of a film of this length begin, in seconds: each in the middle of its fortieth."""
    period = duration / SAMPLES
    return [period * number + (period - SAMPLE_SECONDS) / 2 for number in range(SAMPLES)]


def sampling(duration: float | None, frame_rate: Fraction | None) -> list[str]:
    """The filters that let through the samples, one after the other, from a film of this length in seconds."""
    if duration is None or not is_sampled(duration, frame_rate):
        return []
    first = moments(duration)[0]
    within = f"between(mod(t\\,{duration / SAMPLES:.6f})\\,{first:.6f}\\,{first + SAMPLE_SECONDS:.6f})"
    return [f"select={within}", f"setpts=N/({frame_rate or Fraction(25)})/TB"]


def next_crf(scores: Scores, target: float, encoder: Encoder) -> float | None:
    """The factor to try next, or None when the search is over."""
    if not scores:
        return float(encoder.words[Quality.MEDIUM])
    if len(scores) >= MOST_PROBES or min(abs(score - target) for score in scores.values()) <= CLOSE:
        return None
    guess = _allowed(_estimate(scores, target, encoder), encoder)
    return None if guess in scores else guess


def found(scores: Scores, target: float, encoder: Encoder) -> Found:
    """The factor that hit the target, or else the one on the line between two others."""
    hit = min(scores, key=lambda crf: abs(scores[crf] - target))
    if abs(scores[hit] - target) <= CLOSE or len(scores) == 1:
        return Found(hit, round(scores[hit], 2))
    crf = _allowed(_estimate(scores, target, encoder), encoder)
    (low, low_loss), (high, high_loss) = _neighbours(scores, target)
    loss = low_loss + (crf - low) * (high_loss - low_loss) / (high - low)
    return Found(crf, round(100 - exp(loss), 2))


def _estimate(scores: Scores, target: float, encoder: Encoder) -> float:
    """The factor where the line through two scores meets the target; see `_loss`."""
    wanted = _loss(target)
    if len(scores) == 1:
        ((crf, score),) = scores.items()
        away = wanted - _loss(score)
        return crf + copysign(max(_LEAST_STEP, abs(away)), away) / encoder.slope
    (low, low_loss), (high, high_loss) = _neighbours(scores, target)
    # chance may turn a line the wrong way round, or lay it flat
    slope = max((high_loss - low_loss) / (high - low), encoder.slope / 4)
    met = low + (wanted - low_loss) / slope
    farthest = _FARTHEST_STEP / encoder.slope
    return min(high + farthest, max(low - farthest, met))


# In logarithms of loss: two scores must lie apart to tell a slope, and none is to be followed far.
_LEAST_STEP, _FARTHEST_STEP = 0.35, 1.5


def _loss(score: float) -> float:
    """The logarithm of what a score lacks of 100: it grows with the factor along a line, as VMAF itself doesn't."""
    return log(max(0.05, 100 - score))


def _neighbours(scores: Scores, target: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two factors and their losses, the lower factor first: on both sides of the target, or the two nearest to it."""
    by_crf = sorted((crf, _loss(score)) for crf, score in scores.items())
    better = [point for point in by_crf if point[1] <= _loss(target)]
    worse = [point for point in by_crf if point[1] > _loss(target)]
    if better and worse and better[-1][0] < worse[0][0]:
        return better[-1], worse[0]
    return (by_crf[0], by_crf[1]) if worse else (by_crf[-2], by_crf[-1])


def _allowed(crf: float, encoder: Encoder) -> float:
    """The nearest factor that may be tried."""
    best, worst = encoder.searched
    bounded = min(worst, max(best, crf))
    return round(bounded, 1) if encoder.fractional else float(round(bounded))
