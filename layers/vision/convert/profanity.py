"""alt-profanity-check's coefficients as plain numbers: a bag of words, weighed by five linear classifiers.

Its scikit-learn pickles (joblib's kind: each array's raw numbers follow its description in the stream) are read without
joblib or scikit-learn. `words` is {word: [idf, weight by each classifier]}, `classifiers` [[intercept, a, b]]: each
says 1 / (1 + exp(a * (weights . tf-idf + intercept) + b)), and their mean is the probability.
"""

import pickle
import struct
from math import prod
from pathlib import Path
from typing import Any, ClassVar

# Enough for probabilities that agree to four places.
_DIGITS = 5


def word_weights(vectorizer: Path, model: Path) -> dict[str, Any]:
    words = _load(vectorizer)
    ensemble = _load(model).calibrated_classifiers_
    idf = words._tfidf.idf_
    weights = [classifier.estimator.coef_ for classifier in ensemble]
    return {
        "words": {
            word: [_rounded(column[place]) for column in (idf, *weights)]
            for word, place in sorted(words.vocabulary_.items())
        },
        "classifiers": [
            [classifier.estimator.intercept_[0], classifier.calibrators[0].a_, classifier.calibrators[0].b_]
            for classifier in ensemble
        ],
    }


def _rounded(number: float) -> float:
    return float(f"{number:.{_DIGITS}g}")


def _load(path: Path) -> Any:
    with path.open("rb") as file:
        return _Unpickler(file).load()


class _Record:
    """Stands for any class of scikit-learn's: its attributes, and none of its doings."""

    def __init__(self, *arguments: Any):
        self.arguments = arguments

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.__dict__.update(state)


class _Dtype(_Record):
    """numpy's type of a number; its first argument is a letter and a width, such as `f8`."""

    @property
    def format(self) -> str:
        return {"f8": "d", "i8": "q"}[self.arguments[0]]


class _Array(_Record):
    """joblib's description of an array that follows in the stream."""


def _scalar(dtype: _Dtype, raw: bytes) -> Any:
    return struct.unpack(f"<{dtype.format}", raw)[0]


# The pure Python one, since only that lets a build step read on from the file. It isn't typed.
_PurePython: Any = pickle._Unpickler


class _Unpickler(_PurePython):  # type: ignore[misc]
    dispatch: ClassVar[dict[int, Any]] = dict(_PurePython.dispatch)

    def __init__(self, file: Any):
        super().__init__(file)
        self._stream = file

    def find_class(self, module: str, name: str) -> Any:
        """Nothing that the file names is ever imported."""
        if name == "scalar":
            return _scalar
        return {"dtype": _Dtype, "NumpyArrayWrapper": _Array}.get(name, type(name, (_Record,), {}))

    def load_build(self) -> None:
        super().load_build()
        if isinstance(self.stack[-1], _Array):
            self.stack[-1] = self._numbers(self.stack[-1])

    dispatch[pickle.BUILD[0]] = load_build

    def _numbers(self, array: Any) -> tuple[Any, ...]:
        """All numbers of the array in C order, whatever its shape."""
        if getattr(array, "numpy_array_alignment_bytes", None):
            padding = self._stream.read(1)[0]
            self._stream.read(padding)
        count = prod(array.shape)
        return struct.unpack(f"<{count}{array.dtype.format}", self._stream.read(8 * count))
