"""As much of ONNX's file format (protocol buffers) as it takes to write a small graph, or to relabel one.

Field numbers are those of onnx.proto3.
"""

import struct
from collections.abc import Iterable, Sequence

FLOAT = 1
_VARINT, _BYTES, _FIXED32 = 0, 2, 5
_IR_VERSION_FIELD = b"\x08"
_ATTRIBUTE_TYPES = {"float": 1, "int": 2, "text": 3, "ints": 7}


def with_ir_version(model: bytes, version: int) -> bytes:
    """The same model under another version of the file format.

    onnxruntime refuses a version newer than itself without looking whether anything new is in use.

    Raises: ValueError when the file doesn't begin with its version.
    """
    if model[:1] != _IR_VERSION_FIELD or model[1] >= 0x80:
        raise ValueError("the model doesn't begin with its IR version")
    return model[:1] + bytes([version]) + model[2:]


def model(graph: bytes, *, ir_version: int, opset: int) -> bytes:
    return _number(1, ir_version) + _text(2, "sluice") + _field(7, graph) + _field(8, _number(2, opset))


def graph(
    nodes: Iterable[bytes], tensors: Iterable[bytes], inputs: Iterable[bytes], outputs: Iterable[bytes], *, name: str
) -> bytes:
    fields = ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
    return _text(2, name) + b"".join(_field(number, item) for number, items in fields for item in items)


def node(operator: str, inputs: Sequence[str], output: str, **attributes: float | int | str | Sequence[int]) -> bytes:
    names = b"".join(_text(1, name) for name in inputs)
    settings = b"".join(_field(5, _attribute(name, value)) for name, value in attributes.items())
    return names + _text(2, output) + _text(3, output) + _text(4, operator) + settings


def tensor(name: str, shape: Sequence[int], raw: bytes) -> bytes:
    """Little-endian 32-bit floats."""
    return b"".join(_number(1, side) for side in shape) + _number(2, FLOAT) + _text(8, name) + _field(9, raw)


def value(name: str, shape: Sequence[int | str]) -> bytes:
    """A float input or output; a side may be a name, and then is of any length."""
    sides = b"".join(_field(1, _number(1, s) if isinstance(s, int) else _text(2, s)) for s in shape)
    return _text(1, name) + _field(2, _field(1, _number(1, FLOAT) + _field(2, sides)))


def _attribute(name: str, value: float | int | str | Sequence[int]) -> bytes:
    if isinstance(value, float):
        kind, said = "float", _key(2, _FIXED32) + struct.pack("<f", value)
    elif isinstance(value, int):
        kind, said = "int", _number(3, value)
    elif isinstance(value, str):
        kind, said = "text", _text(4, value)
    else:
        kind, said = "ints", b"".join(_number(8, each) for each in value)
    return _text(1, name) + said + _number(20, _ATTRIBUTE_TYPES[kind])


def _number(field: int, number: int) -> bytes:
    return _key(field, _VARINT) + _varint(number)


def _text(field: int, text: str) -> bytes:
    return _field(field, text.encode())


def _field(field: int, content: bytes) -> bytes:
    return _key(field, _BYTES) + _varint(len(content)) + content


def _key(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    said = bytearray()
    while number > 0x7F:
        said.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*said, number])
