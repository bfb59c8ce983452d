"""The conversion on a model of two numbers a row; the real one is checked by its hash when the layer is built."""

import io
import struct
from typing import Any

import numpy as np
import pytest

from layers.speech.convert.ctranslate2 import variables
from layers.speech.convert.ggml import encoded, q8_0, write_tensors, write_tokens
from layers.speech.convert.whisper import mel_filters, token_bytes


def text(value: str) -> bytes:
    return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"


def variable(name: str, array: np.ndarray[Any, Any], kind: int) -> bytes:
    shape = struct.pack(f"<B{array.ndim}I", array.ndim, *array.shape)
    return text(name) + shape + struct.pack("<BI", kind, array.nbytes) + array.tobytes()


def test_variables_are_read_by_name_with_shape_and_type() -> None:
    weight, bias = np.array([[1, 2, 3], [4, 5, 6]], np.float16), np.array([0.5], np.float32)
    head = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, 2)

    found = variables(head + variable("a/weight", weight, 4) + variable("a/bias", bias, 0))

    assert {name: (array.dtype.name, array.tolist()) for name, array in found.items()} == {
        "a/weight": ("float16", weight.tolist()),
        "a/bias": ("float32", [0.5]),
    }


def test_another_version_of_the_format_is_refused() -> None:
    with pytest.raises(ValueError, match="version 5"):
        variables(struct.pack("<I", 5))


def test_eight_bits_come_back_within_half_a_step() -> None:
    row = np.linspace(-3, 2, 64, dtype=np.float32)

    packed = q8_0(row)

    assert packed.shape == (2, 34)
    scales = packed[:, :2].copy().view(np.float16).astype(np.float32)
    back = (packed[:, 2:].copy().view(np.int8) * scales).ravel()
    assert np.abs(back - row).max() <= 0.6 * float(scales.max())


def test_a_block_of_zeros_stays_zero() -> None:
    assert not q8_0(np.zeros(32, np.float16)).any()


def test_only_matrices_are_in_blocks() -> None:
    matrix, convolution = np.ones((2, 32), np.float16), np.ones((2, 2, 3), np.float16)

    assert encoded("a.weight", matrix)[0] == 8
    assert encoded("encoder.conv1.weight", convolution)[0] == 1
    assert encoded("encoder.conv1.bias", matrix)[0] == 0
    assert encoded("encoder.positional_embedding", matrix)[0] == 0
    assert encoded("a.bias", matrix[0])[0] == 0


def test_a_tensor_is_written_with_its_innermost_dimension_first() -> None:
    file = io.BytesIO()

    write_tensors(file, [("ab", np.ones((2, 3, 1), np.float16))])

    assert file.getvalue() == struct.pack("<3i3i", 3, 2, 1, 1, 3, 2) + b"ab" + np.ones(6, np.float16).tobytes()


def test_tokens_are_the_bytes_they_stand_for() -> None:
    file = io.BytesIO()

    tokens = token_bytes(["a", "Ġthe", "Ã©", "<|endoftext|>", "<|en|>"])
    write_tokens(file, tokens)

    assert [token.decode() for token in tokens] == ["a", " the", "é"]
    assert file.getvalue().startswith(struct.pack("<ii", 3, 1) + b"a")


def test_mel_filters_are_triangles_that_grow_wider_upwards() -> None:
    filters = mel_filters(80)

    assert filters.shape == (80, 201) and filters.dtype == np.float32
    assert (np.diff([row.argmax() for row in filters]) >= 0).all()
    # librosa.filters.mel(sr=16000, n_fft=400, n_mels=80), as Whisper ships it
    assert filters[0, 1] == pytest.approx(0.02486259, abs=1e-7)
