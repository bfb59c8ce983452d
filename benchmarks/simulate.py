"""How long a film in chunks takes on AWS, and what it costs: a model of workers, limits and prices. Pure.

Lengths of chunks, and whether a film is cut at all, are the project's own planner's: `sluice.chunking.plan`. Then every
worker takes the next chunk when it is free, as a distributed map hands them out, held up by how fast AWS starts
executions and environments; and what all share (requests a second to S3 and DynamoDB) is a bound on the whole.

    PYTHONPATH=layers/core:. python -m benchmarks.simulation

writes the page, docs/benchmarks/simulation.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import pairwise
from math import ceil, exp
from statistics import NormalDist
from typing import NamedTuple

from sluice.chunking.plan import MOST_ENCODE_SECONDS, Cost, cuts, sound_seconds
from sluice.chunking.sound_parts import FRAME, LEAD
from sluice.costs import prices

# Lambda's 15 minutes, less what a worker needs for its answer.
MOST_SECONDS = 890.0
_STATES_AROUND, _STATES_OF_A_CHUNK = 14, 4
_REQUESTS_AROUND = 8
_SOUND_RATE, _READS_AT_ONCE = 48_000, 8


@dataclass(frozen=True)
class Film:
    """`bitrate` in bits a second; `gop`: seconds between keyframes, where alone it can be cut. Sound that can't be cut
    to the sample is made by one worker.
    """

    seconds: float
    width: int = 1920
    height: int = 1080
    rate: float = 25.0
    bitrate: float = 5e6
    gop: float = 2.0
    has_sound: bool = True
    sound_can_be_cut: bool = True


class Rung(NamedTuple):
    width: int
    height: int
    codec: str = "h264"

    @property
    def pixels(self) -> int:
        return self.width * self.height


# The rungs of the kind `adaptive` for a film of 1080 lines.
LADDER = (Rung(1920, 1080), Rung(1280, 720), Rung(854, 480), Rung(640, 360), Rung(426, 240))


@dataclass(frozen=True)
class Speeds:
    """What was measured, or whose word it is: see the page. `encoded` and `decoded` are pixels for a second of one
    processor; `sound` is processor seconds for a second of sound; `spread` is the deviation of the logarithm of a
    chunk's cost. Of a worker: `processors`, `memory` in MB, `start` and `start_warm` in seconds. `network` and `join`
    are bytes a second, `request` the seconds of one when there are several at once. `plan` and `around` are seconds:
    the plan's, and the workflow's own states'.
    """

    encoded: dict[str, float] = field(default_factory=lambda: {"h264": 40e6, "h265": 10e6, "av1": 13e6, "vp9": 10e6})
    decoded: float = 100e6
    sound: float = 0.012
    processors: float = 3.0
    memory: float = float(prices()["memory_mb"]["transcode"])
    start: float = 3.0
    start_warm: float = 0.3
    spread: float = 0.25
    network: float = 75e6
    request: float = 0.03
    join: float = 75e6
    manifests: float = 1.5
    plan: float = 1.5
    around: float = 1.5

    def rho(self, film: Film, rungs: Sequence[Rung]) -> float:
        """Seconds of one worker for a second of film, all rungs from one decode."""
        decoding = film.width * film.height / self.decoded
        encoding = sum(rung.pixels / self.encoded[rung.codec] for rung in rungs)
        return film.rate * (decoding + encoding) / self.processors


@dataclass(frozen=True)
class Limits:
    """AWS's quotas in us-east-1, as its manuals have them.

    Lambda: environments of one function that may start at once, and again every ten seconds. Step Functions:
    executions that may start at once and each second after that, children of a map at a time. S3: requests a second of
    a prefix. DynamoDB: writes a second of a partition.
    """

    environments: int = 1_000
    environments_every: float = 10.0
    starts_at_once: int = 1_300
    starts: float = 300.0
    children: int = 10_000
    puts: float = 3_500.0
    gets: float = 5_500.0
    writes: float = 1_000.0


class Outcome(NamedTuple):
    """`floor`: seconds in which so many workers encode it, if nothing else took any time. `reachable`: with what comes
    once however it is cut: the plan, a worker's start, the closing, the workflow's states. `busy`: seconds paid for.
    """

    chunks: int
    chunk_seconds: float
    longest: float
    makespan: float
    floor: float
    reachable: float
    busy: float
    usd: float

    @property
    def efficiency(self) -> float:
        return self.floor / self.makespan


# ── a film's stretches ─────────────────────────────────────────────────────────────────────


def planned_seconds(film: Film, rho: float, workers: int) -> float:
    """What the planner wishes for."""
    return Cost(rho, workers).chunk_seconds(film.seconds)


def chunks(film: Film, wanted: float) -> list[float]:
    """Lengths in seconds, as the planner cuts between keyframes."""
    keys = [number * film.gop for number in range(max(1, ceil(film.seconds / film.gop)))]
    begins = [keys[number] for number in cuts(keys, 0.0, film.seconds, wanted)]
    return [later - earlier for earlier, later in pairwise([*begins, film.seconds])]


def factors(number: int, spread: float) -> list[float]:
    """How much more than the mean each chunk costs: a log-normal's quantiles, mixed always alike; their mean is 1."""
    normal = NormalDist()
    # multiples of the golden section are spread evenly, in an order without rhythm
    drawn = [exp(spread * normal.inv_cdf((n * 0.6180339887498949 + 0.5) % 1 or 0.5)) for n in range(number)]
    mean = sum(drawn) / max(1, number)
    return [factor / mean for factor in drawn]


# ── workers ───────────────────────────────────────────────────────────────────────────────────


class Item(NamedTuple):
    """Seconds of a chunk's encoding and of its reading, whoever does it."""

    work: float
    read: float = 0.0


def schedule(items: Sequence[Item], workers: int, speeds: Speeds, limits: Limits) -> list[tuple[float, float]]:
    """When each item begins and ends; they are taken in their order by whoever is free first.

    An environment that is idle is taken before a new one is made, and waited for when it comes sooner than a new one.
    """
    free = [0.0] * min(workers, limits.children, max(1, len(items)))
    idle: list[float] = []
    made, found = 0, []
    for place, item in enumerate(items):
        asked = max(heappop(free), _started(place, limits.starts_at_once, limits.starts))
        granted = max(asked, limits.environments_every * (made // limits.environments))
        if idle and (idle[0] <= asked or idle[0] < granted):
            begun, start = max(asked, heappop(idle)), speeds.start_warm
        else:
            begun, start, made = granted, speeds.start, made + 1
        end = begun + start + item.read + item.work
        found.append((begun, end))
        heappush(free, end)
        heappush(idle, end)
    return found


def _started(place: int, at_once: int, rate: float) -> float:
    """When a bucket of so many tokens, refilled at a rate, lets the one of this place through."""
    return max(0, place + 1 - at_once) / rate


def items_of(film: Film, rungs: Sequence[Rung], lengths: Sequence[float], speeds: Speeds) -> list[Item]:
    """The chunks, and before them the sound."""
    rho, byte_rate = speeds.rho(film, rungs), film.bitrate / 8
    parts = [
        Item(length * rho * factor, length * byte_rate / speeds.network)
        for length, factor in zip(lengths, factors(len(lengths), speeds.spread), strict=True)
    ]
    # factors are of chunks, which may be of different lengths; all frames together cost what they cost
    scale = film.seconds * rho / sum(part.work for part in parts)
    parts = [Item(part.work * scale, part.read) for part in parts]
    return [*sounds(film, rho * film.seconds / len(lengths), speeds), *parts] if film.has_sound else parts


def sounds(film: Film, work: float, speeds: Speeds) -> list[Item]:
    """The sound in parts that take as long as a chunk's `work`, each with a read for every second of film; or by one
    worker, who reads the source with all that lies between its packets.
    """
    each = sound_seconds(work)
    if not film.sound_can_be_cut or film.seconds < 2 * each:
        heard = max(film.seconds * speeds.sound, film.seconds * film.bitrate / 8 / speeds.network)
        return [Item(heard)]
    number = round(film.seconds / each)
    length, lead = film.seconds / number, LEAD * FRAME / _SOUND_RATE
    return [
        Item((length + lead * bool(n)) * speeds.sound, (length + lead * bool(n)) * speeds.request / _READS_AT_ONCE)
        for n in range(number)
    ]


# ── the whole ─────────────────────────────────────────────────────────────────────────────────


def simulate(
    film: Film,
    rungs: Sequence[Rung] = LADDER,
    workers: int = 1_000,
    *,
    chunk: float | None = None,
    speeds: Speeds | None = None,
    limits: Limits | None = None,
) -> Outcome:
    """`chunk`: its length in seconds in place of the planner's. A ladder ends with its manifests, one rung with a join.

    Raises: ValueError for chunks that wouldn't be done within a Lambda's time.
    """
    speeds, limits = speeds or Speeds(), limits or Limits()
    rho = speeds.rho(film, rungs)
    lengths = chunks(film, chunk or planned_seconds(film, rho, workers))
    items = items_of(film, rungs, lengths, speeds)
    spans = schedule(items, workers, speeds, limits)
    longest = max(end - begun for begun, end in spans)
    if longest > MOST_SECONDS:
        raise ValueError(f"A worker would take {longest:.0f} s.")
    mapped = max(*(end for _, end in spans), _shared(len(items), len(rungs), limits))
    closing = _closing(film, rungs, speeds)
    floor = film.seconds * (rho + film.has_sound * speeds.sound / speeds.processors) / workers
    once = speeds.plan + closing + speeds.around
    busy = speeds.plan + sum(end - begun for begun, end in spans) + closing
    return Outcome(
        chunks=len(lengths),
        chunk_seconds=film.seconds / len(lengths),
        longest=longest,
        makespan=once + mapped,
        floor=floor,
        reachable=once + speeds.start + floor,
        busy=busy,
        usd=usd(busy, len(items), len(rungs), speeds.memory),
    )


def best_chunk(film: Film, rungs: Sequence[Rung], workers: int, speeds: Speeds, limits: Limits) -> float:
    """The length, a multiple of the keyframes' distance, by which it is done first."""
    rho = speeds.rho(film, rungs)
    most = max(1, int(min(MOST_ENCODE_SECONDS / rho, film.seconds) / film.gop))
    steps = sorted({round(1.12**n) for n in range(60) if round(1.12**n) <= most} | {1})
    lengths = [step * film.gop for step in steps]
    return min(lengths, key=lambda c: simulate(film, rungs, workers, chunk=c, speeds=speeds, limits=limits).makespan)


def _closing(film: Film, rungs: Sequence[Rung], speeds: Speeds) -> float:
    """A file of one rung is read and written once more; several are segments already."""
    return film.seconds * film.bitrate / 8 / speeds.join if len(rungs) == 1 else speeds.manifests


def _shared(number: int, rungs: int, limits: Limits) -> float:
    """Seconds that S3 and DynamoDB want at least: for each chunk its files and its description, what it reads, and
    one count of it."""
    return max(number * (rungs + 1) / limits.puts, number * 4 / limits.gets, number / limits.writes)


def usd(busy: float, items: int, rungs: int, memory: float) -> float:
    """By the project's list of prices."""
    table = prices()
    return float(
        busy * memory / 1024 * table["lambda_gb_second"]
        + (items + _REQUESTS_AROUND) * table["lambda_request"]
        + (items * _STATES_OF_A_CHUNK + _STATES_AROUND) * table["state_transition"]
        + items * (rungs + 1) * table["storage_put"]
        + items * table["table_write"]
    )
