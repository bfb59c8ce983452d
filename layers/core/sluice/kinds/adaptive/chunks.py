"""Whether a ladder is encoded in chunks, and what each is told. Pure."""

from typing import Any

from sluice.chunking.plan import Cost, cost, wanted_seconds
from sluice.chunking.segmented import Grid
from sluice.chunking.spans import Span, Wanted
from sluice.kinds.adaptive import AdaptiveOptions, Encryption
from sluice.kinds.adaptive.command import Part, Plan
from sluice.kinds.adaptive.ladder import Timing
from sluice.kinds.adaptive.moved import Place
from sluice.kinds.video.chunks import exact, why_uncut
from sluice.media import MediaInfo, VideoStream


def why_whole(options: AdaptiveOptions, media: MediaInfo) -> str | None:
    """Why this ladder can't be encoded in chunks; None when it can be."""
    if options.encryption is not Encryption.NONE:
        return "Segments are encrypted by one worker, who alone knows the key."
    video = media.main_video
    return why_uncut(media, video) if video else "There is no picture."


def model(plan: Plan, workers: int) -> Cost:
    """The source is decoded once for all rungs."""
    video, rate = plan.video, float(plan.timing.frame_rate)
    rungs = [
        cost(
            rung.codec.value,
            source_pixels=0 if number else video.width * video.height,
            pixels=rung.size.width * rung.size.height,
            frame_rate=rate,
            passes=1,
            workers=workers,
        )
        for number, rung in enumerate(plan.renditions)
    ]
    return Cost(sum(rung.rho for rung in rungs), workers)


def chunk_seconds(plan: Plan, media: MediaInfo, *, asked: float, workers: int) -> float | None:
    """How long chunks are to be, or None when it isn't worth it."""
    if not workers or not media.duration:
        return None
    length = wanted_seconds(media.duration, model(plan, workers), asked)
    # a chunk is one segment at least
    return max(length, float(plan.timing.segment_seconds)) if length else None


def wanted(plan: Plan, media: MediaInfo) -> Wanted:
    """What is asked of the set, on its own clock: nought is the source's first moment."""
    nought, rate = exact(media.start), plan.timing.frame_rate
    return Wanted(
        first=exact(plan.video.start) - nought,
        start=-nought,
        begin=None,
        length=None,
        duration=media.duration or 0.0,
        tick=1 / rate,
        rate=rate,
        context=plan.video.interlaced,
    )


def grid(timing: Timing) -> Grid:
    return Grid(timing.frame_rate, timing.gop * timing.gops_per_segment)


def part(span: Span, timing: Timing) -> Part:
    """The chunk's pictures by their numbers."""
    begin, end = (None if bound is None else round(bound * timing.frame_rate) for bound in (span.begin, span.end))
    return Part(begin or 0, end, span.input.get("shown_from"))


def place(begin: int, timing: Timing, timescale: int, *, pictures: int) -> Place:
    """What is before a chunk in a track of which `pictures` are a fragment."""
    return Place(int(begin / timing.frame_rate * timescale), begin // pictures)


def recipe(span: Span, patience: int) -> dict[str, Any]:
    """All that a worker needs to know of its chunk beside the task's record, as JSON."""
    return {"span": span._asdict(), "patience": patience}


def film_of(span: Span, video: VideoStream) -> VideoStream:
    """The picture in the small film that a worker reads: an MP4 has it alone."""
    return video.model_copy(update={"index": 0}) if span.input["form"] == "mp4" else video
