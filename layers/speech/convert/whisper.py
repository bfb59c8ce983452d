"""What whisper.cpp wants to know of a Whisper model: sizes, tensors by OpenAI's names, mel filters, tokens.

The names on the left are OpenAI's (whisper/model.py), those on the right CTranslate2's (specs/whisper_spec.py).
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from .ctranslate2 import Array, Variables

_HEAD_WIDTH = 64
_SAMPLE_RATE, _FFT = 16_000, 400


class Sizes(NamedTuple):
    """In the order of whisper.cpp's header."""

    vocabulary: int
    audio_context: int
    audio_width: int
    audio_heads: int
    audio_layers: int
    text_context: int
    text_width: int
    text_heads: int
    text_layers: int
    mel_bands: int


def sizes(variables: Variables) -> Sizes:
    vocabulary, width = variables["decoder/embeddings/weight"].shape
    return Sizes(
        vocabulary=vocabulary,
        audio_context=len(variables["encoder/position_encodings/encodings"]),
        audio_width=width,
        audio_heads=width // _HEAD_WIDTH,
        audio_layers=_layers(variables, "encoder"),
        text_context=len(variables["decoder/position_encodings/encodings"]),
        text_width=width,
        text_heads=width // _HEAD_WIDTH,
        text_layers=_layers(variables, "decoder"),
        mel_bands=variables["encoder/conv1/weight"].shape[1],
    )


def tensors(variables: Variables) -> Iterator[tuple[str, Array]]:
    """Every tensor under its name in OpenAI's model."""
    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", variables[f"{side}/position_encodings/encodings"]
        for number in range(_layers(variables, side)):
            yield from _layer(variables, f"{side}.blocks.{number}", f"{side}/layer_{number}", crossed=side == "decoder")
    for name in ("conv1", "conv2"):
        yield f"encoder.{name}.weight", variables[f"encoder/{name}/weight"]
        yield f"encoder.{name}.bias", variables[f"encoder/{name}/bias"].reshape(-1, 1)
    yield "decoder.token_embedding.weight", variables["decoder/embeddings/weight"]
    yield from _norm(variables, "encoder.ln_post", "encoder/layer_norm")
    yield from _norm(variables, "decoder.ln", "decoder/layer_norm")


def _layers(variables: Variables, side: str) -> int:
    return sum(name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight") for name in variables)


def _layer(variables: Variables, ours: str, theirs: str, *, crossed: bool) -> Iterator[tuple[str, Array]]:
    yield from _norm(variables, f"{ours}.attn_ln", f"{theirs}/self_attention/layer_norm")
    yield from _linear(variables, f"{ours}.attn", ("query", "key", "value"), f"{theirs}/self_attention/linear_0")
    yield from _linear(variables, f"{ours}.attn", ("out",), f"{theirs}/self_attention/linear_1")
    if crossed:
        yield from _norm(variables, f"{ours}.cross_attn_ln", f"{theirs}/attention/layer_norm")
        yield from _linear(variables, f"{ours}.cross_attn", ("query",), f"{theirs}/attention/linear_0")
        yield from _linear(variables, f"{ours}.cross_attn", ("key", "value"), f"{theirs}/attention/linear_1")
        yield from _linear(variables, f"{ours}.cross_attn", ("out",), f"{theirs}/attention/linear_2")
    yield from _norm(variables, f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
    yield from _linear(variables, f"{ours}.mlp", ("0",), f"{theirs}/ffn/linear_0")
    yield from _linear(variables, f"{ours}.mlp", ("2",), f"{theirs}/ffn/linear_1")


def _norm(variables: Variables, ours: str, theirs: str) -> Iterator[tuple[str, Array]]:
    yield f"{ours}.weight", variables[f"{theirs}/gamma"]
    yield f"{ours}.bias", variables[f"{theirs}/beta"]


def _linear(variables: Variables, ours: str, names: Sequence[str], theirs: str) -> Iterator[tuple[str, Array]]:
    """One layer, or several that CTranslate2 keeps as one. Keys have no bias: there it is filled with zeros."""
    weights = np.split(variables[f"{theirs}/weight"], len(names))
    biases = np.split(variables[f"{theirs}/bias"], len(names))
    for name, weight, bias in zip(names, weights, biases, strict=True):
        yield f"{ours}.{name}.weight", weight
        if name != "key":
            yield f"{ours}.{name}.bias", bias


def mel_filters(bands: int) -> Array:
    """Slaney's mel filters, as librosa.filters.mel makes them for Whisper: (bands, 201), float32."""
    frequencies = np.fft.rfftfreq(_FFT, 1 / _SAMPLE_RATE)
    edges = _hertz(np.linspace(0.0, _mel(_SAMPLE_RATE / 2), bands + 2))
    widths = np.diff(edges)
    slopes = edges[:, None] - frequencies[None]
    rising, falling = -slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    filters: Array = (triangles * (2 / (edges[2:] - edges[:-2]))[:, None]).astype(np.float32)
    return filters


# Slaney's scale: linear up to 1000 Hz (mel 15), logarithmic above.
_LINEAR, _BREAK, _STEP = 200 / 3, 1000.0, np.log(6.4) / 27


def _mel(hertz: float) -> float:
    return float(_BREAK / _LINEAR + np.log(hertz / _BREAK) / _STEP)


def _hertz(mels: Array) -> Array:
    start = _BREAK / _LINEAR
    return np.where(mels < start, _LINEAR * mels, _BREAK * np.exp(_STEP * (mels - start)))


def token_bytes(vocabulary: Sequence[str]) -> list[bytes]:
    """The text tokens as bytes; the special ones behind `<|endoftext|>` whisper.cpp knows by itself."""
    of_letter = _byte_of_letter()
    text_tokens = vocabulary[: vocabulary.index("<|endoftext|>")]
    return [bytes(of_letter[letter] for letter in token) for token in text_tokens]


def _byte_of_letter() -> dict[str, int]:
    """GPT-2 writes each byte as a printable letter: itself where it is one, else one above 255."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}
