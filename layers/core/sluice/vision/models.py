"""The models in the vision layer's package `vision_models`, each loaded when first asked for."""

import json
import os
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import onnxruntime

PACKAGE = "vision_models"


def model_file(name: str) -> Traversable:
    """A file of the package.

    Raises: ModuleNotFoundError where the layer isn't.
    """
    return files(PACKAGE) / name


@cache
def graph(name: str) -> "onnxruntime.InferenceSession":
    """A graph that is ready to run."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Told how many threads, onnxruntime doesn't pin them to cores, which containers forbid.
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    # A thread that waits in a loop is worth nothing where one graph runs after another, and takes a core from ffmpeg.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model_file(name).read_bytes(), options, providers=["CPUExecutionProvider"])


@cache
def table(name: str) -> Any:
    """The content of a JSON file."""
    return json.loads(model_file(name).read_text(encoding="utf-8"))
