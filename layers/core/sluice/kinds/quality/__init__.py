"""quality: how near a film is to the one it was made from (state Quality, function transcode)."""

from collections.abc import Mapping

from pydantic import Field, field_validator

from sluice.ffmpeg.comparison import Metric
from sluice.kinds.base import FileRef, Kind, Options, Reference, needs_film
from sluice.media import MediaInfo
from sluice.tasks import Failure


class QualityOptions(Options):
    """The source of the task is the reference. The other film is brought to the reference's size, upright, with square
    pixels; its frames are held against those of the reference that are nearest in time. Only the stretch that both
    have is compared, and the result says how long that is.
    """

    distorted: FileRef = Field(description="The film to measure: an earlier output, or a file by its key.")
    metrics: tuple[Metric, ...] = Field(tuple(Metric), min_length=1, max_length=3, description="vmaf, ssim, psnr.")
    start: float = Field(0, ge=0, description="Seconds of the reference at which the other film begins.")
    every_nth_frame: int = Field(
        1, ge=1, le=60, description="Measure one frame in that many: faster, but scores move by a few points."
    )

    @field_validator("metrics")
    @classmethod
    def once(cls, metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
        if len(set(metrics)) < len(metrics):
            raise ValueError("each metric once")
        return metrics


def refuse(options: QualityOptions, media: MediaInfo) -> Failure | None:
    if refusal := needs_film(options, media):
        return refusal
    if media.duration is not None and options.start >= media.duration:
        message = f"The film ends at {media.duration:.2f} s, before {options.start:g} s."
        return Failure(code="time_past_end", message=message)
    return None


def references(options: QualityOptions) -> Mapping[str, Reference]:
    return {"distorted": Reference(options.distorted, "media")}


KIND = Kind(
    name="quality",
    state="Quality",
    function="transcode",
    summary="VMAF, SSIM and PSNR of an output against its source, with every frame as CSV and a plot.",
    options=QualityOptions,
    refuse=refuse,
    references=references,
)
