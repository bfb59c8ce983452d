"""Transcode: kinds that encode."""

from sluice.jobs import JobResult
from sluice.kinds.adaptive import chunked as adaptive_chunks
from sluice.kinds.adaptive.run import run as adaptive
from sluice.kinds.audio.run import run as audio
from sluice.kinds.enhancement.run import run as enhancement
from sluice.kinds.quality.run import run as quality
from sluice.kinds.video import chunked as video_chunks
from sluice.kinds.video.run import run as video
from sluice.worker import Run, worker
from sluice.workspace import Workspace


def of_its_kind(**runs: Run) -> Run:
    """A step that several kinds have, each its own."""

    def run(workspace: Workspace) -> JobResult:
        return runs[workspace.job.kind](workspace)

    return run


lambda_handler = worker(
    {
        "adaptive": adaptive,
        "audio": audio,
        "enhancement": enhancement,
        "quality": quality,
        "video": video,
        "chunks": of_its_kind(video=video_chunks.plan_chunks, adaptive=adaptive_chunks.plan_chunks),
        "chunk": of_its_kind(video=video_chunks.encode_chunk, adaptive=adaptive_chunks.encode_chunk),
        "soundtrack": of_its_kind(video=video_chunks.encode_sound, adaptive=adaptive_chunks.encode_sound),
        "join": of_its_kind(video=video_chunks.join, adaptive=adaptive_chunks.join),
    }
)
