"""Reading a CTranslate2 model: its variables by name.

The format is CTranslate2's own (python/ctranslate2/specs/model_spec.py, `_serialize`), little-endian: a version, the
name and revision of the specification, then each variable as name, shape, type and bytes.
"""

import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Variables = Mapping[str, Array]

_VERSION = 6
_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


class Reader:
    """Bytes taken one after another."""

    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def bytes(self, count: int) -> memoryview:
        taken = memoryview(self._data)[self._at : self._at + count]
        self._at += count
        return taken

    def numbers(self, form: str) -> tuple[int, ...]:
        """Numbers as `struct` names them."""
        return struct.unpack(f"<{form}", self.bytes(struct.calcsize(f"<{form}")))

    def text(self) -> str:
        """A text that ends with a zero byte, after its length."""
        (length,) = self.numbers("H")
        return bytes(self.bytes(length)[:-1]).decode()


def variables(data: bytes) -> Variables:
    """Every variable of a model file.

    Raises: ValueError for another version of the format.
    """
    reader = Reader(data)
    (version,) = reader.numbers("I")
    if version != _VERSION:
        raise ValueError(f"This is version {version} of CTranslate2's format; version {_VERSION} is understood.")
    reader.text()
    _, count = reader.numbers("II")
    return dict(_variable(reader) for _ in range(count))


def _variable(reader: Reader) -> tuple[str, Array]:
    name = reader.text()
    (dimensions,) = reader.numbers("B")
    shape = reader.numbers("I" * dimensions)
    kind, size = reader.numbers("BI")
    return name, np.frombuffer(reader.bytes(size), _TYPES[kind]).reshape(shape)
