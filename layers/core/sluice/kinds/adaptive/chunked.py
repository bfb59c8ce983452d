"""A ladder in chunks, step by step: plan them, encode each, encode sound and subtitles beside, join."""

from sluice.kinds.adaptive.chunk_encoding import encode_chunk, encode_sound
from sluice.kinds.adaptive.chunk_joining import join
from sluice.kinds.adaptive.chunk_planning import plan_chunks

__all__ = ["encode_chunk", "encode_sound", "join", "plan_chunks"]
