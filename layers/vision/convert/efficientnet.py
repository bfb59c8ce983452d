"""EfficientNet-Lite0 as an ONNX graph: 224 x 224 RGB in, the probabilities of ImageNet's 1000 classes out.

The weights are TensorFlow's, hence its padding (SAME, the odd pixel below and on the right) and its epsilon. Batch
normalisation stays a node of its own: onnxruntime folds it into the convolution when it loads the graph.
"""

from collections.abc import Iterator, Mapping
from struct import pack
from typing import NamedTuple

from . import onnx
from .torch_file import Tensor

EPSILON = 1e-3
# onnxruntime 1.16 knows up to IR 9 and opset 19; nothing here is newer than these.
IR_VERSION, OPSET = 8, 13


class Stage(NamedTuple):
    """Blocks of one shape, of which the first has the stride. The first stage of all doesn't expand."""

    blocks: int
    stride: int


STAGES = (Stage(1, 1), Stage(2, 2), Stage(2, 2), Stage(3, 2), Stage(3, 1), Stage(4, 2), Stage(1, 1))


def lite0(state: Mapping[str, Tensor]) -> bytes:
    graph = _Graph(state)
    graph.convolution("_conv_stem", "_bn0", stride=2)
    for number, stride in enumerate(_strides()):
        _block(graph, f"_blocks.{number}", stride)
    graph.convolution("_conv_head", "_bn1")
    graph.then("GlobalAveragePool")
    graph.then("Flatten", axis=1)
    graph.then("Gemm", graph.weight("_fc.weight"), graph.weight("_fc.bias"), transB=1)
    return graph.finished(["count", 3, 224, 224], ["count", 1000])


def _strides() -> Iterator[int]:
    for stage in STAGES:
        yield from (stage.stride, *[1] * (stage.blocks - 1))


def _block(graph: "_Graph", name: str, stride: int) -> None:
    """Expand, look at each channel, project; the input is added where the shapes agree."""
    before, channels = graph.last, graph.channels
    if graph.has(f"{name}._expand_conv"):
        graph.convolution(f"{name}._expand_conv", f"{name}._bn0")
    graph.convolution(f"{name}._depthwise_conv", f"{name}._bn1", stride=stride, groups=graph.channels)
    graph.convolution(f"{name}._project_conv", f"{name}._bn2", activated=False)
    if stride == 1 and graph.channels == channels:
        graph.then("Add", before)


class _Graph:
    """A chain of nodes; `last` is the name of what the last one gives, `channels` how many it has."""

    def __init__(self, state: Mapping[str, Tensor]):
        self.last, self.channels = "image", 3
        self._state = state
        self._nodes: list[bytes] = []
        # the bounds of ReLU6
        self._tensors = [onnx.tensor("zero", (), pack("<f", 0)), onnx.tensor("six", (), pack("<f", 6))]

    def has(self, layer: str) -> bool:
        return f"{layer}.weight" in self._state

    def weight(self, name: str) -> str:
        tensor = self._state[name]
        self._tensors.append(onnx.tensor(name, tensor.shape, tensor.raw))
        return name

    def then(self, operator: str, *others: str, **attributes: float | int | str) -> None:
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(onnx.node(operator, [self.last, *others], output, **attributes))
        self.last = output

    def convolution(self, layer: str, norm: str, *, stride: int = 1, groups: int = 1, activated: bool = True) -> None:
        shape = self._state[f"{layer}.weight"].shape
        output = f"{layer}_{len(self._nodes)}"
        self._nodes.append(
            onnx.node(
                *("Conv", [self.last, self.weight(f"{layer}.weight")], output),
                auto_pad="SAME_UPPER",
                kernel_shape=shape[2:],
                strides=(stride, stride),
                group=groups,
            )
        )
        self.last, self.channels = output, shape[0]
        parts = ("weight", "bias", "running_mean", "running_var")
        self.then("BatchNormalization", *(self.weight(f"{norm}.{part}") for part in parts), epsilon=EPSILON)
        if activated:
            self.then("Clip", "zero", "six")

    def finished(self, taken: list[int | str], given: list[int | str]) -> bytes:
        self._nodes.append(onnx.node("Softmax", [self.last], "probabilities", axis=1))
        inputs, outputs = [onnx.value("image", taken)], [onnx.value("probabilities", given)]
        graph = onnx.graph(self._nodes, self._tensors, inputs, outputs, name="efficientnet_lite0")
        return onnx.model(graph, ir_version=IR_VERSION, opset=OPSET)
