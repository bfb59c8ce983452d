"""Sixteen bits of sound as the numbers that models take."""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def as_floats(data: bytes) -> Samples:
    """From -1 to 1."""
    return np.frombuffer(data, np.dtype("<i2")).astype(np.float32) * np.float32(1 / 32768)
