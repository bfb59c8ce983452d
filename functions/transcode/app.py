"""Transcode: kinds that encode."""

from sluice.kinds.adaptive.run import run as adaptive
from sluice.kinds.audio.run import run as audio
from sluice.kinds.enhancement.run import run as enhancement
from sluice.kinds.quality.run import run as quality
from sluice.kinds.video.chunked import encode_chunk, encode_sound, join, plan_chunks
from sluice.kinds.video.run import run as video
from sluice.worker import worker

lambda_handler = worker(
    {
        "adaptive": adaptive,
        "audio": audio,
        "enhancement": enhancement,
        "quality": quality,
        "video": video,
        "chunks": plan_chunks,
        "chunk": encode_chunk,
        "soundtrack": encode_sound,
        "join": join,
    }
)
