"""Reads the weights in a torch file of the format before 1.6 (pickles, then raw numbers), without torch."""

import pickle
import struct
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

MAGIC = 0x1950A86A20F9469CFC6C
_LETTERS = {"FloatStorage": "f", "LongStorage": "q"}


class Tensor(NamedTuple):
    """`raw` holds the numbers in C order, little-endian; `kind` is torch's name of their storage."""

    kind: str
    shape: tuple[int, ...]
    raw: bytes


class _View(NamedTuple):
    """Where a tensor lies in a storage: a number in dimension d is `strides[d]` numbers after its neighbour."""

    kind: str
    key: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_state(path: Path) -> Mapping[str, Tensor]:
    """The tensors by name.

    Raises: ValueError for a file of another format.
    """
    with path.open("rb") as file:
        magic, _version, _machine = (_Unpickler(file).load() for _ in range(3))
        if magic != MAGIC:
            raise ValueError(f"{path.name} is no torch file of the old format")
        views: Mapping[str, _View] = _Unpickler(file).load()
        kinds = {view.key: view.kind for view in views.values()}
        storages = {key: _storage(file, kinds[key]) for key in _Unpickler(file).load()}
    return {
        name: Tensor(view.kind, view.shape, _in_order(storages[view.key], view.offset, view.shape, view.strides))
        for name, view in views.items()
    }


def _storage(file: Any, kind: str) -> memoryview:
    (count,) = struct.unpack("<q", file.read(8))
    letter: Any = _LETTERS[kind]
    numbers: memoryview = memoryview(file.read(count * struct.calcsize(letter))).cast(letter)
    return numbers


def _in_order(numbers: memoryview, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> bytes:
    """The view's numbers in C order: what TensorFlow wrote lies transposed in its storage."""
    if not shape:
        return numbers[offset : offset + 1].tobytes()
    if len(shape) == 1:
        return numbers[offset : offset + shape[0] * strides[0] : strides[0]].tobytes()
    starts = range(offset, offset + shape[0] * strides[0], strides[0])
    return b"".join(_in_order(numbers, start, shape[1:], strides[1:]) for start in starts)


def _rebuilt(storage: tuple[str, str], offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> _View:
    return _View(*storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Knows the three names that such a file needs, so a file can't make it run anything else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_rebuild_tensor_v2":
            return _rebuilt
        if name == "OrderedDict":
            return OrderedDict
        if name in _LETTERS:
            return name
        raise ValueError(f"{module}.{name} is not expected in a file of weights")

    def persistent_load(self, pid: Any) -> tuple[str, str]:
        _, kind, key, *_ = pid
        return kind, key
