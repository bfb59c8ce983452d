"""Where a film is cut, and whether it is worth it: the model of cost, and the choice among the keyframes. Pure.

A chunk costs T = START + c·rho: a worker's start and its reading, and c seconds of film at rho seconds of encoding
each. Chunks are long enough that their encoding hides their start, and so short that even a slow machine is far from
Lambda's 15 minutes; where workers would stand idle they are shorter, for speed. See «Chunks» in docs/decisions.md.
"""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import NamedTuple

# Seconds: a cold start with the media layer and the first ranges; planning, joining and the workflow's own steps.
START_SECONDS, AROUND_SECONDS = 3.0, 6.0
# Of Lambda's 900; the model may be wrong by a factor of three before a chunk reaches it.
MOST_ENCODE_SECONDS = 240.0
_WORTH = 0.75
# A worker encodes so many times as long as it takes to start; at least so long when there are workers to spare. What a
# film costs is by 1 / 4 of it, or by 1 / 2, more than its encoding.
_HIDES, _LEAST_HIDES = 4.0, 2.0
SHORTEST_SECONDS, LONGEST_SECONDS = 2.0, 60.0
# A seam may lie this share of a chunk away from where it would lie by the clock alone.
_LEEWAY = 0.3
_PATIENCE = 3.0
_LEAST_PATIENCE = 30.0

# Seconds in which a worker encodes a second of sound as AAC, which is done on one of its processors.
SOUND_RHO = 0.031
# Shorter parts would spend too much on what is encoded before them.
LEAST_SOUND_SECONDS = 60.0

# Pixels a second that three vCPUs encode at our presets, and that they decode.
ENCODED_PIXELS = {"h264": 150e6, "h265": 30e6, "av1": 40e6, "vp9": 30e6}
DECODED_PIXELS = 300e6


class Cost(NamedTuple):
    """`rho`: seconds of work for a second of film on one worker; `workers` that may work at once."""

    rho: float
    workers: int

    @property
    def longest(self) -> float:
        """Seconds of film that are encoded well within one worker's time."""
        return MOST_ENCODE_SECONDS / self.rho

    def chunk_seconds(self, duration: float) -> float:
        """What gives all workers the same number of chunks of this film, within what hides a worker's start."""
        longest = self.hiding(_HIDES)
        waves = max(1, ceil(duration / (longest * self.workers)))
        return min(longest, max(self.hiding(_LEAST_HIDES), duration / (waves * self.workers)))

    def hiding(self, times: float) -> float:
        """Seconds of film whose encoding takes so many times as long as a worker's start, within all limits."""
        wanted = times * START_SECONDS / self.rho
        return min(LONGEST_SECONDS, self.longest, max(SHORTEST_SECONDS, wanted))

    def whole(self, duration: float) -> float:
        """Seconds that one worker takes for all of it."""
        return START_SECONDS + duration * self.rho

    def in_chunks(self, duration: float, chunk: float) -> float:
        """Seconds from the plan to the joined file."""
        waves = -(-max(1, round(duration / chunk)) // self.workers)
        return AROUND_SECONDS + waves * (START_SECONDS + chunk * self.rho)

    def patience(self, seconds: float) -> int:
        """Seconds after which a chunk of this length is held to lag, and is started a second time."""
        return round(max(_LEAST_PATIENCE, _PATIENCE * (START_SECONDS + seconds * self.rho)))


def cost(codec: str, *, source_pixels: float, pixels: float, frame_rate: float, passes: int, workers: int) -> Cost:
    """The model for pictures of so many pixels."""
    decoding = source_pixels / DECODED_PIXELS
    return Cost(max(1e-6, frame_rate * passes * (decoding + pixels / ENCODED_PIXELS[codec])), workers)


def wanted_seconds(duration: float, model: Cost, asked: float) -> float | None:
    """How long chunks are to be, or None when the film is encoded in one go.

    `asked` is the deployment's own choice, nought for the model's: then a film is cut when it is done clearly sooner
    by that, or wouldn't be done within one worker's time.
    """
    if asked:
        return asked if duration >= 2 * asked else None
    chunk = model.hiding(_HIDES)
    whole, chunked = model.whole(duration), model.in_chunks(duration, chunk)
    worth = duration >= 2 * chunk and (chunked < _WORTH * whole or whole > MOST_ENCODE_SECONDS)
    return model.chunk_seconds(duration) if worth else None


def cuts(keys: Sequence[float], begin: float, end: float, chunk: float) -> list[int]:
    """Which of the keyframes chunks begin with, the first one's among them; `keys` are times in rising order.

    Seams lie near the multiples of the chunk's length, at a cut of the scene where one is near: encoders put a
    keyframe there out of turn. No chunk is shorter than half the length, the last one neither.
    """
    chosen = [0]
    usual = max((later - earlier for earlier, later in pairwise(keys)), default=0.0)
    at = begin
    while end - at >= 1.5 * chunk:
        near = [n for n in _near(keys, at, chunk, chosen[-1] + 1) if end - keys[n] >= chunk / 2]
        if not near:
            break
        number = min(near, key=lambda n: (not _is_scene(keys, n, usual), abs(keys[n] - at - chunk)))
        chosen.append(number)
        at = keys[number]
    return chosen


def _near(keys: Sequence[float], at: float, chunk: float, least: int) -> range | list[int]:
    """The keyframes within leeway of where a seam would lie, or else the next one after that."""
    first = max(least, bisect_left(keys, at + chunk * (1 - _LEEWAY)))
    last = bisect_left(keys, at + chunk * (1 + _LEEWAY))
    return range(first, last) if first < last else [first] if first < len(keys) else []


def _is_scene(keys: Sequence[float], number: int, usual: float) -> bool:
    return keys[number] - keys[number - 1] < 0.9 * usual


def sound_seconds(work: float, asked: float = 0.0) -> float:
    """How long parts of the sound are to be, so that they are encoded as soon as a chunk with so much work.

    `asked` is the deployment's own choice, nought for the model's.
    """
    return asked or max(LEAST_SOUND_SECONDS, work / SOUND_RHO)


def weighted_bitrates(bitrate: int, sizes: Sequence[int], lengths: Sequence[float]) -> list[int]:
    """An average bitrate shared out: what took the source more bits gets more, and the whole stays as asked.

    Complexity to the power of 0.6 is how x264 shares bits out within a film (its qcomp); the source's own bits tell
    the complexity. Limits keep a source of wild rates from starving any chunk.
    """
    rates = [size / max(length, 1e-9) for size, length in zip(sizes, lengths, strict=True)]
    mean = sum(sizes) / max(sum(lengths), 1e-9)
    weights = [min(1.5, max(0.5, (rate / mean) ** 0.6)) if mean else 1.0 for rate in rates]
    scale = sum(lengths) / max(1e-9, sum(w * s for w, s in zip(weights, lengths, strict=True)))
    return [max(1, round(bitrate * weight * scale)) for weight in weights]
