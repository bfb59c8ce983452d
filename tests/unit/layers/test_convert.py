"""The build step that makes the models: torch's and joblib's files read, ONNX written, without any of the three."""

import io
import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy
import onnxruntime
import pytest

from layers.vision.convert import onnx
from layers.vision.convert.torch_file import MAGIC, read_state


class Storage:
    """Stands for torch's: pickled as a mark that names it, its numbers follow the pickles."""

    def __init__(self, key: str, numbers: list[float]):
        self.key, self.numbers = key, numbers


class Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> Any:
        return ("storage", "FloatStorage", obj.key, "cpu", len(obj.numbers)) if isinstance(obj, Storage) else None


class Rebuilt:
    def __init__(self, *view: Any):
        self.view = view

    def __reduce__(self) -> Any:
        return _rebuild_tensor_v2, self.view


def _rebuild_tensor_v2(*view: Any) -> None:
    raise AssertionError("only its name is of use")


def a_torch_file(path: Path, tensors: dict[str, tuple[Storage, tuple[int, ...], tuple[int, ...]]]) -> None:
    views = OrderedDict(
        (name, Rebuilt(s, 0, shape, strides, False, None)) for name, (s, shape, strides) in tensors.items()
    )
    with path.open("wb") as file:
        for part in (MAGIC, 1001, {"little_endian": True}):
            pickle.dump(part, file, protocol=2)
        packed = io.BytesIO()
        Pickler(packed, protocol=2).dump(views)
        file.write(packed.getvalue())
        pickle.dump([storage.key for storage, _, _ in tensors.values()], file, protocol=2)
        for storage, _, _ in tensors.values():
            file.write(struct.pack(f"<q{len(storage.numbers)}f", len(storage.numbers), *storage.numbers))


def test_a_transposed_tensor_comes_in_its_own_order(tmp_path: Path) -> None:
    numbers = [float(n) for n in range(6)]
    a_torch_file(
        tmp_path / "a.pth",
        {"rows": (Storage("0", numbers), (2, 3), (3, 1)), "columns": (Storage("1", numbers), (3, 2), (1, 3))},
    )

    state = read_state(tmp_path / "a.pth")

    assert struct.unpack("<6f", state["rows"].raw) == (0, 1, 2, 3, 4, 5)
    assert struct.unpack("<6f", state["columns"].raw) == (0, 3, 1, 4, 2, 5)
    assert state["columns"].shape == (3, 2)


def test_a_file_that_names_anything_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.pth").write_bytes(pickle.dumps(MAGIC, 2) + pickle.dumps(print, 2))

    with pytest.raises(ValueError, match="not expected"):
        read_state(tmp_path / "bad.pth")


def test_a_written_graph_runs() -> None:
    weight = numpy.array([[2.0, 0.0], [0.0, 3.0]], numpy.float32)
    nodes = [onnx.node("Gemm", ["x", "weight"], "y", transB=1, alpha=0.5)]
    graph = onnx.graph(
        nodes,
        [onnx.tensor("weight", weight.shape, weight.tobytes())],
        [onnx.value("x", ["count", 2])],
        [onnx.value("y", ["count", 2])],
        name="small",
    )

    session = onnxruntime.InferenceSession(onnx.model(graph, ir_version=8, opset=13))
    (said,) = session.run(None, {"x": numpy.array([[1, 1], [4, 5], [300, 0]], numpy.float32)})

    assert said.tolist() == [[1.0, 1.5], [4.0, 7.5], [300.0, 0.0]]


def test_a_model_is_relabelled_and_nothing_else_is_touched() -> None:
    assert onnx.with_ir_version(b"\x08\x0a\x12\x00", 9) == b"\x08\x09\x12\x00"
    with pytest.raises(ValueError, match="IR version"):
        onnx.with_ir_version(b"\x12\x00\x08\x0a", 9)
