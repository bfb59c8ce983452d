"""A film in chunks, step by step: plan them, encode each, encode the sound beside, join."""

from sluice.kinds.video.chunk_encoding import encode_chunk, encode_sound
from sluice.kinds.video.chunk_joining import join
from sluice.kinds.video.chunk_planning import plan_chunks

__all__ = ["encode_chunk", "encode_sound", "join", "plan_chunks"]
