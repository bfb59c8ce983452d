"""Writing whisper.cpp's model file (models/convert-pt-to-ggml.py there), its matrices in blocks of eight bits."""

import struct
from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np

from .ctranslate2 import Array
from .whisper import Sizes

_MAGIC = 0x67676D6C
_FLOAT32, _FLOAT16, _Q8_0 = 0, 1, 8
# «mostly Q8_0», in the second version of quantization: ggml.h, GGML_FTYPE_MOSTLY_Q8_0 and GGML_QNT_VERSION_FACTOR
_FILE_TYPE = 2 * 1000 + 7
_BLOCK = 32


def write_header(file: IO[bytes], sizes: Sizes) -> None:
    file.write(struct.pack("<12i", _MAGIC, *sizes, _FILE_TYPE))


def write_filters(file: IO[bytes], filters: Array) -> None:
    file.write(struct.pack("<2i", *filters.shape) + filters.tobytes())


def write_tokens(file: IO[bytes], tokens: Sequence[bytes]) -> None:
    file.write(struct.pack("<i", len(tokens)))
    for token in tokens:
        file.write(struct.pack("<i", len(token)) + token)


def write_tensors(file: IO[bytes], tensors: Iterable[tuple[str, Array]]) -> None:
    for name, array in tensors:
        kind, data = encoded(name, array)
        title = name.encode()
        file.write(struct.pack("<3i", array.ndim, len(title), kind))
        # ggml counts dimensions from the innermost
        file.write(struct.pack(f"<{array.ndim}i", *reversed(array.shape)) + title)
        file.write(np.ascontiguousarray(data).tobytes())


def encoded(name: str, array: Array) -> tuple[int, Array]:
    """Type and content: matrices in blocks, convolutions in half precision, what is small or added as it is."""
    if array.ndim == 1 or name.endswith(("positional_embedding", ".bias")):
        return _FLOAT32, array.astype(np.float32)
    if array.ndim == 2:
        return _Q8_0, q8_0(array)
    return _FLOAT16, array.astype(np.float16)


def q8_0(array: Array) -> Array:
    """Blocks of 32 numbers, each a half-precision scale and 32 signed bytes: (blocks, 34) bytes."""
    blocks = array.astype(np.float32).reshape(-1, _BLOCK)
    scales = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scales, out=np.zeros_like(scales), where=scales > 0)
    packed = np.empty((len(blocks), 2 + _BLOCK), np.uint8)
    packed[:, :2] = scales.astype("<f2").view(np.uint8)
    packed[:, 2:] = np.rint(blocks * inverse).astype(np.int8).view(np.uint8)
    return packed
